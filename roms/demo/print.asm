; Text and numbers, by print_char.

; Prints the text behind the call.
print_inline:
        xchg    si, [esp]
        call    print_text
        xchg    si, [esp]
        ret

; Prints the text at SI. Gives back SI behind it.
print_text:
        push    ax
.next:
        lodsb
        or      al, al
        jz      .done
        call    print_char
        jmp     .next
.done:
        pop     ax
        ret

; Ends the line, or with fresh_line only if there is something in it.
fresh_line:
        cmp     byte [column], 0
        jne     print_line
        ret
print_line:
        push    ax
        mov     al, 10
        call    print_char
        pop     ax
        ret

; Prints a number: EAX, AX or AL in hex, or EAX in decimal.
print_hex32:
        rol     eax, 16
        call    print_hex16
        rol     eax, 16
print_hex16:
        xchg    al, ah
        call    print_hex8
        xchg    al, ah
print_hex8:
        push    ax
        shr     al, 4
        call    print_digit
        pop     ax
print_digit:
        push    ax
        and     al, 0x0f
        call    hex_digit
        call    print_char
        pop     ax
        ret

; Makes of a number below 16 in AL the character for it.
hex_digit:
        add     al, '0'
        cmp     al, '9'
        jbe     .done
        add     al, 'A'-'9'-1
.done:
        ret

print_decimal:
        pushad
        xor     cx, cx
        mov     ebx, 10
.divide:
        xor     edx, edx
        div     ebx
        push    dx
        inc     cx
        or      eax, eax
        jnz     .divide
.print:
        pop     ax
        call    print_digit
        loop    .print
        popad
        ret

; Prints AL as a character, or a dot for what a terminal may not show.
print_shown:
        push    ax
        cmp     al, ' '
        jb      .dot
        cmp     al, '~'
        jbe     .print
.dot:
        mov     al, '.'
.print:
        call    print_char
        pop     ax
        ret
