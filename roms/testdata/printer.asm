; INT 17h and the print screen key: the test compares what was printed.

%include "guest.inc"

main:
        mov     ah, 0x01
        mov     dx, 0
        int     0x17
        test    ah, 0x29
        expect  z, "17/01: ready"
        mov     si, text
.next:
        lodsb
        or      al, al
        jz      .screen
        mov     ah, 0x00
        mov     dx, 0
        int     0x17
        test    ah, 0x01
        jz      .next
        expect  z, "17/00: in time"
.screen:
        mov     ax, 0x0003
        int     0x10
        mov     si, text
.show:
        lodsb
        or      al, al
        jz      .print
        mov     ah, 0x0e
        mov     bx, 0x0007
        int     0x10
        jmp     .show
.print:
        int     0x05
        cmp     byte [0x500], 0
        expect  e, "INT 05h: done"
        jmp     finish

text:   db      "printed", 0

%include "end.inc"
