; Functions 0Bh, 0Ch, 0Dh: CGA palette and pixels.

; BH = 0: BL = border and background; BH = 1: BL = palette of mode 4
cga_palette:
        mov     bl, [rBL]
        mov     dl, [bda.cga_palette]
        cmp     byte [rBH], 0
        jne     .set
        and     dl, 0xe0
        and     bl, 0x1f
        or      dl, bl
        mov     [bda.cga_palette], dl
        ; Background or border, with the intensity bit where the attribute
        ; controller's CGA palette has it.
        mov     ah, bl
        and     ah, 0x07
        test    bl, 0x08
        jz      .dim
        or      ah, 0x10
.dim:
        mov     al, 0x11
        call    attr_write
        call    mode_kind
        cmp     al, KIND_TEXT
        je      .done
        mov     al, 0x00
        call    attr_write
        jmp     .colours
.set:
        and     dl, 0xdf
        and     bl, 1
        shl     bl, 5
        or      dl, bl
        mov     [bda.cga_palette], dl
.colours:
        call    mode_kind
        cmp     al, KIND_CGA2
        jne     .done
        ; Green, red, brown or with bit 5 cyan, magenta, white.
        mov     ah, 2
        test    dl, 0x10
        jz      .normal
        or      ah, 0x10
.normal:
        test    dl, 0x20
        jz      .palette
        inc     ah
.palette:
        mov     al, 1
.next:
        call    attr_write
        add     ah, 2
        inc     al
        cmp     al, 4
        jb      .next
.done:
        ret

; The caller's CX = column, DX = line, BH = page -> ES:DI = byte, CL = shift
; of the pixel from the right, AL = kind
pixel_address:
        mov     ax, [rDX]
        call    line_offset
        call    mode_kind
        mov     cx, [rCX]
        cmp     al, KIND_LINEAR
        je      .linear
        cmp     al, KIND_CGA2
        je      .cga2
        mov     dx, cx
        shr     dx, 3
        add     di, dx
        not     cl
        and     cl, 7
        jmp     .page
.cga2:
        mov     dx, cx
        shr     dx, 2
        add     di, dx
        not     cl
        and     cl, 3
        shl     cl, 1
        jmp     .page
.linear:
        add     di, cx
.page:
        push    ax
        mov     bh, [rBH]
        call    page_offset
        add     di, ax
        call    video_segment
        mov     es, ax
        pop     ax
        ret

; AL = colour; bit 7 set: exclusive or (not with 256 colours)
write_pixel:
        call    mode_kind
        cmp     al, KIND_TEXT
        je      .done
        call    pixel_address
        mov     bl, [rAL]
        cmp     al, KIND_LINEAR
        je      .linear
        cmp     al, KIND_PLANAR
        je      .planar
        mov     bh, 1
        cmp     al, KIND_CGA1
        je      .mask
        mov     bh, 3
.mask:
        mov     ah, bl
        and     ah, bh
        shl     ah, cl
        shl     bh, cl
        mov     al, [es:di]
        test    bl, 0x80
        jnz     .xor
        not     bh
        and     al, bh
        or      al, ah
        mov     [es:di], al
        ret
.xor:
        xor     al, ah
        mov     [es:di], al
        ret
.linear:
        mov     [es:di], bl
.done:
        ret
.planar:
        mov     ah, 1                   ; bit mask: this pixel
        shl     ah, cl
        mov     al, 0x08
        call    gfx_write
        mov     ax, 0x0205              ; write mode 2: a colour
        call    gfx_write
        test    bl, 0x80
        jz      .replace
        mov     ax, 0x1803
        call    gfx_write
.replace:
        mov     al, [es:di]
        mov     [es:di], bl
        jmp     graphics_defaults

; -> AL = colour
read_pixel:
        call    mode_kind
        cmp     al, KIND_TEXT
        je      .done
        call    pixel_address
        cmp     al, KIND_PLANAR
        je      .planar
        mov     bl, [es:di]
        ja      .store
        shr     bl, cl
        mov     bh, 1
        cmp     al, KIND_CGA1
        je      .mask
        mov     bh, 3
.mask:
        and     bl, bh
.store:
        mov     [rAL], bl
.done:
        ret
.planar:
        xor     bl, bl
        mov     ch, 3                   ; plane
.plane:
        mov     ah, ch
        mov     al, 0x04
        call    gfx_write
        mov     al, [es:di]
        shr     al, cl
        and     al, 1
        shl     bl, 1
        or      bl, al
        dec     ch
        jns     .plane
        mov     ax, 0x0004
        call    gfx_write
        jmp     .store
