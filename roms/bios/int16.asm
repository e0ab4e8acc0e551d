; INT 16h: keyboard services.

int16_entry:
        ENTER_INT
        call    keyboard_lights
        mov     ah, [rAH]
        cmp     ah, 0x00
        je      .read
        cmp     ah, 0x10
        je      .read
        cmp     ah, 0x01
        je      .peek
        cmp     ah, 0x11
        je      .peek
        sti
        cmp     ah, 0x02
        je      .shift
        cmp     ah, 0x12
        je      .shift_extended
        cmp     ah, 0x03
        je      .typematic
        cmp     ah, 0x05
        je      .store
        cmp     ah, 0x09
        je      .abilities
        cmp     ah, 0x0a
        je      .id
        cmp     ah, 0x92
        jne     .none
        mov     byte [rAH], 0x80        ; said by keyboard drivers to mean 10h-12h
.none:
        LEAVE_INT

.read:
        cli
        mov     bx, [bda.kb_head]
        cmp     bx, [bda.kb_tail]
        jne     .take
        sti
        hlt
        jmp     .read
.take:
        mov     ax, [bx]
        call    keyboard_advance
        mov     [bda.kb_head], bx
        sti
        call    int16_convert
        jc      .read                   ; not known to the caller's function
        mov     [rAX], ax
        LEAVE_INT

.peek:
        cli
        mov     bx, [bda.kb_head]
        cmp     bx, [bda.kb_tail]
        je      .empty
        mov     ax, [bx]
        call    int16_convert
        jnc     .present
        call    keyboard_advance        ; drop what 83-key programs cannot see
        mov     [bda.kb_head], bx
        jmp     .peek
.present:
        mov     [rAX], ax
        and     byte [rFLAGS], ~ZF
        or      byte [rFLAGS+1], 2      ; callers may wait here with interrupts off
        LEAVE_INT
.empty:
        or      byte [rFLAGS], ZF
        or      byte [rFLAGS+1], 2
        LEAVE_INT

.shift_extended:
        mov     al, [bda.kb_flags2]
        mov     ah, al
        and     ah, 0x73                ; locks and left keys stay in place
        and     al, KB2_SYSREQ
        shl     al, 5
        or      ah, al
        mov     al, [bda.kb_flags3]
        and     al, KB3_RCTRL | KB3_RALT
        or      ah, al
        mov     [rAH], ah
.shift:
        mov     al, [bda.kb_flags]
        mov     [rAL], al
        LEAVE_INT

; AL = 5: BL = repeat rate, BH = delay, as the keyboard encodes them; AL = 0:
; 10.9 a second after half a second
.typematic:
        mov     bl, 0x2b
        cmp     byte [rAL], 0
        je      .set_typematic
        cmp     byte [rAL], 5
        jne     .done
        mov     al, [rBH]
        and     al, 3
        shl     al, 5
        mov     bl, [rBL]
        and     bl, 0x1f
        or      bl, al
.set_typematic:
        call    kbc_quiet
        mov     al, 0xf3
        call    keyboard_send
        jc      .typematic_end
        mov     al, bl
        call    keyboard_send
.typematic_end:
        mov     al, CMD_KBD_ON
        call    kbc_command
        sti
.done:
        LEAVE_INT

; CH = scan code, CL = character
.store:
        cli
        mov     ax, [rCX]
        mov     bx, [bda.kb_tail]
        mov     si, bx
        call    keyboard_advance
        cmp     bx, [bda.kb_head]
        mov     byte [rAL], 1
        je      .done
        mov     [si], ax
        mov     [bda.kb_tail], bx
        mov     byte [rAL], 0
        LEAVE_INT

.abilities:
        mov     byte [rAL], 0x35        ; functions 0300h, 0305h, 0Ah, 10h-12h
        LEAVE_INT

.id:
        mov     word [rBX], 0x41ab      ; MF2 keyboard behind a translating 8042
        LEAVE_INT

; AX = entry of the buffer. Functions 00h and 01h show it as an 83-key
; keyboard would have; CF = 1 if that had no such key.
int16_convert:
        test    byte [rAH], 0x10
        jnz     .enhanced
        cmp     ah, 0xe0                ; keypad Enter and /
        jne     .not_keypad
        mov     ah, 0x1c
        cmp     al, '/'
        jne     .known
        mov     ah, 0x35
        jmp     .known
.not_keypad:
        cmp     al, 0xe0
        jne     .not_grey
        or      ah, ah
        jz      .known
        xor     al, al
.not_grey:
        cmp     al, 0xf0
        jne     .not_centre
        or      ah, ah
        jz      .known
        stc
        ret
.not_centre:
        cmp     ah, 0x84
        ja      .unknown
        jmp     .known
.enhanced:
        cmp     al, 0xf0                ; keypad 5: no character
        jne     .known
        or      ah, ah
        jz      .known
        xor     al, al
.known:
        clc
        ret
.unknown:
        stc
        ret
