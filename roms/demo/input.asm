; Waits for keys, and keeps the screen up to date meanwhile.

; Gives back a key as INT 16h does: character in AL, scan code in AH, which is 0
; for characters from COM1.
read_key:
        call    place_cursor
.wait:
        call    draw_clock
        call    draw_keyboard
        call    poll_key
        jc      .done
        call    sleep
        jmp     .wait
.done:
        ret

; Likewise, but with CF = 0 if there is none.
poll_key:
        call    serial_key
        jc      .done
        mov     ah, 0x11
        int     0x16
        jz      .none
        mov     ah, 0x10
        int     0x16
        mov     [key], ax
        mov     byte [keyboard_new], 1
        ; Keys of the separate block say E0h in place of a character.
        cmp     al, 0xe0
        jne     .pressed
        mov     al, 0
.pressed:
        stc
.done:
        ret
.none:
        clc
        ret

; Waits for an interrupt, if there is nothing to read. Interrupts are off until
; HLT, so that none that brings a key comes in between.
sleep:
        push    ax
        cli
        mov     ax, [BDA+bda.kb_head]
        cmp     ax, [BDA+bda.kb_tail]
        jne     .awake
        call    serial_waiting
        jc      .awake
        sti
        hlt
.awake:
        sti
        pop     ax
        ret
