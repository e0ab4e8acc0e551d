; Function 12h: alternate select. Supported calls return AL = 12h.

alternate:
        mov     bl, [rBL]
        cmp     bl, 0x10
        je      .information
        cmp     bl, 0x20
        je      .print_screen
        sub     bl, 0x30
        cmp     bl, 6
        ja      .none
        movzx   bx, bl
        shl     bx, 1
        mov     al, [rAL]
        jmp     [cs:bx+.table]
.none:
        ret
.table:
        dw      .scan_lines, .default_palette, .access, .grey
        dw      .cursor, .switch, .refresh

.information:
        mov     al, 0
        cmp     word [bda.crtc], 0x3d4
        je      .colour
        inc     al
.colour:
        mov     [rBH], al
        mov     byte [rBL], 3           ; 256 KiB
        mov     al, [bda.video_switches]
        mov     ah, al
        shr     ah, 4
        and     al, 0x0f
        mov     [rCX], ax
        ret

; The system BIOS prints any number of rows: its handler may stay.
.print_screen:
        ret

; 30h: AL = 0, 1, 2: 200, 350, 400 lines from the next text mode on
.scan_lines:
        cmp     al, 2
        ja      .none
        mov     dl, [bda.vga_flags]
        and     dl, ~(FLAG_200 | FLAG_400)
        mov     dh, FLAG_200
        mov     ah, 0x08                ; switches: EGA with that monitor
        or      al, al
        jz      .set_lines
        xor     dh, dh
        mov     ah, 0x09
        cmp     al, 1
        je      .set_lines
        mov     dh, FLAG_400
.set_lines:
        or      dl, dh
        mov     [bda.vga_flags], dl
        and     byte [bda.video_switches], 0xf0
        or      [bda.video_switches], ah
        jmp     .ok

; 31h: AL = 1: mode set leaves the palette alone
.default_palette:
        mov     ah, FLAG_NO_PALETTE
        jmp     .flag

; 33h: AL = 0: sum to grey
.grey:
        xor     al, 1
        mov     ah, FLAG_GREY
.flag:
        cmp     al, 1
        ja      .none
        not     ah
        and     [bda.vga_flags], ah
        not     ah
        or      al, al
        jz      .ok
        or      [bda.vga_flags], ah
        jmp     .ok

; 32h: AL = 0: processor access to video memory on, 1: off
.access:
        cmp     al, 1
        ja      .none
        mov     ah, al
        xor     ah, 1
        shl     ah, 1
        mov     dx, MISC_READ
        in      al, dx
        and     al, 0xfd
        or      al, ah
        mov     dx, MISC_WRITE
        out     dx, al
        jmp     .ok

; 34h: AL = 0: cursor shapes are given in lines of an 8-line character
.cursor:
        cmp     al, 1
        ja      .none
        and     byte [bda.video_control], 0xfe
        or      [bda.video_control], al
        jmp     .ok

; 35h: there is one display
.switch:
        ret

; 36h: AL = 1: screen off
.refresh:
        cmp     al, 1
        ja      .none
        mov     ah, al
        shl     ah, 5
        mov     al, 0x01
        call    seq_read
        and     al, 0xdf
        or      ah, al
        mov     al, 0x01
        call    seq_write
.ok:
        mov     byte [rAL], 0x12
        ret
