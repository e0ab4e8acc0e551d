; d, e and s: memory by the byte.

DUMP_ROWS       equ     8
FINDS           equ     35              ; that s shows

; The command d: from an address, or from where the last one ended.
do_dump:
        call    skip_blanks
        cmp     byte [si], 0
        je      .on
        call    read_address
        call    no_more
        jmp     .dump
.on:
        mov     eax, [next]
        mov     [from.segment], eax
        mov     eax, [next+4]
        mov     [from.offset], eax
.dump:
        call    flat
        mov     cx, DUMP_ROWS
.row:
        call    dump_row
        loop    .row
        mov     eax, [from.segment]
        mov     [next], eax
        mov     eax, [from.offset]
        mov     [next+4], eax
        ret

; A row of 16 bytes: address, hex, characters.
dump_row:
        pushad
        colour  ADDRESS
        call    print_address
        colour  TEXT
        print   " "
        mov     di, pattern
        mov     cx, 16
.byte:
        test    cl, 7
        jnz     .close
        print   " "
.close:
        call    linear_address
        mov     al, [fs:ebx]
        stosb
        call    print_hex8
        print   " "
        call    advance
        loop    .byte
        colour  PROMPT
        mov     si, pattern
        mov     cx, 16
.character:
        lodsb
        call    print_shown
        loop    .character
        colour  TEXT
        call    print_line
        popad
        ret

; The command e.
do_enter:
        call    read_address
        call    read_pattern
        call    flat
        mov     si, pattern
        mov     cx, [pattern_length]
.byte:
        call    linear_address
        lodsb
        mov     [fs:ebx], al
        cmp     [fs:ebx], al
        jne     .differs
        call    advance
        loop    .byte
        ret
.differs:
        colour  WRONG
        call    print_address
        print   " "
        wrong   "does not keep what is written: it is a ROM, or nothing"

; The command s. A find may reach beyond the length. Escape ends a long search,
; but only from the keyboard: what waits on COM1 are the next commands.
do_search:
        call    read_address
        call    read_hex
        or      eax, eax
        jz      .nothing
        mov     ebp, eax                ; bytes to look at
        call    read_pattern
        call    flat
        xor     dx, dx                  ; finds
.at:
        call    linear_address
        mov     si, pattern
        mov     cx, [pattern_length]
.compare:
        lodsb
        cmp     al, [fs:ebx]
        jne     .next
        inc     ebx
        loop    .compare
        inc     dx
        cmp     dx, FINDS
        ja      .enough
        call    print_address
        print   " "
        cmp     byte [column], WINDOW_WIDTH-9
        jb      .next
        call    print_line
.next:
        call    advance
        test    bp, bp
        jz      .look
.on:
        dec     ebp
        jnz     .at
        or      dx, dx
        jz      .none
        jmp     fresh_line
.look:
        mov     ah, 0x11
        int     0x16
        jz      .on
        cmp     al, KEY_ESCAPE
        jne     .on
        mov     ah, 0x10
        int     0x16
        call    fresh_line
        wrong   "given up"
.enough:
        call    fresh_line
        print   "There are more.", 10
        ret
.none:
        print   "It is not there.", 10
        ret
.nothing:
        wrong   "a length of 0 has nothing in it"
