; The frame of the screen: what does not change.
;
;   rows 0 to 3     the name, and the sixteen colours
;   rows 4 to 10    facts about the machine; clock and keyboard
;   rows 11 to 24   the window of the monitor

FACTS_ROW       equ     5
RIGHT           equ     42              ; column of what is on the right
VALUE           equ     13              ; column of values on the left
WINDOW_TOP      equ     12
WINDOW_LEFT     equ     2
WINDOW_WIDTH    equ     76
WINDOW_BOTTOM   equ     23

; Lines of code page 437
%define H       0xcd
%define V       0xba

draw_frame:
        pushad
        push    es
        push    SCREEN
        pop     es
        xor     di, di
        mov     cx, 4*COLUMNS
        mov     ax, BLACK<<8 | ' '
        rep     stosw
        mov     cx, 7*COLUMNS
        mov     ax, FRAME<<8 | ' '
        rep     stosw
        put_at  4, 0, FRAME, 0xc9, H, 0xb5, "         ", 0xc6, H
        mov     cx, 26
        call    draw_line
        put_at  4, 40, FRAME, 0xd1, H, 0xb5, "       ", 0xc6, H
        mov     cx, 27
        call    draw_line
        put_at  4, 79, FRAME, 0xbb
        put_at  4, 4, HEADING, "Machine"
        put_at  4, 44, HEADING, "Clock"

        mov     bx, 5                   ; row
.row:
        imul    di, bx, COLUMNS*2
        mov     ax, FRAME<<8 | V
        stosw
        mov     word [es:di+39*2], FRAME<<8 | 0xb3
        mov     [es:di+78*2], ax
        inc     bx
        cmp     bx, 11
        jb      .row
        ; The keyboard's heading
        put_at  7, 40, FRAME, 0xc3, 0xc4, 0xb4, "          ", 0xc3
        mov     cx, 25
        mov     al, 0xc4
        rep     stosw
        mov     al, 0xb6
        stosw
        put_at  7, 44, HEADING, "Keyboard"

        put_at  11, 0, FRAME, 0xcc, H, 0xb5, "         ", 0xc6
        mov     cx, 27
        call    draw_line
        put_at  11, 40, FRAME, 0xcf
        mov     cx, 38
        call    draw_line
        put_at  11, 79, FRAME, 0xb9
        put_at  11, 4, HEADING, "Monitor"

        mov     bx, WINDOW_TOP
.window_row:
        imul    di, bx, COLUMNS*2
        mov     ax, FRAME<<8 | V
        stosw
        mov     [es:di+78*2], ax
        inc     bx
        cmp     bx, WINDOW_BOTTOM
        jbe     .window_row
        put_at  24, 0, FRAME, 0xc8
        mov     cx, 78
        call    draw_line
        put_at  24, 79, FRAME, 0xbc

        put_at  1, 47, 0x0f, "a small x86 PC"
        put_at  2, 47, 0x0f, "whose whole state is a value"
        mov     di, (3*COLUMNS + 47)*2
        mov     ax, 0x00db              ; a full block, in each colour
.colour:
        stosw
        stosw
        inc     ah
        cmp     ah, 16
        jb      .colour
        pop     es
        popad
        ret

; CX times a horizontal line at ES:DI.
draw_line:
        push    ax
        mov     ax, FRAME<<8 | H
        rep     stosw
        pop     ax
        ret

; Puts the text behind the call to DI on the screen, in the colour AH. Gives
; back DI behind it.
put_inline:
        pop     si
        call    put_text
        jmp     si

; Puts the text at SI to DI on the screen, in the colour AH. Gives back DI and
; SI behind it.
put_text:
        push    es
        push    SCREEN
        pop     es
.next:
        lodsb
        or      al, al
        jz      .done
        stosw
        jmp     .next
.done:
        pop     es
        ret

; Puts a character likewise.
put_char:
        push    es
        push    SCREEN
        pop     es
        stosw
        pop     es
        ret

; Puts AL in hex, or a digit of it, or EDX in decimal, likewise.
put_hex:
        push    ax
        shr     al, 4
        call    put_digit
        pop     ax
put_digit:
        push    ax
        and     al, 0x0f
        call    hex_digit
        call    put_char
        pop     ax
        ret

put_decimal:
        push    eax
        push    ebx
        push    ecx
        push    edx
        mov     bh, ah
        xchg    eax, edx
        xor     cx, cx
.divide:
        xor     edx, edx
        push    ebx
        mov     ebx, 10
        div     ebx
        pop     ebx
        push    dx
        inc     cx
        or      eax, eax
        jnz     .divide
        mov     ah, bh
.put:
        pop     dx
        mov     al, dl
        add     al, '0'
        call    put_char
        loop    .put
        pop     edx
        pop     ecx
        pop     ebx
        pop     eax
        ret
