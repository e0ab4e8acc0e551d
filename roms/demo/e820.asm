; The memory map of INT 15h/E820h.

SMAP            equ     0x534d4150

; EBX = 0, or what the last call gave back: reads the next entry, and gives back
; EBX = 0 if it was the last. CF = 1 if there is no map.
e820_next:
        push    ecx
        push    edx
        push    di
        push    eax
        mov     eax, 0xe820
        mov     edx, SMAP
        mov     ecx, 20
        mov     di, e820_entry
        int     0x15
        jc      .done
        cmp     eax, SMAP
        je      .done                   ; with CF = 0
        stc
.done:
        pop     eax
        pop     di
        pop     edx
        pop     ecx
        ret

; The command mem.
do_memory:
        call    no_more
        xor     ebx, ebx
.next:
        call    e820_next
        jc      .none
        colour  ADDRESS
        mov     eax, [e820_entry]
        call    print_hex32
        print   "-"
        add     eax, [e820_entry+8]
        dec     eax
        call    print_hex32
        colour  TEXT
        mov     eax, [e820_entry+8]
        shr     eax, 10
        print   "  "
        call    print_decimal
        print   " KiB "
        mov     si, .memory
        cmp     dword [e820_entry+16], 1
        je      .kind
        mov     si, .reserved
.kind:
        call    print_text
        call    print_line
        or      ebx, ebx
        jnz     .next
        ret
.none:
        wrong   "the BIOS has no map of the memory"
.memory:   db   "memory", 0
.reserved: db   "reserved", 0
