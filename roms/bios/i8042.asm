; Keyboard controller.

KBC_DATA        equ 0x60
KBC_STATUS      equ 0x64
KBC_OBF         equ 0x01                ; status: a byte waits in port 60h
KBC_IBF         equ 0x02                ; status: the controller is busy
KBC_AUX         equ 0x20                ; status: the byte came from the mouse

CMD_READ_MODE   equ 0x20
CMD_WRITE_MODE  equ 0x60
CMD_AUX_OFF     equ 0xa7
CMD_AUX_ON      equ 0xa8
CMD_SELF_TEST   equ 0xaa
CMD_KBD_OFF     equ 0xad
CMD_KBD_ON      equ 0xae
CMD_TO_AUX      equ 0xd4

; Command byte: translation, system flag, keyboard interrupt; mouse off.
MODE_DEFAULT    equ 0x65

; Wait until the controller takes a byte.
kbc_wait_in:
        push    ax
        push    cx
        xor     cx, cx
.wait:
        in      al, KBC_STATUS
        test    al, KBC_IBF
        jz      .ready
        loop    .wait
.ready:
        pop     cx
        pop     ax
        ret

; AL = command
kbc_command:
        call    kbc_wait_in
        out     KBC_STATUS, al
        ret

; AL = data
kbc_write:
        call    kbc_wait_in
        out     KBC_DATA, al
        ret

; Wait up to CX ms for a byte -> AL, AH = status. CF = 1: none came.
kbc_read:
        push    edi
        push    si
        mov     ax, cx
        call    timer_start
.wait:
        in      al, KBC_STATUS
        test    al, KBC_OBF
        jnz     .byte
        call    timer_check
        jnc     .wait
        jmp     .done
.byte:
        mov     ah, al
        in      al, KBC_DATA
        clc
.done:
        pop     si
        pop     edi
        ret

; Keyboard and interrupts off, and no byte in the output buffer: one that waits
; goes to its handler first. The next answer is then the controller's own.
kbc_quiet:
        push    ax
        push    cx
        mov     cx, 1000
.again:
        cli
        mov     al, CMD_KBD_OFF
        call    kbc_command
        in      al, KBC_STATUS
        test    al, KBC_OBF
        jz      .quiet
        sti
        nop
        loop    .again
        cli
        call    kbc_flush               ; nobody takes it
.quiet:
        pop     cx
        pop     ax
        ret

kbc_flush:
        push    ax
        push    cx
        mov     cx, 64
.next:
        in      al, KBC_STATUS
        test    al, KBC_OBF
        jz      .empty
        in      al, KBC_DATA
        loop    .next
.empty:
        pop     cx
        pop     ax
        ret

; AL = new command byte
kbc_set_mode:
        push    ax
        mov     al, CMD_WRITE_MODE
        call    kbc_command
        pop     ax
        jmp     kbc_write

i8042_init:
        mov     al, CMD_KBD_OFF
        call    kbc_command
        mov     al, CMD_AUX_OFF
        call    kbc_command
        call    kbc_flush
        mov     al, CMD_SELF_TEST
        call    kbc_command
        mov     cx, 200
        call    kbc_read
        mov     al, MODE_DEFAULT & 0xfe ; no interrupts before the handler is set up
        call    kbc_set_mode
        ret

; Send AL to the keyboard, polled; CF = 1 unless it acknowledges.
keyboard_send:
        call    kbc_write
        mov     cx, 100
        call    kbc_read
        jc      .done
        cmp     al, 0xfa
        je      .done
        stc
.done:
        ret

; Reset the keyboard and turn its interrupt on. A missing keyboard is no
; error: images boot without one.
keyboard_init:
        push    ax
        push    cx
        mov     ax, bda.kb_buffer
        mov     [bda.kb_head], ax
        mov     [bda.kb_tail], ax
        mov     [bda.kb_start], ax
        mov     word [bda.kb_end], bda.kb_buffer+32
        mov     byte [bda.kb_flags3], 0x10      ; 101 keys or more
        mov     al, CMD_KBD_ON
        call    kbc_command
        mov     al, 0xff                ; reset, answers FAh AAh
        call    keyboard_send
        jc      .enable
        mov     cx, 1000
        call    kbc_read
        mov     al, 0xf4                ; start scanning
        call    keyboard_send
.enable:
        mov     al, MODE_DEFAULT
        call    kbc_set_mode
        pop     cx
        pop     ax
        ret
