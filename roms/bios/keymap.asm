; US key map: for each scan code of set 1 the words (scan code, character) in
; the columns plain, Shift, Ctrl and Alt. 0 types nothing; scan codes of
; combinations are those of the IBM enhanced keyboard.

; key PLAIN, SHIFT, CTRL, ALT: columns under the key's own scan code
%macro key 4
%assign scan ($-key_table)/8
        dw      (scan << 8) | (%1), (scan << 8) | (%2)
%if %3 == -1
        dw      0
%else
        dw      (scan << 8) | (%3)
%endif
%if %4 == -1
        dw      0
%else
        dw      (%4) << 8
%endif
%endmacro

; letter: Ctrl gives the control code, Alt the scan code alone
%macro letter 1
%assign scan ($-key_table)/8
        key     %1, %1 - 0x20, %1 & 0x1f, scan
%endmacro

        align   8
key_table:
        dw      0, 0, 0, 0
        key     27, 27, 27, 0x01                ; 01 Esc
        key     '1', '!', -1, 0x78              ; 02
        dw      0x0332, 0x0340, 0x0300, 0x7900  ; 03 2 @ NUL
        key     '3', '#', -1, 0x7a
        key     '4', '$', -1, 0x7b
        key     '5', '%', -1, 0x7c
        key     '6', '^', 30, 0x7d
        key     '7', '&', -1, 0x7e
        key     '8', '*', -1, 0x7f
        key     '9', '(', -1, 0x80
        key     '0', ')', -1, 0x81
        key     '-', '_', 31, 0x82
        key     '=', '+', -1, 0x83
        key     8, 8, 127, 0x0e                 ; 0E Backspace
        dw      0x0f09, 0x0f00, 0x9400, 0xa500  ; 0F Tab
        letter  'q'                             ; 10
        letter  'w'
        letter  'e'
        letter  'r'
        letter  't'
        letter  'y'
        letter  'u'
        letter  'i'
        letter  'o'
        letter  'p'
        key     '[', '{', 27, 0x1a
        key     ']', '}', 29, 0x1b
        key     13, 13, 10, 0x1c                ; 1C Enter
        dw      0, 0, 0, 0                      ; 1D Ctrl
        letter  'a'
        letter  's'
        letter  'd'                             ; 20
        letter  'f'
        letter  'g'
        letter  'h'
        letter  'j'
        letter  'k'
        letter  'l'
        key     ';', ':', -1, 0x27
        key     "'", '"', -1, 0x28
        key     '`', '~', -1, 0x29
        dw      0, 0, 0, 0                      ; 2A left Shift
        key     '\', '|', 28, 0x2b
        letter  'z'
        letter  'x'
        letter  'c'
        letter  'v'
        letter  'b'                             ; 30
        letter  'n'
        letter  'm'
        key     ',', '<', -1, 0x33
        key     '.', '>', -1, 0x34
        key     '/', '?', -1, 0x35
        dw      0, 0, 0, 0                      ; 36 right Shift
        dw      0x372a, 0x372a, 0x9600, 0x3700  ; 37 keypad *
        dw      0, 0, 0, 0                      ; 38 Alt
        dw      0x3920, 0x3920, 0x3920, 0x3920  ; 39 space
        dw      0, 0, 0, 0                      ; 3A CapsLock
        dw      0x3b00, 0x5400, 0x5e00, 0x6800  ; 3B F1
        dw      0x3c00, 0x5500, 0x5f00, 0x6900
        dw      0x3d00, 0x5600, 0x6000, 0x6a00
        dw      0x3e00, 0x5700, 0x6100, 0x6b00
        dw      0x3f00, 0x5800, 0x6200, 0x6c00
        dw      0x4000, 0x5900, 0x6300, 0x6d00
        dw      0x4100, 0x5a00, 0x6400, 0x6e00
        dw      0x4200, 0x5b00, 0x6500, 0x6f00
        dw      0x4300, 0x5c00, 0x6600, 0x7000
        dw      0x4400, 0x5d00, 0x6700, 0x7100  ; 44 F10
        dw      0, 0, 0, 0                      ; 45 NumLock
        dw      0, 0, 0, 0                      ; 46 ScrollLock
        dw      0x4700, 0x4737, 0x7700, 0       ; 47 keypad 7 Home
        dw      0x4800, 0x4838, 0x8d00, 0       ;    8 up
        dw      0x4900, 0x4939, 0x8400, 0       ;    9 PgUp
        dw      0x4a2d, 0x4a2d, 0x8e00, 0x4a00  ;    -
        dw      0x4b00, 0x4b34, 0x7300, 0       ;    4 left
        dw      0x4cf0, 0x4c35, 0x8f00, 0       ;    5
        dw      0x4d00, 0x4d36, 0x7400, 0       ;    6 right
        dw      0x4e2b, 0x4e2b, 0x9000, 0x4e00  ;    +
        dw      0x4f00, 0x4f31, 0x7500, 0       ;    1 End
        dw      0x5000, 0x5032, 0x9100, 0       ;    2 down
        dw      0x5100, 0x5133, 0x7600, 0       ;    3 PgDn
        dw      0x5200, 0x5230, 0x9200, 0       ;    0 Ins
        dw      0x5300, 0x532e, 0x9300, 0       ;    . Del
        dw      0, 0, 0, 0                      ; 54 SysRq
        dw      0, 0, 0, 0                      ; 55
        key     '\', '|', 28, 0x56              ; 56 the 102nd key
        dw      0x8500, 0x8700, 0x8900, 0x8b00  ; 57 F11
        dw      0x8600, 0x8800, 0x8a00, 0x8c00  ; 58 F12

; Keys with prefix E0h: code, then the same four columns.
extended_table:
        db      0x1c                            ; keypad Enter
        dw      0xe00d, 0xe00d, 0xe00a, 0xa600
        db      0x35                            ; keypad /
        dw      0xe02f, 0xe02f, 0x9500, 0xa400
        db      0x37                            ; PrtSc
        dw      0, 0, 0x7200, 0x3700
        db      0x47                            ; Home
        dw      0x47e0, 0x47e0, 0x77e0, 0x9700
        db      0x48
        dw      0x48e0, 0x48e0, 0x8de0, 0x9800
        db      0x49
        dw      0x49e0, 0x49e0, 0x84e0, 0x9900
        db      0x4b
        dw      0x4be0, 0x4be0, 0x73e0, 0x9b00
        db      0x4d
        dw      0x4de0, 0x4de0, 0x74e0, 0x9d00
        db      0x4f
        dw      0x4fe0, 0x4fe0, 0x75e0, 0x9f00
        db      0x50
        dw      0x50e0, 0x50e0, 0x91e0, 0xa000
        db      0x51
        dw      0x51e0, 0x51e0, 0x76e0, 0xa100
        db      0x52
        dw      0x52e0, 0x52e0, 0x92e0, 0xa200
        db      0x53
        dw      0x53e0, 0x53e0, 0x93e0, 0xa300
        db      0

; Keypad keys from 47h: the digit, or above 9 none.
keypad_digits:
        db      7, 8, 9, 255, 4, 5, 6, 255, 1, 2, 3, 0, 255
