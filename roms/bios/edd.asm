; Enhanced disk drive services, INT 13h/41h-4Eh, for hard disks and CD-ROMs.

EDD_VERSION     equ 0x30
EDD_ACCESS      equ 0x01                ; interface bits: 42h-44h, 47h, 48h
EDD_REMOVABLE   equ 0x02                ; 45h, 46h, 49h
EDD_SUPPORT     equ 0x04                ; 48h with the DPTE

; Disk address packet.
struc dap
.size           resb 1
                resb 1
.count          resw 1
.offset         resw 1
.segment        resw 1
.lba            resd 2
endstruc

edd_table:
        dw      edd_check                       ; 41
        dw      edd_read
        dw      edd_write
        dw      edd_verify
        dw      edd_lock
        dw      edd_eject
        dw      edd_seek
        dw      edd_parameters
        dw      edd_media_change
        dw      hd_unknown                      ; 4A
        dw      hd_unknown
        dw      hd_unknown
        dw      hd_unknown
        dw      edd_configure                   ; 4E

; 41h: BX = 55AAh
edd_check:
        mov     cx, EDD_ACCESS | EDD_SUPPORT
edd_check_cx:
        cmp     word [rBX], 0x55aa
        jne     hd_unknown
        mov     word [rBX], 0xaa55
        mov     [rCX], cx
        mov     ah, EDD_VERSION
        jmp     disk_result

edd_read:
        mov     dl, ATA_CMD_READ
        jmp     edd_transfer
edd_write:
        mov     dl, ATA_CMD_WRITE
        jmp     edd_transfer
edd_verify:
        mov     dl, ATA_CMD_VERIFY
edd_transfer:
        call    edd_address
        jc      .done
        movzx   ecx, cx
        jcxz    .nothing
        cmp     cx, 128
        ja      .bad
        push    eax
        add     eax, ecx
        cmp     eax, [fs:di+drive.sectors]
        pop     eax
        ja      .bad
        call    edd_transfer_at
        jmp     .done
.nothing:
        mov     ah, DISK_OK
.done:
        ret
.bad:
        mov     ah, DISK_BAD_COMMAND
        ret

; The packet is needed for the number of sectors done.
edd_transfer_at:
        push    si
        push    cx
        push    es
        les     bx, [es:si+dap.offset]
        call    ata_transfer
        pop     es
        pop     dx
        pop     si
        sub     dx, cx
        mov     [es:si+dap.count], dx
        ret

; Packet at the caller's DS:SI -> ES:SI = packet, EAX = first sector, CX =
; count; CF = 1 with AH = status if it is not on the disk
edd_address:
        mov     es, [rDS]
        mov     si, [rSI]
        cmp     byte [es:si+dap.size], 16
        jb      .bad
        cmp     dword [es:si+dap.lba+4], 0
        jne     .bad
        mov     eax, [es:si+dap.lba]
        cmp     eax, [fs:di+drive.sectors]
        jae     .bad
        mov     cx, [es:si+dap.count]
        clc
        ret
.bad:
        mov     ah, DISK_BAD_COMMAND
        stc
        ret

; 45h, 49h on a fixed disk: nothing to lock, nothing changes
edd_lock:
edd_media_change:
        mov     ah, DISK_OK
        ret

edd_eject:
        mov     ah, DISK_EJECT_FAILED
        ret

edd_seek:
        call    edd_address
        jc      .done
        mov     ah, DISK_OK
.done:
        ret

; 4Eh: transfer modes. PIO is what there is, and prefetch is the device's own.
edd_configure:
        mov     byte [rAL], 0
        mov     ah, DISK_OK
        ret

; 48h: the caller's DS:SI = buffer, its first word the size
edd_parameters:
        mov     es, [rDS]
        mov     si, [rSI]
        cmp     word [es:si], 26
        jb      hd_unknown
        mov     word [es:si+2], 0x0002  ; CHS fields are valid
        movzx   eax, word [fs:di+drive.pcyl]
        mov     [es:si+4], eax
        mov     ax, [fs:di+drive.pheads]
        mov     [es:si+8], eax
        mov     ax, [fs:di+drive.pspt]
        mov     [es:si+12], eax
        mov     eax, [fs:di+drive.sectors]
        mov     [es:si+16], eax
        mov     dword [es:si+20], 0
        mov     word [es:si+24], 512
        cmp     eax, 16383*16*63
        jbe     edd_extra
        mov     word [es:si+2], 0       ; more than cylinders can tell
; The parts of version 2 and 3 that fit the buffer.
edd_extra:
        cmp     word [es:si], 30
        jb      .v1
        call    edd_device_table
        mov     word [es:si+26], ebda.dpte
        mov     [es:si+28], fs
        cmp     word [es:si], 66
        jb      .v2
        ; Device path: ISA bus at the command block, ATA or ATAPI device.
        push    si
        add     si, 30
        mov     dword [es:si], 0x0024bedd       ; key BEDDh, length 36
        mov     dword [es:si+4], 0
        mov     dword [es:si+6], 'ISA '
        mov     dword [es:si+10], 'ATA '
        mov     dword [es:si+14], '    '
        cmp     byte [fs:di+drive.type], DRIVE_ATAPI
        jne     .path
        mov     dword [es:si+10], 'ATAP'
        mov     dword [es:si+14], 'I   '
.path:
        movzx   eax, word [fs:di+drive.base]
        mov     [es:si+18], eax
        mov     dword [es:si+22], 0
        xor     eax, eax
        mov     al, [fs:di+drive.select]
        shr     al, 4
        and     al, 1
        mov     [es:si+26], eax
        xor     eax, eax
        mov     [es:si+30], eax
        mov     [es:si+34], ax
        mov     cx, 35
        xor     al, al
.sum:
        sub     al, [es:si]
        inc     si
        loop    .sum
        mov     [es:si], al
        pop     si
        mov     word [es:si], 66
        jmp     .done
.v2:
        mov     word [es:si], 30
        jmp     .done
.v1:
        mov     word [es:si], 26
.done:
        mov     ah, DISK_OK
        ret

; Device parameter table extension of the drive FS:DI
edd_device_table:
        push    cx
        mov     ax, [fs:di+drive.base]
        mov     [fs:ebda.dpte], ax
        mov     ax, [fs:di+drive.control]
        mov     [fs:ebda.dpte+2], ax
        mov     al, [fs:di+drive.lba]
        shl     al, 6
        or      al, [fs:di+drive.select]
        mov     [fs:ebda.dpte+4], al
        mov     byte [fs:ebda.dpte+5], 0
        mov     al, [fs:di+drive.irq]
        mov     [fs:ebda.dpte+6], al
        mov     byte [fs:ebda.dpte+7], 1        ; sectors in one block
        mov     word [fs:ebda.dpte+8], 0        ; no DMA, PIO mode 0
        xor     ax, ax
        mov     cl, [fs:di+drive.translation]
        cmp     cl, TRANS_NONE
        je      .flags
        mov     al, 0x08                ; bit 3: CHS translation
        cmp     cl, TRANS_LBA
        jne     .flags
        mov     ah, 0x02                ; bits 9-10: LBA-assisted
.flags:
        cmp     byte [fs:di+drive.lba], 0
        je      .no_lba
        or      al, 0x10
.no_lba:
        cmp     byte [fs:di+drive.type], DRIVE_ATAPI
        jne     .disk
        or      al, 0x60                ; removable, ATAPI
.disk:
        mov     [fs:ebda.dpte+10], ax
        mov     word [fs:ebda.dpte+12], 0
        mov     byte [fs:ebda.dpte+14], 0x11
        xor     al, al
        mov     cx, 15
        mov     bx, ebda.dpte
.sum:
        sub     al, [fs:bx]
        inc     bx
        loop    .sum
        mov     [fs:bx], al
        pop     cx
        ret

; CD-ROM, DL = unit: services 00h, 01h, 15h and the EDD ones.
int13_cd:
        cmp     dl, [fs:ebda.cd_count]
        jae     .unknown
        movzx   bx, dl
        movzx   di, byte [fs:bx+ebda.cd_map]
        imul    di, drive_size
        add     di, ebda.drives
        mov     si, .table
.find:
        mov     bx, [cs:si+1]
        cmp     [cs:si], ah
        je      .found
        add     si, 3
        cmp     si, .table_end
        jb      .find
.unknown:
        mov     ah, DISK_BAD_COMMAND
        ret
.found:
        jmp     bx
.table:
        db      0x00
        dw      cd_reset
        db      0x01
        dw      hd_status
        db      0x10
        dw      cd_ready
        db      0x15
        dw      cd_kind
        db      0x41
        dw      cd_check
        db      0x42
        dw      cd_read
        db      0x43
        dw      cd_protected
        db      0x44
        dw      cd_verify
        db      0x45
        dw      cd_lock
        db      0x46
        dw      cd_eject
        db      0x47
        dw      cd_verify
        db      0x48
        dw      cd_parameters
        db      0x49
        dw      cd_media_change
.table_end:

cd_reset:
cd_ready:
        jmp     atapi_ready

cd_kind:
        mov     ah, 2
        jmp     disk_result

cd_check:
        mov     cx, EDD_ACCESS | EDD_REMOVABLE | EDD_SUPPORT
        jmp     edd_check_cx

cd_protected:
        mov     ah, DISK_WRITE_PROTECTED
        ret

; 42h: sectors of 2048 bytes
cd_read:
        call    cd_address
        jc      .done
        jcxz    .nothing
        cmp     cx, 0x7f
        mov     ah, DISK_BAD_COMMAND
        ja      .done
        call    .once
        or      ah, ah
        jz      .done
        call    atapi_ready             ; a changed disc reports itself once
        or      ah, ah
        jnz     .failed
        call    .once
        or      ah, ah
        jz      .done
.failed:
        mov     word [es:si+dap.count], 0
.done:
        ret
.nothing:
        mov     ah, DISK_OK
        ret
.once:
        push    es
        mov     dword [fs:ebda.pio_skip], 0
        movzx   edx, cx
        shl     edx, 11
        mov     [fs:ebda.pio_want], edx
        mov     eax, [es:si+dap.lba]
        les     bx, [es:si+dap.offset]
        call    atapi_read
        pop     es
        ret

cd_verify:
        call    cd_address
        jc      .done
        call    atapi_ready
.done:
        ret

cd_address:
        mov     es, [rDS]
        mov     si, [rSI]
        cmp     byte [es:si+dap.size], 16
        jb      .bad
        cmp     dword [es:si+dap.lba+4], 0
        jne     .bad
        mov     cx, [es:si+dap.count]
        clc
        ret
.bad:
        mov     ah, DISK_BAD_COMMAND
        stc
        ret

; 45h: AL = 0 lock, 1 unlock, 2 query
cd_lock:
        mov     al, [rAL]
        cmp     al, 1
        ja      .query
        xor     al, 1
        push    ax
        call    cdb_clear
        mov     byte [fs:ebda.cdb], CD_LOCK
        mov     [fs:ebda.cdb+4], al
        mov     dword [fs:ebda.pio_want], 0
        call    atapi_command
        pop     bx
        or      ah, ah
        jnz     .done
        mov     [fs:di+drive.locked], bl
.query:
        mov     al, [fs:di+drive.locked]
        mov     [rAL], al
        mov     ah, DISK_OK
.done:
        ret

cd_eject:
        cmp     byte [fs:di+drive.locked], 0
        mov     ah, 0xb1                ; locked
        jne     .done
        call    cdb_clear
        mov     byte [fs:ebda.cdb], CD_START_STOP
        mov     byte [fs:ebda.cdb+4], 2
        mov     dword [fs:ebda.pio_want], 0
        call    atapi_command
        or      ah, ah
        jz      .done
        mov     ah, DISK_EJECT_FAILED
.done:
        ret

; 49h: 06h if the disc was changed since the last look
cd_media_change:
        call    cdb_clear
        mov     dword [fs:ebda.pio_want], 0
        call    atapi_command
        or      ah, ah
        jz      .done
        call    atapi_sense
        cmp     al, 0x06                ; unit attention
        mov     ah, DISK_CHANGED
        je      .done
        mov     ah, DISK_NOT_READY
.done:
        ret

cd_parameters:
        mov     es, [rDS]
        mov     si, [rSI]
        cmp     word [es:si], 26
        jb      hd_unknown
        mov     word [es:si+2], 0x0074  ; removable, change line, lockable, no CHS
        xor     eax, eax
        mov     [es:si+4], eax
        mov     [es:si+8], eax
        mov     [es:si+12], eax
        dec     eax                     ; the disc may change: size unknown
        mov     [es:si+16], eax
        mov     [es:si+20], eax
        mov     word [es:si+24], 2048
        jmp     edd_extra
