; Floppy controller (82077AA) and its DMA channel.

FD_DOR          equ 0x3f2
FD_MSR          equ 0x3f4
FD_DATA         equ 0x3f5
FD_DIR          equ 0x3f7               ; read: change line
FD_CCR          equ 0x3f7               ; write: data rate

MSR_RQM         equ 0x80
MSR_DIO         equ 0x40
MSR_BUSY        equ 0x10

FD_IRQ_SEEN     equ 0x80                ; bda.fd_recal
MEDIA_KNOWN     equ 0x10                ; bda.fd_state
MOTOR_TICKS     equ 37                  ; two seconds

FD_READ         equ 0xe6                ; multi-track, MFM, skip deleted
FD_WRITE        equ 0xc5
FD_VERIFY       equ 0x56
FD_FORMAT       equ 0x4d
FD_READ_ID      equ 0x4a
FD_RECALIBRATE  equ 0x07
FD_SENSE        equ 0x08
FD_SPECIFY      equ 0x03
FD_SEEK         equ 0x0f

int0e_entry:
        push    ax
        push    ds
        push    BDA_SEG
        pop     ds
        or      byte [bda.fd_recal], FD_IRQ_SEEN
        mov     al, PIC_EOI
        out     PIC1, al
        pop     ds
        pop     ax
        iret

; Drive types from CMOS, equipment word, controller reset.
floppy_init:
        mov     al, CMOS_FLOPPY
        call    cmos_read
        xor     bl, bl
        test    al, 0xf0
        jz      .second
        inc     bl
.second:
        test    al, 0x0f
        jz      .counted
        inc     bl
.counted:
        mov     [fs:ebda.fd_count], bl
        or      bl, bl
        jz      .none
        dec     bl
        shl     bl, 6
        or      bl, 1
        or      [bda.equipment], bl
        mov     byte [bda.fd_info], 0x77
        call    fd_reset
.none:
        ret

; DL = drive -> AL = CMOS type, 0 none
fd_type:
        cmp     dl, 1
        ja      .none
        mov     al, CMOS_FLOPPY
        call    cmos_read
        or      dl, dl
        jnz     .second
        shr     al, 4
.second:
        and     al, 0x0f
        cmp     al, 6
        jbe     .known
.none:
        xor     al, al
.known:
        ret

; AL = type -> CS:SI = its record in floppy_types
fd_record:
        movzx   si, al
        imul    si, floppy_type_size
        add     si, floppy_types-floppy_type_size
        ret

; Reset the controller -> AH = status
fd_reset:
        mov     byte [bda.fd_recal], 0
        mov     dx, FD_DOR
        mov     al, [bda.fd_motor]
        and     al, 0x0f
        shl     al, 4
        or      al, 0x08                ; DMA on, reset active
        out     dx, al
        in      al, dx                  ; some microseconds
        in      al, dx
        or      al, 0x04
        out     dx, al
        call    fd_wait_irq
        jc      .failed
        mov     cx, 4                   ; one status change for each drive
.sense:
        call    fd_sense
        loop    .sense
        call    fd_specify
        mov     ah, DISK_OK
        ret
.failed:
        mov     ah, DISK_RESET_FAILED
        ret

; ES:SI = diskette parameter table (INT 1Eh)
fd_parameters:
        push    0
        pop     es
        les     si, [es:0x1e*4]
        ret

fd_specify:
        push    es
        push    si
        call    fd_parameters
        mov     al, FD_SPECIFY
        call    fd_out
        mov     al, [es:si]
        call    fd_out
        mov     al, [es:si+1]
        call    fd_out
        pop     si
        pop     es
        ret

; Write AL to the controller; CF = 1 if it does not take it
fd_out:
        push    dx
        push    cx
        mov     ah, al
        mov     dx, FD_MSR
        mov     cx, 50000
.wait:
        in      al, dx
        and     al, MSR_RQM | MSR_DIO
        cmp     al, MSR_RQM
        je      .ready
        loop    .wait
        stc
        jmp     .done
.ready:
        inc     dx
        mov     al, ah
        out     dx, al
        clc
.done:
        pop     cx
        pop     dx
        ret

; Read the result phase to BDA 42h; CF = 1 if there is none
fd_read_result:
        push    cx
        push    dx
        push    di
        mov     di, bda.fd_result
.next:
        mov     dx, FD_MSR
        mov     cx, 50000
.wait:
        in      al, dx
        and     al, MSR_RQM | MSR_DIO
        cmp     al, MSR_RQM | MSR_DIO
        je      .byte
        cmp     al, MSR_RQM
        je      .end                    ; wants a command: no more
        loop    .wait
        stc
        jmp     .done
.byte:
        inc     dx
        in      al, dx
        mov     [di], al
        inc     di
        cmp     di, bda.fd_result+7
        jb      .next
.end:
        cmp     di, bda.fd_result+1     ; CF if nothing came
.done:
        pop     di
        pop     dx
        pop     cx
        ret

; Wait up to two seconds for IRQ6; CF = 1 if it does not come
fd_wait_irq:
        push    edi
        push    si
        sti
        mov     ax, 2000
        call    timer_start
.wait:
        test    byte [bda.fd_recal], FD_IRQ_SEEN
        jnz     .seen
        call    timer_check
        jnc     .wait
        jmp     .done
.seen:
        and     byte [bda.fd_recal], ~FD_IRQ_SEEN
        clc
.done:
        pop     si
        pop     edi
        ret

; Sense interrupt status -> AL = ST0
fd_sense:
        mov     al, FD_SENSE
        call    fd_out
        jc      .failed
        call    fd_read_result
        mov     al, [bda.fd_result]
.failed:
        ret

; Motor of drive DL on and the drive selected. Emulated media turn at once,
; so there is no wait for them.
fd_motor_on:
        push    ax
        push    cx
        push    dx
        cli
        mov     byte [bda.fd_motor_time], 255
        mov     cl, dl
        mov     ah, 1
        shl     ah, cl
        or      [bda.fd_motor], ah
        mov     al, [bda.fd_motor]
        and     al, 0x0f
        shl     al, 4
        or      al, 0x0c
        or      al, dl
        sti
        mov     dx, FD_DOR
        out     dx, al
        pop     dx
        pop     cx
        pop     ax
        ret

; Let the motor run on for a while after the operation.
fd_motor_timeout:
        mov     byte [bda.fd_motor_time], MOTOR_TICKS
        ret

; Drive DL to cylinder 0; CF = 1 on failure
fd_recalibrate:
        and     byte [bda.fd_recal], ~FD_IRQ_SEEN
        mov     al, FD_RECALIBRATE
        call    fd_out
        jc      .failed
        mov     al, dl
        call    fd_out
        jc      .failed
        call    fd_wait_irq
        jc      .failed
        call    fd_sense
        jc      .failed
        and     al, 0xe0
        cmp     al, 0x20                ; seek end, normal
        stc
        jne     .failed
        push    bx
        movzx   bx, dl
        mov     byte [bx+bda.fd_track], 0
        pop     bx
        mov     ah, 1
        push    cx
        mov     cl, dl
        shl     ah, cl
        pop     cx
        or      [bda.fd_recal], ah
        clc
.failed:
        ret

; Drive DL, head DH to cylinder CH; CF = 1 on failure
fd_seek:
        push    cx
        mov     cl, dl
        mov     ah, 1
        shl     ah, cl
        pop     cx
        test    [bda.fd_recal], ah
        jnz     .calibrated
        call    fd_recalibrate
        jc      .failed
.calibrated:
        push    bx
        movzx   bx, dl
        cmp     [bx+bda.fd_track], ch
        pop     bx
        je      .done
        and     byte [bda.fd_recal], ~FD_IRQ_SEEN
        mov     al, FD_SEEK
        call    fd_out
        jc      .failed
        call    fd_out_head
        mov     al, ch
        call    fd_out
        call    fd_wait_irq
        jc      .failed
        call    fd_sense
        jc      .failed
        and     al, 0xe0
        cmp     al, 0x20
        stc
        jne     .failed
        push    bx
        movzx   bx, dl
        mov     [bx+bda.fd_track], ch
        pop     bx
.done:
        clc
.failed:
        ret

; The byte with head (DH) and drive (DL) that most commands take
fd_out_head:
        mov     al, dh
        and     al, 1
        shl     al, 2
        or      al, dl
        jmp     fd_out

; Data rate AL (bits 7-6 as in bda.fd_state)
fd_set_rate:
        push    dx
        shr     al, 6
        mov     dx, FD_CCR
        out     dx, al
        shl     al, 6
        mov     [bda.fd_rate], al
        pop     dx
        ret

; Change line of drive DL: ZF = 0 if the disk was taken out
fd_changed:
        push    dx
        mov     dx, FD_DIR
        in      al, dx
        test    al, 0x80
        pop     dx
        ret

; Make drive DL ready: motor, change line, data rate -> AH = status
fd_prepare:
        push    bx
        push    cx
        push    si
        call    fd_motor_on
        movzx   bx, dl
        call    fd_changed
        jz      .same_disk
        ; Stepping with a disk in the drive clears the line.
        mov     cl, [bx+bda.fd_state]
        mov     byte [bx+bda.fd_state], 0
        push    dx
        mov     dh, 0
        mov     ch, 1
        call    fd_recalibrate
        call    fd_seek
        mov     ch, 0
        call    fd_seek
        pop     dx
        call    fd_changed
        mov     ah, DISK_TIMEOUT
        jnz     .done                   ; no disk
        test    cl, MEDIA_KNOWN
        mov     ah, DISK_CHANGED
        jnz     .done
.same_disk:
        test    byte [bx+bda.fd_state], MEDIA_KNOWN
        jz      .detect
        mov     al, [bx+bda.fd_state]
        and     al, 0xc0
        call    fd_set_rate
        call    fd_default_table        ; the other drive may have set its own
        mov     ah, DISK_OK
        jmp     .done
.detect:
        ; Try the rates of this drive type until an ID field can be read.
        call    fd_type
        or      al, al
        mov     ah, DISK_TIMEOUT
        jz      .done
        call    fd_record
        mov     cx, 4
.rate:
        mov     al, [cs:si+floppy_type.rates]
        inc     si
        and     al, 0xc0
        call    fd_set_rate
        push    cx
        push    si
        call    fd_read_id
        pop     si
        pop     cx
        jnc     .found
        loop    .rate
        mov     ah, DISK_ADDRESS_MARK
        jmp     .done
.found:
        mov     al, [bda.fd_rate]
        or      al, MEDIA_KNOWN | 7
        mov     [bx+bda.fd_state], al
        call    fd_default_table
        mov     ah, DISK_OK
.done:
        pop     si
        pop     cx
        pop     bx
        ret

; While INT 1Eh points at one of the BIOS's own tables, let it be the one for
; the disk found in drive DL: with multi-track transfers the last sector number
; in the table decides where a side ends.
fd_default_table:
        push    es
        push    0
        pop     es
        cmp     word [es:0x1e*4+2], ROM_SEG
        jne     .done
        mov     si, dpt_2880
        mov     al, [bda.fd_rate]
        cmp     al, 0xc0
        je      .store
        mov     si, dpt_720
        or      al, al                  ; 250 or 300 kbit/s
        jnz     .store
        call    fd_type
        mov     si, dpt_1200
        cmp     al, 2
        je      .store
        mov     si, dpt_1440
.store:
        mov     [es:0x1e*4], si
.done:
        pop     es
        ret

; Read any sector ID on cylinder 0 of drive DL; CF = 1: none found
fd_read_id:
        push    dx
        mov     dh, 0
        mov     ch, 0
        call    fd_recalibrate
        jc      .done
        and     byte [bda.fd_recal], ~FD_IRQ_SEEN
        mov     al, FD_READ_ID
        call    fd_out
        jc      .done
        call    fd_out_head
        jc      .done
        call    fd_wait_irq
        jc      .done
        call    fd_read_result
        jc      .done
        test    byte [bda.fd_result], 0xc0
        jz      .done
        stc
.done:
        pop     dx
        ret

; DMA channel 2: AL = mode, ES:BX = buffer, CX = bytes - 1;
; CF = 1 if the buffer crosses a 64 KiB boundary
fd_dma:
        push    dx
        push    eax
        out     0x0c, al                ; byte pointer
        mov     ah, al
        mov     al, 0x06                ; mask channel 2
        out     0x0a, al
        mov     al, ah
        out     0x0b, al
        mov     dx, es
        movzx   eax, dx
        shl     eax, 4
        movzx   edx, bx
        add     eax, edx
        mov     dx, ax
        add     dx, cx
        jc      .done
        out     0x04, al
        mov     al, ah
        out     0x04, al
        shr     eax, 16
        out     0x81, al
        mov     al, cl
        out     0x05, al
        mov     al, ch
        out     0x05, al
        mov     al, 0x02                ; unmask
        out     0x0a, al
        clc
.done:
        pop     eax
        pop     dx
        ret

; Status of the finished command from ST0-ST2 -> AH
fd_error:
        mov     al, [bda.fd_result]
        mov     ah, DISK_OK
        test    al, 0xc0
        jz      .done
        mov     al, [bda.fd_result+1]
        mov     ah, DISK_NOT_FOUND
        test    al, 0x84                ; end of cylinder, no data
        jnz     .done
        mov     ah, DISK_CRC
        test    al, 0x20
        jnz     .done
        mov     ah, DISK_DMA_OVERRUN
        test    al, 0x10
        jnz     .done
        mov     ah, DISK_WRITE_PROTECTED
        test    al, 0x02
        jnz     .done
        mov     ah, DISK_ADDRESS_MARK
        test    al, 0x01
        jnz     .done
        mov     ah, DISK_CONTROLLER
.done:
        ret

; One record for each CMOS drive type from 1.
struc floppy_type
.cyl            resb 1                  ; last cylinder
.spt            resb 1
.table          resw 1                  ; diskette parameter table
.rates          resb 4                  ; to try: 00 500, 40 300, 80 250, C0 1000 kbit/s
.kb             resw 1
endstruc

floppy_types:
        db      39, 9                   ; 360 KiB 5.25"
        dw      dpt_360
        db      0x80, 0x40, 0x00, 0xc0
        dw      360
        db      79, 15                  ; 1.2 MB 5.25"
        dw      dpt_1200
        db      0x00, 0x40, 0x80, 0xc0
        dw      1200
        db      79, 9                   ; 720 KiB 3.5"
        dw      dpt_720
        db      0x80, 0x40, 0x00, 0xc0
        dw      720
        db      79, 18                  ; 1.44 MB 3.5"
        dw      dpt_1440
        db      0x00, 0x80, 0x40, 0xc0
        dw      1440
        db      79, 36                  ; 2.88 MB 3.5"
        dw      dpt_2880
        db      0xc0, 0x00, 0x80, 0x40
        dw      2880
        db      79, 36                  ; the other code in use for 2.88 MB
        dw      dpt_2880
        db      0xc0, 0x00, 0x80, 0x40
        dw      2880

; Diskette parameter tables: specify bytes, motor-off time, sector size code,
; last sector, gap, data length, format gap, fill byte, head settle time,
; motor start time, last cylinder, data rate, drive type.
dpt_360:
        db      0xdf, 0x02, 0x25, 0x02, 9, 0x2a, 0xff, 0x50, 0xf6, 15, 8, 39, 0x80, 1
dpt_720:
        db      0xdf, 0x02, 0x25, 0x02, 9, 0x2a, 0xff, 0x50, 0xf6, 15, 8, 79, 0x80, 3
dpt_1200:
        db      0xdf, 0x02, 0x25, 0x02, 15, 0x1b, 0xff, 0x54, 0xf6, 15, 8, 79, 0x00, 2
dpt_1440:
        db      0xaf, 0x02, 0x25, 0x02, 18, 0x1b, 0xff, 0x6c, 0xf6, 15, 8, 79, 0x00, 4
dpt_2880:
        db      0xaf, 0x02, 0x25, 0x02, 36, 0x1b, 0xff, 0x54, 0xf6, 15, 8, 79, 0xc0, 5

screen_floppies:
        xor     dl, dl
.next:
        call    fd_type
        or      al, al
        jz      .skip
        call    fd_record
        mov     bx, si
        PRINT   "  Floppy "
        mov     al, dl
        add     al, 'A'
        call    putc
        PRINT   "    "
        movzx   eax, word [cs:bx+floppy_type.kb]
        call    put_decimal
        PRINT   " KB"
        call    newline
.skip:
        inc     dl
        cmp     dl, 2
        jb      .next
        ret
