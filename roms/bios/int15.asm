; INT 15h: system services.

int15_entry:
        cmp     ah, 0x4f                ; keyboard intercept: code unchanged, CF kept
        je      .intercept
        ENTER_INT
        sti
        mov     si, .table
        mov     al, [rAH]
.find:
        mov     bx, [cs:si+1]
        cmp     [cs:si], al
        je      .call
        add     si, 3
        cmp     si, .table_end
        jb      .find
        mov     bx, int15_unsupported
.call:
        call    bx
        LEAVE_INT
.intercept:
        iret

.table:
        db      0x24
        dw      int15_a20
        db      0x52
        dw      int15_nothing           ; media eject
        db      0x80
        dw      int15_nothing           ; device open
        db      0x81
        dw      int15_nothing           ; device close
        db      0x82
        dw      int15_nothing           ; program termination
        db      0x83
        dw      int15_event_wait
        db      0x85
        dw      int15_nothing           ; SysRq pressed or released
        db      0x86
        dw      int15_wait
        db      0x87
        dw      int15_block_move
        db      0x88
        dw      int15_extended_size
        db      0x89
        dw      int15_protected_mode
        db      0x90
        dw      int15_nothing           ; device busy: let the driver wait by itself
        db      0x91
        dw      int15_nothing           ; device ready
        db      0xc0
        dw      int15_configuration
        db      0xc1
        dw      int15_ebda
        db      0xc2
        dw      int15_mouse
        db      0xe8
        dw      int15_e8
.table_end:

int15_unsupported:
        mov     byte [rAH], 0x86
        or      byte [rFLAGS], CF
        ret

; Hooks for operating systems: succeed.
int15_nothing:
        mov     byte [rAH], 0
        and     byte [rFLAGS], ~CF
        ret

; 24h: A20 gate, through port 92h
int15_a20:
        mov     ah, [rAL]
        cmp     ah, 3
        ja      int15_unsupported
        je      .support
        cmp     ah, 2
        je      .status
        in      al, 0x92
        and     al, 0xfc
        shl     ah, 1
        or      al, ah
        out     0x92, al
        jmp     int15_nothing
.status:
        in      al, 0x92
        shr     al, 1
        and     al, 1
        mov     [rAL], al
        jmp     int15_nothing
.support:
        mov     word [rBX], 3           ; keyboard controller and port 92h
        jmp     int15_nothing

; C0h: -> ES:BX = configuration table
int15_configuration:
        mov     word [rES], ROM_SEG
        mov     word [rBX], configuration_table
        jmp     int15_nothing

; C1h: -> ES = EBDA
int15_ebda:
        mov     ax, [bda.ebda]
        mov     [rES], ax
        jmp     int15_nothing
