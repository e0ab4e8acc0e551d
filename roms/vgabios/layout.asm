; Where characters and scan lines are in memory.

; Segment of the present mode -> AX
video_segment:
        call    mode_kind
        cmp     al, KIND_PLANAR
        mov     ax, 0xa000
        jae     .done
        mov     ax, 0xb800
        cmp     byte [bda.mode], 7
        jne     .done
        mov     ax, 0xb000
.done:
        ret

; BH = page -> BX = offset of its word in bda.cursor. Where there is only one
; page, programs leave anything in BH.
page_index:
        push    ax
        mov     al, bh
        and     al, 7
        movzx   bx, byte [bda.mode]
        cmp     bl, 4
        jb      .known
        cmp     byte [cs:bx+mode_pages-4], 1
        ja      .known
        xor     al, al
.known:
        movzx   bx, al
        shl     bx, 1
        pop     ax
        ret

; BH = page -> AX = its offset
page_offset:
        push    bx
        push    dx
        call    page_index
        mov     ax, bx
        shr     ax, 1
        mul     word [bda.page_size]
        pop     dx
        pop     bx
        ret

; Text: DH = row, DL = column, BH = page -> ES:DI = cell
text_cell:
        push    ax
        push    dx
        movzx   ax, dh
        mul     byte [bda.columns]
        xor     dh, dh
        add     ax, dx
        shl     ax, 1
        mov     di, ax
        call    page_offset
        add     di, ax
        call    video_segment
        mov     es, ax
        pop     dx
        pop     ax
        ret

; Graphics: DH = row, DL = column, BH = page -> ES:DI = first byte of the
; character's top line
glyph_cell:
        push    ax
        push    dx
        push    dx
        movzx   ax, dh
        mul     word [bda.char_height]
        call    line_offset
        pop     dx
        xor     dh, dh
        call    glyph_bytes
        push    ax
        mov     al, ah
        mul     dl
        add     di, ax
        pop     ax
        call    page_offset
        add     di, ax
        call    video_segment
        mov     es, ax
        pop     dx
        pop     ax
        ret

; AX = scan line -> DI = offset of its first byte, without the page
line_offset:
        push    ax
        push    dx
        push    ax
        call    mode_kind
        mov     dl, al
        pop     ax
        xor     di, di
        cmp     dl, KIND_PLANAR
        jae     .linear
        shr     ax, 1                   ; odd lines are in the second bank
        jnc     .even
        mov     di, 0x2000
.even:
        mov     dx, 80
        jmp     .multiply
.linear:
        cmp     dl, KIND_LINEAR
        mov     dx, 320
        je      .multiply
        mov     dx, [bda.columns]
.multiply:
        mul     dx
        add     di, ax
        pop     dx
        pop     ax
        ret

; -> AH = bytes of one line of a character, AL = kind of the mode
glyph_bytes:
        call    mode_kind
        mov     ah, 8
        cmp     al, KIND_LINEAR
        je      .done
        mov     ah, 2
        cmp     al, KIND_CGA2
        je      .done
        dec     ah
.done:
        ret
