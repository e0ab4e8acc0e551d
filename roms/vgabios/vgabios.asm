; toyvm VGA BIOS: 32 KiB at C0000h, for a plain VGA with 256 KiB.

        cpu     386
        bits    16
        org     0

%include "bda.inc"
%include "frame.inc"
%include "vga.inc"

        dw      0xaa55
        db      ROM_SIZE/512
        jmp     near init
        times 0x1e-($-$$) db 0
        db      "IBM"                   ; programs look for it at 1Eh
        db      " compatible toyvm VGA BIOS", 0

%include "init.asm"
%include "int10.asm"
%include "registers.asm"
%include "modes.asm"
%include "setmode.asm"
%include "dac.asm"
%include "cursor.asm"
%include "layout.asm"
%include "scroll.asm"
%include "chars.asm"
%include "glyphs.asm"
%include "teletype.asm"
%include "pixels.asm"
%include "palette.asm"
%include "fonts.asm"
%include "alternate.asm"
%include "state.asm"
%include "vbe.asm"

font_8x16:
        incbin  "8x16.bin"
font_8x14:
        incbin  "8x14.bin"
font_8x8:
        incbin  "8x8.bin"

        times ROM_SIZE-1-($-$$) db 0
        db      0                       ; the build makes the byte sum zero
