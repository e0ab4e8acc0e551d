; reboot, halt and off: ways to leave.

DEBUG_EXIT      equ     0x501

do_reboot:
        call    no_more
        call    serial_flush
        mov     al, 0xfe                ; 8042: pulse the reset line
        out     0x64, al
.wait:
        hlt
        jmp     .wait

do_halt:
        call    no_more
        print   "The processor has halted, with interrupts off.", 10
        call    serial_flush
        cli
.halt:
        hlt
        jmp     .halt

do_off:
        xor     al, al
        call    skip_blanks
        cmp     byte [si], 0
        je      .write
        call    read_byte
        call    no_more
.write:
        call    serial_flush
        mov     dx, DEBUG_EXIT
        out     dx, al
        wrong   "there is no debug exit at port 501h; halt stops the processor"
