; COM1 at 115200 8N1: all that the monitor prints goes there, and what comes
; from there is typed.
;
; Its interrupt only ends HLT. The characters stay in the FIFO until they are
; wanted, and whoever sends them waits.

UART_DATA       equ     0
UART_IER        equ     1
UART_FCR        equ     2
UART_LCR        equ     3
UART_MCR        equ     4
UART_LSR        equ     5
UART_SCRATCH    equ     7

LSR_ROOM        equ     0x20
LSR_EMPTY       equ     0x40

COM1_IRQ        equ     4

; uart OFFSET: DX = that register.
%macro uart 1
        mov     dx, [com1]
        add     dx, %1
%endmacro

serial_start:
        pushad
        mov     dx, [BDA+bda.com]
        or      dx, dx
        jz      .done
        mov     [com1], dx
        uart    UART_SCRATCH            ; the BIOS may list what is not there
        mov     al, 0x5a
        out     dx, al
        in      al, dx
        cmp     al, 0x5a
        je      .there
        mov     word [com1], 0
        jmp     .done
.there:
        ; Turning the FIFOs on empties them; what is typed ahead shall not be lost.
        call    serial_waiting
        jnc     .set_up
        uart    UART_DATA
        in      al, dx
        mov     [early], al
.set_up:
        uart    UART_LCR
        mov     al, 0x83                ; 8N1, divisor
        out     dx, al
        uart    UART_DATA
        mov     ax, 1                   ; 115200
        out     dx, al
        uart    UART_IER
        mov     al, ah
        out     dx, al
        uart    UART_LCR
        mov     al, 0x03
        out     dx, al
        uart    UART_FCR
        mov     al, 0x07                ; FIFOs, interrupt from the first character on
        out     dx, al
        uart    UART_MCR
        mov     al, 0x0b                ; DTR, RTS, interrupts reach the board
        out     dx, al
        mov     word [(8+COM1_IRQ)*4], .interrupt
        mov     word [(8+COM1_IRQ)*4+2], 0
        in      al, 0x21
        and     al, ~(1 << COM1_IRQ) & 0xff
        out     0x21, al
        uart    UART_IER
        mov     al, 0x01                ; received data
        out     dx, al
.done:
        popad
        ret
.interrupt:
        push    ax
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret

; CF = 1 if a character waits.
serial_waiting:
        cmp     byte [early], 0
        jne     .early
        cmp     word [com1], 0
        je      .no
        push    ax
        push    dx
        uart    UART_LSR
        in      al, dx
        shr     al, 1                   ; bit 0: data is there
        pop     dx
        pop     ax
        ret
.no:
        clc
        ret
.early:
        stc
        ret

; CF = 1 if there is a key in AX from COM1. Terminals send ESC [ A for the arrow
; up, 7Fh for backspace, and maybe a line feed behind the return.
serial_key:
        call    serial_waiting
        jnc     .none
        mov     al, 0
        xchg    al, [early]
        or      al, al
        jnz     .read
        push    dx
        uart    UART_DATA
        in      al, dx
        pop     dx
.read:
        mov     ah, 0
        xchg    ah, [escape]
        cmp     ah, '['
        je      .arrow
        cmp     ah, KEY_ESCAPE
        jne     .plain
        cmp     al, '['
        jne     .plain
        mov     [escape], al
        jmp     serial_key
.arrow:
        mov     ah, SCAN_UP
        cmp     al, 'A'
        je      .special
        mov     ah, SCAN_DOWN
        cmp     al, 'B'
        jne     serial_key
.special:
        mov     al, 0
        stc
        ret
.plain:
        mov     ah, 0
        cmp     al, KEY_ESCAPE
        jne     .character
        mov     [escape], al
        jmp     serial_key
.character:
        xchg    ah, [was_return]
        cmp     al, 10
        jne     .line
        cmp     ah, KEY_ENTER
        je      serial_key
        mov     al, KEY_ENTER
        jmp     .key
.line:
        mov     [was_return], al
        cmp     al, 0x7f
        jne     .key
        mov     al, KEY_BACKSPACE
.key:
        mov     ah, 0
        stc
        ret
.none:
        clc
        ret

; Sends AL.
serial_put:
        cmp     word [com1], 0
        je      .done
        push    dx
        push    ax
        uart    UART_LSR
.wait:
        in      al, dx
        test    al, LSR_ROOM
        jz      .wait
        uart    UART_DATA
        pop     ax
        out     dx, al
        pop     dx
.done:
        ret

; Waits until all is sent.
serial_flush:
        cmp     word [com1], 0
        je      .done
        push    dx
        push    ax
        uart    UART_LSR
.wait:
        in      al, dx
        test    al, LSR_EMPTY
        jz      .wait
        pop     ax
        pop     dx
.done:
        ret
