; What the keyboard does: scan codes as they come, keys as INT 16h gives them,
; and the shift states.

KEYBOARD_ROW    equ     8

keyboard_start:
        pushad
        cli
        mov     eax, [0x15*4]
        mov     [old_int15], eax
        mov     word [0x15*4], intercept
        mov     word [0x15*4+2], 0
        sti
        put_at  KEYBOARD_ROW, RIGHT, LABEL, "Codes"
        put_at  KEYBOARD_ROW+1, RIGHT, LABEL, "Key"
        mov     byte [keyboard_new], 1
        popad
        ret

; INT 15h/4Fh: the BIOS has read the scan code AL.
intercept:
        cmp     ah, 0x4f
        jne     .on
        push    eax
        push    ds
        push    0
        pop     ds
        mov     [codes+CODES], al       ; then all move down by one
        mov     eax, [codes+1]
        mov     [codes], eax
        mov     eax, [codes+5]
        mov     [codes+4], eax
        mov     byte [keyboard_new], 1
        pop     ds
        pop     eax
.on:
        jmp     far [cs:old_int15]

; Draws what has changed.
draw_keyboard:
        pushad
        xor     al, al
        xchg    al, [keyboard_new]
        or      al, al
        jz      .lamps
        mov     di, (KEYBOARD_ROW*COLUMNS + RIGHT + 7)*2
        mov     ah, FACT
        mov     si, codes
        mov     cx, CODES
.code:
        lodsb
        or      al, al
        jz      .none
        call    put_hex
        mov     al, ' '
        call    put_char
.none:
        loop    .code
        cmp     word [key], 0
        je      .lamps
        mov     di, ((KEYBOARD_ROW+1)*COLUMNS + RIGHT + 7)*2
        mov     si, .scan
        call    put_text
        mov     al, [key+1]
        call    put_hex
        mov     si, .character
        call    put_text
        mov     al, [key]
        call    put_hex
        mov     si, .blank
        call    put_text
        mov     al, [key]
        call    put_char                ; as the screen shows it
.lamps:
        mov     bl, [BDA+bda.kb_flags]
        inc     bl                      ; 0 is never shown, so that it draws at first
        cmp     bl, [shown_lamps]
        je      .done
        mov     [shown_lamps], bl
        dec     bl
        mov     di, ((KEYBOARD_ROW+2)*COLUMNS + RIGHT - 1)*2
        mov     si, .states
.state:
        lodsb
        or      al, al
        jz      .done
        mov     ah, LAMP_OFF
        test    bl, al
        jz      .off
        mov     ah, LAMP_ON
.off:
        call    put_text
        jmp     .state
.done:
        popad
        ret
.scan:  db      "scan ", 0
.character: db  ", character ", 0
.blank: db      "  ", 0
; Bits of the BIOS data area 40:17.
.states: db     0x03, " Shift ", 0
        db      0x04, " Ctrl ", 0
        db      0x08, " Alt ", 0
        db      0x40, " Caps ", 0
        db      0x20, " Num ", 0
        db      0x10, " Scroll ", 0
        db      0
