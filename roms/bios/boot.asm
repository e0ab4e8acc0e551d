; INT 19h: boot. INT 18h: the boot failed, try the next device.

; Device codes in CMOS 3Dh (first in the low nibble) and 38h (third in the
; high nibble).
BOOT_FLOPPY     equ 1
BOOT_DISK       equ 2
BOOT_CD         equ 3

; The order from CMOS; without one: floppy, disk, CD-ROM.
boot_order:
        mov     al, CMOS_BOOT12
        call    cmos_read
        mov     ah, al
        mov     al, CMOS_BOOT3
        call    cmos_read
        shr     al, 4
        mov     bl, al
        mov     al, ah
        shr     al, 4
        and     ah, 0x0f
        or      al, al
        jnz     .store
        or      ah, ah
        jnz     .store
        mov     ah, BOOT_FLOPPY
        mov     al, BOOT_DISK
        mov     bl, BOOT_CD
.store:
        mov     [fs:ebda.boot_list], ah
        mov     [fs:ebda.boot_list+1], al
        mov     [fs:ebda.boot_list+2], bl
        mov     byte [fs:ebda.boot_list+3], 0
        ret

int19_entry:
        call    boot_segments
        mov     byte [fs:ebda.boot_next], 0
        call    et_close
        call    newline
        cmp     dword [fs:ebda.option_boot], 0
        je      boot_try
        PRINT   "  Booting from option ROM", 10
        call    far [fs:ebda.option_boot]
        call    boot_segments
        jmp     boot_try

int18_entry:
        call    boot_segments
        call    newline
boot_try:
        movzx   bx, byte [fs:ebda.boot_next]
        cmp     bl, 3
        jae     boot_nothing
        inc     byte [fs:ebda.boot_next]
        mov     al, [fs:bx+ebda.boot_list]
        cmp     al, BOOT_FLOPPY
        je      boot_floppy
        cmp     al, BOOT_DISK
        je      boot_disk
        cmp     al, BOOT_CD
        je      boot_cd
        jmp     boot_try

; A fresh stack and the BIOS segments, whatever the caller did.
boot_segments:
        cli
        cld
        pop     dx
        xor     ax, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     ax, BDA_SEG
        mov     ds, ax
        mov     fs, [bda.ebda]
        sti
        jmp     dx

boot_floppy:
        cmp     byte [fs:ebda.fd_count], 0
        je      boot_try
        PRINT   "  Booting from floppy A"
        mov     dl, 0x00
        call    boot_sector
        jmp     boot_failed

boot_disk:
        cmp     byte [bda.hd_count], 0
        je      boot_try
        PRINT   "  Booting from disk C"
        mov     dl, 0x80
        call    boot_sector
boot_failed:
        PRINT   ": "
        call    puts
        call    newline
        jmp     boot_try

boot_cd:
        xor     bx, bx
.next:
        cmp     bl, [fs:ebda.cd_count]
        jae     boot_try
        PRINT   "  Booting from CD-ROM"
        mov     cl, [fs:bx+ebda.cd_map]
        movzx   di, cl
        imul    di, drive_size
        add     di, ebda.drives
        push    bx
        call    et_boot
        pop     bx
        PRINT   ": "
        call    puts
        call    newline
        inc     bx
        jmp     .next

; Read the first sector of drive DL and start it. Returns only if it cannot:
; CS:SI = reason.
boot_sector:
        mov     cx, 4                   ; a changed disk fails once
.again:
        push    cx
        push    dx
        push    0
        pop     es
        mov     bx, 0x7c00
        mov     word [es:bx+510], 0
        mov     ax, 0x0201
        mov     cx, 0x0001
        mov     dh, 0
        int     0x13
        pop     dx
        pop     cx
        jnc     .read
        cmp     ah, DISK_TIMEOUT
        mov     si, .no_disk
        je      .fail
        mov     ah, 0x00
        int     0x13
        loop    .again
        mov     si, .unreadable
.fail:
        ret
.read:
        mov     si, .not_bootable
        mov     ax, [es:0x7c00]
        or      ax, ax                  ; a partition table alone is no code
        jz      .fail
        cmp     word [es:0x7c00+510], 0xaa55
        je      .start
        ; Old floppies carry no signature: anything but a fresh format is code.
        or      dl, dl
        jnz     .fail
        cmp     ax, 0xf6f6
        je      .fail
.start:
        mov     ax, 0x07c0
        jmp     boot_jump
.no_disk:
        db      "no disk", 0
.unreadable:
        db      "read error", 0
.not_bootable:
        db      "not bootable", 0

; Start what was loaded at segment AX from drive DL. Segment 07C0h is entered
; as 0000:7C00, which boot sectors are written for.
boot_jump:
        push    dx
        push    ax
        call    newline
        pop     ax
        pop     dx
        xor     cx, cx
        cmp     ax, 0x07c0
        jne     .enter
        xor     ax, ax
        mov     cx, 0x7c00
.enter:
        cli
        xor     bx, bx
        mov     ss, bx
        mov     sp, 0x7c00
        mov     ds, bx
        mov     es, bx
        mov     fs, bx
        mov     gs, bx
        push    ax
        push    cx
        movzx   edx, dl
        xor     eax, eax
        xor     ebx, ebx
        xor     ecx, ecx
        xor     esi, esi
        xor     edi, edi
        xor     ebp, ebp
        sti
        retf

boot_nothing:
        call    newline
        mov     si, .message
        mov     bl, 0x0f
        call    puts_attribute
        call    newline
        mov     ah, 0x00
        int     0x16
        int     0x19
.message:
        db      "  No bootable disk. Insert one and press a key to try again.", 0
