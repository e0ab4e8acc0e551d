; A boot sector that counts the ticks of the timer: each tick that it sees is a
; line of four hexadecimal digits on COM1. What arrives there it sends back.
; Then there is a sector of the hard disk: the letter d sends its first byte.
; Build: nasm -f bin -o ticker.img ticker.asm

        org     0x7c00
COM1    equ     0x3f8
TICKS   equ     0x46c                   ; in the BIOS data area

start:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        sti
        mov     bx, [TICKS]
.next:
        hlt
        call    echo
        mov     ax, [TICKS]
        cmp     ax, bx
        je      .next
        inc     bx                      ; one at a time: none may be lost
        mov     cx, 4
        mov     dx, bx
.digit:
        rol     dx, 4
        mov     al, dl
        and     al, 15
        cmp     al, 10
        sbb     al, 0x69
        das
        call    send
        loop    .digit
        mov     al, 10
        call    send
        jmp     .next

; Answer what has arrived.
echo:
        mov     dx, COM1+5
        in      al, dx
        test    al, 1
        jz      done
        mov     dx, COM1
        in      al, dx
        cmp     al, 'd'
        jne     send
        call    read
        mov     al, [0x8000]
send:
        push    dx
        push    ax
        mov     dx, COM1+5
.busy:
        in      al, dx
        test    al, 0x20
        jz      .busy
        pop     ax
        mov     dx, COM1
        out     dx, al
        pop     dx
        ret

done:
        ret

; The next sector of the first hard disk, by its registers.
read:
        mov     dx, 0x1f6
        mov     al, 0xe0
        out     dx, al
        mov     dx, 0x1f2
        mov     al, 1
        out     dx, al
        inc     dx
        mov     al, [sector]
        out     dx, al
        xor     al, al
        inc     dx
        out     dx, al
        inc     dx
        out     dx, al
        mov     dx, 0x1f7
        mov     al, 0x20
        out     dx, al
.wait:
        in      al, dx
        test    al, 8
        jz      .wait
        mov     dx, 0x1f0
        mov     di, 0x8000
        mov     cx, 256
        rep     insw
        inc     byte [sector]
        ret

sector  db      1
        times   510-($-$$) db 0
        dw      0xaa55
