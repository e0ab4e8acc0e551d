; The window of the monitor: rows WINDOW_TOP to WINDOW_BOTTOM.

WINDOW          equ     WINDOW_TOP<<8 | WINDOW_LEFT
WINDOW_END      equ     WINDOW_BOTTOM<<8 | (WINDOW_LEFT+WINDOW_WIDTH-1)

; Prints AL in the window's present colour, and on COM1; 10 ends the line.
print_char:
        cmp     al, 10
        je      .line
        call    serial_put
        jmp     window_char
.line:
        push    ax
        mov     al, 13
        call    serial_put
        mov     al, 10
        call    serial_put
        pop     ax
        jmp     window_line

; Likewise in the window alone.
window_char:
        cmp     byte [column], WINDOW_WIDTH
        jb      .put
        call    window_line
.put:
        push    di
        push    ax
        call    window_place
        mov     ah, [attribute]
        call    put_char
        inc     byte [column]
        pop     ax
        pop     di
        ret

; DI = where the next character goes on the screen.
window_place:
        push    ax
        movzx   di, byte [row]
        imul    di, COLUMNS
        movzx   ax, byte [column]
        add     di, ax
        add     di, WINDOW_TOP*COLUMNS + WINDOW_LEFT
        shl     di, 1
        pop     ax
        ret

window_line:
        mov     byte [column], 0
        cmp     byte [row], WINDOW_BOTTOM-WINDOW_TOP
        je      .scroll
        inc     byte [row]
        ret
.scroll:
        pusha
        mov     ax, 0x0601
        jmp     scroll_window

clear_window:
        mov     word [column], 0        ; and row
        pusha
        mov     ax, 0x0600
scroll_window:
        mov     bh, TEXT
        mov     cx, WINDOW
        mov     dx, WINDOW_END
        int     0x10
        popa
        ret

; Takes the last character of the line back. It was put in this row.
erase_char:
        push    ax
        mov     al, 8
        call    serial_put
        mov     al, ' '
        call    serial_put
        mov     al, 8
        call    serial_put
        dec     byte [column]
        mov     al, ' '
        call    window_char
        dec     byte [column]
        pop     ax
        ret

; Puts the cursor to where the next character goes.
place_cursor:
        pusha
        mov     ah, 0x02
        mov     bh, 0
        mov     dx, [column]            ; and row
        add     dx, WINDOW
        int     0x10
        popa
        ret
