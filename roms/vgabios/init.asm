; Called by POST: takes over INT 10h and sets mode 3.

init:
        pushad
        push    ds
        push    es
        cld
        xor     ax, ax
        mov     ds, ax
        mov     ax, [0x10*4]            ; the planar handler moves to INT 42h
        mov     [0x42*4], ax
        mov     ax, [0x10*4+2]
        mov     [0x42*4+2], ax
        mov     word [0x10*4], int10_entry
        mov     [0x10*4+2], cs
        mov     word [0x1f*4], font_8x8+1024
        mov     [0x1f*4+2], cs
        mov     word [0x43*4], font_8x8
        mov     [0x43*4+2], cs
        push    BDA_SEG
        pop     ds
        and     byte [bda.equipment], 0xcf
        or      byte [bda.equipment], 0x20      ; 80x25 colour
        mov     byte [bda.video_control], 0x60  ; 256 KiB
        mov     byte [bda.video_switches], 0xf9
        mov     byte [bda.vga_flags], FLAG_400 | FLAG_ACTIVE
        mov     byte [bda.dcc_index], 0x0b
        mov     word [bda.save_pointer], save_pointers
        mov     [bda.save_pointer+2], cs
        mov     ax, 0x0003
        int     0x10
        pop     es
        pop     ds
        popad
        retf

; Seven far pointers; the ROM is always at C000h.
save_pointers:
        dw      parameter_table, 0xc000
        dd      0                       ; dynamic save area
        dd      0                       ; text font override
        dd      0                       ; graphics font override
        dw      save_pointers2, 0xc000
        dd      0
        dd      0

save_pointers2:
        dw      26                      ; bytes of this table
        dw      display_codes, 0xc000
        dd      0
        dd      0
        dd      0
        dd      0
        dd      0

; Display combinations known: pairs of alternate and active display.
display_codes:
        db      12, 1, 8, 0
        db      0, 0                    ; none
        db      0, 1                    ; MDA
        db      0, 2                    ; CGA
        db      2, 1
        db      0, 4                    ; EGA
        db      4, 1
        db      0, 5
        db      2, 5
        db      0, 6                    ; PGA
        db      1, 6
        db      5, 6
        db      0, 8                    ; VGA colour
