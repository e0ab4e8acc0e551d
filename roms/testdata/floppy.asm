; INT 13h on a 1.44 MB floppy in drive A.

%include "guest.inc"

main:
        mov     ah, 0x00
        mov     dl, 0
        int     0x13
        expect  nc, "13/00: reset"
        mov     ah, 0x08
        mov     dl, 0
        int     0x13
        expect  nc, "13/08: geometry"
        cmp     bl, 4
        expect  e, "13/08: 1.44 MB drive"
        cmp     cx, 0x4f12
        expect  e, "13/08: 80 cylinders, 18 sectors"
        cmp     dh, 1
        expect  e, "13/08: 2 heads"
        cmp     byte [es:di+4], 18
        expect  e, "13/08: parameter table"
        mov     ah, 0x08
        mov     dl, 5
        int     0x13
        expect  c, "13/08: no such drive number"
        cmp     ah, 1
        expect  e, "13/08: says so"
        xor     ax, ax
        mov     es, ax

        ; A pattern over a whole track, across the head change.
        mov     di, 0x2000
        mov     cx, 256*20
        mov     ax, 0x1234
.fill:
        stosw
        add     ax, 0x3579
        loop    .fill
        mov     ax, 0x0314              ; 20 sectors from cylinder 40, sector 10
        mov     bx, 0x2000
        mov     cx, 0x280a
        mov     dx, 0x0000
        int     0x13
        expect  nc, "13/03: write across the heads"
        cmp     al, 20
        expect  e, "13/03: 20 sectors"
        mov     ax, 0x0414
        mov     cx, 0x280a
        mov     dx, 0x0000
        int     0x13
        expect  nc, "13/04: verify"
        ; Read one sector on side 1 and compare: sector 10+9 is side 1, sector 1.
        mov     ax, 0x0201
        mov     bx, 0x5000
        mov     cx, 0x2801
        mov     dx, 0x0100
        int     0x13
        expect  nc, "13/02: read side 1"
        mov     si, 0x2000 + 9*512
        mov     di, 0x5000
        mov     cx, 256
        repe    cmpsw
        expect  e, "13/02: contents"

        ; Errors
        mov     ax, 0x0201
        mov     bx, 0x5000
        mov     cx, 0x0020              ; sector 32
        mov     dx, 0x0000
        int     0x13
        expect  c, "13/02: no such sector"
        cmp     ah, 0
        expect  ne, "13/02: says why"
        mov     dh, ah
        mov     ah, 0x01
        mov     dl, 0
        int     0x13
        cmp     ah, dh
        expect  e, "13/01: last status"
        mov     ax, 0x0202
        mov     bx, 0xfe10              ; crosses a 64 KiB boundary
        mov     cx, 0x0001
        mov     dx, 0x0000
        int     0x13
        cmp     ah, 0x09
        expect  e, "13/02: DMA boundary"
        mov     ax, 0x0201
        mov     bx, 0x5000
        mov     cx, 0x0001
        mov     dx, 0x0000
        int     0x13
        expect  nc, "13/02: works after errors"

        ; Format cylinder 79, side 0, then read it.
        xor     ax, ax
        mov     es, ax
        mov     di, 0x5000
        mov     cx, 18
        mov     ax, 0x004f
        mov     bx, 0x0201
.ids:
        mov     [di], ax
        mov     [di+2], bx
        add     di, 4
        inc     bx
        loop    .ids
        mov     ah, 0x18
        mov     cx, 0x4f12
        mov     dl, 0
        int     0x13
        expect  nc, "13/18: media type"
        xor     ax, ax
        mov     es, ax
        mov     ax, 0x0512
        mov     bx, 0x5000
        mov     cx, 0x4f01
        mov     dx, 0x0000
        int     0x13
        expect  nc, "13/05: format"
        mov     ax, 0x0201
        mov     bx, 0x5000
        mov     cx, 0x4f12
        mov     dx, 0x0000
        int     0x13
        expect  nc, "13/02: formatted track"

        mov     ah, 0x15
        mov     dl, 0
        int     0x13
        cmp     ah, 2
        expect  e, "13/15: change line"
        mov     ah, 0x16
        mov     dl, 0
        int     0x13
        expect  nc, "13/16: not changed"
        mov     ah, 0x7f
        mov     dl, 0
        int     0x13
        expect  c, "13/7F: unsupported"
        jmp     finish

%include "end.inc"
