; Prints what INT 16h/10h returns for each key, with the shift states in BDA
; 17h-18h and 96h-97h, until F10. Ctrl-Break shows as INT 1Bh.

%include "guest.inc"

main:
        xor     ax, ax
        mov     es, ax
        mov     word [es:0x1b*4], break_handler
        mov     word [es:0x1b*4+2], 0
        mov     ax, 0x40
        mov     fs, ax
        mov     ah, 0x11
        int     0x16
        expect  z, "16/11: nothing typed"
        mov     ah, 0x05
        mov     cx, 0x1e61
        int     0x16
        cmp     al, 0
        expect  e, "16/05: store a key"
        mov     ah, 0x01
        int     0x16
        expect  nz, "16/01: a key waits"
        cmp     ax, 0x1e61
        expect  e, "16/01: the key stored"
        mov     ah, 0x00
        int     0x16
        cmp     ax, 0x1e61
        expect  e, "16/00: the key stored"
        mov     ah, 0x05
        mov     cx, 0x47e0
        int     0x16
        mov     ah, 0x00
        int     0x16
        cmp     ax, 0x4700
        expect  e, "16/00: grey key as on an 83-key keyboard"
        mov     ah, 0x05
        mov     cx, 0x8500
        int     0x16
        mov     ah, 0x01
        int     0x16
        expect  z, "16/01: F11 does not exist there"
        mov     ah, 0x09
        int     0x16
        test    al, 0x20
        expect  nz, "16/09: enhanced functions"
        mov     ax, 0x0305
        mov     bx, 0x0000
        int     0x16
        expect  nz, "16/03: typematic rate"
        send    "READY"
.key:
        mov     ah, 0x10
        int     0x16
        cmp     ax, 0x4400
        je      finish
        call    put_hex16
        mov     al, ' '
        call    putc
        mov     ah, 0x12
        int     0x16
        call    put_hex16
        mov     al, ' '
        call    putc
        mov     ax, [fs:0x96]
        and     ax, 0x071f              ; the low bits of 97h are the lights
        call    put_hex16
        call    newline
        jmp     .key

break_handler:
        send    "BREAK"
        iret

%include "end.inc"
