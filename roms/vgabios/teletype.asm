; Functions 0Eh and 13h: output that moves the cursor.

; AL = character, BL = colour in graphics modes; on the page shown
teletype:
        mov     al, [rAL]
        mov     bl, [rBL]
        mov     bh, [bda.page]
        call    put_char
        ret

; AL = character, BH = page, BL = colour in graphics modes. In text modes the
; attribute stays, or is AH if CF = 1. All registers are kept.
put_char_attribute:
        stc
        jmp     put_char_any
put_char:
        clc
put_char_any:
        pusha
        pushf
        call    page_cursor
        cmp     al, 7
        je      .bell
        cmp     al, 8
        je      .backspace
        cmp     al, 10
        je      .line_feed
        cmp     al, 13
        je      .return
        push    ax
        call    mode_kind
        cmp     al, KIND_TEXT
        pop     ax
        jne     .graphics
        push    es
        call    text_cell
        stosb
        mov     cx, sp
        xchg    cx, bx
        test    byte [ss:bx+2], 1       ; CF as saved
        xchg    cx, bx
        jz      .attribute_stays
        mov     [es:di], ah
.attribute_stays:
        pop     es
        jmp     .advance
.graphics:
        push    bx
        cmp     byte [bda.mode], 0x13   ; there BH is the background
        jne     .draw
        xor     bh, bh
.draw:
        call    draw_glyph
        pop     bx
.advance:
        inc     dl
        cmp     dl, [bda.columns]
        jb      .move
        xor     dl, dl
.line_feed:
        cmp     dh, [bda.rows]
        jb      .down
        call    scroll_line
        jmp     .move
.down:
        inc     dh
        jmp     .move
.backspace:
        or      dl, dl
        jz      .done
        dec     dl
        jmp     .move
.return:
        xor     dl, dl
.move:
        push    bx
        call    page_index
        mov     [bx+bda.cursor], dx
        shr     bx, 1
        cmp     bl, [bda.page]
        pop     bx
        jne     .done
        call    cursor_update
.done:
        popf
        popa
        ret
.bell:
        call    bell
        jmp     .done

; Scroll page BH up by one row; the new row takes the attribute at the cursor,
; column DL, in text modes and 0 in graphics modes.
scroll_line:
        pusha
        push    word [bda.page]
        mov     [bda.page], bh
        xor     ah, ah
        call    mode_kind_text
        jne     .scroll
        push    es
        mov     dh, [bda.rows]
        call    text_cell
        mov     ah, [es:di+1]
        pop     es
.scroll:
        mov     bh, ah
        mov     ax, 0x0601
        xor     cx, cx
        mov     dl, [bda.columns]
        dec     dl
        mov     dh, [bda.rows]
        int     0x10
        pop     ax
        mov     [bda.page], al
        popa
        ret

; A short tone on the speaker.
bell:
        mov     al, 0xb6
        out     0x43, al
        mov     al, 0x20
        out     0x42, al
        mov     al, 0x05
        out     0x42, al
        in      al, 0x61
        push    ax
        or      al, 3
        out     0x61, al
        ; 50 ms, read off counter 0 of the timer, which counts two per clock. A
        ; counter that somebody has stopped must not stop us.
        mov     edi, 50*2387
        xor     dx, dx
        call    .count
        mov     si, ax
.wait:
        mov     cx, 300                 ; reading ports all the time is slow
        loop    $
        dec     dx
        jz      .over
        call    .count
        xchg    ax, si
        cmp     ax, si
        jb      .reloaded
        sub     ax, si
.reloaded:
        movzx   eax, ax
        sub     edi, eax
        ja      .wait
.over:
        pop     ax
        out     0x61, al
        ret
.count:
        pushf
        cli
        xor     al, al
        out     0x43, al
        in      al, 0x40
        mov     ah, al
        in      al, 0x40
        xchg    al, ah
        popf
        ret

; 13h: AL bit 0 = move the cursor, bit 1 = attributes in the string; BH =
; page, BL = attribute, CX = length, DX = position, ES:BP = string
write_string:
        mov     cx, [rCX]
        or      cx, cx
        jz      .done
        mov     bx, [rBX]
        call    page_cursor
        push    dx
        mov     dx, [rDX]
        call    .place
        mov     si, [bp+frame.bp]
.next:
        mov     al, [es:si]
        inc     si
        mov     ah, bl
        test    byte [rAL], 2
        jz      .attribute
        mov     ah, [es:si]
        inc     si
.attribute:
        push    bx
        mov     bl, ah
        call    put_char_attribute
        pop     bx
        loop    .next
        pop     dx
        test    byte [rAL], 1
        jnz     .done
        call    .place
.done:
        ret
; DX = cursor of page BH
.place:
        push    bx
        call    page_index
        mov     [bx+bda.cursor], dx
        pop     bx
        pusha
        call    cursor_update
        popa
        ret
