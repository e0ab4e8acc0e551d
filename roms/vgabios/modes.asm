; Register values of the modes, in the order of the IBM parameter table so
; that programs which follow the save pointer find theirs.

; Attribute controller palettes, then mode control, overscan, plane enable
; and panning.
%macro attr_ega 1                       ; the 16 colours from the 64 of the EGA
        db      0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f
        db      %1, 0, 0x0f
%endmacro
%macro attr_cga 1                       ; the 16 colours of the CGA
        db      0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17
        db      %1, 0, 0x0f
%endmacro
%macro crtc_end 0
        db      0, 0, 0, 0
%endmacro

; CRTC timings: horizontal registers 0-5 and vertical 6-7.
%macro crtc_80_text 0
        db      0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f
%endmacro
%macro crtc_40_text 0
        db      0x2d, 0x27, 0x28, 0x90, 0x2b, 0xa0, 0xbf, 0x1f
%endmacro
%macro crtc_80_graphics 0
        db      0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0xbf, 0x1f
%endmacro
%macro crtc_40_graphics 0
        db      0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x1f
%endmacro
%macro crtc_480 0
        db      0x5f, 0x4f, 0x50, 0x82, 0x54, 0x80, 0x0b, 0x3e
%endmacro
; Vertical retrace, display end, pitch, underline, blanking, mode, compare.
%macro vertical_400 3                   ; pitch, underline, mode
        db      0x9c, 0x8e, 0x8f, %1, %2, 0x96, 0xb9, %3, 0xff
%endmacro
%macro vertical_350 3
        db      0x83, 0x85, 0x5d, %1, %2, 0x63, 0xba, %3, 0xff
%endmacro
%macro vertical_480 2
        db      0xea, 0x8c, 0xdf, %1, 0x00, 0xe7, 0x04, %2, 0xff
%endmacro

; Text of 25 rows with 200, 350 or 400 lines: columns, page size, sequencer
; clocking, horizontal timing.
%macro text_200 3
        db      %1, 24, 8
        dw      %2
        db      %3, 3, 0, 2, 0x63
        %if %1 == 40
        crtc_40_text
        %else
        crtc_80_text
        %endif
        db      0x00, 0xc7, 0x06, 0x07
        crtc_end
        vertical_400 %1/2, 0x1f, 0xa3
        attr_cga 0x08
        db      0
        db      0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff
%endmacro
%macro text_350 3
        db      %1, 24, 14
        dw      %2
        db      %3, 3, 0, 2, 0xa3
        %if %1 == 40
        crtc_40_text
        %else
        crtc_80_text
        %endif
        db      0x00, 0x4d, 0x0b, 0x0c
        crtc_end
        vertical_350 %1/2, 0x1f, 0xa3
        attr_ega 0x08
        db      0
        db      0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff
%endmacro
%macro text_400 3
        db      %1, 24, 16
        dw      %2
        db      %3, 3, 0, 2, 0x67
        %if %1 == 40
        crtc_40_text
        %else
        crtc_80_text
        %endif
        db      0x00, 0x4f, 0x0d, 0x0e
        crtc_end
        vertical_400 %1/2, 0x1f, 0xa3
        attr_ega 0x0c
        db      8
        db      0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff
%endmacro
%macro attr_mono 3                      ; mode control, plane enable, panning
        db      0, 8, 8, 8, 8, 8, 8, 8, 0x10, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18
        db      %1, 0, %2, %3
%endmacro
%macro mono_350 0
        db      80, 24, 14
        dw      4096
        db      0, 3, 0, 3, 0xa6
        crtc_80_text
        db      0x00, 0x4d, 0x0b, 0x0c
        crtc_end
        vertical_350 40, 0x0d, 0xa3
        attr_mono 0x0e, 0x0f, 8
        db      0, 0, 0, 0, 0, 0x10, 0x0a, 0, 0xff
%endmacro
%macro cga_graphics 0
        db      40, 24, 8
        dw      16384
        db      9, 3, 0, 2, 0x63
        crtc_40_graphics
        db      0x00, 0xc1, 0x00, 0x00
        crtc_end
        vertical_400 20, 0x00, 0xa2
        db      0, 0x13, 0x15, 0x17, 2, 4, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17
        db      1, 0, 3, 0
        db      0, 0, 0, 0, 0, 0x30, 0x0f, 0, 0xff
%endmacro
%macro mode_0d 0
        db      40, 24, 8
        dw      8192
        db      9, 0x0f, 0, 6, 0x63
        crtc_40_graphics
        db      0x00, 0xc0, 0x00, 0x00
        crtc_end
        vertical_400 20, 0x00, 0xe3
        attr_cga 0x01
        db      0
        db      0, 0, 0, 0, 0, 0, 5, 0x0f, 0xff
%endmacro
%macro mode_0e 0
        db      80, 24, 8
        dw      16384
        db      1, 0x0f, 0, 6, 0x63
        crtc_80_graphics
        db      0x00, 0xc0, 0x00, 0x00
        crtc_end
        vertical_400 40, 0x00, 0xe3
        attr_cga 0x01
        db      0
        db      0, 0, 0, 0, 0, 0, 5, 0x0f, 0xff
%endmacro
%macro mode_0f 0
        db      80, 24, 14
        dw      32768
        db      1, 0x0f, 0, 6, 0xa2
        crtc_80_graphics
        db      0x00, 0x40, 0x00, 0x00
        crtc_end
        vertical_350 40, 0x0f, 0xe3
        db      0, 8, 0, 0, 0x18, 0x18, 0, 0, 0, 8, 0, 0, 0, 0x18, 0, 0
        db      0x0b, 0, 5, 0
        db      0, 0, 0, 0, 0, 0, 5, 5, 0xff
%endmacro
%macro mode_10 0
        db      80, 24, 14
        dw      32768
        db      1, 0x0f, 0, 6, 0xa3
        crtc_80_graphics
        db      0x00, 0x40, 0x00, 0x00
        crtc_end
        vertical_350 40, 0x0f, 0xe3
        attr_ega 0x01
        db      0
        db      0, 0, 0, 0, 0, 0, 5, 0x0f, 0xff
%endmacro

        align   16
parameter_table:
        text_200 40, 2048, 9            ; 00 mode 0, 200 lines
        text_200 40, 2048, 9
        text_200 80, 4096, 1
        text_200 80, 4096, 1
        cga_graphics                    ; 04
        cga_graphics
        db      80, 24, 8               ; 06
        dw      16384
        db      1, 1, 0, 6, 0x63
        crtc_80_graphics
        db      0x00, 0xc1, 0x00, 0x00
        crtc_end
        vertical_400 40, 0x00, 0xc2
        db      0
        times 15 db 0x17
        db      1, 0, 1, 0
        db      0, 0, 0, 0, 0, 0, 0x0d, 0, 0xff
        mono_350                        ; 07
        times 5*64 db 0                 ; 08-0C are not modes of a VGA
        mode_0d                         ; 0D
        mode_0e
        mode_0f                         ; 0F, as with 64 KiB
        mode_10                         ; 10
        mode_0f                         ; 11 mode 0Fh
        mode_10                         ; 12 mode 10h
        text_350 40, 2048, 9            ; 13 modes 0-3, 350 lines
        text_350 40, 2048, 9
        text_350 80, 4096, 1
        text_350 80, 4096, 1
        text_400 40, 2048, 8            ; 17 modes 0 and 1, 400 lines
        text_400 80, 4096, 0            ; 18 modes 2 and 3
        db      80, 24, 16              ; 19 mode 7, 400 lines
        dw      4096
        db      0, 3, 0, 2, 0x66
        crtc_80_text
        db      0x00, 0x4f, 0x0d, 0x0e
        crtc_end
        vertical_400 40, 0x0f, 0xa3
        attr_mono 0x0e, 0x0f, 8
        db      0, 0, 0, 0, 0, 0x10, 0x0a, 0, 0xff
        db      80, 29, 16              ; 1A mode 11h
        dw      40960
        db      1, 0x0f, 0, 6, 0xe3
        crtc_480
        db      0x00, 0x40, 0x00, 0x00
        crtc_end
        vertical_480 40, 0xc3
        db      0
        times 15 db 0x3f
        db      1, 0, 0x0f, 0
        db      0, 0, 0, 0, 0, 0, 5, 1, 0xff
        db      80, 29, 16              ; 1B mode 12h
        dw      40960
        db      1, 0x0f, 0, 6, 0xe3
        crtc_480
        db      0x00, 0x40, 0x00, 0x00
        crtc_end
        vertical_480 40, 0xe3
        attr_ega 0x01
        db      0
        db      0, 0, 0, 0, 0, 0, 5, 0x0f, 0xff
        db      40, 24, 8               ; 1C mode 13h
        dw      8192
        db      1, 0x0f, 0, 0x0e, 0x63
        crtc_80_graphics
        db      0x00, 0x41, 0x00, 0x00
        crtc_end
        vertical_400 40, 0x40, 0xa3
        db      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        db      0x41, 0, 0x0f, 0
        db      0, 0, 0, 0, 0, 0x40, 5, 0x0f, 0xff

%if $-parameter_table != 29*64
%error a parameter table entry has a wrong size
%endif

; For each mode: kind of memory (FFh: no such mode), entry above (text modes:
; with 400 lines), palette.
PAL_EGA         equ 0
PAL_CGA         equ 1
PAL_MONO        equ 2
PAL_256         equ 3

mode_table:
        db      KIND_TEXT, 0x17, PAL_EGA        ; 00
        db      KIND_TEXT, 0x17, PAL_EGA
        db      KIND_TEXT, 0x18, PAL_EGA
        db      KIND_TEXT, 0x18, PAL_EGA
        db      KIND_CGA2, 0x04, PAL_CGA        ; 04
        db      KIND_CGA2, 0x05, PAL_CGA
        db      KIND_CGA1, 0x06, PAL_CGA
        db      KIND_TEXT, 0x19, PAL_MONO       ; 07
        db      0xff, 0, 0
        db      0xff, 0, 0
        db      0xff, 0, 0
        db      0xff, 0, 0
        db      0xff, 0, 0
        db      KIND_PLANAR, 0x0d, PAL_CGA      ; 0D
        db      KIND_PLANAR, 0x0e, PAL_CGA
        db      KIND_PLANAR, 0x11, PAL_MONO
        db      KIND_PLANAR, 0x12, PAL_EGA      ; 10
        db      KIND_PLANAR, 0x1a, PAL_EGA
        db      KIND_PLANAR, 0x1b, PAL_EGA
        db      KIND_LINEAR, 0x1c, PAL_256      ; 13
LAST_MODE       equ 0x13

; AL = mode -> SI = its record in mode_table; CF = 1: no such mode
mode_record:
        cmp     al, LAST_MODE
        ja      .none
        movzx   si, al
        imul    si, 3
        add     si, mode_table
        cmp     byte [cs:si], 0xff
        je      .none
        clc
        ret
.none:
        stc
        ret

; -> AL = kind of the present mode
mode_kind:
        push    si
        mov     al, [bda.mode]
        call    mode_record
        mov     al, KIND_TEXT
        jc      .done
        mov     al, [cs:si]
.done:
        pop     si
        ret
