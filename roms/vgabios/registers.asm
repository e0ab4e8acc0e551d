; Access to indexed registers.

; AL = index, AH = value for the sequencer, graphics controller or CRTC
seq_write:
        push    dx
        mov     dx, SEQ
        out     dx, ax
        pop     dx
        ret

gfx_write:
        push    dx
        mov     dx, GFX
        out     dx, ax
        pop     dx
        ret

crtc_write:
        push    dx
        mov     dx, [bda.crtc]
        out     dx, ax
        pop     dx
        ret

; AL = index -> AL = value
crtc_read:
        push    dx
        mov     dx, [bda.crtc]
        jmp     indexed_read
seq_read:
        push    dx
        mov     dx, SEQ
        jmp     indexed_read
gfx_read:
        push    dx
        mov     dx, GFX
indexed_read:
        out     dx, al
        inc     dx
        in      al, dx
        pop     dx
        ret

; Make the attribute controller expect an index.
attr_reset:
        push    dx
        push    ax
        mov     dx, [bda.crtc]
        add     dx, 6                   ; input status 1
        in      al, dx
        pop     ax
        pop     dx
        ret

; AL = index, AH = value; the display stays on. Between index and data no
; interrupt handler may read the input status.
attr_write:
        push    dx
        push    ax
        pushf
        cli
        call    attr_reset
        mov     dx, ATTR
        out     dx, al
        mov     al, ah
        out     dx, al
        mov     al, ATTR_ENABLE
        out     dx, al
        popf
        pop     ax
        pop     dx
        ret

; AL = index -> AL = value
attr_read:
        push    dx
        push    cx
        pushf
        cli
        call    attr_reset
        mov     dx, ATTR
        out     dx, al
        inc     dx
        in      al, dx
        mov     cl, al
        call    attr_reset
        dec     dx
        mov     al, ATTR_ENABLE
        out     dx, al
        mov     al, cl
        popf
        pop     cx
        pop     dx
        ret
