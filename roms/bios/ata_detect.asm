; Detection of ATA and ATAPI devices, their geometry and their drive numbers.

; IDENTIFY data goes where the boot sector will be.
IDENTIFY_SEG    equ 0x07c0
ID_CYLINDERS    equ 2*1
ID_HEADS        equ 2*3
ID_SPT          equ 2*6
ID_MODEL        equ 2*27
ID_CAPABILITIES equ 2*49
ID_SECTORS      equ 2*60

ata_init:
        mov     byte [bda.hd_count], 0
        xor     cx, cx                  ; CX = device: 0-1 primary, 2-3 secondary
.device:
        mov     di, cx
        imul    di, drive_size
        add     di, ebda.drives
        mov     bx, cx
        shr     bx, 1
        mov     [fs:di+drive.channel], bl
        imul    bx, 5
        mov     ax, [cs:bx+.channels]
        mov     [fs:di+drive.base], ax
        mov     ax, [cs:bx+.channels+2]
        mov     [fs:di+drive.control], ax
        mov     al, [cs:bx+.channels+4]
        mov     [fs:di+drive.irq], al
        mov     al, cl
        and     al, 1
        shl     al, 4
        or      al, 0xa0
        mov     [fs:di+drive.select], al
        push    cx
        call    ata_probe
        pop     cx
        inc     cx
        cmp     cx, MAX_DRIVES
        jb      .device
        jmp     ata_parameter_tables
.channels:
        dw      0x1f0, 0x3f6
        db      14
        dw      0x170, 0x376
        db      15

; Look for the device of the record FS:DI, number CX.
ata_probe:
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_STATUS
        in      al, dx
        cmp     al, 0xff                ; nothing drives the bus
        je      .none
        call    ata_interrupts_off
        test    cl, 1
        jnz     .no_reset
        push    dx
        mov     dx, [fs:di+drive.control]
        mov     al, 0x08 | ATA_NIEN | ATA_SRST
        out     dx, al
        in      al, dx
        in      al, dx
        mov     al, 0x08 | ATA_NIEN
        out     dx, al
        pop     dx
        call    ata_wait
        jc      .none
.no_reset:
        dec     dx                      ; ATA_DEVICE
        mov     al, [fs:di+drive.select]
        out     dx, al
        call    ata_wait
        jc      .none
        or      al, al
        jz      .check                  ; ATAPI devices have no DRDY after reset
        call    ata_signature
        jmp     .typed
.check:
        call    ata_signature
        cmp     bl, DRIVE_ATAPI
        jne     .none
.typed:
        mov     ch, ATA_CMD_IDENTIFY
        cmp     bl, DRIVE_ATA
        je      .identify
        mov     ch, ATA_CMD_IDENTIFY_PACKET
        cmp     bl, DRIVE_ATAPI
        jne     .none
.identify:
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_COMMAND
        mov     al, ch
        out     dx, al
        call    ata_wait
        jc      .none
        test    al, ATA_ERR | ATA_DF
        jnz     .none
        test    al, ATA_DRQ
        jz      .none
        push    cx
        push    di
        mov     ax, IDENTIFY_SEG
        mov     es, ax
        mov     cx, 256
        mov     dx, [fs:di+drive.base]
        xor     di, di
        rep     insw
        pop     di
        pop     cx
        mov     [fs:di+drive.type], bl
        call    ata_interrupts_on
        cmp     bl, DRIVE_ATA
        je      ata_add_disk
        jmp     ata_add_cd
.none:
        mov     byte [fs:di+drive.type], DRIVE_NONE
        ret

; Signature after reset -> BL = drive type
ata_signature:
        push    dx
        mov     dx, [fs:di+drive.base]
        add     dx, ATA_LBA_MID
        in      al, dx
        mov     ah, al
        inc     dx
        in      al, dx
        mov     bl, DRIVE_ATA
        cmp     ax, 0x0000
        je      .done
        mov     bl, DRIVE_ATAPI
        cmp     ax, 0x14eb
        je      .done
        mov     bl, DRIVE_NONE
.done:
        pop     dx
        ret

; A hard disk: geometry, translation, next drive number.
ata_add_disk:
        mov     ax, [es:ID_CYLINDERS]
        mov     [fs:di+drive.pcyl], ax
        mov     ax, [es:ID_HEADS]
        mov     [fs:di+drive.pheads], ax
        mov     ax, [es:ID_SPT]
        mov     [fs:di+drive.pspt], ax
        movzx   eax, word [fs:di+drive.pcyl]
        movzx   edx, word [fs:di+drive.pheads]
        imul    eax, edx
        movzx   edx, word [fs:di+drive.pspt]
        imul    eax, edx
        mov     bl, 0
        test    byte [es:ID_CAPABILITIES+1], 0x02
        jz      .capacity
        inc     bl
        mov     eax, [es:ID_SECTORS]
.capacity:
        mov     [fs:di+drive.lba], bl
        mov     [fs:di+drive.sectors], eax
        call    ata_translate
        movzx   bx, byte [bda.hd_count]
        inc     byte [bda.hd_count]
        mov     [fs:bx+ebda.hd_map], cl
        PRINT   "  Disk "
        mov     al, 'C'
        add     al, bl
        call    putc
        PRINT   "      "
        mov     eax, [fs:di+drive.sectors]
        shr     eax, 11
        jnz     .megabytes
        mov     eax, [fs:di+drive.sectors]
        shr     eax, 1
        call    put_decimal
        PRINT   " KB, "
        jmp     .unit
.megabytes:
        call    put_decimal
        PRINT   " MB, "
.unit:
        movzx   eax, word [fs:di+drive.lcyl]
        call    put_decimal
        mov     al, '/'
        call    putc
        movzx   eax, word [fs:di+drive.lheads]
        call    put_decimal
        mov     al, '/'
        call    putc
        movzx   eax, word [fs:di+drive.lspt]
        call    put_decimal
        PRINT   " cylinders/heads/sectors, "
        call    ata_print_model
        ret

ata_add_cd:
        movzx   bx, byte [fs:ebda.cd_count]
        inc     byte [fs:ebda.cd_count]
        mov     [fs:bx+ebda.cd_map], cl
        PRINT   "  CD-ROM      "
        call    ata_print_model
        ret

; Model name from the IDENTIFY data at ES:0, without the trailing blanks.
ata_print_model:
        mov     cx, 40
.trim:
        mov     bx, cx
        dec     bx
        xor     bx, 1                   ; characters are swapped in each word
        cmp     byte [es:bx+ID_MODEL], ' '
        ja      .print
        loop    .trim
        jmp     .done
.print:
        xor     bx, bx
.next:
        xor     bx, 1
        mov     al, [es:bx+ID_MODEL]
        xor     bx, 1
        call    putc
        inc     bx
        cmp     bx, cx
        jb      .next
.done:
        call    newline
        ret

; Geometry for INT 13h, whose cylinder numbers have 10 bits. CMOS 39h holds
; two bits for each disk that say how the image was partitioned.
ata_translate:
        mov     al, CMOS_TRANSLATE
        call    cmos_read
        push    cx
        shl     cl, 1
        shr     al, cl
        pop     cx
        and     al, 3
        cmp     word [fs:di+drive.pcyl], 1024
        ja      .large
        or      al, al
        jz      .none
        cmp     al, TRANS_LBA
        je      .lba
        jmp     .shift
.large:
        or      al, al                  ; nothing stated, but it must be
        jz      .lba
        cmp     al, TRANS_LBA
        jne     .shift
.lba:
        mov     byte [fs:di+drive.translation], TRANS_LBA
        ; 63 sectors; the fewest of 16, 32, 64, 128, 255 heads that will do.
        mov     eax, [fs:di+drive.sectors]
        xor     edx, edx
        mov     ebx, 63
        div     ebx
        mov     ebx, 16
.heads:
        push    eax
        xor     edx, edx
        div     ebx
        cmp     eax, 1024
        jbe     .fits
        cmp     bx, 255
        jae     .cap
        pop     eax
        shl     bx, 1
        cmp     bx, 256
        jb      .heads
        dec     bx
        jmp     .heads
.cap:
        mov     ax, 1024
.fits:
        pop     edx
        mov     [fs:di+drive.lcyl], ax
        mov     [fs:di+drive.lheads], bx
        mov     word [fs:di+drive.lspt], 63
        ret
.none:
        mov     byte [fs:di+drive.translation], TRANS_NONE
        mov     ax, [fs:di+drive.pcyl]
        mov     bx, [fs:di+drive.pheads]
        jmp     .store
.shift:
        ; Halve the cylinders and double the heads until they fit.
        mov     [fs:di+drive.translation], al
        mov     dl, al
        mov     ax, [fs:di+drive.pcyl]
        mov     bx, [fs:di+drive.pheads]
        cmp     dl, TRANS_RECHS
        jne     .halve
        cmp     bx, 16
        jne     .halve
        cmp     ax, 61439               ; what the division below can take
        jbe     .fifteen
        mov     ax, 61439
.fifteen:
        mov     dx, 16                  ; 15 heads reach 240, not 256
        mul     dx
        mov     bx, 15
        div     bx
.halve:
        cmp     ax, 1024
        jbe     .store
        shr     ax, 1
        shl     bx, 1
        cmp     bx, 127
        jbe     .halve
        cmp     ax, 1024
        jbe     .store
        mov     ax, 1024
.store:
        mov     [fs:di+drive.lcyl], ax
        mov     [fs:di+drive.lheads], bx
        mov     ax, [fs:di+drive.pspt]
        mov     [fs:di+drive.lspt], ax
        ret

; Fixed disk parameter tables behind INT 41h and 46h.
ata_parameter_tables:
        push    0
        pop     es
        mov     word [es:0x41*4], ebda.fdpt0
        mov     [es:0x41*4+2], fs
        mov     word [es:0x46*4], ebda.fdpt1
        mov     [es:0x46*4+2], fs
        xor     bx, bx
        mov     si, ebda.fdpt0
.next:
        cmp     bl, [bda.hd_count]
        jae     .done
        call    hd_record
        mov     ax, [fs:di+drive.lcyl]
        mov     [fs:si], ax
        mov     [fs:si+12], ax          ; landing zone
        mov     al, [fs:di+drive.lheads]
        mov     [fs:si+2], al
        mov     al, [fs:di+drive.lspt]
        mov     [fs:si+14], al
        mov     word [fs:si+5], 0xffff  ; no write precompensation
        mov     byte [fs:si+8], 0xc0
        cmp     byte [fs:di+drive.lheads], 8
        jbe     .few_heads
        or      byte [fs:si+8], 0x08
.few_heads:
        ; A translated disk shows the device's geometry too, marked A0h.
        cmp     byte [fs:di+drive.translation], TRANS_NONE
        je      .plain
        mov     byte [fs:si+3], 0xa0
        mov     al, [fs:di+drive.pspt]
        mov     [fs:si+4], al
        mov     ax, [fs:di+drive.pcyl]
        mov     [fs:si+9], ax
        mov     al, [fs:di+drive.pheads]
        mov     [fs:si+11], al
        push    si
        mov     cx, 15
        xor     al, al
.sum:
        sub     al, [fs:si]
        inc     si
        loop    .sum
        mov     [fs:si], al
        pop     si
.plain:
        add     si, 16
        inc     bx
        cmp     bx, 2
        jb      .next
.done:
        ret

; BX = unit -> FS:DI = its drive record
hd_record:
        movzx   di, byte [fs:bx+ebda.hd_map]
        imul    di, drive_size
        add     di, ebda.drives
        ret
