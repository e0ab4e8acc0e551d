; QEMU's firmware configuration device: the source of option ROMs on a board
; without PCI. A board that maps its ROMs itself need not have it.

FWCFG_SELECT    equ 0x510
FWCFG_DATA      equ 0x511
FWCFG_SIGNATURE equ 0x0000
FWCFG_DIRECTORY equ 0x0019
OPTION_ROM_SEG  equ 0xc000

; Copy the files vgaroms/* to C0000h and genroms/* behind them.
fwcfg_load_roms:
        mov     word [fs:ebda.copy_at], OPTION_ROM_SEG
        mov     ax, FWCFG_SIGNATURE
        call    fwcfg_select
        call    fwcfg_dword
        cmp     eax, 'UMEQ'             ; "QEMU", read as a big-endian number
        jne     .done
        mov     bx, .vga_prefix
        call    .load
        ; A board that mapped its own video ROM keeps it.
        cmp     word [fs:ebda.copy_at], OPTION_ROM_SEG
        jne     .general
        mov     ax, OPTION_ROM_SEG
        mov     es, ax
        cmp     word [es:0], 0xaa55
        jne     .general
        movzx   ax, byte [es:2]
        shl     ax, 5
        add     [fs:ebda.copy_at], ax
        call    .round
.general:
        mov     bx, .general_prefix
        call    .load
.done:
        ret

; BX = name prefix, 8 characters
.load:
        xor     cx, cx                  ; directory entry
.entry:
        mov     ax, FWCFG_DIRECTORY
        call    fwcfg_select
        call    fwcfg_dword
        mov     edi, eax                ; number of files
        movzx   eax, cx
        cmp     eax, edi
        jae     .loaded
        push    cx
        shl     cx, 6                   ; skip the entries before this one
        jz      .here
.skip:
        call    fwcfg_byte
        loop    .skip
.here:
        pop     cx
        call    fwcfg_dword
        mov     edi, eax                ; size
        call    fwcfg_byte
        mov     dh, al
        call    fwcfg_byte
        mov     dl, al                  ; selector
        call    fwcfg_byte
        call    fwcfg_byte
        mov     si, bx
.compare:
        call    fwcfg_byte
        cmp     al, [cs:si]
        jne     .next
        inc     si
        cmp     byte [cs:si], 0
        jne     .compare
        call    .copy
.next:
        inc     cx
        cmp     cx, 1000
        jb      .entry
.loaded:
        ret

; DX = selector, EDI = size
.copy:
        mov     ax, dx
        call    fwcfg_select
        mov     es, [fs:ebda.copy_at]
        mov     ax, 0xf000
        sub     ax, [fs:ebda.copy_at]
        movzx   eax, ax
        shl     eax, 4
        cmp     edi, eax
        ja      .too_big
        push    cx
        mov     ecx, edi
        xor     di, di
.byte:
        call    fwcfg_byte
        stosb
        cmp     di, 16
        jb      .same
        mov     ax, es
        inc     ax
        mov     es, ax
        xor     di, di
.same:
        dec     ecx
        jnz     .byte
        or      di, di
        jz      .whole
        mov     ax, es
        inc     ax
        mov     es, ax
.whole:
        mov     [fs:ebda.copy_at], es
        pop     cx
        call    .round
.too_big:
        ret

; Option ROMs start on 2 KiB boundaries.
.round:
        add     word [fs:ebda.copy_at], 0x7f
        and     word [fs:ebda.copy_at], 0xff80
        ret
.vga_prefix:
        db      "vgaroms/", 0
.general_prefix:
        db      "genroms/", 0

fwcfg_select:
        push    dx
        mov     dx, FWCFG_SELECT
        out     dx, ax
        pop     dx
        ret

fwcfg_byte:
        push    dx
        mov     dx, FWCFG_DATA
        in      al, dx
        pop     dx
        ret

; Big-endian number -> EAX
fwcfg_dword:
        push    cx
        mov     cx, 4
.next:
        shl     eax, 8
        call    fwcfg_byte
        loop    .next
        pop     cx
        ret
