; Takes the line apart. SI is where in the line, and moves on. What does not fit
; is complained about, and does not come back.

; Gives back SI at the next word.
skip_blanks:
        cmp     byte [si], ' '
        jne     .done
        inc     si
        jmp     skip_blanks
.done:
        ret

; Makes AL a small letter if it is a large one.
lower:
        cmp     al, 'A'
        jb      .done
        cmp     al, 'Z'
        ja      .done
        or      al, 0x20
.done:
        ret

; There must be nothing more in the line.
no_more:
        call    skip_blanks
        cmp     byte [si], 0
        jne     .more
        ret
.more:
        wrong_word "is too much; help shows what the command takes"

; The next word must be there.
need_word:
        call    skip_blanks
        cmp     byte [si], 0
        je      .missing
        ret
.missing:
        wrong   "something is missing; help shows what the command takes"

; Reads a hex number of up to eight digits into EAX, as far as the digits go.
; CF = 1 if there is none.
scan_hex:
        push    bx
        push    cx
        push    dx
        mov     bx, si
        xor     edx, edx
.next:
        mov     al, [si]
        call    lower
        sub     al, '0'
        cmp     al, 9
        jbe     .digit
        sub     al, 'a'-'0'
        cmp     al, 5
        ja      .end
        add     al, 10
.digit:
        shl     edx, 4
        or      dl, al
        inc     si
        jmp     .next
.end:
        mov     cx, si
        sub     cx, bx
        dec     cx                      ; none is the greatest
        cmp     cx, 8
        cmc
        mov     eax, edx
        jnc     .done
        mov     si, bx
.done:
        pop     dx
        pop     cx
        pop     bx
        ret

; Reads a word that is a hex number into EAX.
read_hex:
        call    need_word
        push    bx
        push    cx
        mov     bx, si
        call    scan_hex
        jc      .wrong
        mov     cl, [si]
        cmp     cl, ' '
        ja      .wrong
        pop     cx
        pop     bx
        ret
.wrong:
        mov     si, bx
        wrong_word "is no hex number of up to 8 digits"

; Likewise one of two digits at most into AL, or of four into AX.
read_byte:
        push    bx
        mov     bx, si
        push    eax
        call    read_hex
        test    eax, 0xffffff00
        jnz     .wrong
        mov     [esp], al
        pop     eax
        pop     bx
        ret
.wrong:
        mov     si, bx
        call    skip_blanks
        wrong_word "is more than a byte, FF"

read_word:
        push    bx
        mov     bx, si
        call    read_hex
        test    eax, 0xffff0000
        jnz     .wrong
        pop     bx
        ret
.wrong:
        mov     si, bx
        call    skip_blanks
        wrong_word "is more than FFFF"

; Reads a decimal number into EAX.
read_decimal:
        call    need_word
        push    bx
        push    edx
        mov     bx, si
        xor     eax, eax
        xor     edx, edx
.next:
        mov     dl, [si]
        cmp     dl, ' '
        jbe     .end
        sub     dl, '0'
        cmp     dl, 9
        ja      .wrong
        imul    eax, 10
        jo      .wrong
        add     eax, edx
        inc     si
        jmp     .next
.end:
        pop     edx
        pop     bx
        ret
.wrong:
        mov     si, bx
        wrong_word "is no decimal number"

; Reads bytes, to the end of the line, into pattern: numbers, and texts in double
; quotes.
read_pattern:
        pusha
        mov     di, pattern
        call    need_word
.next:
        call    skip_blanks
        mov     al, [si]
        or      al, al
        jz      .end
        cmp     al, '"'
        je      .text
        call    read_byte
        stosb
        jmp     .next
.text:
        inc     si
.character:
        lodsb
        or      al, al
        jz      .open
        cmp     al, '"'
        je      .next
        stosb
        jmp     .character
.open:
        wrong   'the text has no " at its end'
.end:
        sub     di, pattern
        jz      .empty
        mov     [pattern_length], di
        popa
        ret
.empty:
        wrong   "the text is empty"
