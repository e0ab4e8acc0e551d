; Interrupt vector table and the handlers of interrupts nobody owns.

; DS = 0
vectors_init:
        push    ds
        xor     ax, ax
        mov     es, ax
        xor     di, di
        mov     cx, 0x78                ; 00-77h
.default:
        mov     ax, dummy_iret
        stosw
        mov     ax, ROM_SEG
        stosw
        loop    .default
        ; Free for users, and tested for zero by them: 60h-67h.
        mov     di, 0x60*4
        xor     ax, ax
        mov     cx, 16
        rep     stosw
        mov     ax, ROM_SEG
        mov     ds, ax
        mov     si, vector_table        ; 08-1Fh
        mov     di, 0x08*4
        mov     cx, 24
        call    .fill
        mov     si, vector_table_slave  ; 70-77h
        mov     di, 0x70*4
        mov     cx, 8
        call    .fill
        mov     word [es:0x02*4], int02_entry
        mov     word [es:0x05*4], int05_entry
        mov     word [es:0x40*4], int13_floppy_entry
        mov     word [es:0x40*4+2], ROM_SEG
        mov     word [es:0x4a*4], dummy_iret
        mov     word [es:0x4a*4+2], ROM_SEG
        mov     word [es:0x1f*4], font_8x8_high
        pop     ds
        ret
.fill:
        lodsw
        stosw
        add     di, 2
        loop    .fill
        ret

vector_table_slave:
        dw      int70_entry             ; IRQ8  RTC
        dw      int71_entry             ; IRQ9  redirected to INT 0Ah
        dw      irq_slave               ; IRQ10
        dw      irq_slave               ; IRQ11
        dw      int74_entry             ; IRQ12 mouse
        dw      int75_entry             ; IRQ13 coprocessor
        dw      int76_entry             ; IRQ14 ATA
        dw      irq_slave               ; IRQ15

; NMI: parity or channel check on an AT. Neither board has a source for it.
int02_entry:
        iret

; A spurious or unowned interrupt of the master: note it, mask it, end it.
irq_master:
        push    ds
        push    ax
        push    BDA_SEG
        pop     ds
        mov     al, 0x0b                ; read ISR
        out     PIC1, al
        in      al, PIC1
        mov     [bda.last_int], al
        or      al, al
        jz      .spurious
        and     al, 0xfb                ; never mask the cascade
        mov     ah, al
        in      al, PIC1+1
        or      al, ah
        out     PIC1+1, al
        mov     al, PIC_EOI
        out     PIC1, al
.spurious:
        pop     ax
        pop     ds
        iret

irq_slave:
        push    ax
        mov     al, 0x0b
        out     PIC2, al
        in      al, PIC2
        or      al, al
        jz      .master
        mov     ah, al
        in      al, PIC2+1
        or      al, ah
        out     PIC2+1, al
        mov     al, PIC_EOI
        out     PIC2, al
.master:
        mov     al, PIC_EOI
        out     PIC1, al
        pop     ax
        iret

; IRQ9 stands in for IRQ2 of the PC.
int71_entry:
        push    ax
        mov     al, PIC_EOI
        out     PIC2, al
        pop     ax
        int     0x0a
        iret

; Coprocessor error: release the latch and go to the 8088's NMI handler.
int75_entry:
        push    ax
        xor     al, al
        out     0xf0, al
        mov     al, PIC_EOI
        out     PIC2, al
        out     PIC1, al
        pop     ax
        int     0x02
        iret

; The ATA driver polls; the interrupt is noted for others that wait for it.
int76_entry:
        push    ax
        push    ds
        push    BDA_SEG
        pop     ds
        mov     byte [bda.hd_irq], 0xff
        mov     al, PIC_EOI
        out     PIC2, al
        out     PIC1, al
        pop     ds
        pop     ax
        iret
