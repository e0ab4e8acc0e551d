; INT 14h: serial ports. DX = port number.

UART_DATA       equ 0
UART_IER        equ 1
UART_LCR        equ 3
UART_MCR        equ 4
UART_LSR        equ 5
UART_MSR        equ 6

int14_entry:
        ENTER_INT
        sti
        mov     bx, [rDX]
        cmp     bx, 3
        ja      .none
        mov     di, bx
        shl     bx, 1
        mov     dx, [bx+bda.com]
        or      dx, dx
        jz      .none
        movzx   bx, byte [rAH]
        cmp     bl, 5
        ja      .none
        shl     bx, 1
        call    [cs:bx+.table]
.none:
        LEAVE_INT
.table:
        dw      serial_init, serial_write, serial_read, serial_status
        dw      serial_init_extended, serial_modem

; AL = rate (bits 7-5), parity (4-3), stop bits (2), length (1-0)
serial_init:
        movzx   bx, byte [rAL]
        shr     bx, 5
        shl     bx, 1
        mov     cx, [cs:bx+baud_divisors]
        mov     al, [rAL]
        and     al, 0x1f
        ; Fall through with CX = divisor, AL = line control.
serial_program:
        push    ax
        or      al, 0x80                ; divisor latch
        add     dx, UART_LCR
        out     dx, al
        sub     dx, UART_LCR
        mov     al, cl
        out     dx, al
        inc     dx
        mov     al, ch
        out     dx, al
        add     dx, UART_LCR-UART_IER
        pop     ax
        out     dx, al
        sub     dx, UART_LCR-UART_IER
        xor     al, al
        out     dx, al                  ; no interrupts
        dec     dx
serial_status:
        add     dx, UART_LSR
        in      al, dx
        mov     [rAH], al
        inc     dx
        in      al, dx
        mov     [rAL], al
        ret

serial_write:
        add     dx, UART_MCR
        in      al, dx
        or      al, 3                   ; DTR, RTS
        out     dx, al
        inc     dx
        mov     bl, 0x20                ; room in the transmitter
        call    serial_wait
        jc      serial_timeout
        sub     dx, UART_LSR
        mov     al, [rAL]
        out     dx, al
        mov     [rAH], ah
        ret

serial_read:
        add     dx, UART_MCR
        in      al, dx
        or      al, 1                   ; DTR
        out     dx, al
        inc     dx
        mov     bl, 0x01                ; data ready
        call    serial_wait
        jc      serial_timeout
        and     ah, 0x1e                ; the error bits
        mov     [rAH], ah
        sub     dx, UART_LSR
        in      al, dx
        mov     [rAL], al
        ret

serial_timeout:
        or      ah, 0x80
        mov     [rAH], ah
        ret

; DX = line status register, BL = bits to wait for, DI = port number
; -> AH = line status, CF = 1 after the port's time-out (units of 100 ms)
serial_wait:
        mov     al, [di+bda.com_timeout]
        mov     ah, 100
        mul     ah
        call    timer_start
.wait:
        in      al, dx
        mov     ah, al
        and     al, bl
        cmp     al, bl
        je      .ready
        call    timer_check
        jnc     .wait
        ret
.ready:
        clc
        ret

; AL = break, BH = parity, BL = stop bits, CH = length - 5, CL = rate
serial_init_extended:
        movzx   bx, byte [rCL]
        cmp     bl, 8
        ja      serial_status
        shl     bx, 1
        mov     cx, [cs:bx+baud_divisors]
        movzx   bx, byte [rBH]
        cmp     bl, 4
        ja      serial_status
        mov     al, [cs:bx+.parity]
        mov     ah, [rBL]
        and     ah, 1
        shl     ah, 2
        or      al, ah
        mov     ah, [rCH]
        and     ah, 3
        or      al, ah
        mov     ah, [rAL]
        and     ah, 1
        shl     ah, 6
        or      al, ah
        jmp     serial_program
.parity:
        db      0x00, 0x08, 0x18, 0x28, 0x38

; AL = 0 read, 1 write the modem control register in BL
serial_modem:
        add     dx, UART_MCR
        cmp     byte [rAL], 1
        ja      .done
        jb      .read
        mov     al, [rBL]
        out     dx, al
.read:
        in      al, dx
        mov     [rBL], al
.done:
        sub     dx, UART_MCR
        jmp     serial_status

; 110, 150, 300, 600, 1200, 2400, 4800, 9600, 19200
baud_divisors:
        dw      0x417, 0x300, 0x180, 0xc0, 0x60, 0x30, 0x18, 0x0c, 0x06
