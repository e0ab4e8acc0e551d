; Power-on self test: from the reset vector to INT 19h.

%define BIOS_VERSION "0.1"

; Reset. The CMOS shutdown byte tells a return from protected mode through a
; processor reset (80286 style) from a real start.
reset_entry:
        cli
        cld
        mov     al, 0x0f
        out     0x70, al
        in      al, 0x71
        mov     ah, al
        mov     al, 0x0f
        out     0x70, al
        xor     al, al
        out     0x71, al
        cmp     ah, 0x05
        je      .with_eoi
        cmp     ah, 0x09
        je      .block_move
        cmp     ah, 0x0a
        jne     post
.jump:
        mov     ax, BDA_SEG
        mov     ds, ax
        jmp     far [bda.reset_vector]
.with_eoi:
        mov     al, 0x20
        out     0xa0, al
        out     0x20, al
        jmp     .jump
.block_move:
        ; The caller of INT 15h/87h left its stack pointer at 40:67.
        mov     ax, BDA_SEG
        mov     ds, ax
        lss     sp, [bda.reset_vector]
        pop     ds
        pop     es
        popa
        iret

post:
        cli
        cld
        lidt    [cs:real_mode_idt]      ; a program may have jumped here
        mov     eax, cr0
        and     eax, 0x9fffffff         ; cache on, where there is one
        mov     cr0, eax
        POST_CODE 0x01
        mov     al, 0x8f                ; no NMI until the chips are set up
        out     0x70, al
        in      al, 0x71
        xor     ax, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     ds, ax
        call    clear_low_memory
        POST_CODE 0x02
        call    dma_init
        call    pic_init
        call    pit_init
        call    a20_enable
        call    apic_init
        POST_CODE 0x03
        call    vectors_init
        call    memory_base
        call    ebda_init
        POST_CODE 0x04
        call    rtc_init
        call    i8042_init
        POST_CODE 0x05
        call    fwcfg_load_roms
        call    optionrom_video
        POST_CODE 0x06
        call    screen_title
        call    screen_processor
        call    memory_extended
        call    screen_memory
        POST_CODE 0x07
        call    ports_detect
        call    keyboard_init
        call    mouse_detect
        call    clock_init
        sti
        POST_CODE 0x08
        call    floppy_init
        call    screen_floppies
        POST_CODE 0x09
        call    ata_init
        POST_CODE 0x0a
        call    screen_ports
        call    optionrom_scan
        call    boot_order
        POST_CODE 0x0b
        int     0x19
.halt:
        hlt
        jmp     .halt

real_mode_idt:
        dw      0x3ff
        dd      0

; Clear the vector table, the BDA and what follows up to 600h. The mark of a
; warm start stays for programs that look for it.
clear_low_memory:
        mov     bx, [0x400+bda.warm_boot]
        xor     di, di
        mov     es, di
        xor     ax, ax
        mov     cx, 0x300
        rep     stosw
        cmp     bx, WARM_BOOT
        jne     .cold
        mov     [0x400+bda.warm_boot], bx
.cold:
        ret

; The EBDA takes the last KiB of base memory.
ebda_init:
        mov     ax, BDA_SEG
        mov     ds, ax
        dec     word [bda.memory_kb]
        mov     ax, [bda.memory_kb]
        shl     ax, 6
        mov     [bda.ebda], ax
        mov     fs, ax
        mov     es, ax
        xor     di, di
        xor     ax, ax
        mov     cx, 512
        rep     stosw
        mov     byte [fs:ebda.size_kb], 1
        mov     byte [fs:ebda.et_size], 0x13
        ret
