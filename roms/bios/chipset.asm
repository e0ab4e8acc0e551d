; Initial state of the 8259A, 8254 and 8237 chips and of the A20 gate.

PIC1            equ 0x20
PIC2            equ 0xa0
PIC_EOI         equ 0x20

pic_init:
        mov     al, 0x11                ; ICW1: edge triggered, cascade, ICW4
        out     PIC1, al
        out     PIC2, al
        mov     al, 0x08                ; ICW2: vectors 08h and 70h
        out     PIC1+1, al
        mov     al, 0x70
        out     PIC2+1, al
        mov     al, 0x04                ; ICW3: slave on IRQ2
        out     PIC1+1, al
        mov     al, 0x02
        out     PIC2+1, al
        mov     al, 0x01                ; ICW4: 8086 mode
        out     PIC1+1, al
        out     PIC2+1, al
        mov     al, 0xb8                ; open: timer, keyboard, cascade, floppy
        out     PIC1+1, al
        mov     al, 0x8c                ; open: IRQ8, IRQ9, IRQ12, IRQ13, IRQ14
        out     PIC2+1, al
        ret

pit_init:
        mov     al, 0x36                ; counter 0, mode 3, 18.2 Hz
        out     0x43, al
        xor     al, al
        out     0x40, al
        out     0x40, al
        mov     al, 0x54                ; counter 1, mode 2, refresh every 15 us
        out     0x43, al
        mov     al, 18
        out     0x41, al
        mov     al, 0xb6                ; counter 2, mode 3, about 1 kHz
        out     0x43, al
        mov     al, 0x33
        out     0x42, al
        mov     al, 0x05
        out     0x42, al
        in      al, 0x61                ; speaker off, gate of counter 2 low
        and     al, 0xfc
        out     0x61, al
        ret

dma_init:
        out     0x0d, al                ; master clear, both controllers
        out     0xda, al
        mov     al, 0xc0                ; channel 4 cascades the first controller
        out     0xd6, al
        xor     al, al
        out     0xd4, al
        ret

a20_enable:
        in      al, 0x92
        or      al, 2
        and     al, 0xfe                ; bit 0 would reset the processor
        out     0x92, al
        ret
