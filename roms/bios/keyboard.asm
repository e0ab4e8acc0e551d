; IRQ1: scan codes to the keyboard buffer.

; BDA 17h
KB_RSHIFT       equ 0x01
KB_LSHIFT       equ 0x02
KB_CTRL         equ 0x04
KB_ALT          equ 0x08
KB_SCROLL       equ 0x10
KB_NUM          equ 0x20
KB_CAPS         equ 0x40
KB_INSERT       equ 0x80
; BDA 18h
KB2_LCTRL       equ 0x01
KB2_LALT        equ 0x02
KB2_SYSREQ      equ 0x04
KB2_PAUSE       equ 0x08
KB2_SCROLL      equ 0x10
KB2_NUM         equ 0x20
KB2_CAPS        equ 0x40
KB2_INSERT      equ 0x80
; BDA 96h
KB3_E1          equ 0x01
KB3_E0          equ 0x02
KB3_RCTRL       equ 0x04
KB3_RALT        equ 0x08

int09_entry:
        cld
        pushad
        push    ds
        push    es
        mov     bp, sp                  ; for keyboard_leave
        push    BDA_SEG
        pop     ds
        ; Resident programs read port 60h and then chain to this handler, so
        ; an empty output buffer is no reason to leave: the latch still holds
        ; the code. Only a byte of the mouse is not ours.
        in      al, KBC_STATUS
        and     al, KBC_OBF | KBC_AUX
        cmp     al, KBC_OBF | KBC_AUX
        je      .end
        mov     al, CMD_KBD_OFF         ; no further byte while this one is handled
        call    kbc_command
        in      al, KBC_DATA
        sti
        stc
        mov     ah, 0x4f                ; let others change or drop the code
        int     0x15
        jnc     .dropped
        call    keyboard_code
.dropped:
        cli
        mov     al, PIC_EOI
        out     PIC1, al
        call    keyboard_leds
        mov     al, CMD_KBD_ON
        call    kbc_command
        jmp     .done
.end:
        mov     al, PIC_EOI
        out     PIC1, al
.done:
        pop     es
        pop     ds
        popad
        iret

; End the interrupt before a handler that stays long or waits for a key. What
; follows leaves INT 09h through keyboard_leave, from any depth.
keyboard_end_early:
        cli
        mov     al, PIC_EOI
        out     PIC1, al
        mov     al, CMD_KBD_ON
        call    kbc_command
        sti
        ret

keyboard_leave:
        cli
        mov     sp, bp
        jmp     int09_entry.done

; AL = scan code
keyboard_code:
        cmp     al, 0xe0
        jne     .not_e0
        or      byte [bda.kb_flags3], KB3_E0
        ret
.not_e0:
        cmp     al, 0xe1
        jne     .not_e1
        or      byte [bda.kb_flags3], KB3_E1
        ret
.not_e1:
        cmp     al, 0xfa                ; acknowledge and resend, from LED updates
        je      .ignore
        cmp     al, 0xfe
        je      .ignore
        mov     bl, [bda.kb_flags3]
        test    bl, KB3_E1
        jz      .no_pause
        ; Pause sends E1 1D 45 E1 9D C5; the code ending a sequence is xxxxx101b.
        mov     ah, al
        and     ah, 0x7f
        cmp     ah, 0x1d
        je      .ignore
        and     byte [bda.kb_flags3], ~KB3_E1
        cmp     al, 0x45
        je      keyboard_pause
.ignore:
        ret
.no_pause:
        and     byte [bda.kb_flags3], ~(KB3_E0 | KB3_E1)
        and     bl, KB3_E0              ; BL = 2: prefixed code
        mov     ah, al
        and     al, 0x7f
        ; Grey keys may come wrapped in fake shifts, which mean nothing here.
        cmp     al, 0x2a
        je      .shift
        cmp     al, 0x36
        je      .shift
        cmp     al, 0x1d
        je      .ctrl
        cmp     al, 0x38
        je      .alt
        cmp     al, 0x3a
        je      .caps
        cmp     al, 0x45
        je      .num
        cmp     al, 0x46
        je      .scroll
        cmp     al, 0x54
        je      .sysreq
        cmp     al, 0x52
        je      .insert
.key:
        test    ah, 0x80
        jnz     .ignore
        jmp     keyboard_key

.shift:
        or      bl, bl
        jnz     .ignore
        mov     cl, KB_LSHIFT
        cmp     al, 0x2a
        je      .set_shift
        mov     cl, KB_RSHIFT
.set_shift:
        test    ah, 0x80
        jnz     .clear_flag
        or      [bda.kb_flags], cl
        ret
.clear_flag:
        not     cl
        and     [bda.kb_flags], cl
        ret

.ctrl:
        mov     cx, (KB3_RCTRL << 8) | KB2_LCTRL
        mov     dl, KB_CTRL
        jmp     .two_sided
.alt:
        mov     cx, (KB3_RALT << 8) | KB2_LALT
        mov     dl, KB_ALT
.two_sided:
        or      bl, bl
        jnz     .right
        xor     ch, ch
        jmp     .sided
.right:
        xor     cl, cl
.sided:
        test    ah, 0x80
        jnz     .release
        or      [bda.kb_flags2], cl
        or      [bda.kb_flags3], ch
        or      [bda.kb_flags], dl
        ret
.release:
        not     cx
        and     [bda.kb_flags2], cl
        and     [bda.kb_flags3], ch
        ; Held as long as one side is.
        mov     al, [bda.kb_flags3]
        shr     al, 2
        or      al, [bda.kb_flags2]
        mov     ah, KB2_LCTRL
        cmp     dl, KB_CTRL
        je      .side
        mov     ah, KB2_LALT
.side:
        test    al, ah
        jnz     .return
        not     dl
        and     [bda.kb_flags], dl
        test    dl, KB_ALT
        jnz     .return
        ; Alt released: a code typed on the keypad is a character.
        xor     ax, ax
        xchg    al, [bda.kb_alt_num]
        or      al, al
        jz      .return
        jmp     keyboard_store
.return:
        ret

.caps:
        mov     cl, KB_CAPS
        jmp     .lock
.num:
        ; Ctrl-NumLock is Pause on keyboards without the key.
        test    byte [bda.kb_flags], KB_CTRL
        jz      .num_lock
        test    ah, 0x80
        jz      keyboard_pause
        ret
.num_lock:
        mov     cl, KB_NUM
        jmp     .lock
.scroll:
        or      bl, bl
        jnz     .break                  ; Ctrl-Pause sends E0 46
        test    byte [bda.kb_flags], KB_CTRL
        jnz     .break
        mov     cl, KB_SCROLL
.lock:
        test    ah, 0x80
        jnz     .lock_release
        test    [bda.kb_flags2], cl
        jnz     .return                 ; typematic repeat
        or      [bda.kb_flags2], cl
        xor     [bda.kb_flags], cl
        ret
.lock_release:
        not     cl
        and     [bda.kb_flags2], cl
        ret

.break:
        test    ah, 0x80
        jnz     .return
        mov     byte [bda.break_flag], 0x80
        mov     ax, [bda.kb_start]      ; the buffer is emptied
        mov     [bda.kb_head], ax
        mov     [bda.kb_tail], ax
        mov     al, CMD_KBD_ON          ; some handlers do not return
        call    kbc_command
        push    bp
        int     0x1b
        pop     bp
        xor     ax, ax
        jmp     keyboard_store

.sysreq:
        test    ah, 0x80
        mov     ax, 0x8500
        jz      .sysreq_down
        and     byte [bda.kb_flags2], ~KB2_SYSREQ
        inc     al
        jmp     .sysreq_tell
.sysreq_down:
        test    byte [bda.kb_flags2], KB2_SYSREQ
        jnz     .return
        or      byte [bda.kb_flags2], KB2_SYSREQ
.sysreq_tell:
        push    ax
        call    keyboard_end_early
        pop     ax
        push    bp
        int     0x15
        pop     bp
        jmp     keyboard_leave

.insert:
        test    ah, 0x80
        jz      .insert_down
        and     byte [bda.kb_flags2], ~KB2_INSERT
        ret
.insert_down:
        test    byte [bda.kb_flags2], KB2_INSERT
        jnz     .insert_key             ; typematic repeat toggles nothing
        test    byte [bda.kb_flags], KB_ALT | KB_CTRL
        jnz     .insert_key
        or      bl, bl
        jnz     .toggle_insert
        ; With NumLock (or Shift, but not both) the key is a zero.
        call    keypad_numeric
        jc      .insert_key
.toggle_insert:
        or      byte [bda.kb_flags2], KB2_INSERT
        xor     byte [bda.kb_flags], KB_INSERT
.insert_key:
        jmp     keyboard_key

; CF = 1 if the keypad types digits now
keypad_numeric:
        push    ax
        mov     al, [bda.kb_flags]
        test    al, KB_LSHIFT | KB_RSHIFT
        jz      .no_shift
        xor     al, KB_NUM
.no_shift:
        test    al, KB_NUM
        clc
        jz      .done
        stc
.done:
        pop     ax
        ret

; Wait for any key but NumLock.
keyboard_pause:
        test    byte [bda.kb_flags2], KB2_PAUSE
        jnz     .return
        or      byte [bda.kb_flags2], KB2_PAUSE
        call    keyboard_end_early
.wait:
        hlt
        test    byte [bda.kb_flags2], KB2_PAUSE
        jnz     .wait
        jmp     keyboard_leave
.return:
        ret

; AL = code of a key that types something, BL = 2 if prefixed by E0h
keyboard_key:
        test    byte [bda.kb_flags2], KB2_PAUSE
        jz      .running
        and     byte [bda.kb_flags2], ~KB2_PAUSE
        ret                             ; the key that ends a pause is lost
.running:
        mov     bh, [bda.kb_flags]
        cmp     al, 0x53
        jne     .no_reset
        mov     cl, bh
        and     cl, KB_CTRL | KB_ALT
        cmp     cl, KB_CTRL | KB_ALT
        je      keyboard_reboot
.no_reset:
        or      bl, bl
        jnz     .extended
        cmp     al, 0x58
        ja      .return
        ; Alt and the keypad: collect a character code.
        test    bh, KB_ALT
        jz      .table
        cmp     al, 0x47
        jb      .table
        cmp     al, 0x53
        ja      .table
        movzx   si, al
        mov     cl, [cs:si+keypad_digits-0x47]
        cmp     cl, 9
        ja      .table
        mov     al, [bda.kb_alt_num]
        mov     ah, 10
        mul     ah
        add     al, cl
        mov     [bda.kb_alt_num], al
        ret
.table:
        movzx   si, al
        shl     si, 3
        add     si, key_table
        mov     ah, al
        test    bh, KB_ALT
        jnz     .alt
        test    bh, KB_CTRL
        jnz     .ctrl
        cmp     ah, 0x47
        jb      .letters
        cmp     ah, 0x53
        ja      .letters
        cmp     ah, 0x4a                ; keypad - and + never change
        je      .plain
        cmp     ah, 0x4e
        je      .plain
        call    keypad_numeric
        jc      .shifted
        jmp     .plain
.letters:
        mov     cl, bh
        and     cl, KB_LSHIFT | KB_RSHIFT
        test    bh, KB_CAPS
        jz      .no_caps
        cmp     byte [cs:si], 'a'       ; CapsLock: letters only
        jb      .no_caps
        cmp     byte [cs:si], 'z'
        ja      .no_caps
        cmp     cl, 1                   ; swaps the two cases
        sbb     cl, cl
.no_caps:
        or      cl, cl
        jnz     .shifted
.plain:
        mov     ax, [cs:si]
        jmp     .store
.shifted:
        mov     ax, [cs:si+2]
        jmp     .store
.ctrl:
        mov     ax, [cs:si+4]
        jmp     .store
.alt:
        mov     ax, [cs:si+6]
.store:
        or      ax, ax
        jz      .return
        jmp     keyboard_store

.extended:
        mov     si, extended_table
.find:
        mov     cl, [cs:si]
        or      cl, cl
        jz      .return
        cmp     cl, al
        je      .found
        add     si, 9
        jmp     .find
.found:
        inc     si
        cmp     al, 0x37
        jne     .column
        ; PrtSc: prints the screen unless Ctrl or Alt make it a key.
        test    bh, KB_CTRL | KB_ALT
        jnz     .column
        call    keyboard_end_early
        push    bp
        int     0x05
        pop     bp
        jmp     keyboard_leave
.column:
        test    bh, KB_ALT
        jnz     .alt
        test    bh, KB_CTRL
        jnz     .ctrl
        test    bh, KB_LSHIFT | KB_RSHIFT
        jnz     .shifted
        jmp     .plain
.return:
        ret

; AX = character and scan code to put in the buffer; beep when it is full
keyboard_store:
        pushf
        cli
        mov     bx, [bda.kb_tail]
        mov     si, bx
        call    keyboard_advance
        cmp     bx, [bda.kb_head]
        je      .full
        mov     [si], ax
        mov     [bda.kb_tail], bx
        popf
        mov     ax, 0x9102              ; a waiting keyboard reader may go on
        int     0x15
        ret
.full:
        popf
        jmp     beep

; BX = place in the buffer -> the next
keyboard_advance:
        add     bx, 2
        cmp     bx, [bda.kb_end]
        jb      .done
        mov     bx, [bda.kb_start]
.done:
        ret

; A short tone on the speaker, with counter 2 as POST left it.
beep:
        pushf
        cli
        mov     al, 0xb6
        out     0x43, al
        mov     al, 0x33
        out     0x42, al
        mov     al, 0x05
        out     0x42, al
        in      al, 0x61
        mov     ah, al
        or      al, 3
        out     0x61, al
        push    ax
        mov     ax, 60
        call    delay_ms
        pop     ax
        mov     al, ah
        out     0x61, al
        popf
        ret

keyboard_reboot:
        mov     word [bda.warm_boot], WARM_BOOT
        cli
        mov     al, 0xfe                ; pulse the reset line
        call    kbc_command
.wait:
        hlt
        jmp     .wait

; INT 16h: a program may have changed the lock states. Interrupts are off.
keyboard_lights:
        mov     al, [bda.kb_flags]
        shr     al, 4
        xor     al, [bda.kb_leds]
        test    al, 7
        jz      .done
        call    kbc_quiet
        call    keyboard_leds
        mov     al, CMD_KBD_ON
        call    kbc_command
.done:
        ret

; Bring the lights in line with the lock states. Interrupts are off and the
; keyboard interface is disabled.
keyboard_leds:
        mov     al, [bda.kb_flags]
        shr     al, 4
        and     al, 7
        mov     ah, [bda.kb_leds]
        and     ah, 7
        cmp     al, ah
        je      .done
        and     byte [bda.kb_leds], 0xf8
        or      [bda.kb_leds], al
        mov     bl, al
        mov     al, 0xed
        call    keyboard_send
        jc      .done
        mov     al, bl
        call    keyboard_send
.done:
        ret
