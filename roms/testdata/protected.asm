; Ways through protected mode: INT 15h/89h, and the return through the reset
; vector with a CMOS shutdown code.

%include "guest.inc"

main:
        ; INT 15h/89h: flat where it can be, so that this code goes on as is.
        xor     ax, ax
        mov     es, ax
        mov     si, gdt
        mov     bx, 0x5058
        mov     ah, 0x89
        int     0x15
        ; Here in protected mode with interrupts off, if it worked.
        mov     byte [ok], 0
        jc      .real
        smsw    ax
        test    al, 1
        jz      .real
        mov     ax, cs
        cmp     ax, 0x30
        jne     .real
        mov     ax, ss
        cmp     ax, 0x28
        jne     .real
        mov     byte [ok], 1
        mov     eax, cr0
        and     al, 0xfe
        mov     cr0, eax
.real:
        jmp     0:.segments
.segments:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        cmp     byte [ok], 1
        expect  e, "15/89: protected mode"

        ; Shutdown code 0Ah: continue at 40:67 without any end of interrupt. The
        ; reset line would do more on some boards than reset the processor, so
        ; go to the reset vector by a jump.
        cli
        mov     word [0x467], .back
        mov     word [0x469], 0
        mov     al, 0x0f
        out     0x70, al
        mov     al, 0x0a
        out     0x71, al
        jmp     0xf000:0xfff0
.back:
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     al, 0x0f
        out     0x70, al
        in      al, 0x71
        cmp     al, 0                   ; the BIOS has used it up
        expect  e, "reset with shutdown code 0Ah"
        jmp     finish

        align   8
gdt:
        dq      0
        dw      0x3f, gdt, 0x9300, 0            ; 08 this table
        dw      0x7ff, 0x0000, 0x9300, 0        ; 10 IDT, not used
        dw      0xffff, 0, 0x9300, 0            ; 18 DS
        dw      0xffff, 0, 0x9300, 0            ; 20 ES
        dw      0xffff, 0, 0x9300, 0            ; 28 SS
        dw      0xffff, 0, 0x9b00, 0            ; 30 CS
        dq      0                               ; 38 for the BIOS

%include "end.inc"
