; Serial and parallel ports: found ones go to the BDA and the equipment word.

ports_detect:
        mov     si, .serial
        mov     di, bda.com
        xor     bx, bx                  ; number found
.next_serial:
        mov     dx, [cs:si]
        inc     dx                      ; IER
        mov     al, 2
        out     dx, al
        in      al, dx
        mov     ah, al
        inc     dx                      ; IIR: transmitter empty, interrupt on
        in      al, dx
        and     al, 0x3f
        xchg    al, ah
        push    ax
        xor     al, al
        dec     dx
        out     dx, al
        pop     ax
        cmp     ax, 0x0202
        jne     .no_serial
        dec     dx
        mov     [di], dx
        mov     byte [bx+bda.com_timeout], 10
        add     di, 2
        inc     bx
.no_serial:
        add     si, 2
        cmp     si, .serial+8
        jb      .next_serial
        shl     bx, 9
        or      [bda.equipment], bx

        mov     di, bda.lpt
        xor     bx, bx
.next_parallel:
        mov     dx, [cs:si]
        mov     al, 0xaa
        out     dx, al
        in      al, dx
        cmp     al, 0xaa
        jne     .no_parallel
        mov     al, 0x55
        out     dx, al
        in      al, dx
        cmp     al, 0x55
        jne     .no_parallel
        mov     [di], dx
        mov     byte [bx+bda.lpt_timeout], 20
        add     di, 2
        inc     bx
.no_parallel:
        add     si, 2
        cmp     si, .serial+14
        jb      .next_parallel
        shl     bx, 14
        or      [bda.equipment], bx
        ret
.serial:
        dw      0x3f8, 0x2f8, 0x3e8, 0x2e8
        dw      0x3bc, 0x378, 0x278

screen_ports:
        PRINT   "  Ports      "
        mov     si, bda.com
        mov     cx, 7
        mov     bl, '1'
.next:
        lodsw
        or      ax, ax
        jz      .skip
        push    ax
        push    si
        cmp     cl, 3
        mov     si, .com
        ja      .name
        mov     si, .lpt
.name:
        call    puts
        mov     al, bl
        call    putc
        mov     al, ' '
        call    putc
        pop     si
        pop     ax
        call    put_hex16
.skip:
        inc     bl
        cmp     cl, 4
        jne     .count
        mov     bl, '1'
.count:
        loop    .next
        cmp     word [bda.com], 0       ; the first of each kind tells
        jne     .done
        cmp     word [bda.lpt], 0
        jne     .done
        PRINT   " none"
.done:
        call    newline
        ret
.com:
        db      " COM", 0
.lpt:
        db      " LPT", 0
