; A boot sector of a hard disk of 16 MiB that goes on writing to it: at each tick
; of the timer 16 sectors all over the disk, which hold the number of the tick,
; and that number as four hexadecimal digits to the screen and to COM1.
; Build: nasm -f bin -o writer.img writer.asm

        org     0x7c00
COM1    equ     0x3f8
DATA    equ     0x1f0                   ; of the first IDE channel
BUFFER  equ     0x8000
WRITES  equ     16

start:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        cld
        sti
.next:
        hlt
        mov     ax, [0x46c]             ; ticks, in the BIOS data area
        cmp     ax, [last]
        je      .next
        mov     [last], ax
        inc     word [tick]
        mov     di, BUFFER
        mov     ax, [tick]
        mov     cx, 256
        rep     stosw
        mov     cx, WRITES
.write:
        push    cx
        call    write
        pop     cx
        loop    .write

        mov     cx, 4
        mov     dx, [tick]
.digit:
        rol     dx, 4
        mov     al, dl
        and     al, 15
        cmp     al, 10
        sbb     al, 0x69
        das
        call    print
        loop    .digit
        mov     al, 13
        call    print
        mov     al, 10
        call    print
        jmp     .next

print:
        push    dx
        push    ax
        mov     ah, 0x0e
        mov     bx, 7
        int     0x10
        mov     dx, COM1
        pop     ax
        out     dx, al
        pop     dx
        ret

; Write the buffer to a sector with an odd number, so never to this one.
write:
        mov     ax, [random]
        mov     dx, 25173
        mul     dx
        add     ax, 13849
        mov     [random], ax
        mov     bx, ax
        shr     bx, 1
        or      bx, 1
        mov     dx, DATA+7
.ready:
        in      al, dx
        test    al, 0x80
        jnz     .ready
        mov     dx, DATA+6
        mov     al, 0xe0
        out     dx, al
        mov     dx, DATA+2
        mov     al, 1
        out     dx, al
        inc     dx
        mov     al, bl
        out     dx, al
        inc     dx
        mov     al, bh
        out     dx, al
        inc     dx
        xor     al, al
        out     dx, al
        mov     dx, DATA+7
        mov     al, 0x30
        out     dx, al
.wait:
        in      al, dx
        test    al, 8
        jz      .wait
        mov     dx, DATA
        mov     si, BUFFER
        mov     cx, 256
        rep     outsw
        ret

last    dw      0
tick    dw      0
random  dw      1
        times   510-($-$$) db 0
        dw      0xaa55
