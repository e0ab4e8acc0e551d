; Default DAC contents, computed rather than stored.

; DH = one of PAL_*
load_palette:
        movzx   bx, dh
        shl     bx, 1
        mov     al, 0xff
        mov     dx, PEL_MASK
        out     dx, al
        mov     dx, DAC_WRITE
        xor     al, al
        out     dx, al
        inc     dx
        call    [cs:bx+.loaders]
        test    byte [bda.vga_flags], FLAG_GREY
        jz      .done
        xor     bx, bx
        mov     cx, 256
        call    grey_block
.done:
        ret
.loaders:
        dw      dac_ega, dac_cga, dac_mono, dac_256

; 64 colours, index bits rgbRGB: two thirds and one third of each primary.
dac_ega:
        xor     bl, bl
.next:
        mov     ah, bl
        mov     cx, 3
.primary:
        xor     al, al
        test    ah, 0x04
        jz      .no_bright
        mov     al, 0x2a
.no_bright:
        test    ah, 0x20
        jz      .no_dim
        add     al, 0x15
.no_dim:
        out     dx, al
        shl     ah, 1
        loop    .primary
        inc     bl
        cmp     bl, 64
        jb      .next
        mov     cx, 192
        jmp     dac_black

; The 16 colours with bit 4 as intensity, repeated: 0-7, 0-7, 8-15, 8-15.
dac_cga:
        xor     bl, bl
.next:
        mov     al, bl
        and     al, 0x07
        test    bl, 0x10
        jz      .dim
        or      al, 0x08
.dim:
        call    dac_irgb
        inc     bl
        cmp     bl, 64
        jb      .next
        mov     cx, 192
        jmp     dac_black

; AL = colour 0-15 of the CGA; 6 is brown, not dark yellow
dac_irgb:
        push    bx
        mov     bh, al
        mov     bl, al
        mov     cx, 3
.primary:
        xor     al, al
        test    bl, 0x04
        jz      .no_primary
        mov     al, 0x2a
.no_primary:
        test    bh, 0x08
        jz      .no_intensity
        add     al, 0x15
.no_intensity:
        cmp     bh, 6
        jne     .out
        cmp     cl, 2                   ; green
        jne     .out
        mov     al, 0x15
.out:
        out     dx, al
        shl     bl, 1
        loop    .primary
        pop     bx
        ret

; Black, normal and bright: bits 3 and 4.
dac_mono:
        xor     bl, bl
.next:
        xor     al, al
        test    bl, 0x08
        jz      .store
        mov     al, 0x2a
        test    bl, 0x10
        jz      .store
        mov     al, 0x3f
.store:
        out     dx, al
        out     dx, al
        out     dx, al
        inc     bl
        cmp     bl, 64
        jb      .next
        mov     cx, 192
dac_black:
        imul    cx, 3
        xor     al, al
.next:
        out     dx, al
        loop    .next
        ret

; 16 CGA colours, 16 greys, then for each of three intensities and three
; saturations a circle of 24 hues.
dac_256:
        xor     bl, bl
.irgb:
        mov     al, bl
        call    dac_irgb
        inc     bl
        cmp     bl, 16
        jb      .irgb
        mov     si, .greys
.grey:
        mov     al, [cs:si]
        out     dx, al
        out     dx, al
        out     dx, al
        inc     si
        cmp     si, .greys+16
        jb      .grey
        mov     si, .levels
.circle:
        mov     di, .hues
.hue:
        mov     ax, [cs:di]             ; three level numbers, a nibble each
        mov     cx, 3
.primary:
        push    ax
        movzx   bx, ah
        mov     al, [cs:bx+si]
        out     dx, al
        pop     ax
        shl     ax, 4
        and     ah, 0x0f
        loop    .primary
        add     di, 2
        cmp     di, .hues+48
        jb      .hue
        add     si, 5
        cmp     si, .levels+45
        jb      .circle
        mov     cx, 8
        jmp     dac_black
.greys:
        db      0x00, 0x05, 0x08, 0x0b, 0x0e, 0x11, 0x14, 0x18
        db      0x1c, 0x20, 0x24, 0x28, 0x2d, 0x32, 0x38, 0x3f
.levels:
        db      0x00, 0x10, 0x1f, 0x2f, 0x3f
        db      0x1f, 0x27, 0x2f, 0x37, 0x3f
        db      0x2d, 0x31, 0x36, 0x3a, 0x3f
        db      0x00, 0x07, 0x0e, 0x15, 0x1c
        db      0x0e, 0x11, 0x15, 0x18, 0x1c
        db      0x14, 0x16, 0x18, 0x1a, 0x1c
        db      0x00, 0x04, 0x08, 0x0c, 0x10
        db      0x08, 0x0a, 0x0c, 0x0e, 0x10
        db      0x0b, 0x0c, 0x0d, 0x0f, 0x10
; Red, green and blue levels from blue through red, yellow, green and cyan.
.hues:
        dw      0x004, 0x104, 0x204, 0x304, 0x404, 0x403, 0x402, 0x401
        dw      0x400, 0x410, 0x420, 0x430, 0x440, 0x340, 0x240, 0x140
        dw      0x040, 0x041, 0x042, 0x043, 0x044, 0x034, 0x024, 0x014
