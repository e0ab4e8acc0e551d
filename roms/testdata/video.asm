; INT 10h: modes, text, graphics, palette, fonts, state.

%include "guest.inc"

; video AX, BX, CX, DX: INT 10h with these registers
%macro video 1-4 0, 0, 0
        mov     ax, %1
        mov     bx, %2
        mov     cx, %3
        mov     dx, %4
        int     0x10
%endmacro

main:
        mov     ax, 0x40
        mov     fs, ax
        mov     ax, 0xb800
        mov     gs, ax

        ; --- text
        video   0x0003
        video   0x0f00
        cmp     ax, 0x5003
        expect  e, "10/0F: 80 columns, mode 3"
        cmp     bh, 0
        expect  e, "10/0F: page 0"
        cmp     byte [fs:0x84], 24
        expect  e, "BDA: 25 rows"
        cmp     word [fs:0x85], 16
        expect  e, "BDA: 16 lines a character"
        cmp     dword [gs:4000-4], 0x07200720
        expect  e, "10/00: blank screen"
        video   0x0200, 0, 0, 0x0305
        video   0x0941, 0x001e, 3
        cmp     word [gs:(3*80+5)*2], 0x1e41
        expect  e, "10/09: first character"
        cmp     word [gs:(3*80+7)*2], 0x1e41
        expect  e, "10/09: third character"
        video   0x0a42, 0x0000, 1
        cmp     word [gs:(3*80+5)*2], 0x1e42
        expect  e, "10/0A: attribute stays"
        video   0x0800, 0
        cmp     ax, 0x1e42
        expect  e, "10/08: read back"
        video   0x0300, 0
        cmp     dx, 0x0305
        expect  e, "10/03: position"
        cmp     cx, 0x0607
        expect  e, "10/03: shape"
        mov     dx, 0x3d4
        mov     al, 0x0f
        out     dx, al
        inc     dx
        in      al, dx
        cmp     al, (3*80+5) & 0xff
        expect  e, "CRTC: cursor address"
        video   0x0e43, 7
        video   0x0300, 0
        cmp     dx, 0x0306
        expect  e, "10/0E: cursor moves"
        video   0x0200, 0, 0, 0x184f
        video   0x0e5a, 7
        cmp     byte [gs:(23*80+79)*2], 'Z'
        expect  e, "10/0E: scrolls at the end"
        video   0x0300, 0
        cmp     dx, 0x1800
        expect  e, "10/0E: cursor at the last row"
        cmp     word [gs:(2*80+5)*2], 0x1e43
        expect  e, "10/0E: the rest moved up"
        video   0x0200, 0, 0, 0x1805
        video   0x0920, 0x005e, 1
        video   0x0e0a, 7
        cmp     word [gs:(24*80)*2], 0x5e20
        expect  e, "10/0E: a new row has the attribute at the cursor"
        video   0x0600, 0x0700, 0x1800, 0x184f
        video   0x0701, 0x0700, 0x0000, 0x184f
        video   0x0601, 0x7000, 0x0204, 0x0306
        cmp     word [gs:(3*80+4)*2], 0x7020
        expect  e, "10/06: blank row in the window"
        cmp     word [gs:(2*80+7)*2], 0x1e41
        expect  e, "10/06: nothing outside"
        video   0x0702, 0x1f00, 0x0000, 0x184f
        cmp     word [gs:(4*80+7)*2], 0x1e41
        expect  e, "10/07: moved down by two"
        cmp     word [gs:80*2], 0x1f20
        expect  e, "10/07: blanks above"
        video   0x0600, 0x0700, 0x0000, 0xffff
        cmp     word [gs:(24*80+79)*2], 0x0720
        expect  e, "10/06: clear, corner cut to the screen"
        video   0x0502
        cmp     byte [fs:0x62], 2
        expect  e, "10/05: page 2"
        cmp     word [fs:0x4e], 0x2000
        expect  e, "10/05: start"
        video   0x0500
        xor     ax, ax
        mov     es, ax
        mov     ax, 0x1303
        mov     bx, 0
        mov     cx, 2
        mov     dx, 0x0a0a
        mov     bp, string
        int     0x10
        cmp     dword [gs:(10*80+10)*2], 0x2e783f77
        expect  e, "10/13: string with attributes"
        video   0x0300
        cmp     dx, 0x0a0c
        expect  e, "10/13: cursor moved"

        ; --- every mode
        mov     si, modes
.mode:
        lodsb
        cmp     al, 0xff
        je      .modes_done
        mov     ah, 0
        mov     [mode], al
        int     0x10
        mov     ah, 0x0f
        int     0x10
        cmp     al, [mode]
        jne     .mode_bad
        cmp     ah, [si]
        jne     .mode_bad
        inc     si
        mov     al, [fs:0x84]
        cmp     al, [si]
        jne     .mode_bad
        inc     si
        mov     al, [mode]
        cmp     al, 4
        jb      .mode
        cmp     al, 7
        je      .mode
        call    graphics
        jmp     .mode
.mode_bad:
        mov     al, [mode]
        call    put_hex8
        cmp     al, 0xff
        expect  e, "mode"
.modes_done:
        cmp     byte [mode], 0x13
        expect  e, "all modes"

        ; --- palette
        video   0x1010, 5, 0x1122, 0x3300
        video   0x1015, 5
        cmp     cx, 0x1122
        expect  e, "10/1015: green and blue"
        cmp     dh, 0x33
        expect  e, "10/1015: red"
        video   0x1012, 10, 2, triples
        video   0x1017, 10, 2, 0x5000
        mov     si, triples
        mov     di, 0x5000
        mov     cx, 3
        repe    cmpsw
        expect  e, "10/1012, 1017: block"
        video   0x101b, 10, 1
        video   0x1015, 10
        cmp     cl, ch
        expect  e, "10/101B: grey"
        cmp     dh, (0x3f*77+0x20*151+0x10*28+0x80)/256
        expect  e, "10/101B: weights"
        video   0x0003
        video   0x1000, 0x2a03
        video   0x1007, 0x0003
        cmp     bh, 0x2a
        expect  e, "10/1000, 1007: palette register"
        video   0x1009, 0, 0, 0x5000
        cmp     byte [0x5003], 0x2a
        expect  e, "10/1009: all registers"
        cmp     byte [0x500f], 0x3f
        expect  e, "10/1009: default white"
        video   0x1003, 0
        mov     al, [fs:0x65]
        test    al, 0x20
        expect  z, "10/1003: bright backgrounds"

        ; --- fonts
        video   0x0003
        video   0x1112
        cmp     byte [fs:0x84], 49
        expect  e, "10/1112: 50 rows"
        mov     ax, 0x1130
        mov     bh, 6
        int     0x10
        cmp     cx, 8
        expect  e, "10/1130: height in use"
        cmp     byte [es:bp], 0
        expect  e, "10/1130: the space above is empty"
        cmp     dword [es:bp+0xdb*16], 0xffffffff
        expect  e, "10/1130: 8x16 block"
        xor     ax, ax
        mov     es, ax
        video   0x1201, 0x0030
        cmp     al, 0x12
        expect  e, "12/30: 350 lines"
        video   0x0003
        cmp     word [fs:0x85], 14
        expect  e, "12/30: 14 lines a character"
        video   0x1202, 0x0030
        video   0x0003
        cmp     word [fs:0x85], 16
        expect  e, "12/30: 400 lines"
        mov     bx, 0xff10
        mov     ah, 0x12
        int     0x10
        cmp     bx, 0x0003
        expect  e, "12/10: colour, 256 KiB"

        ; --- state
        mov     ax, 0x1a00
        int     0x10
        cmp     al, 0x1a
        expect  e, "10/1A: supported"
        cmp     bl, 8
        expect  e, "10/1A: VGA colour"
        mov     ax, 0x1b00
        xor     bx, bx
        mov     di, 0x5000
        int     0x10
        cmp     al, 0x1b
        expect  e, "10/1B: supported"
        cmp     byte [0x5004], 3
        expect  e, "10/1B: mode"
        cmp     byte [0x5022], 25
        expect  e, "10/1B: rows"
        mov     ax, 0x1c00
        mov     cx, 7
        int     0x10
        cmp     al, 0x1c
        expect  e, "10/1C: supported"
        video   0x0200, 0, 0, 0x0708
        mov     ax, 0x1c01
        mov     cx, 7
        mov     bx, 0x5000
        int     0x10
        video   0x0013
        mov     ax, 0x1c02
        mov     cx, 7
        mov     bx, 0x5000
        int     0x10
        mov     ah, 0x0f
        int     0x10
        cmp     ax, 0x5003
        expect  e, "10/1C: mode 3 restored"
        ; The same from a VBE mode, if there are any.
        mov     ax, 0x4f02
        mov     bx, 0x0101
        int     0x10
        mov     ax, 0x1c02
        mov     cx, 7
        mov     bx, 0x5000
        int     0x10
        mov     word [gs:0], 0x0741
        cmp     word [gs:0], 0x0741
        expect  e, "10/1C: text memory after a VBE mode"
        mov     dx, 0x1ce
        mov     ax, 4
        out     dx, ax
        inc     dx
        in      ax, dx
        inc     ax                      ; FFFFh: no such register
        cmp     ax, 1
        expect  be, "10/1C: VBE off"
        video   0x0300
        cmp     dx, 0x0708
        expect  e, "10/1C: cursor restored"
        jmp     finish

; Pixels, characters and scrolling in the present mode. SI is kept.
graphics:
        push    si
        mov     byte [step], 0
        ; The highest colour of the mode at 33, 17; then exclusive or.
        mov     cl, 1
        mov     al, [mode]
        cmp     al, 6
        je      .colour
        cmp     al, 0x11
        je      .colour
        mov     cl, 3
        cmp     al, 6
        jb      .colour
        mov     cl, 0x0f
        cmp     al, 0x0f
        jne     .colour
        mov     cl, 5                   ; planes 0 and 2
.colour:
        mov     [colour], cl
        mov     ah, 0x0c
        mov     al, [colour]
        mov     bx, 0
        mov     cx, 33
        mov     dx, 17
        int     0x10
        mov     ah, 0x0d
        int     0x10
        cmp     al, [colour]
        jne     .bad
        inc     byte [step]
        mov     ah, 0x0d
        mov     cx, 34
        int     0x10
        cmp     al, 0
        jne     .bad
        inc     byte [step]
        cmp     byte [mode], 0x13
        je      .characters
        mov     ah, 0x0c
        mov     al, [colour]
        or      al, 0x80
        mov     cx, 33
        int     0x10
        mov     ah, 0x0d
        int     0x10
        cmp     al, 0
        jne     .bad
.characters:
        inc     byte [step]
        video   0x0200, 0, 0, 0x0505
        mov     ax, 0x0941
        mov     bl, [colour]
        mov     bh, 0
        mov     cx, 2
        int     0x10
        video   0x0200, 0, 0, 0x0506
        video   0x0800
        cmp     al, 'A'
        jne     .bad
        inc     byte [step]
        mov     ax, 0x09c9              ; upper half of the font
        mov     bl, [colour]
        mov     bh, 0
        mov     cx, 1
        int     0x10
        video   0x0800
        cmp     al, 0xc9
        jne     .bad
        inc     byte [step]
        video   0x0602, 0x0000, 0x0000, 0x144f
        video   0x0200, 0, 0, 0x0306
        video   0x0800
        cmp     al, 0xc9
        jne     .bad
        inc     byte [step]
        video   0x0703, 0x0000, 0x0000, 0x144f
        video   0x0200, 0, 0, 0x0606
        video   0x0800
        cmp     al, 0xc9
        jne     .bad
        inc     byte [step]
        mov     ax, 0x0e42
        mov     bl, [colour]
        mov     bh, 0
        int     0x10
        video   0x0300
        cmp     dx, 0x0607
        jne     .bad
        inc     byte [step]
        cmp     byte [mode], 0xff
        expect  ne, "graphics mode: pixels, characters, scrolling"
        pop     si
        ret
.bad:
        mov     al, [mode]
        call    put_hex8
        mov     al, [step]
        call    put_hex8
        call    newline
        cmp     byte [mode], 0xff
        expect  e, "graphics mode"
        pop     si
        ret

; Mode, columns, rows - 1
modes:  db      0x00, 40, 24, 0x01, 40, 24, 0x02, 80, 24, 0x03, 80, 24
        db      0x04, 40, 24, 0x05, 40, 24, 0x06, 80, 24, 0x07, 80, 24
        db      0x0d, 40, 24, 0x0e, 80, 24, 0x0f, 80, 24, 0x10, 80, 24
        db      0x11, 80, 29, 0x12, 80, 29, 0x13, 40, 24, 0xff
string: db      'w', 0x3f, 'x', 0x2e
triples: db     0x3f, 0x20, 0x10, 0x01, 0x02, 0x03
mode:   db      0
colour: db      0
step:   db      0

%include "end.inc"
