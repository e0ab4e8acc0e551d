; The entry points and tables of the IBM PC/AT, at their published addresses.

        fixed_at 0xe05b
        jmp     post

        fixed_at 0xe2c3
        jmp     int02_entry

        fixed_at 0xe3fe
        jmp     int13_entry

        fixed_at 0xe6f2
        jmp     int19_entry

        fixed_at 0xe6f5
; INT 15h/C0h
configuration_table:
        dw      8
        db      0xfc                    ; model: AT
        db      0x01                    ; submodel
        db      0x00                    ; revision
        db      0x74                    ; second PIC, RTC, INT 15h/4Fh, EBDA
        db      0x40                    ; INT 16h/09h
        db      0, 0, 0

        fixed_at 0xe739
        jmp     int14_entry

        fixed_at 0xe82e
        jmp     int16_entry

        fixed_at 0xe987
        jmp     int09_entry

        fixed_at 0xec59
        jmp     int13_floppy_entry

        fixed_at 0xef57
        jmp     int0e_entry

        fixed_at 0xefc7
; INT 1Eh: parameters for any floppy that is to be booted
diskette_parameter_table:
        db      0xaf, 0x02, 0x25, 0x02, 18, 0x1b, 0xff, 0x6c, 0xf6, 15, 8

        fixed_at 0xefd2
        jmp     int17_entry

        fixed_at 0xf065
; INT 10h until a video BIOS takes it
int10_entry:
        iret

        fixed_at 0xf0a4
; INT 1Dh: 6845 registers for 40x25, 80x25, graphics and monochrome text,
; then buffer sizes, columns and mode register values
video_parameters:
        db      0x38, 0x28, 0x2d, 0x0a, 0x1f, 0x06, 0x19, 0x1c, 0x02, 0x07, 0x06, 0x07, 0, 0, 0, 0
        db      0x71, 0x50, 0x5a, 0x0a, 0x1f, 0x06, 0x19, 0x1c, 0x02, 0x07, 0x06, 0x07, 0, 0, 0, 0
        db      0x38, 0x28, 0x2d, 0x0a, 0x7f, 0x06, 0x64, 0x70, 0x02, 0x01, 0x06, 0x07, 0, 0, 0, 0
        db      0x61, 0x50, 0x52, 0x0f, 0x19, 0x06, 0x19, 0x19, 0x02, 0x0d, 0x0b, 0x0c, 0, 0, 0, 0
        dw      2048, 4096, 16384, 16384
        db      40, 40, 80, 80, 40, 40, 80, 80
        db      0x2c, 0x28, 0x2d, 0x29, 0x2a, 0x2e, 0x1e, 0x29

        fixed_at 0xf841
        jmp     int12_entry

        fixed_at 0xf84d
        jmp     int11_entry

        fixed_at 0xf859
        jmp     int15_entry

        fixed_at 0xfa6e
; Characters 00-7Fh, 8x8; the upper half is elsewhere (INT 1Fh)
font_8x8_low:
        incbin  "8x8.bin", 0, 1024

        fixed_at 0xfe6e
        jmp     int1a_entry

        fixed_at 0xfea5
        jmp     int08_entry

        fixed_at 0xfef3
; Vectors 08h-1Fh
vector_table:
        dw      0xfea5                  ; 08 IRQ0 timer
        dw      0xe987                  ; 09 IRQ1 keyboard
        dw      irq_master              ; 0A
        dw      irq_master              ; 0B
        dw      irq_master              ; 0C
        dw      irq_master              ; 0D
        dw      0xef57                  ; 0E IRQ6 floppy
        dw      irq_master              ; 0F
        dw      0xf065                  ; 10
        dw      0xf84d                  ; 11
        dw      0xf841                  ; 12
        dw      0xe3fe                  ; 13
        dw      0xe739                  ; 14
        dw      0xf859                  ; 15
        dw      0xe82e                  ; 16
        dw      0xefd2                  ; 17
        dw      int18_entry             ; 18
        dw      0xe6f2                  ; 19
        dw      0xfe6e                  ; 1A
        dw      dummy_iret              ; 1B Ctrl-Break
        dw      dummy_iret              ; 1C tick
        dw      video_parameters        ; 1D
        dw      diskette_parameter_table ; 1E
        dw      font_8x8_high           ; 1F

        fixed_at 0xff53
dummy_iret:
        iret

        fixed_at 0xff54
        jmp     int05_entry

        fixed_at 0xfff0
        jmp     ROM_SEG:reset_entry
        fixed_at 0xfff5
        db      "11/23/26"              ; MM/DD/YY
        fixed_at 0xfffe
        db      0xfc                    ; model: AT
        fixed_at 0x10000
