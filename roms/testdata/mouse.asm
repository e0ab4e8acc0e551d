; PS/2 mouse through INT 15h/C2h: prints each packet that the handler gets,
; until the right button is pressed.

%include "guest.inc"

main:
        mov     ax, 0xc205
        mov     bh, 3
        int     0x15
        expect  nc, "15/C205: initialise"
        mov     ax, 0xc201
        int     0x15
        expect  nc, "15/C201: reset"
        cmp     bl, 0xaa
        expect  e, "15/C201: self-test"
        mov     ax, 0xc204
        int     0x15
        expect  nc, "15/C204: identify"
        cmp     bh, 0
        expect  e, "15/C204: PS/2 mouse"
        mov     ax, 0xc203
        mov     bh, 2
        int     0x15
        expect  nc, "15/C203: resolution"
        mov     ax, 0xc202
        mov     bh, 4
        int     0x15
        expect  nc, "15/C202: rate"
        mov     ax, 0xc206
        mov     bh, 0
        int     0x15
        expect  nc, "15/C206: status"
        cmp     cl, 2
        expect  e, "15/C206: resolution as set"
        cmp     dl, 80
        expect  e, "15/C206: rate as set"
        mov     ax, 0xc206
        mov     bh, 1
        int     0x15
        expect  nc, "15/C206: scaling 1:1"
        mov     ax, 0xc202
        mov     bh, 9
        int     0x15
        expect  c, "15/C202: no such rate"
        xor     ax, ax
        mov     es, ax
        mov     ax, 0xc207
        mov     bx, handler
        int     0x15
        expect  nc, "15/C207: handler"
        mov     ax, 0xc200
        mov     bh, 1
        int     0x15
        expect  nc, "15/C200: enable"
        ; The keyboard must not have suffered: command byte of the controller.
        cli
        mov     al, 0x20
        out     0x64, al
.command_byte:
        in      al, 0x64
        test    al, 1
        jz      .command_byte
        in      al, 0x60
        sti
        and     al, 0x73
        cmp     al, 0x43
        expect  e, "15/C2: keyboard on, with translation and interrupt"
        send    "READY"
.wait:
        hlt
        mov     ax, [packets]
        cmp     ax, [shown]
        je      .wait
        mov     bx, [shown]
        inc     word [shown]
        and     bx, 31
        shl     bx, 2
        mov     ax, [bx+0x5000]
        mov     cx, [bx+0x5002]
        call    put_hex8                ; status
        mov     al, ' '
        call    putc
        mov     al, cl
        call    put_hex8
        mov     al, ' '
        call    putc
        mov     al, ch
        call    put_hex8
        call    newline
        test    byte [bx+0x5000], 2
        jz      .wait
        mov     ax, 0xc200
        mov     bh, 0
        int     0x15
        expect  nc, "15/C200: disable"
        jmp     finish

; The BIOS pushed status, X, Y, Z.
handler:
        push    bp
        mov     bp, sp
        pusha
        push    ds
        xor     ax, ax
        mov     ds, ax
        mov     bx, [packets]
        and     bx, 31
        shl     bx, 2
        mov     ax, [bp+12]
        mov     [bx+0x5000], ax
        mov     al, [bp+10]
        mov     ah, [bp+8]
        mov     [bx+0x5002], ax
        inc     word [packets]
        pop     ds
        popa
        pop     bp
        retf

packets: dw     0
shown:  dw      0

%include "end.inc"
