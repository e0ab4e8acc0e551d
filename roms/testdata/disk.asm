; INT 13h on hard disk 80h: CHS and EDD.

%include "guest.inc"

main:
        cmp     byte [drive], 0x80
        expect  e, "boot: DL = 80h"
        mov     ah, 0x00
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/00: reset"
        mov     ah, 0x08
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/08: geometry"
        cmp     dl, 1
        expect  e, "13/08: one drive"
        mov     [heads], dh
        inc     byte [heads]
        mov     al, cl
        and     al, 0x3f
        mov     [sectors], al
        cmp     al, 63
        expect  e, "13/08: 63 sectors"
        mov     ah, 0x15
        mov     dl, 0x80
        int     0x13
        cmp     ah, 3
        expect  e, "13/15: hard disk"
        or      dx, cx
        expect  nz, "13/15: size"
        mov     ah, 0x10
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/10: ready"
        mov     ah, 0x11
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/11: recalibrate"
        mov     ah, 0x14
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/14: diagnose"
        mov     ax, 0x0c00
        mov     cx, 0x0301
        mov     dx, 0x0080
        int     0x13
        expect  nc, "13/0C: seek"

        ; Write with CHS, read the same sectors with EDD.
        xor     ax, ax
        mov     es, ax
        mov     di, 0x2000
        mov     cx, 256*5
        mov     ax, 0x9876
.fill:
        stosw
        add     ax, 0x3571
        loop    .fill
        mov     ax, 0x0305
        mov     bx, 0x2000
        mov     cx, 0x023d              ; cylinder 2, sector 61
        mov     dx, 0x0180              ; head 1: the head changes within
        int     0x13
        expect  nc, "13/03: write"
        cmp     al, 5
        expect  e, "13/03: 5 sectors"
        mov     ax, 0x0405
        mov     cx, 0x023d
        mov     dx, 0x0180
        int     0x13
        expect  nc, "13/04: verify"
        movzx   eax, byte [heads]
        shl     eax, 1
        inc     eax
        movzx   ebx, byte [sectors]
        mul     ebx
        add     eax, 60
        mov     [packet_lba], eax

        mov     ah, 0x41
        mov     bx, 0x55aa
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/41: EDD"
        cmp     bx, 0xaa55
        expect  e, "13/41: signature"
        test    cl, 1
        expect  nz, "13/41: packet access"
        mov     ah, 0x42
        mov     si, packet
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/42: read"
        mov     si, 0x2000
        mov     di, 0x5000
        mov     cx, 256*5
        repe    cmpsw
        expect  e, "13/42: contents as written with CHS"
        ; Change the data, write with EDD, read with CHS.
        mov     word [0x5000], 0x1111
        mov     ax, 0x4300
        mov     si, packet
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/43: write"
        mov     ax, 0x0201
        mov     bx, 0xffff              ; an offset that must wrap nowhere
        mov     cx, 0x023d
        mov     dx, 0x0180
        push    0x0200
        pop     es
        mov     bx, 0x1000              ; 0200:1000 = 3000h
        int     0x13
        expect  nc, "13/02: read"
        cmp     word [0x3000], 0x1111
        expect  e, "13/02: contents as written with EDD"
        mov     ah, 0x44
        mov     si, packet
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/44: verify"
        mov     ah, 0x47
        mov     si, packet
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/47: seek"

        mov     di, 0x5000
        mov     word [di], 30
        mov     si, di
        mov     ah, 0x48
        mov     dl, 0x80
        int     0x13
        expect  nc, "13/48: parameters"
        cmp     dword [0x5010], 20*2048
        expect  e, "13/48: 20 MiB"
        cmp     word [0x5018], 512
        expect  e, "13/48: 512 bytes a sector"

        ; Errors
        mov     dword [packet_lba], 20*2048
        mov     ah, 0x42
        mov     si, packet
        mov     dl, 0x80
        int     0x13
        expect  c, "13/42: past the end"
        mov     ax, 0x0201
        mov     bx, 0x5000
        mov     cx, 0x0001
        mov     dx, 0xff80
        int     0x13
        expect  c, "13/02: no such head"
        mov     ah, 0x08
        mov     dl, 0x81
        int     0x13
        expect  c, "13/08: no second disk"
        xor     ax, ax
        mov     es, ax
        les     bx, [es:0x41*4]
        mov     al, [es:bx+2]
        cmp     al, [heads]
        expect  e, "INT 41h: heads"
        jmp     finish

heads:  db      0
sectors: db     0
        align   4
packet:
        db      16, 0
        dw      5
        dw      0x5000, 0
packet_lba:
        dd      0, 0

%include "end.inc"
