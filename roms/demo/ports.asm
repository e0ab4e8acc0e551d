; i and o: I/O ports.

do_in:
        call    read_word
        mov     dx, ax
        call    no_more
        in      al, dx
        call    print_hex8
        jmp     print_line

do_out:
        call    read_word
        mov     dx, ax
        call    read_byte
        call    no_more
        out     dx, al
        ret
