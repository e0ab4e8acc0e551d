; The name in large letters: two rows of dots make one of half blocks.

LOGO_WIDTH      equ     40

draw_logo:
        pushad
        push    es
        push    SCREEN
        pop     es
        mov     si, logo
        mov     di, 3*2
        mov     dx, 4                   ; rows
.row:
        xor     bx, bx                  ; column
.column:
        mov     al, [si+bx]
        mov     ah, [si+bx+LOGO_WIDTH]
        call    half_block
        push    bx
        shr     bx, 3                   ; each letter has eight columns
        mov     ah, [bx+letter_colours]
        pop     bx
        stosw
        inc     bx
        cmp     bx, LOGO_WIDTH
        jb      .column
        add     si, 2*LOGO_WIDTH
        add     di, (COLUMNS-LOGO_WIDTH)*2
        dec     dx
        jnz     .row
        pop     es
        popad
        ret

; AL = upper dot, AH = lower: gives the character back in AL.
half_block:
        cmp     ax, '##'
        je      .full
        cmp     al, '#'
        je      .upper
        cmp     ah, '#'
        je      .lower
        mov     al, ' '
        ret
.full:
        mov     al, 0xdb
        ret
.upper:
        mov     al, 0xdf
        ret
.lower:
        mov     al, 0xdc
        ret

logo:
        db      "  ##                                    "
        db      "  ##                                    "
        db      "######   #####  ##   ## ##   ## ###.##  "
        db      "  ##    ##   ## ##   ## ##   ## ##.##.##"
        db      "  ##    ##   ## ##   ##  ## ##  ## ## ##"
        db      "  ##    ##   ##  ######  ## ##  ## ## ##"
        db      "   ####  #####       ##   ###   ## ## ##"
        db      "                 #####                  "

letter_colours: db      0x0c, 0x0e, 0x0a, 0x0b, 0x0d
