; The demo: a floppy that shows the machine. The screen tells what the machine
; is, the time and the keys; below, a monitor takes commands from the keyboard
; and from COM1.
;
; All code and data is in segment 0, and so are DS, ES and SS. Routines keep all
; registers but those in which they give something back.

        cpu     586                     ; CPUID is only used where it is there
        bits    16
        org     0x7c00

%include "macros.inc"

%include "boot.asm"             ; first, for it is the boot sector
%include "main.asm"

; The screen
%include "frame.asm"
%include "logo.asm"
%include "facts.asm"
%include "clock.asm"
%include "keyboard.asm"

; The monitor
%include "monitor.asm"
%include "editor.asm"
%include "input.asm"
%include "window.asm"
%include "print.asm"
%include "serial.asm"
%include "parse.asm"

; What it can do
%include "commands.asm"
%include "address.asm"
%include "memory.asm"
%include "call.asm"
%include "ports.asm"
%include "processor.asm"
%include "e820.asm"
%include "colours.asm"
%include "plasma.asm"
%include "beep.asm"
%include "leave.asm"

        ; Whole sectors, for the controller reads no less.
        times (-($-$$)) & 511 db 0
image_end:

; What needs no place on the floppy.
        absolute image_end
%include "variables.inc"
