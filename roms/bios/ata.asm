; ATA disks: commands and polled data transfer. FS:DI points at the drive
; record throughout.

ATA_DATA        equ 0
ATA_ERROR       equ 1
ATA_FEATURES    equ 1
ATA_COUNT       equ 2
ATA_LBA_LOW     equ 3
ATA_LBA_MID     equ 4
ATA_LBA_HIGH    equ 5
ATA_DEVICE      equ 6
ATA_STATUS      equ 7
ATA_COMMAND     equ 7

ATA_BSY         equ 0x80
ATA_DRDY        equ 0x40
ATA_DF          equ 0x20
ATA_DRQ         equ 0x08
ATA_ERR         equ 0x01

ATA_NIEN        equ 0x02                ; device control: no interrupts
ATA_SRST        equ 0x04

ATA_CMD_RECALIBRATE equ 0x10
ATA_CMD_READ    equ 0x20
ATA_CMD_WRITE   equ 0x30
ATA_CMD_VERIFY  equ 0x40
ATA_CMD_SEEK    equ 0x70
ATA_CMD_DIAGNOSE equ 0x90
ATA_CMD_SET_GEOMETRY equ 0x91
ATA_CMD_PACKET  equ 0xa0
ATA_CMD_IDENTIFY_PACKET equ 0xa1
ATA_CMD_IDENTIFY equ 0xec

ATA_TIMEOUT_MS  equ 10000

; Wait for BSY to go -> AL = status, CF = 1 on time-out. DX is kept.
ata_wait:
        push    edi
        push    si
        push    dx
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_STATUS
        in      al, dx                  ; usually ready: save the timer reads
        test    al, ATA_BSY
        jz      .ready
        mov     ax, ATA_TIMEOUT_MS
        call    timer_start
.wait:
        in      al, dx
        test    al, ATA_BSY
        jz      .ready
        call    timer_check
        jnc     .wait
        jmp     .done
.ready:
        clc
.done:
        pop     dx
        pop     si
        pop     edi
        ret

; Interrupts of the channel off while the BIOS polls, and on again.
ata_interrupts_off:
        push    ax
        push    dx
        mov     al, 0x08 | ATA_NIEN
        jmp     ata_control
ata_interrupts_on:
        push    ax
        push    dx
        push    dx
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_STATUS
        in      al, dx                  ; drop a pending interrupt
        pop     dx
        mov     al, 0x08
ata_control:
        mov     dx, [fs:di+drive.control]
        out     dx, al
        pop     dx
        pop     ax
        ret

; EAX = sector, CL = count, CH = command: select the drive and start it
; -> AH = status
ata_start:
        push    ebx
        push    edx
        mov     ebx, eax
        call    ata_wait
        mov     ah, DISK_TIMEOUT
        jc      .done
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_DEVICE
        mov     al, [fs:di+drive.select]
        out     dx, al
        call    ata_wait
        mov     ah, DISK_TIMEOUT
        jc      .done
        cmp     byte [fs:di+drive.lba], 0
        je      .chs
        rol     ebx, 8                  ; BL = bits 31-24
        mov     al, bl
        ror     ebx, 8
        and     al, 0x0f
        or      al, 0x40
        jmp     .address
.chs:
        ; LBA to cylinder, head, sector of the device's own geometry.
        mov     eax, ebx
        xor     edx, edx
        movzx   ebx, word [fs:di+drive.pspt]
        div     ebx
        push    dx
        xor     edx, edx
        movzx   ebx, word [fs:di+drive.pheads]
        div     ebx                     ; EAX = cylinder, EDX = head
        shl     eax, 8
        mov     ebx, eax
        pop     ax
        inc     ax
        mov     bl, al                  ; BL = sector, then cylinder low, high
        mov     al, dl
        and     al, 0x0f
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_DEVICE
.address:
        or      al, [fs:di+drive.select]
        out     dx, al
        sub     dx, ATA_DEVICE-ATA_COUNT
        mov     al, cl
        out     dx, al
        inc     dx
        mov     al, bl
        out     dx, al
        inc     dx
        mov     al, bh
        out     dx, al
        inc     dx
        shr     ebx, 16
        mov     al, bl
        out     dx, al
        add     dx, ATA_COMMAND-ATA_LBA_HIGH
        mov     al, ch
        out     dx, al
        mov     ah, DISK_OK
.done:
        pop     edx
        pop     ebx
        ret

; AL = device status -> AH = BIOS status
ata_error:
        mov     ah, DISK_OK
        test    al, ATA_ERR | ATA_DF
        jz      .done
        push    dx
        mov     dx, [fs:di+drive.base]
        inc     dx
        in      al, dx
        pop     dx
        mov     ah, DISK_BAD_COMMAND
        test    al, 0x04                ; ABRT
        jnz     .done
        mov     ah, DISK_NOT_FOUND
        test    al, 0x10                ; IDNF
        jnz     .done
        mov     ah, DISK_CRC
        test    al, 0x40                ; UNC
        jnz     .done
        mov     ah, DISK_BAD_SECTOR
        test    al, 0x80                ; BBK
        jnz     .done
        mov     ah, DISK_CONTROLLER
.done:
        ret

; Wait for the next data block or the end -> AL = status, AH = BIOS status
ata_wait_data:
        call    ata_wait
        mov     ah, DISK_TIMEOUT
        jc      .done
        call    ata_error
.done:
        ret

; Make room for 512 bytes behind ES:BX within the segment.
normalise_es_bx:
        cmp     bx, 0xfe00
        jbe     .fits
        push    ax
        push    dx
        mov     ax, bx
        shr     ax, 4
        mov     dx, es
        add     dx, ax
        mov     es, dx
        and     bx, 0x0f
        pop     dx
        pop     ax
.fits:
        ret

; Read, write or verify. EAX = first sector, CX = count (1-256), ES:BX =
; buffer, DL = ATA command -> AH = status, CX = sectors not done
ata_transfer:
        push    si
        push    es
        push    bx
        call    ata_interrupts_off
        push    cx
        mov     ch, dl
        call    ata_start
        pop     cx
        or      ah, ah
        jnz     .done
        cmp     dl, ATA_CMD_VERIFY
        je      .verify
.sector:
        call    ata_wait_data
        or      ah, ah
        jnz     .done
        test    al, ATA_DRQ
        mov     ah, DISK_CONTROLLER
        jz      .done
        call    normalise_es_bx
        push    cx
        push    dx
        mov     cx, 256
        cmp     dl, ATA_CMD_WRITE
        mov     dx, [fs:di+drive.base]
        je      .write
        push    di
        mov     di, bx
        rep     insw
        mov     bx, di
        pop     di
        jmp     .moved
.write:
        push    ds
        push    es
        pop     ds
        mov     si, bx
        rep     outsw
        mov     bx, si
        pop     ds
.moved:
        pop     dx
        pop     cx
        loop    .sector
        cmp     dl, ATA_CMD_WRITE
        mov     ah, DISK_OK
        jne     .done
        call    ata_wait_data           ; the last sector is on the disk now
.done:
        call    ata_interrupts_on
        pop     bx
        pop     es
        pop     si
        ret
.verify:
        call    ata_wait_data
        or      ah, ah
        jnz     .done
        xor     cx, cx
        jmp     .done
