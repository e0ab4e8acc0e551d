; Functions 01h, 02h, 03h, 05h: cursor and pages.

; CH = first line, CL = last line
set_cursor_shape:
        mov     ax, [rCX]
        mov     [bda.cursor_end], ax
; AH = first line, AL = last line, as the caller sees them
cursor_shape_registers:
        push    ax
        push    bx
        call    mode_kind_text
        jne     .done
        test    byte [bda.video_control], 1
        jnz     .store                  ; cursor emulation is off
        test    ah, 0xe0
        jnz     .store                  ; hidden
        cmp     byte [bda.char_height], 8
        jbe     .store
        cmp     al, 7
        ja      .store                  ; already in lines of this character
        cmp     ah, al
        ja      .store
        ; Lines of an 8-line character: a shape at the bottom becomes an
        ; underline of two lines, any other is stretched.
        mov     bl, [bda.char_height]
        cmp     ah, 6
        jb      .stretch
        mov     al, bl
        sub     al, 2
        mov     ah, al
        dec     ah
        jmp     .store
.stretch:
        mov     bh, ah
        inc     al
        mul     bl
        shr     ax, 3
        dec     ax
        push    ax
        mov     al, bh
        mul     bl
        shr     ax, 3
        mov     bh, al
        pop     ax
        mov     ah, bh
.store:
        push    ax
        mov     al, 0x0a
        call    crtc_write
        pop     ax
        mov     ah, al
        mov     al, 0x0b
        call    crtc_write
.done:
        pop     bx
        pop     ax
        ret

; ZF = 1 in text modes; AX is kept
mode_kind_text:
        push    ax
        call    mode_kind
        cmp     al, KIND_TEXT
        pop     ax
        ret

; BH = page, DH = row, DL = column
set_cursor:
        mov     bh, [rBH]
        call    page_index
        mov     ax, [rDX]
        mov     [bx+bda.cursor], ax
        shr     bx, 1
        cmp     bl, [bda.page]
        je      cursor_update
        ret

; Show the cursor of the present page where the BDA says.
cursor_update:
        call    mode_kind_text
        jne     .done
        movzx   bx, byte [bda.page]
        shl     bx, 1
        mov     dx, [bx+bda.cursor]
        movzx   ax, dh
        mul     byte [bda.columns]
        xor     dh, dh
        add     ax, dx
        mov     bx, [bda.page_start]
        shr     bx, 1
        add     bx, ax
        mov     ah, bh
        mov     al, 0x0e
        call    crtc_write
        mov     ah, bl
        mov     al, 0x0f
        call    crtc_write
.done:
        ret

; BH = page -> CX = shape, DX = position
get_cursor:
        mov     bh, [rBH]
        call    page_index
        mov     ax, [bx+bda.cursor]
        mov     [rDX], ax
        mov     ax, [bda.cursor_end]
        mov     [rCX], ax
        mov     word [rAX], 0
        ret

; AL = page to show
set_page:
        mov     al, [rAL]
        cmp     al, 7
        ja      .done
        mov     [bda.page], al
        xor     ah, ah
        mul     word [bda.page_size]
        mov     [bda.page_start], ax
        mov     bx, ax
        call    mode_kind
        cmp     al, KIND_PLANAR
        jae     .bytes
        shr     bx, 1                   ; the CRTC counts character cells
.bytes:
        mov     ah, bh
        mov     al, 0x0c
        call    crtc_write
        mov     ah, bl
        mov     al, 0x0d
        call    crtc_write
        call    cursor_update
.done:
        ret
