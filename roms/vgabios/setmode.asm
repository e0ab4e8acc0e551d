; Function 00h: set a mode.

set_mode:
        mov     al, [rAL]
        and     al, 0x7f
        call    mode_record
        jc      .return
        call    dispi_off
        ; On a monochrome display mode 7 and 0Fh are the only ones, and the
        ; other way round; the equipment word says which was asked for.
        mov     ah, 0x20
        cmp     al, 0x07
        je      .mono
        cmp     al, 0x0f
        jne     .equipment
.mono:
        mov     ah, 0x30
.equipment:
        mov     dl, [bda.equipment]
        and     dl, 0xcf
        or      dl, ah
        mov     [bda.equipment], dl
        mov     [bda.mode], al
        mov     dl, [rAL]
        and     dl, 0x80
        and     byte [bda.video_control], 0x7f
        or      [bda.video_control], dl
        mov     dh, [cs:si+2]           ; palette
        call    choose_entry            ; BX = parameters
        call    load_registers
        call    store_bda
        test    byte [bda.vga_flags], FLAG_NO_PALETTE
        jnz     .no_palette
        call    load_palette
.no_palette:
        call    mode_kind
        cmp     al, KIND_TEXT
        je      .text
        call    graphics_font
        jmp     .clear
.text:
        call    text_font
.clear:
        test    byte [bda.video_control], 0x80
        jnz     .kept
        call    clear_memory
.kept:
        call    attr_reset
        mov     al, ATTR_ENABLE
        mov     dx, ATTR
        out     dx, al
        mov     ax, [bda.cursor_end]
        call    cursor_shape_registers
        call    cursor_update
        ; As the IBM BIOS returns it: what the mode left in AL.
        mov     al, 0x20
        cmp     byte [bda.mode], 7
        ja      .result
        mov     al, 0x30
        cmp     byte [bda.mode], 6
        jne     .result
        mov     al, 0x3f
.result:
        mov     [rAL], al
.return:
        ret

; SI = mode record -> BX = entry of the parameter table
choose_entry:
        movzx   bx, byte [cs:si+1]
        cmp     byte [cs:si], KIND_TEXT
        jne     .found
        mov     al, [bda.vga_flags]
        test    al, FLAG_400
        jnz     .found
        mov     bl, 0x07
        cmp     byte [bda.mode], 7
        je      .found
        mov     bl, [bda.mode]
        test    al, FLAG_200
        jnz     .lines_200
        add     bl, 0x13
        jmp     .found
.lines_200:
        mov     dh, PAL_CGA
.found:
        shl     bx, 6
        add     bx, parameter_table
        ret

; All registers from the entry BX; the screen is dark until set_mode ends.
load_registers:
        push    dx
        mov     dx, 0x3b4
        mov     al, [cs:bx+param.misc]
        test    al, 1
        jz      .mono
        mov     dl, 0xd4
.mono:
        mov     [bda.crtc], dx
        mov     dx, MISC_WRITE
        out     dx, al
        call    attr_reset
        mov     dx, ATTR
        xor     al, al                  ; palette free: display off
        out     dx, al
        mov     ax, 0x0100              ; synchronous reset
        call    seq_write
        lea     si, [bx+param.seq]
        mov     cx, 4
        mov     al, 1
.seq:
        mov     ah, [cs:si]
        call    seq_write
        inc     si
        inc     al
        loop    .seq
        mov     ax, 0x0300
        call    seq_write
        mov     ax, 0x0011              ; unlock CRTC 0-7
        call    crtc_write
        lea     si, [bx+param.crtc]
        mov     cx, 25
        xor     al, al
.crtc:
        mov     ah, [cs:si]
        call    crtc_write
        inc     si
        inc     al
        loop    .crtc
        lea     si, [bx+param.gfx]
        mov     cx, 9
        xor     al, al
.gfx:
        mov     ah, [cs:si]
        call    gfx_write
        inc     si
        inc     al
        loop    .gfx
        pushf
        cli
        call    attr_reset
        mov     dx, ATTR
        lea     si, [bx+param.attr]
        mov     cx, 20
        xor     ah, ah
        test    byte [bda.vga_flags], FLAG_NO_PALETTE
        jz      .attr
        mov     ah, 16                  ; the palette stays
        add     si, 16
        mov     cx, 4
.attr:
        mov     al, ah
        out     dx, al
        mov     al, [cs:si]
        out     dx, al
        inc     si
        inc     ah
        loop    .attr
        mov     al, 0x14
        out     dx, al
        xor     al, al
        out     dx, al
        popf
        pop     dx
        ret

; BDA from the entry BX
store_bda:
        push    es
        movzx   ax, byte [cs:bx+param.columns]
        mov     [bda.columns], ax
        mov     ax, [cs:bx+param.page_size]
        mov     [bda.page_size], ax
        mov     al, [cs:bx+param.rows]
        mov     [bda.rows], al
        movzx   ax, byte [cs:bx+param.height]
        mov     [bda.char_height], ax
        xor     ax, ax
        mov     [bda.page_start], ax
        mov     [bda.page], al
        push    ds
        pop     es
        mov     di, bda.cursor
        mov     cx, 8
        rep     stosw
        mov     word [bda.cursor_end], 0x0607   ; underline, in lines of a CGA
        movzx   bx, byte [bda.mode]
        mov     ax, 0x3029
        cmp     bl, 7
        ja      .select
        mov     al, [cs:bx+.selects]
        cmp     bl, 6
        jne     .select
        mov     ah, 0x3f
.select:
        mov     [bda.mode_select], ax
        pop     es
        ret
.selects:
        db      0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29

; Blanks in text modes, zeros elsewhere.
clear_memory:
        push    es
        call    mode_kind
        mov     dx, 0xa000
        xor     bx, bx
        mov     cx, 0x8000
        cmp     al, KIND_PLANAR
        jae     .fill
        mov     dx, 0xb800
        mov     cx, 0x2000
        cmp     al, KIND_TEXT
        jne     .fill
        mov     bx, 0x0720
        mov     cx, 0x4000
        cmp     byte [bda.mode], 7
        jne     .fill
        mov     dx, 0xb000
.fill:
        mov     es, dx
        xor     di, di
        mov     ax, bx
        rep     stosw
        pop     es
        ret

; Font of the height in the BDA to plane 2, block 0
text_font:
        mov     al, [bda.char_height]
        call    font_of_height
        push    cs
        pop     es
        mov     bh, al
        mov     bl, 0
        xor     dx, dx
        mov     cx, 256
        jmp     load_font

; INT 43h to the font of the height in the BDA
graphics_font:
        mov     al, [bda.char_height]
        call    font_of_height
        push    es
        push    0
        pop     es
        mov     [es:0x43*4], si
        mov     [es:0x43*4+2], cs
        pop     es
        ret

; AL = height -> CS:SI = font
font_of_height:
        mov     si, font_8x8
        cmp     al, 14
        jb      .done
        mov     si, font_8x14
        je      .done
        mov     si, font_8x16
.done:
        ret
