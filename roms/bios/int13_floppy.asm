; INT 13h for floppy drives. DL = drive.

int13_floppy:
        cmp     ah, 0x18
        ja      .unknown
        movzx   bx, ah
        shl     bx, 1
        jmp     [cs:bx+.table]
.unknown:
        mov     ah, DISK_BAD_COMMAND
        ret
.table:
        dw      floppy_reset                    ; 00
        dw      floppy_status
        dw      floppy_read
        dw      floppy_write
        dw      floppy_verify
        dw      floppy_format
        dw      .unknown
        dw      .unknown
        dw      floppy_geometry                 ; 08
        times 12 dw .unknown
        dw      floppy_kind                     ; 15
        dw      floppy_change
        dw      floppy_set_kind
        dw      floppy_set_media

floppy_reset:
        call    fd_type
        or      al, al
        jz      floppy_missing
        jmp     fd_reset

floppy_missing:
        mov     ah, DISK_TIMEOUT
        ret

floppy_status:
        mov     ah, [bda.fd_status]
        ret

floppy_read:
        mov     al, 0x46                ; DMA: single, to memory
        mov     ah, FD_READ
        jmp     floppy_transfer
floppy_write:
        mov     al, 0x4a                ; DMA: single, from memory
        mov     ah, FD_WRITE
floppy_transfer:
        push    ax
        call    floppy_begin
        pop     bx                      ; BL = DMA mode, BH = command
        or      ah, ah
        jnz     floppy_failed
        push    bx
        mov     al, [rAL]
        xor     ah, ah
        shl     ax, 9
        dec     ax
        mov     cx, ax
        mov     al, bl
        mov     bx, [rBX]
        call    fd_dma
        pop     bx
        mov     ah, DISK_DMA_BOUNDARY
        jc      floppy_failed
        mov     cx, [rCX]
        mov     dh, [rDH]
        push    es
        call    fd_parameters
        mov     al, [es:si+4]           ; last sector of a track
        call    floppy_command
        pop     es
        jmp     floppy_end

; One VERIFY for each side that the sectors are on.
floppy_verify:
        call    floppy_begin
        or      ah, ah
        jnz     floppy_failed
        mov     cx, [rCX]
        mov     dh, [rDH]
        mov     bl, [rAL]
        mov     bh, FD_VERIFY
.side:
        push    es
        call    fd_parameters
        mov     al, [es:si+4]
        pop     es
        mov     ah, al                  ; sectors left on this side
        sub     ah, cl
        jc      .last
        inc     ah
        cmp     bl, ah
        jbe     .last
        sub     bl, ah
        push    bx
        call    floppy_command
        pop     bx
        or      ah, ah
        jnz     floppy_end
        mov     cl, 1
        mov     ah, DISK_NOT_FOUND
        xor     dh, 1
        jz      floppy_end              ; past the second side
        jmp     .side
.last:
        mov     al, cl
        add     al, bl
        dec     al
        call    floppy_command
floppy_end:
        call    fd_motor_timeout
        or      ah, ah
        jnz     floppy_failed
        ret
floppy_failed:
        mov     byte [rAL], 0           ; no sectors transferred
        ret

; Checks and preparation common to transfers -> AH = status
floppy_begin:
        call    fd_type
        or      al, al
        mov     ah, DISK_TIMEOUT
        jz      .done
        mov     ah, DISK_BAD_COMMAND
        mov     al, [rAL]
        dec     al
        cmp     al, 127                 ; a DMA page holds 128 sectors
        ja      .done
        call    fd_prepare
        or      ah, ah
        jnz     .done
        call    fd_specify
        mov     ch, [rCH]
        mov     dh, [rDH]
        mov     ah, DISK_NOT_FOUND
        cmp     dh, 1
        ja      .done
        call    fd_seek
        mov     ah, DISK_SEEK
        jc      .done
        mov     ah, DISK_OK
.done:
        ret

; BH = command, AL = last sector, CH = cylinder, CL = sector, DH = head,
; DL = drive -> AH = status
floppy_command:
        push    es
        push    si
        call    fd_parameters
        and     byte [bda.fd_recal], ~FD_IRQ_SEEN
        push    ax
        mov     al, bh
        call    fd_out
        jc      .timeout
        call    fd_out_head
        mov     al, ch
        call    fd_out
        mov     al, dh
        call    fd_out
        mov     al, cl
        call    fd_out
        mov     al, [es:si+3]           ; sector size code
        call    fd_out
        pop     ax
        push    ax
        call    fd_out
        mov     al, [es:si+5]           ; gap
        call    fd_out
        mov     al, [es:si+6]           ; data length
        call    fd_out
        jc      .timeout
        call    fd_wait_irq
        jc      .timeout
        call    fd_read_result
        jc      .timeout
        pop     ax
        call    fd_error
        jmp     .done
.timeout:
        pop     ax
        call    fd_reset_keep
        mov     ah, DISK_TIMEOUT
.done:
        pop     si
        pop     es
        ret

; Reset the controller without losing registers.
fd_reset_keep:
        pusha
        call    fd_reset
        popa
        ret

; 05h: CH = cylinder, DH = head, ES:BX = four bytes for each sector
floppy_format:
        mov     byte [rAL], 1           ; only for the common check
        call    floppy_begin
        or      ah, ah
        jnz     floppy_failed
        push    es
        call    fd_parameters
        mov     al, [es:si+4]
        xor     ah, ah
        shl     ax, 2
        dec     ax
        mov     cx, ax
        pop     es
        mov     bx, [rBX]
        mov     al, 0x4a
        call    fd_dma
        mov     ah, DISK_DMA_BOUNDARY
        jc      floppy_failed
        push    es
        call    fd_parameters
        and     byte [bda.fd_recal], ~FD_IRQ_SEEN
        mov     al, FD_FORMAT
        call    fd_out
        mov     dh, [rDH]
        call    fd_out_head
        mov     al, [es:si+3]
        call    fd_out
        mov     al, [es:si+4]
        call    fd_out
        mov     al, [es:si+7]
        call    fd_out
        mov     al, [es:si+8]
        call    fd_out
        pop     es
        mov     ah, DISK_TIMEOUT
        jc      floppy_end
        call    fd_wait_irq
        mov     ah, DISK_TIMEOUT
        jc      floppy_end
        call    fd_read_result
        mov     ah, DISK_TIMEOUT
        jc      floppy_end
        call    fd_error
        jmp     floppy_end

; 08h: what the drive can do, whatever disk is in it
floppy_geometry:
        mov     ah, DISK_BAD_COMMAND
        cmp     dl, 1
        ja      .return
        xor     ax, ax
        mov     [rAX], ax
        mov     [rBX], ax
        mov     [rCX], ax
        mov     [rDX], ax
        mov     [rDI], ax
        mov     [rES], ax
        mov     al, [fs:ebda.fd_count]
        mov     [rDL], al
        call    fd_type
        or      al, al
        jz      .done
        mov     [rBL], al
        call    fd_record
        mov     ax, [cs:si+floppy_type.cyl]
        xchg    al, ah
        mov     [rCX], ax
        mov     byte [rDH], 1
        mov     ax, [cs:si+floppy_type.table]
        mov     [rDI], ax
        mov     word [rES], ROM_SEG
.done:
        mov     ah, DISK_OK
.return:
        ret

; 15h: -> AH = 0 no drive, 1 without, 2 with change line
floppy_kind:
        call    fd_type
        mov     ah, 0
        or      al, al
        jz      disk_result
        mov     ah, 2
        cmp     al, 1
        jne     disk_result
        dec     ah
        jmp     disk_result

; 16h: change line
floppy_change:
        call    fd_type
        or      al, al
        jz      floppy_missing
        call    fd_motor_on
        call    fd_changed
        mov     ah, DISK_OK
        jz      .done
        mov     ah, DISK_CHANGED
.done:
        jmp     fd_motor_timeout

; 17h: AL = 1 320/360K, 2 360K in 1.2M, 3 1.2M in 1.2M, 4 720K
floppy_set_kind:
        call    fd_type
        or      al, al
        jz      floppy_missing
        movzx   bx, byte [rAL]
        dec     bx
        cmp     bl, 3
        mov     ah, DISK_BAD_COMMAND
        ja      .done
        mov     al, [cs:bx+.states]
        movzx   bx, dl
        mov     [bx+bda.fd_state], al
        mov     ah, DISK_OK
.done:
        ret
.states:
        db      0x93, 0x74, 0x15, 0x97

; 18h: CH = last cylinder, CL = sectors -> ES:DI = parameter table
floppy_set_media:
        call    fd_type
        or      al, al
        jz      floppy_missing
        mov     bl, al
        mov     al, 1
.find:
        call    fd_record
        mov     cx, [cs:si+floppy_type.cyl]
        xchg    cl, ch
        cmp     cx, [rCX]
        je      .found
        inc     al
        cmp     al, 5
        jbe     .find
        mov     ah, 0x0c                ; not known for this drive
        ret
.found:
        mov     di, [cs:si+floppy_type.table]
        mov     al, [cs:si+floppy_type.rates]
        cmp     bl, 2                   ; 360K turns faster in a 1.2M drive
        jne     .rate
        cmp     al, 0x80
        jne     .rate
        mov     al, 0x40
.rate:
        or      al, MEDIA_KNOWN | 7
        movzx   bx, dl
        mov     [bx+bda.fd_state], al
        mov     [rDI], di
        mov     word [rES], ROM_SEG
        mov     ah, DISK_OK
        ret
