; The line editor, with a history.

; Reads a line into line, as characters and a 0.
read_line:
        pushad
        mov     word [recalled], 0
        mov     di, line                ; where the next character goes
.next:
        call    read_key
        cmp     al, 0
        je      .special
        cmp     al, KEY_ENTER
        je      .enter
        cmp     al, KEY_BACKSPACE
        je      .backspace
        cmp     al, KEY_ESCAPE
        je      .escape
        cmp     al, ' '
        jb      .next
        cmp     al, '~'
        ja      .next
        cmp     di, line+LINE-1
        je      .next
        stosb
        call    print_char
        jmp     .next
.special:
        mov     cx, [recalled]
        cmp     ah, SCAN_UP
        je      .up
        cmp     ah, SCAN_DOWN
        jne     .next
        dec     cx
        jns     .recall
        jmp     .next
.up:
        inc     cx
        cmp     cx, LINES
        ja      .next
        imul    bx, cx, LINE
        cmp     byte [history+bx-LINE], 0
        je      .next                   ; there are no more
.recall:
        mov     [recalled], cx
        call    erase_line
        jcxz    .next                   ; back at the empty line
        imul    si, cx, LINE
        add     si, history-LINE
.copy:
        lodsb
        or      al, al
        jz      .next
        stosb
        call    print_char
        jmp     .copy
.backspace:
        cmp     di, line
        je      .next
        dec     di
        call    erase_char
        jmp     .next
.escape:
        call    erase_line
        jmp     .next
.enter:
        mov     al, 0
        stosb
        call    print_line
        call    remember
        popad
        ret

; Takes back what is in the line up to DI.
erase_line:
        cmp     di, line
        je      .done
        dec     di
        call    erase_char
        jmp     erase_line
.done:
        ret

; Adds the line to the history, unless it is empty or the latest there.
remember:
        cmp     byte [line], 0
        je      .done
        mov     si, line
        mov     di, history
.compare:
        lodsb
        cmp     al, [di]
        jne     .new
        inc     di
        or      al, al
        jnz     .compare
        ret
.new:
        mov     si, history+LINE*(LINES-1)-1
        mov     di, history+LINE*LINES-1
        mov     cx, LINE*(LINES-1)
        std
        rep     movsb
        cld
        mov     si, line
        mov     di, history
        mov     cx, LINE
        rep     movsb
.done:
        ret
