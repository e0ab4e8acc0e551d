; The command colours: every attribute, with its number.

do_colours:
        call    no_more
        xor     dl, dl                  ; attribute
.row:
        mov     cx, 16
.attribute:
        mov     [attribute], dl
        print   " "
        mov     al, dl
        call    print_hex8
        print   " "
        inc     dl
        loop    .attribute
        colour  TEXT
        print   " blinks "
        mov     cx, 2
.blink:
        mov     al, dl
        sub     al, cl
        or      al, 0x80
        mov     [attribute], al
        call    print_hex8
        loop    .blink
        colour  TEXT
        call    print_line
        cmp     dl, 0x80
        jb      .row
        ret
