; Functions 08h, 09h, 0Ah: characters at the cursor.

; BH = page -> DX = cursor of that page
page_cursor:
        push    bx
        call    page_index
        mov     dx, [bx+bda.cursor]
        pop     bx
        ret

; BH = page -> AL = character, AH = attribute
read_char:
        mov     bh, [rBH]
        call    page_cursor
        call    mode_kind
        cmp     al, KIND_TEXT
        jne     .graphics
        call    text_cell
        mov     ax, [es:di]
        mov     [rAX], ax
        ret
.graphics:
        call    read_glyph
        mov     [rAL], al
        mov     byte [rAH], 0
        ret

; AL = character, BL = attribute or colour, BH = page, or background where
; there are 256 colours, CX = count
write_char_attribute:
        mov     cx, [rCX]
        or      cx, cx
        jz      .done
        mov     bx, [rBX]
        call    page_cursor
        call    mode_kind
        cmp     al, KIND_TEXT
        mov     al, [rAL]
        jne     write_graphics
        call    text_cell
        mov     ah, bl
        rep     stosw
.done:
        ret

; The same, attributes stay
write_char:
        mov     cx, [rCX]
        or      cx, cx
        jz      .done
        mov     bx, [rBX]
        call    page_cursor
        call    mode_kind
        cmp     al, KIND_TEXT
        mov     al, [rAL]
        jne     write_graphics
        call    text_cell
.next:
        stosb
        inc     di
        loop    .next
.done:
        ret

; CX times character AL in colour BL from DX on page BH; a row at most.
write_graphics:
        call    draw_glyph
        inc     dl
        cmp     dl, [bda.columns]
        jae     .done
        loop    write_graphics
.done:
        ret
