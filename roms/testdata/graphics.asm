; INT 10h in graphics modes with one page: what the page number means there,
; and the 256-colour background.

%include "guest.inc"

main:
        mov     ax, 0xa000
        mov     gs, ax
        mov     ax, 0xb800
        mov     fs, ax

        mov     ax, 0x0013
        int     0x10
        mov     ax, 0x0c2a              ; a pixel, BH left over from elsewhere
        mov     bx, 0x0300
        mov     cx, 7
        mov     dx, 2
        int     0x10
        cmp     byte [gs:2*320+7], 0x2a
        expect  e, "10/0C: the page is ignored with 256 colours"
        mov     ax, 0x0d00
        mov     bx, 0x0300
        int     0x10
        cmp     al, 0x2a
        expect  e, "10/0D: likewise"
        mov     ax, 0x09db              ; a full block, then a blank
        mov     bx, 0x050c
        mov     cx, 1
        int     0x10
        cmp     byte [gs:0], 0x0c
        expect  e, "10/09: colour of a character"
        mov     ax, 0x0920
        mov     bx, 0x050c
        mov     cx, 1
        int     0x10
        cmp     byte [gs:0], 0x05
        expect  e, "10/09: BH is the background with 256 colours"
        mov     ax, 0x0e20
        mov     bx, 0x050c
        int     0x10
        cmp     byte [gs:0], 0x00
        expect  e, "10/0E: on black"

        mov     ax, 0x0004
        int     0x10
        mov     ax, 0x0c03
        mov     bx, 0x0100
        mov     cx, 0
        mov     dx, 0
        int     0x10
        cmp     byte [fs:0], 0xc0
        expect  e, "10/0C: the page is ignored in CGA modes"

        ; Mode 0Dh has eight pages.
        mov     ax, 0x000d
        int     0x10
        mov     ax, 0x0c0f
        mov     bx, 0x0100
        mov     cx, 0
        mov     dx, 0
        int     0x10
        cmp     byte [gs:0x2000], 0x80
        expect  e, "10/0C: second page of mode 0Dh"

        ; Static functionality table: modes, scan lines, character blocks.
        mov     ax, 0x0003
        int     0x10
        xor     ax, ax
        mov     es, ax
        mov     ax, 0x1b00
        xor     bx, bx
        mov     di, 0x5000
        int     0x10
        les     bx, [0x5000]
        cmp     dword [es:bx], 0x000fe0ff
        expect  e, "10/1B: modes"
        cmp     byte [es:bx+7], 0x07
        expect  e, "10/1B: text of 200, 350 and 400 lines"
        cmp     word [es:bx+8], 0x0208
        expect  e, "10/1B: eight character blocks, two at a time"
        cmp     word [es:bx+10], 0x0e7f
        expect  e, "10/1B: functions"

        ; Interrupts come while a bell sounds, unless the caller has them off.
        mov     ax, 0x40
        mov     fs, ax
        mov     ebx, [fs:0x6c]
.tick:
        cmp     ebx, [fs:0x6c]
        je      .tick
        mov     esi, [fs:0x6c]
        mov     cx, 4
.bell:
        mov     ax, 0x0e07
        mov     bx, 0x0007
        int     0x10
        loop    .bell
        cli
        mov     eax, [fs:0x6c]
        sti
        sub     eax, esi
        cmp     eax, 2
        expect  ae, "10/0E: the clock runs during a bell"
        jmp     finish

%include "end.inc"
