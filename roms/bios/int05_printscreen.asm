; INT 05h: print the text screen. 50:00 shows the state: 1 under way, FFh
; stopped by an error.

PRINT_STATE     equ 0x100               ; 50:00 seen from segment 40h

int05_entry:
        ENTER_INT
        sti
        cmp     byte [PRINT_STATE], 1
        je      .done
        mov     byte [PRINT_STATE], 1
        mov     ah, 0x0f
        int     0x10                    ; AH = columns, BH = page
        mov     cl, ah
        mov     ch, [bda.rows]          ; rows - 1, from the video BIOS
        or      ch, ch
        jnz     .rows
        mov     ch, 24
.rows:
        mov     ah, 0x03
        push    cx
        int     0x10
        pop     cx
        push    dx                      ; cursor to return to
        call    .newline
        jc      .error
        xor     dx, dx
.cell:
        mov     ah, 0x02
        int     0x10
        mov     ah, 0x08
        int     0x10
        or      al, al
        jnz     .visible
        mov     al, ' '
.visible:
        call    .print
        jc      .error
        inc     dl
        cmp     dl, cl
        jb      .cell
        call    .newline
        jc      .error
        xor     dl, dl
        inc     dh
        cmp     dh, ch
        jbe     .cell
        mov     byte [PRINT_STATE], 0
        jmp     .restore
.error:
        mov     byte [PRINT_STATE], 0xff
.restore:
        pop     dx
        mov     ah, 0x02
        int     0x10
.done:
        LEAVE_INT

.newline:
        mov     al, 13
        call    .print
        jc      .return
        mov     al, 10
; AL = character; CF = 1 on any printer error
.print:
        push    dx
        xor     dx, dx
        mov     ah, 0
        int     0x17
        pop     dx
        test    ah, 0x29                ; paper out, error, time-out
        jz      .return
        stc
.return:
        ret
