; The commands, and help.

; A command is its name with what it takes, what it does in a few words, and the
; routine that does it, which finds the rest of the line at SI.
struc command
.usage          resw    1
.help           resw    1
.routine        resw    1
endstruc

HELP_COLUMN     equ     17              ; of a usage's explanation
HELP_WIDTH      equ     38              ; of both; there are two beside each other

do_help:
        call    no_more
        mov     bx, commands
.entry:
        mov     si, [bx+command.usage]
        or      si, si
        jz      .end
        colour  ADDRESS
        movzx   dx, byte [column]
        call    print_text
        add     dx, HELP_COLUMN
        call    print_to_column
        colour  TEXT
        mov     si, [bx+command.help]
        call    print_text
        add     dx, HELP_WIDTH-HELP_COLUMN
        cmp     dx, 2*HELP_WIDTH
        jae     .line
        call    print_to_column
        jmp     .next
.line:
        call    print_line
.next:
        add     bx, command_size
        jmp     .entry
.end:
        call    fresh_line
        colour  DIM
        print   'Numbers are hex, ADDR is SEG:OFF or linear, BYTES are like 48 69 "text" 0.', 10
        colour  TEXT
        ret

; Prints blanks up to column DX.
print_to_column:
        cmp     byte [column], dl
        jae     .done
        mov     al, ' '
        call    print_char
        jmp     print_to_column
.done:
        ret

commands:
        dw      .d, .d_help, do_dump
        dw      .e, .e_help, do_enter
        dw      .s, .s_help, do_search
        dw      .g, .g_help, do_call
        dw      .i, .i_help, do_in
        dw      .o, .o_help, do_out
        dw      .r, .r_help, do_registers
        dw      .cpu, .cpu_help, do_cpu
        dw      .mem, .mem_help, do_memory
        dw      .time, .time_help, do_time
        dw      .colours, .colours_help, do_colours
        dw      .mode, .mode_help, do_mode
        dw      .beep, .beep_help, do_beep
        dw      .cls, .cls_help, do_cls
        dw      .reboot, .reboot_help, do_reboot
        dw      .halt, .halt_help, do_halt
        dw      .off, .off_help, do_off
        dw      .help, .help_help, do_help
        dw      0

.d:             db "d [ADDR]", 0
.d_help:        db "dump memory", 0
.e:             db "e ADDR BYTES", 0
.e_help:        db "enter bytes", 0
.s:             db "s ADDR LEN BYTES", 0
.s_help:        db "search for bytes", 0
.g:             db "g SEG:OFF", 0
.g_help:        db "call code, to RETF", 0
.i:             db "i PORT", 0
.i_help:        db "read an I/O port", 0
.o:             db "o PORT BYTE", 0
.o_help:        db "write an I/O port", 0
.r:             db "r", 0
.r_help:        db "registers at boot", 0
.cpu:           db "cpu", 0
.cpu_help:      db "about the processor", 0
.mem:           db "mem", 0
.mem_help:      db "map of the memory", 0
.time:          db "time", 0
.time_help:     db "date and time", 0
.colours:       db "colours", 0
.colours_help:  db "all attributes", 0
.mode:          db "mode 13", 0
.mode_help:     db "plasma, 256 colours", 0
.beep:          db "beep [HZ]", 0
.beep_help:     db "a tone, or 440 Hz", 0
.cls:           db "cls", 0
.cls_help:      db "clear this window", 0
.reboot:        db "reboot", 0
.reboot_help:   db "pulse the reset line", 0
.halt:          db "halt", 0
.halt_help:     db "stop the processor", 0
.off:           db "off [BYTE]", 0
.off_help:      db "leave by debug exit", 0
.help:          db "help", 0
.help_help:     db "this", 0

do_cls:
        call    no_more
        jmp     clear_window
