; Sets everything up and hands over to the monitor.

main:
        mov     di, cleared
        mov     cx, variables_end-cleared
        xor     al, al
        rep     stosb

        mov     ax, 0x2401              ; A20, for the memory above 1 MiB
        int     0x15
        mov     ax, 0x0003
        int     0x10
        call    serial_start
        call    find_facts
        call    draw_frame
        call    draw_logo
        call    draw_facts
        call    keyboard_start
        call    clock_start
        call    clear_window
        mov     byte [attribute], TEXT
        print   "This is the toyvm demo. Type help for its commands, here or on COM1.", 10
        jmp     monitor
