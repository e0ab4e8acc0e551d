; INT 13h for hard disks. DL = unit.

int13_hard_disk:
        cmp     dl, [bda.hd_count]
        jae     hd_missing
        movzx   bx, dl
        call    hd_record
        cmp     ah, 0x4e
        ja      hd_unknown
        cmp     ah, 0x18
        ja      .extended
        movzx   bx, ah
        shl     bx, 1
        jmp     [cs:bx+.table]
.extended:
        cmp     ah, 0x41
        jb      hd_unknown
        movzx   bx, ah
        shl     bx, 1
        jmp     [cs:bx+edd_table-2*0x41]
.table:
        dw      hd_reset                        ; 00
        dw      hd_status
        dw      hd_read
        dw      hd_write
        dw      hd_verify
        dw      hd_format
        dw      hd_unknown
        dw      hd_unknown
        dw      hd_geometry                     ; 08
        dw      hd_set_geometry
        dw      hd_unknown                      ; 0A, 0B: no READ LONG in ATA-4
        dw      hd_unknown
        dw      hd_seek
        dw      hd_reset                        ; 0D
        dw      hd_unknown
        dw      hd_unknown
        dw      hd_ready                        ; 10
        dw      hd_recalibrate
        dw      hd_unknown
        dw      hd_unknown
        dw      hd_diagnose                     ; 14
        dw      hd_kind
        dw      hd_unknown
        dw      hd_unknown
        dw      hd_unknown                      ; 18

hd_missing:
        ; The number of drives is asked of any unit.
        cmp     ah, 0x15
        mov     ah, 0
        je      disk_result
hd_unknown:
        mov     ah, DISK_BAD_COMMAND
        ret

hd_status:
        mov     ah, [bda.hd_status]
        ret

hd_reset:
        mov     dx, [fs:di+drive.control]
        mov     al, 0x08 | ATA_SRST
        out     dx, al
        in      al, dx
        in      al, dx
        mov     al, 0x08
        out     dx, al
        call    ata_wait
        mov     ah, DISK_RESET_FAILED
        jc      .done
        mov     ah, DISK_OK
.done:
        ret

; Sector address of the caller's CHS -> EAX; AH = status with CF = 1 if it
; lies outside the disk
hd_chs:
        push    ebx
        push    ecx
        push    edx
        mov     cx, [rCX]
        movzx   edx, byte [rDH]
        cmp     dx, [fs:di+drive.lheads]
        jae     .bad
        movzx   eax, ch
        mov     ah, cl
        shr     ah, 6                   ; EAX = cylinder
        cmp     ax, [fs:di+drive.lcyl]
        jae     .bad
        movzx   ebx, word [fs:di+drive.lheads]
        imul    eax, ebx
        add     eax, edx
        movzx   ebx, word [fs:di+drive.lspt]
        imul    eax, ebx
        and     cx, 0x3f
        jz      .bad
        cmp     cx, bx
        ja      .bad
        movzx   ecx, cx
        lea     eax, [eax+ecx-1]
        clc
        jmp     .done
.bad:
        mov     ah, DISK_BAD_COMMAND
        stc
.done:
        pop     edx
        pop     ecx
        pop     ebx
        ret

hd_read:
        mov     dl, ATA_CMD_READ
        jmp     hd_transfer
hd_write:
        mov     dl, ATA_CMD_WRITE
        jmp     hd_transfer
hd_verify:
        mov     dl, ATA_CMD_VERIFY
hd_transfer:
        call    hd_chs
        jc      .done
        movzx   cx, byte [rAL]
        jcxz    .bad
        mov     bx, [rBX]
        push    cx
        call    ata_transfer
        pop     bx
        sub     bl, cl
        mov     [rAL], bl               ; sectors done
.done:
        ret
.bad:
        mov     ah, DISK_BAD_COMMAND
        ret

; ATA disks are formatted: a valid track is all that can be asked for.
hd_format:
        push    word [rCX]
        and     byte [rCL], 0xc0        ; CL holds only cylinder bits here
        or      byte [rCL], 1
        call    hd_chs
        pop     word [rCX]
        jc      .done
        mov     ah, DISK_OK
.done:
        ret

; 08h
hd_geometry:
        mov     ax, [fs:di+drive.lcyl]
        dec     ax
        mov     [rCH], al
        shl     ah, 6
        mov     al, [fs:di+drive.lspt]
        and     al, 0x3f
        or      al, ah
        mov     [rCL], al
        mov     al, [fs:di+drive.lheads]
        dec     al
        mov     [rDH], al
        mov     al, [bda.hd_count]
        mov     [rDL], al
        mov     byte [rAL], 0
        mov     ah, DISK_OK
        ret

; 09h: the device keeps its geometry
hd_set_geometry:
        mov     ah, DISK_OK
        ret

hd_seek:
        call    hd_chs
        jc      .done
        mov     cx, ATA_CMD_SEEK << 8
        call    ata_interrupts_off
        call    ata_start
        or      ah, ah
        jnz     .end
        call    ata_wait_data
.end:
        call    ata_interrupts_on
.done:
        ret

; 10h
hd_ready:
        call    hd_select
        jc      .timeout
        test    al, ATA_DRDY
        mov     ah, DISK_NOT_READY
        jz      .done
        mov     ah, DISK_OK
.done:
        ret
.timeout:
        mov     ah, DISK_TIMEOUT
        ret

; Select the device -> AL = status, CF = 1 on time-out
hd_select:
        call    ata_wait
        jc      .done
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_DEVICE
        mov     al, [fs:di+drive.select]
        out     dx, al
        call    ata_wait
.done:
        ret

; 11h
hd_recalibrate:
        xor     eax, eax
        mov     cx, ATA_CMD_SEEK << 8
        call    ata_interrupts_off
        call    ata_start
        or      ah, ah
        jnz     .end
        call    ata_wait_data
.end:
        call    ata_interrupts_on
        ret

; 14h
hd_diagnose:
        call    ata_interrupts_off
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_COMMAND
        mov     al, ATA_CMD_DIAGNOSE
        out     dx, al
        call    ata_wait
        mov     ah, DISK_TIMEOUT
        jc      .end
        sub     dx, ATA_COMMAND-ATA_ERROR
        in      al, dx
        and     al, 0x7f
        cmp     al, 1                   ; device 0 passed
        mov     ah, DISK_CONTROLLER
        jne     .end
        mov     ah, DISK_OK
.end:
        call    ata_interrupts_on
        ret

; 15h: -> AH = 3, CX:DX = sectors
hd_kind:
        movzx   eax, word [fs:di+drive.lcyl]
        movzx   edx, word [fs:di+drive.lheads]
        imul    eax, edx
        movzx   edx, word [fs:di+drive.lspt]
        imul    eax, edx
        mov     [rDX], ax
        shr     eax, 16
        mov     [rCX], ax
        mov     ah, 3
        jmp     disk_result
