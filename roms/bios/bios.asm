; toyvm system BIOS: 64 KiB at F0000h.
;
; Code fills the ROM from the start; the last 8 KiB keep the entry points of
; the IBM PC/AT at their published addresses, which old software calls
; directly (fixed.asm).

        cpu     386
        bits    16
        org     0

%include "macros.inc"

        db      "toyvm system BIOS", 0

%include "post.asm"
%include "chipset.asm"
%include "cmos.asm"
%include "timer.asm"
%include "memory.asm"
%include "processor.asm"
%include "apic.asm"
%include "ports.asm"
%include "fwcfg.asm"
%include "optionrom.asm"
%include "screen.asm"
%include "vectors.asm"
%include "clock.asm"
%include "i8042.asm"
%include "keyboard.asm"
%include "keymap.asm"
%include "int16.asm"
%include "mouse.asm"
%include "int14_serial.asm"
%include "int17_printer.asm"
%include "int05_printscreen.asm"
%include "int15.asm"
%include "int15_memory.asm"
%include "int15_wait.asm"
%include "int15_move.asm"
%include "int13.asm"
%include "int13_floppy.asm"
%include "floppy.asm"
%include "ata.asm"
%include "ata_detect.asm"
%include "atapi.asm"
%include "int13_ata.asm"
%include "edd.asm"
%include "eltorito.asm"
%include "boot.asm"

; Characters 80-FFh, 8x8, behind INT 1Fh
font_8x8_high:
        incbin  "8x8.bin", 1024, 1024

%include "fixed.asm"
