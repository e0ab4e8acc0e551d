; INT 17h: printers. DX = port number.

int17_entry:
        ENTER_INT
        sti
        mov     bx, [rDX]
        cmp     bx, 2
        ja      .none
        mov     di, bx
        shl     bx, 1
        mov     dx, [bx+bda.lpt]
        or      dx, dx
        jz      .none
        mov     ah, [rAH]
        cmp     ah, 1
        jb      .print
        je      .initialise
        cmp     ah, 2
        je      .status
.none:
        LEAVE_INT

.print:
        mov     al, [di+bda.lpt_timeout]
        mov     ah, 100
        mul     ah
        call    timer_start
        mov     al, [rAL]
        out     dx, al
        inc     dx
.wait:
        in      al, dx
        test    al, 0x80                ; not busy
        jnz     .strobe
        call    timer_check
        jnc     .wait
        dec     dx
        call    .read_status
        or      byte [rAH], 1           ; time-out
        LEAVE_INT
.strobe:
        inc     dx
        in      al, dx
        or      al, 1
        out     dx, al
        and     al, 0xfe
        out     dx, al
        sub     dx, 2
.status:
        call    .read_status
        LEAVE_INT

.initialise:
        add     dx, 2
        mov     al, 0x08                ; INIT active, printer selected
        out     dx, al
        mov     ax, 1
        call    delay_ms
        mov     al, 0x0c
        out     dx, al
        sub     dx, 2
        jmp     .status

; Acknowledge and error read inverted.
.read_status:
        inc     dx
        in      al, dx
        and     al, 0xf8
        xor     al, 0x48
        mov     [rAH], al
        dec     dx
        ret
