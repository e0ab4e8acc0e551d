; INT 10h/4Fh: VBE modes, windows, linear memory, palette, and back to text.

%include "guest.inc"

; vesa AX, BX, CX, DX: a call that must succeed
%macro vesa 2-5 0, 0, 0
        mov     ax, %2
        mov     bx, %3
        mov     cx, %4
        mov     dx, %5
        int     0x10
        cmp     ax, 0x004f
        expect  e, %1
%endmacro

main:
        mov     ax, 0xa000
        mov     gs, ax
        mov     ax, 0x40
        mov     fs, ax
        xor     ax, ax
        mov     es, ax
        mov     di, 0x5000
        mov     dword [di], 'VBE2'
        vesa    "10/4F00: information", 0x4f00
        cmp     dword [0x5000], 'VESA'
        expect  e, "10/4F00: signature"
        cmp     word [0x5004], 0x0200
        expect  ae, "10/4F00: version 2"
        cmp     word [0x5012], 16
        expect  ae, "10/4F00: a megabyte at least"
        les     di, [0x500e]
        mov     ax, 0x0103
        mov     cx, 100
        repne   scasw
        expect  e, "10/4F00: 800x600 in the list"
        xor     ax, ax
        mov     es, ax
        mov     di, 0x5200
        vesa    "10/4F01: mode information", 0x4f01, 0, 0x0103
        test    byte [0x5200], 0x80
        expect  nz, "10/4F01: linear memory"
        cmp     dword [0x5212], 600<<16|800
        expect  e, "10/4F01: size"
        cmp     word [0x5210], 800
        expect  e, "10/4F01: bytes of a line"
        cmp     byte [0x5219], 8
        expect  e, "10/4F01: depth"
        mov     eax, [0x5228]
        shr     eax, 24
        mov     [source_top], al
        mov     ax, 0x4f01
        mov     cx, 0x01ff
        int     0x10
        cmp     ax, 0x014f
        expect  e, "10/4F01: no such mode"
        mov     ax, 0x4f02
        mov     bx, 0x01ff
        int     0x10
        cmp     ax, 0x014f
        expect  e, "10/4F02: no such mode"
        vesa    "10/4F03: text", 0x4f03
        cmp     bx, 3
        expect  e, "10/4F03: mode 3"

        vesa    "10/4F02: 800x600", 0x4f02, 0x0103
        vesa    "10/4F03: 800x600", 0x4f03
        cmp     bx, 0x0103
        expect  e, "10/4F03: mode 103h"
        cmp     byte [gs:5], 0
        expect  e, "10/4F02: clears the memory"
        vesa    "10/4F05: second 64 KiB", 0x4f05, 0, 0, 1
        mov     byte [gs:5], 0x5a
        vesa    "10/4F05: present window", 0x4f05, 0x0100
        cmp     dx, 1
        expect  e, "10/4F05: as set"
        xor     bx, bx
        xor     dx, dx
        call    far [0x520c]
        cmp     ax, 0x004f
        expect  e, "window function: first 64 KiB"
        cmp     byte [gs:5], 0
        expect  e, "window function: other memory"
        ; The same memory through the linear addresses.
        mov     si, gdt
        mov     cx, 8
        mov     ah, 0x87
        int     0x15
        expect  nc, "15/87: from the linear memory"
        cmp     byte [0x5405], 0x5a
        expect  e, "linear memory: second 64 KiB"
        mov     ax, 0x4f05
        xor     bx, bx
        mov     dx, 0x7000
        int     0x10
        cmp     ax, 0x014f
        expect  e, "10/4F05: past the memory"
        mov     ax, 0x0e41              ; text must not touch the picture
        mov     bx, 0x000f
        int     0x10

        vesa    "10/4F06: longer lines", 0x4f06, 0, 1024
        cmp     bx, 1024
        expect  e, "10/4F06: bytes"
        cmp     cx, 1024
        expect  e, "10/4F06: dots"
        cmp     dx, 1024
        expect  ae, "10/4F06: lines"
        vesa    "10/4F07: start", 0x4f07, 0, 16, 100
        vesa    "10/4F07: get the start", 0x4f07, 1
        cmp     cx, 16
        expect  e, "10/4F07: column"
        cmp     dx, 100
        expect  e, "10/4F07: line"
        vesa    "10/4F08: wide DAC", 0x4f08, 0x0800
        cmp     bh, 8
        expect  e, "10/4F08: 8 bits"
        mov     di, colours
        vesa    "10/4F09: set colours", 0x4f09, 0, 2, 7
        mov     di, 0x5600
        vesa    "10/4F09: get colours", 0x4f09, 1, 2, 7
        mov     si, colours
        mov     cx, 4
        repe    cmpsw
        expect  e, "10/4F09: as set"

        vesa    "10/4F02: 640x480 with 32 bits", 0x4f02, 0x4142
        vesa    "10/4F06: its lines", 0x4f06, 1
        cmp     bx, 2560
        expect  e, "10/4F06: four bytes a dot"
        mov     ax, 0x4f15
        mov     bx, 1
        int     0x10
        cmp     al, 0x4f
        expect  ne, "10/4F15: not there"

        mov     ax, 0x0003
        int     0x10
        vesa    "10/4F03: text again", 0x4f03
        cmp     bx, 3
        expect  e, "10/00: mode 3 again"
        mov     ax, 0xb800
        mov     gs, ax
        mov     ax, 0x0e41
        mov     bx, 7
        int     0x10
        cmp     word [gs:0], 0x0741
        expect  e, "10/0E: text again"
        vesa    "10/4F02: a mode of the VGA", 0x4f02, 0x0013
        mov     ah, 0x0f
        int     0x10
        cmp     al, 0x13
        expect  e, "10/4F02: mode 13h"
        jmp     finish

colours:
        db      0x81, 0x42, 0xff, 0, 0x03, 0x02, 0x01, 0
        align   4
gdt:
        dq      0, 0
        dw      0xffff, 0x0000
        db      0x01, 0x93, 0
source_top:
        db      0
        dw      0xffff, 0x5400, 0x9300, 0
        dq      0, 0

%include "end.inc"
