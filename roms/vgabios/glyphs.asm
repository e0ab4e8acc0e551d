; Characters in graphics modes.

; AL = character -> FS:SI = its glyph. In the CGA modes the upper half of the
; font is behind INT 1Fh.
find_glyph:
        push    ax
        push    bx
        push    ds
        push    0
        pop     ds
        movzx   bx, byte [0x400+bda.mode]
        sub     bl, 4
        cmp     bl, 2
        ja      .one_font
        test    al, 0x80
        jz      .one_font
        and     al, 0x7f
        lfs     si, [0x1f*4]
        jmp     .index
.one_font:
        lfs     si, [0x43*4]
.index:
        mul     byte [0x400+bda.char_height]
        add     si, ax
        pop     ds
        pop     bx
        pop     ax
        ret

; Draw AL at row DH, column DL of page BH. BL = colour; bit 7 set: exclusive
; or. With 256 colours there is neither page nor exclusive or, and BH is the
; background. All registers are kept.
draw_glyph:
        pusha
        push    es
        push    fs
        call    find_glyph
        call    glyph_cell
        call    mode_kind
        mov     cx, [bda.char_height]
        cmp     al, KIND_PLANAR
        je      .planar
        ja      .linear
        cmp     al, KIND_CGA1
        je      .cga1
        call    draw_cga2
        jmp     .done
.cga1:
        call    draw_cga1
        jmp     .done
.linear:
        call    draw_linear
        jmp     .done
.planar:
        call    draw_planar
.done:
        pop     fs
        pop     es
        popa
        ret

; CX lines of the glyph FS:SI to ES:DI in colour BL, for each kind.
draw_planar:
        test    bl, 0x80
        jnz     .xor
        mov     ax, 0x0f02              ; clear all planes, then set those of
        call    seq_write               ; the colour
        push    di
        push    cx
        mov     dx, [bda.columns]
.clear:
        mov     byte [es:di], 0
        add     di, dx
        loop    .clear
        pop     cx
        pop     di
        jmp     .colour
.xor:
        mov     ax, 0x1803              ; combine with the latches
        call    gfx_write
.colour:
        mov     ah, bl
        and     ah, 0x0f
        jz      .done
        mov     al, 0x02
        call    seq_write
        mov     dx, [bda.columns]
.line:
        mov     al, [fs:si]
        test    [es:di], al             ; load the latches
        mov     [es:di], al
        inc     si
        add     di, dx
        loop    .line
.done:
        jmp     graphics_defaults

draw_linear:
        mov     ah, [fs:si]
        push    cx
        mov     cx, 8
.pixel:
        mov     al, bh
        shl     ah, 1
        jnc     .background
        mov     al, bl
.background:
        stosb
        loop    .pixel
        pop     cx
        add     di, 320-8
        inc     si
        loop    draw_linear
        ret

draw_cga1:
        mov     al, [fs:si]
        test    bl, 1
        jnz     .on
        test    bl, 0x80
        jz      .black
        jmp     .next                   ; exclusive or with 0
.black:
        xor     al, al
.on:
        test    bl, 0x80
        jz      .store
        xor     al, [es:di]
.store:
        mov     [es:di], al
.next:
        inc     si
        call    cga_next_line
        loop    draw_cga1
        ret

draw_cga2:
        push    cx
        mov     dl, [fs:si]
        xor     ax, ax
        mov     cx, 8
.pixel:
        shl     ax, 2
        shl     dl, 1
        jnc     .background
        mov     dh, bl
        and     dh, 3
        or      al, dh
.background:
        loop    .pixel
        xchg    al, ah                  ; the left pixels come first
        test    bl, 0x80
        jz      .store
        xor     ax, [es:di]
.store:
        mov     [es:di], ax
        inc     si
        pop     cx
        call    cga_next_line
        loop    draw_cga2
        ret

; ES:DI to the line below: the other bank, and 80 bytes on after an odd line
cga_next_line:
        xor     di, 0x2000
        test    di, 0x2000
        jnz     .done
        add     di, 80
.done:
        ret

; Character at row DH, column DL of page BH -> AL, 0 if none looks like it
read_glyph:
        push    fs
        sub     sp, 16
        mov     di, sp                  ; SS:DI = the picture: set pixels
        push    di
        call    glyph_cell
        mov     bx, di
        pop     di
        call    mode_kind
        mov     ah, al
        mov     cx, [bda.char_height]
        push    di
.line:
        call    .picture
        mov     [ss:di], al
        inc     di
        loop    .line
        pop     di
        ; Compare with every glyph of the font.
        xor     al, al
.glyph:
        call    find_glyph
        push    di
        mov     cx, [bda.char_height]
.compare:
        mov     ah, [fs:si]
        cmp     ah, [ss:di]
        jne     .different
        inc     si
        inc     di
        loop    .compare
        pop     di
        jmp     .found
.different:
        pop     di
        inc     al
        jnz     .glyph
.found:
        add     sp, 16
        pop     fs
        ret

; One line at ES:BX, kind AH -> AL = pixels unlike 0; BX to the next line
.picture:
        push    cx
        push    dx
        xor     dl, dl
        cmp     ah, KIND_CGA1
        je      .cga1
        jb      .cga2
        cmp     ah, KIND_LINEAR
        je      .linear
        ; Planar: all planes of the colour, or-ed.
        push    ax
        xor     cl, cl
.plane:
        mov     ah, cl
        mov     al, 0x04                ; read map
        call    gfx_write
        or      dl, [es:bx]
        inc     cl
        cmp     cl, 4
        jb      .plane
        mov     ax, 0x0004
        call    gfx_write
        pop     ax
        add     bx, [bda.columns]
        jmp     .done
.linear:
        mov     cx, 8
.byte:
        cmp     byte [es:bx], 1         ; CF = 1 for background
        cmc
        rcl     dl, 1
        inc     bx
        loop    .byte
        add     bx, 320-8
        jmp     .done
.cga1:
        mov     dl, [es:bx]
        jmp     .cga_next
.cga2:
        push    ax
        mov     ax, [es:bx]
        xchg    al, ah
        mov     cx, 8
.pair:
        rol     ax, 2
        test    al, 3
        jz      .blank
        stc
        jmp     .shift
.blank:
        clc
.shift:
        rcl     dl, 1
        loop    .pair
        pop     ax
.cga_next:
        xchg    bx, di
        call    cga_next_line
        xchg    bx, di
.done:
        mov     al, dl
        pop     dx
        pop     cx
        ret
