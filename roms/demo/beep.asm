; The command beep: counter 2 of the 8254 drives the speaker through port 61h.

BEEP_TICKS      equ     5
USUAL_TONE      equ     440

do_beep:
        mov     eax, USUAL_TONE
        call    skip_blanks
        cmp     byte [si], 0
        je      .tone
        mov     bx, si
        call    read_decimal
        call    no_more
        cmp     eax, 20
        jb      .wrong
        cmp     eax, 20000
        ja      .wrong
.tone:
        mov     ecx, eax
        mov     eax, 1193182
        xor     edx, edx
        div     ecx
        mov     cx, ax
        mov     al, 0xb6                ; counter 2, both bytes, square wave
        out     0x43, al
        mov     al, cl
        out     0x42, al
        mov     al, ch
        out     0x42, al
        in      al, 0x61
        or      al, 3
        out     0x61, al
        mov     ebx, [ticks]
        add     ebx, BEEP_TICKS
.wait:
        hlt
        cmp     [ticks], ebx
        jb      .wait
        in      al, 0x61
        and     al, ~3
        out     0x61, al
        ret
.wrong:
        mov     si, bx
        wrong_word "is no tone; they go from 20 to 20000 Hz"
