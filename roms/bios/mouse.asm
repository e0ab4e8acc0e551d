; PS/2 mouse: IRQ12 and INT 15h/C2h.

MOUSE_INSTALLED equ 0x80                ; ebda.mouse_flags2

; Send AL to the mouse -> CF = 0 if it acknowledges. The keyboard interface
; and both interrupts must be off (mouse_begin).
mouse_send:
        push    cx
        push    ax
        mov     al, CMD_TO_AUX
        call    kbc_command
        pop     ax
        call    kbc_write
        call    mouse_receive
        jc      .done
        cmp     al, 0xfa
        je      .done
        stc
.done:
        pop     cx
        ret

; Next byte from the mouse -> AL; bytes of the keyboard are passed over.
mouse_receive:
        push    cx
        mov     cx, 500
.next:
        call    kbc_read
        jc      .done
        test    ah, KBC_AUX
        jz      .next
        clc
.done:
        pop     cx
        ret

; Turn keyboard, mouse and their interrupts off while we speak to the mouse.
; Returns the command byte in BH for mouse_end.
mouse_begin:
        push    cx
        pushf
        call    kbc_quiet
        mov     al, CMD_READ_MODE
        call    kbc_command
        mov     cx, 100
        call    kbc_read
        mov     bh, al
        and     al, 0xdc                ; aux clock on, no interrupts
        or      al, 0x10                ; keyboard off
        call    kbc_set_mode
        popf
        pop     cx
        ret

; BH = command byte to return to
mouse_end:
        mov     al, bh
        and     al, 0xef
        call    kbc_set_mode
        mov     al, CMD_KBD_ON
        call    kbc_command
        ret

; Look for a mouse; the equipment word shows it.
mouse_detect:
        mov     al, CMD_AUX_ON
        call    kbc_command
        call    mouse_begin
        mov     al, 0xff                ; reset: FAh AAh 00h
        call    mouse_send
        jc      .none
        call    mouse_receive
        call    mouse_receive
        or      word [bda.equipment], 4
.none:
        or      bh, 0x20                ; clock off until someone enables it
        call    mouse_end
        ret

int74_entry:
        cld
        pushad
        push    ds
        push    es
        push    fs
        push    BDA_SEG
        pop     ds
        mov     fs, [bda.ebda]
        in      al, KBC_STATUS
        and     al, KBC_OBF | KBC_AUX
        cmp     al, KBC_OBF | KBC_AUX
        jne     .done
        in      al, KBC_DATA
        test    byte [fs:ebda.mouse_flags2], MOUSE_INSTALLED
        jz      .done
        movzx   bx, byte [fs:ebda.mouse_flags1]
        and     bx, 7
        mov     [fs:bx+ebda.mouse_data], al
        inc     bx
        mov     al, [fs:ebda.mouse_flags2]
        and     al, 7
        cmp     bl, al
        ja      .packet
        mov     [fs:ebda.mouse_flags1], bl
        jmp     .done
.packet:
        mov     byte [fs:ebda.mouse_flags1], 0
        ; The handler takes four words: status, X, Y, Z.
        movzx   ax, byte [fs:ebda.mouse_data]
        push    ax
        mov     al, [fs:ebda.mouse_data+1]
        push    ax
        mov     al, [fs:ebda.mouse_data+2]
        push    ax
        xor     ax, ax
        cmp     bl, 4
        jb      .no_wheel
        mov     al, [fs:ebda.mouse_data+3]
.no_wheel:
        push    ax
        sti
        call    far [fs:ebda.mouse_handler]
        cli
        add     sp, 8
.done:
        cli
        mov     al, PIC_EOI
        out     PIC2, al
        out     PIC1, al
        pop     fs
        pop     es
        pop     ds
        popad
        iret

; INT 15h/C2h, AL = subfunction. Returns with CF and AH set in the frame.
MOUSE_BAD_FUNCTION equ 1
MOUSE_BAD_INPUT equ 2
MOUSE_INTERFACE equ 3
MOUSE_NO_HANDLER equ 5

int15_mouse:
        test    word [bda.equipment], 4
        mov     ah, MOUSE_INTERFACE
        jz      .error
        movzx   bx, byte [rAL]
        cmp     bl, 0x07
        mov     ah, MOUSE_BAD_FUNCTION
        ja      .error
        shl     bx, 1
        mov     si, [cs:bx+.table]
        mov     dx, [rBX]               ; the caller's BL and BH as DL and DH
        call    si
        jc      .error
        and     byte [rFLAGS], ~CF
        mov     byte [rAH], 0
        ret
.error:
        mov     [rAH], ah
        or      byte [rFLAGS], CF
        ret
.table:
        dw      .enable, .reset, .rate, .resolution
        dw      .identify, .initialise, .extended, .handler

; C200: BH = 0 off, 1 on
.enable:
        cmp     dh, 1
        ja      .bad_input
        jb      .disable
        test    byte [fs:ebda.mouse_flags2], MOUSE_INSTALLED
        mov     ah, MOUSE_NO_HANDLER
        stc
        jz      .return
        call    mouse_begin
        mov     al, 0xf4
        call    mouse_send
        pushf
        and     bh, ~0x20               ; clock and IRQ12 on
        or      bh, 2
        call    mouse_end
        in      al, PIC2+1
        and     al, 0xef
        out     PIC2+1, al
        jmp     .finish
.disable:
        call    mouse_begin
        mov     al, 0xf5
        call    mouse_send
        pushf
        or      bh, 0x20
        and     bh, ~2
        call    mouse_end
.finish:
        mov     byte [fs:ebda.mouse_flags1], 0
        popf
        mov     ah, MOUSE_INTERFACE
.return:
        ret
.bad_input:
        mov     ah, MOUSE_BAD_INPUT
        stc
        ret

; C201: -> BH = device, BL = AAh
.reset:
        call    mouse_begin
        mov     al, 0xff
        call    mouse_send
        jc      .reset_done
        call    mouse_receive
        jc      .reset_done
        mov     dl, al
        call    mouse_receive
        mov     dh, al
.reset_done:
        pushf
        or      bh, 0x20                ; reset leaves it disabled
        and     bh, ~2
        call    mouse_end
        mov     [rBX], dx
        jmp     .finish

; C202: BH = 0-6
.rate:
        cmp     dh, 6
        ja      .bad_input
        movzx   bx, dh
        mov     dl, [cs:bx+.rates]
        mov     dh, 0xf3
        jmp     .two_bytes
.rates:
        db      10, 20, 40, 60, 80, 100, 200

; C203: BH = 0-3
.resolution:
        cmp     dh, 3
        ja      .bad_input
        mov     dl, dh
        mov     dh, 0xe8
; DH = command, DL = parameter
.two_bytes:
        call    mouse_begin
        mov     al, dh
        call    mouse_send
        jc      .two_done
        mov     al, dl
        call    mouse_send
.two_done:
        pushf
        call    mouse_end
        jmp     .finish

; C204: -> BH = type
.identify:
        call    mouse_begin
        mov     al, 0xf2
        call    mouse_send
        jc      .identify_done
        call    mouse_receive
        mov     [rBH], al
.identify_done:
        pushf
        call    mouse_end
        jmp     .finish

; C205: BH = packet size 1-8
.initialise:
        dec     dh
        cmp     dh, 7
        ja      .bad_input
        and     byte [fs:ebda.mouse_flags2], 0xf8
        or      [fs:ebda.mouse_flags2], dh
        jmp     .reset

; C206: BH = 0 status -> BL, CL, DL; 1 scaling 1:1; 2 scaling 2:1
.extended:
        mov     al, 0xe6
        cmp     dh, 1
        je      .one_byte
        mov     al, 0xe7
        cmp     dh, 2
        je      .one_byte
        ja      .bad_input
        call    mouse_begin
        mov     al, 0xe9
        call    mouse_send
        jc      .status_done
        call    mouse_receive
        jc      .status_done
        mov     [rBL], al
        call    mouse_receive
        jc      .status_done
        mov     [rCL], al
        call    mouse_receive
        mov     [rDL], al
.status_done:
        pushf
        call    mouse_end
        jmp     .finish
.one_byte:
        mov     dl, al
        call    mouse_begin
        mov     al, dl
        call    mouse_send
        pushf
        call    mouse_end
        jmp     .finish

; C207: ES:BX = handler, 0:0 removes it
.handler:
        mov     ax, es
        mov     [fs:ebda.mouse_handler], dx
        mov     [fs:ebda.mouse_handler+2], ax
        and     byte [fs:ebda.mouse_flags2], ~MOUSE_INSTALLED
        or      ax, dx
        jz      .handler_done
        or      byte [fs:ebda.mouse_flags2], MOUSE_INSTALLED
.handler_done:
        clc
        ret
