; ATAPI CD-ROM: packet commands and polled data in. FS:DI points at the drive
; record, the packet is in ebda.cdb.

CD_TEST_READY   equ 0x00
CD_REQUEST_SENSE equ 0x03
CD_START_STOP   equ 0x1b
CD_LOCK         equ 0x1e
CD_CAPACITY     equ 0x25
CD_READ         equ 0x28

cdb_clear:
        push    cx
        push    bx
        mov     bx, ebda.cdb
        mov     cx, 12
.next:
        mov     byte [fs:bx], 0
        inc     bx
        loop    .next
        pop     bx
        pop     cx
        ret

; Send the packet and store the answer at ES:BX. ebda.pio_skip bytes are
; dropped first, then up to ebda.pio_want stored, the rest dropped; both must
; be even -> AH = status
atapi_command:
        push    es
        pushad
        call    ata_interrupts_off
        call    ata_wait
        jc      .timeout
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_DEVICE
        mov     al, [fs:di+drive.select]
        out     dx, al
        call    ata_wait
        jc      .timeout
        sub     dx, ATA_DEVICE-ATA_FEATURES
        xor     al, al                  ; PIO
        out     dx, al
        add     dx, ATA_LBA_MID-ATA_FEATURES
        mov     al, 2048 & 0xff         ; bytes in one block of data
        out     dx, al
        inc     dx
        mov     al, 2048 >> 8
        out     dx, al
        add     dx, ATA_COMMAND-ATA_LBA_HIGH
        mov     al, ATA_CMD_PACKET
        out     dx, al
        call    ata_wait_data
        or      ah, ah
        jnz     .failed
        test    al, ATA_DRQ
        mov     ah, DISK_CONTROLLER
        jz      .failed
        mov     dx, [fs:di+drive.base]
        mov     si, ebda.cdb
        mov     cx, 6
.packet:
        mov     ax, [fs:si]
        out     dx, ax
        add     si, 2
        loop    .packet
.block:
        call    ata_wait
        jc      .timeout
        test    al, ATA_ERR | ATA_DF
        mov     ah, DISK_CONTROLLER
        jnz     .failed
        test    al, ATA_DRQ
        mov     ah, DISK_OK
        jz      .failed                 ; the end, without an error
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_LBA_HIGH
        in      al, dx
        mov     ah, al
        dec     dx
        in      al, dx
        movzx   ecx, ax                 ; bytes in this block
        sub     dx, ATA_LBA_MID
        inc     ecx
        shr     ecx, 1
        call    .take
        jmp     .block
.timeout:
        mov     ah, DISK_TIMEOUT
.failed:
        call    ata_interrupts_on
        mov     bx, sp
        mov     [ss:bx+29], ah          ; AH of the registers to restore
        popad
        pop     es
        ret

; CX words from port DX: dropped, stored or dropped
.take:
        mov     eax, [fs:ebda.pio_skip]
        shr     eax, 1
        call    .least
        mov     eax, esi
        shl     eax, 1
        sub     [fs:ebda.pio_skip], eax
        call    .drop
        mov     eax, [fs:ebda.pio_want]
        shr     eax, 1
        call    .least
        mov     eax, esi
        shl     eax, 1
        sub     [fs:ebda.pio_want], eax
        sub     cx, si
        push    cx
        mov     cx, si
        ; Keep the offset small, so that no block wraps within the segment.
        mov     ax, bx
        shr     ax, 4
        mov     si, es
        add     si, ax
        jc      .high_memory
        mov     es, si
        and     bx, 0x0f
.high_memory:
        xchg    bx, di
        rep     insw
        xchg    bx, di
        pop     cx
        mov     si, cx
        jmp     .drop
; ESI = the smaller of EAX and ECX
.least:
        mov     esi, ecx
        cmp     eax, ecx
        jae     .done
        mov     esi, eax
.done:
        ret
; Drop SI words and take them off CX
.drop:
        sub     cx, si
        or      si, si
        jz      .done
.drop_next:
        in      ax, dx
        dec     si
        jnz     .drop_next
        ret

; Read EAX = first CD sector, CX = CD sectors of data to ES:BX through
; ebda.pio_skip and pio_want -> AH = status
atapi_read:
        call    cdb_clear
        mov     byte [fs:ebda.cdb], CD_READ
        push    eax
        mov     [fs:ebda.cdb+5], al
        mov     [fs:ebda.cdb+4], ah
        shr     eax, 16
        mov     [fs:ebda.cdb+3], al
        mov     [fs:ebda.cdb+2], ah
        pop     eax
        mov     [fs:ebda.cdb+8], cl
        mov     [fs:ebda.cdb+7], ch
        jmp     atapi_command

; Wait until a disc is ready, passing over the attentions that follow a reset
; or a change -> AH = status
atapi_ready:
        push    cx
        mov     cx, 5
.again:
        call    cdb_clear               ; TEST UNIT READY is all zeros
        mov     dword [fs:ebda.pio_skip], 0
        mov     dword [fs:ebda.pio_want], 0
        call    atapi_command
        or      ah, ah
        jz      .done
        call    atapi_sense
        cmp     al, 0x02                ; not ready
        jne     .next
        cmp     ah, 0x3a                ; no disc
        mov     ah, DISK_NOT_READY
        je      .done
        mov     ax, 100
        call    delay_ms
.next:
        mov     ah, DISK_NOT_READY
        loop    .again
.done:
        pop     cx
        ret

; -> AL = sense key, AH = additional sense code
atapi_sense:
        push    es
        push    bx
        push    bp
        sub     sp, 18
        mov     bp, sp
        call    cdb_clear
        mov     byte [fs:ebda.cdb], CD_REQUEST_SENSE
        mov     byte [fs:ebda.cdb+4], 18
        mov     dword [fs:ebda.pio_skip], 0
        mov     dword [fs:ebda.pio_want], 18
        push    ss
        pop     es
        mov     bx, sp
        call    atapi_command
        mov     al, [bp+2]
        and     al, 0x0f
        mov     ah, [bp+12]
        add     sp, 18
        pop     bp
        pop     bx
        pop     es
        ret
