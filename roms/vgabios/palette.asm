; Function 10h: attribute controller and DAC.

palette:
        movzx   bx, byte [rAL]
        cmp     bl, 0x1b
        ja      .none
        shl     bx, 1
        jmp     [cs:bx+.table]
.none:
        ret
.table:
        dw      pal_set                         ; 00
        dw      pal_set_border
        dw      pal_set_all
        dw      pal_blink
        dw      .none, .none, .none
        dw      pal_get                         ; 07
        dw      pal_get_border
        dw      pal_get_all
        dw      .none, .none, .none, .none, .none, .none
        dw      dac_set                         ; 10
        dw      .none
        dw      dac_set_block
        dw      dac_page
        dw      .none
        dw      dac_get                         ; 15
        dw      .none
        dw      dac_get_block
        dw      dac_set_mask
        dw      dac_get_mask
        dw      dac_get_page
        dw      dac_grey                        ; 1B

; BL = register, BH = value
pal_set:
        mov     ax, [rBX]
        and     al, 0x1f
        jmp     attr_write

pal_set_border:
        mov     ah, [rBH]
        mov     al, 0x11
        jmp     attr_write

; ES:DX = 16 colours and the border
pal_set_all:
        mov     si, [rDX]
        xor     al, al
.next:
        mov     ah, [es:si]
        call    attr_write
        inc     si
        inc     al
        cmp     al, 16
        jb      .next
        mov     ah, [es:si]
        mov     al, 0x11
        jmp     attr_write

; BL = 0 bright backgrounds, 1 blinking
pal_blink:
        mov     al, 0x10
        call    attr_read
        and     al, 0xf7
        mov     ah, [rBL]
        and     ah, 1
        shl     ah, 3
        or      ah, al
        mov     al, 0x10
        call    attr_write
        and     byte [bda.mode_select], 0xdf
        test    ah, 0x08
        jz      .done
        or      byte [bda.mode_select], 0x20
.done:
        ret

pal_get:
        mov     al, [rBL]
        and     al, 0x1f
        call    attr_read
        mov     [rBH], al
        ret

pal_get_border:
        mov     al, 0x11
        call    attr_read
        mov     [rBH], al
        ret

pal_get_all:
        mov     di, [rDX]
        xor     cl, cl
.next:
        mov     al, cl
        call    attr_read
        mov     [es:di], al
        inc     di
        inc     cl
        cmp     cl, 16
        jb      .next
        mov     al, 0x11
        call    attr_read
        mov     [es:di], al
        ret

; BX = register, DH, CH, CL = red, green, blue
dac_set:
        mov     al, [rBL]
        mov     dx, DAC_WRITE
        pushf
        cli
        out     dx, al
        inc     dx
        mov     al, [rDH]
        mov     ah, [rCH]
        mov     bl, [rCL]
        test    byte [bda.vga_flags], FLAG_GREY
        jz      .out
        call    grey
        mov     ah, al
        mov     bl, al
.out:
        out     dx, al
        mov     al, ah
        out     dx, al
        mov     al, bl
        out     dx, al
        popf
        ret

; BX = first, CX = count, ES:DX = triples
dac_set_block:
        mov     al, [rBL]
        mov     dx, DAC_WRITE
        out     dx, al
        inc     dx
        mov     si, [rDX]
        mov     cx, [rCX]
        jcxz    .done
.next:
        mov     al, [es:si]
        mov     ah, [es:si+1]
        mov     bl, [es:si+2]
        test    byte [bda.vga_flags], FLAG_GREY
        jz      .out
        call    grey
        mov     ah, al
        mov     bl, al
.out:
        out     dx, al
        mov     al, ah
        out     dx, al
        mov     al, bl
        out     dx, al
        add     si, 3
        loop    .next
.done:
        ret

dac_get:
        mov     al, [rBL]
        mov     dx, DAC_READ
        out     dx, al
        mov     dl, DAC_DATA & 0xff
        in      al, dx
        mov     [rDH], al
        in      al, dx
        mov     [rCH], al
        in      al, dx
        mov     [rCL], al
        ret

dac_get_block:
        mov     al, [rBL]
        mov     dx, DAC_READ
        out     dx, al
        mov     dl, DAC_DATA & 0xff
        mov     di, [rDX]
        mov     cx, [rCX]
        imul    cx, 3
        jcxz    .done
        rep     insb
.done:
        ret

; BL = 0: BH = 0 four pages of 64, 1 sixteen of 16; BL = 1: BH = page
dac_page:
        mov     al, 0x10
        call    attr_read
        mov     bx, [rBX]
        or      bl, bl
        jnz     .select
        and     al, 0x7f
        shl     bh, 7
        or      al, bh
        mov     ah, al
        mov     al, 0x10
        jmp     attr_write
.select:
        test    al, 0x80
        jnz     .sixteen
        shl     bh, 2
.sixteen:
        and     bh, 0x0f
        mov     ah, bh
        mov     al, 0x14
        jmp     attr_write

dac_get_page:
        mov     al, 0x10
        call    attr_read
        mov     ah, al
        shr     ah, 7
        mov     [rBL], ah
        mov     al, 0x14
        call    attr_read
        and     al, 0x0f
        or      ah, ah
        jnz     .sixteen
        shr     al, 2
.sixteen:
        mov     [rBH], al
        ret

dac_set_mask:
        mov     al, [rBL]
        mov     dx, PEL_MASK
        out     dx, al
        ret

dac_get_mask:
        mov     dx, PEL_MASK
        in      al, dx
        mov     [rBL], al
        ret

; BX = first, CX = count
dac_grey:
        mov     bx, [rBX]
        mov     cx, [rCX]
grey_block:
        or      cx, cx
        jz      .done
.next:
        mov     al, bl
        mov     dx, DAC_READ
        out     dx, al
        mov     dl, DAC_DATA & 0xff
        push    bx
        in      al, dx
        mov     bh, al
        in      al, dx
        mov     ah, al
        in      al, dx
        mov     bl, al
        mov     al, bh
        call    grey
        pop     bx
        mov     ah, al
        mov     al, bl
        mov     dl, DAC_WRITE & 0xff
        out     dx, al
        inc     dx
        mov     al, ah
        out     dx, al
        out     dx, al
        out     dx, al
        inc     bl
        loop    .next
.done:
        ret

; AL, AH, BL = red, green, blue -> AL = 30 % + 59 % + 11 %, in 256ths
grey:
        push    cx
        push    dx
        mov     dl, ah
        mov     cl, 77
        mul     cl
        mov     cx, ax
        mov     al, dl
        mov     ah, 151
        mul     ah
        add     cx, ax
        mov     al, bl
        mov     ah, 28
        mul     ah
        add     ax, cx
        add     ax, 0x80
        mov     al, ah
        pop     dx
        pop     cx
        ret
