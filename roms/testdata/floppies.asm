; Two floppies of different formats in turn: 1.44 MB in A and 720 KiB in B.

%include "guest.inc"

main:
        mov     di, 0x2000
        mov     cx, 256*18
        mov     ax, 0x2468
.fill:
        stosw
        add     ax, 0x1357
        loop    .fill
        mov     ax, 0x0312              ; a whole track
        mov     bx, 0x2000
        mov     cx, 0x0501
        mov     dx, 0x0000
        int     0x13
        expect  nc, "A: write a track"
        mov     ax, 0x0201
        mov     bx, 0x5000
        mov     cx, 0x0001
        mov     dx, 0x0001
        int     0x13
        expect  nc, "B: read"
        ; Sectors 8-11 of A lie on one side.
        mov     ax, 0x0204
        mov     bx, 0x5000
        mov     cx, 0x0508
        mov     dx, 0x0000
        int     0x13
        expect  nc, "A: read after B"
        mov     si, 0x2000 + 7*512
        mov     di, 0x5000
        mov     cx, 256*4
        repe    cmpsw
        expect  e, "A: contents"
        ; Sectors 8-9 and 1-2 of B lie on two.
        mov     ax, 0x0304
        mov     bx, 0x2000
        mov     cx, 0x0308
        mov     dx, 0x0001
        int     0x13
        expect  nc, "B: write across the heads"
        mov     ax, 0x0202
        mov     bx, 0x5000
        mov     cx, 0x0301
        mov     dx, 0x0101
        int     0x13
        expect  nc, "B: read side 1"
        mov     si, 0x2000 + 2*512
        mov     di, 0x5000
        mov     cx, 256*2
        repe    cmpsw
        expect  e, "B: contents"
        jmp     finish

%include "end.inc"
