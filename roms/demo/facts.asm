; What the machine is, found by probing, and its part of the screen.

find_facts:
        call    find_processor
        call    find_coprocessor
        jmp     find_memory

; A 386 cannot change flag AC, and without CPUID a 486 not ID.
find_processor:
        pushad
        mov     byte [family], 3
        mov     eax, 1 << 18
        call    flag_changes
        je      .done
        inc     byte [family]
        mov     eax, 1 << 21
        call    flag_changes
        je      .done
        inc     byte [has_cpuid]
        xor     eax, eax
        cpuid
        mov     [vendor], ebx
        mov     [vendor+4], edx
        mov     [vendor+8], ecx
        mov     eax, 1
        cpuid
        mov     [features], edx
        mov     bl, al
        and     bl, 0x0f
        mov     [stepping], bl
        shr     al, 4
        mov     [model], al
        and     ah, 0x0f
        mov     [family], ah
.done:
        popad
        ret

; EAX = a flag: ZF = 1 if it cannot be changed.
flag_changes:
        pushfd
        pushfd
        pop     ebx
        mov     ecx, ebx
        xor     ecx, eax
        push    ecx
        popfd
        pushfd
        pop     ecx
        popfd
        xor     ecx, ebx
        test    ecx, eax
        ret

; A coprocessor that was initialised has a status of 0.
find_coprocessor:
        push    ax
        mov     word [pattern], 0x5a5a
        fninit
        fnstsw  [pattern]
        cmp     byte [pattern], 0
        sete    [has_fpu]
        pop     ax
        ret

; The memory above 1 MiB: from the map, or else as INT 15h/88h has it.
find_memory:
        pushad
        xor     ebx, ebx
.next:
        call    e820_next
        jc      .old
        cmp     dword [e820_entry+16], 1        ; memory
        jne     .more
        cmp     dword [e820_entry], 0x100000
        jb      .more
        mov     eax, [e820_entry+8]
        shr     eax, 10
        add     [extended_kib], eax
.more:
        or      ebx, ebx
        jnz     .next
        jmp     .done
.old:
        cmp     dword [extended_kib], 0
        jne     .done
        mov     ah, 0x88
        int     0x15
        jc      .done
        mov     [extended_kib], ax
.done:
        popad
        ret

draw_facts:
        pushad
        put_at  FACTS_ROW, 2, LABEL, "Processor"
        put_at  FACTS_ROW+1, 2, LABEL, "Memory"
        put_at  FACTS_ROW+2, 2, LABEL, "Drives"
        put_at  FACTS_ROW+3, 2, LABEL, "Ports"
        put_at  FACTS_ROW+4, 2, LABEL, "Video"
        put_at  FACTS_ROW+5, 2, LABEL, "Firmware"
        mov     ah, FACT
        mov     di, (FACTS_ROW*COLUMNS + VALUE)*2
        mov     si, vendor
        cmp     byte [si], 0
        je      .unnamed
        call    put_text
        add     di, 2
.unnamed:
        call    family_name
        call    put_text
        cmp     byte [has_fpu], 0
        je      .memory
        mov     si, .x87
        call    put_text

.memory:
        mov     di, ((FACTS_ROW+1)*COLUMNS + VALUE)*2
        movzx   edx, word [BDA+bda.memory_kb]
        call    put_decimal
        mov     si, .and
        call    put_text
        mov     edx, [extended_kib]
        call    put_decimal
        mov     si, .kib
        call    put_text

        ; INT 11h: bit 0 there are floppies, bits 7-6 one less than how many.
        mov     di, ((FACTS_ROW+2)*COLUMNS + VALUE)*2
        mov     bx, [BDA+bda.equipment]
        xor     edx, edx
        test    bl, 1
        jz      .floppies
        movzx   edx, bl
        shr     dl, 6
        inc     dx
.floppies:
        mov     si, .floppy
        call    put_text
        call    put_decimal
        mov     si, .disk
        call    put_text
        movzx   edx, byte [BDA+bda.hd_count]
        call    put_decimal

        mov     di, ((FACTS_ROW+3)*COLUMNS + VALUE)*2
        mov     bx, BDA+bda.com
        mov     cx, 4
        mov     si, .com
        call    put_ports
        mov     bx, BDA+bda.lpt
        mov     cx, 3
        mov     si, .lpt
        call    put_ports

        mov     di, ((FACTS_ROW+4)*COLUMNS + VALUE)*2
        mov     si, .vga
        call    put_text
        movzx   edx, word [BDA+bda.columns]
        call    put_decimal
        mov     si, .by
        call    put_text
        movzx   edx, byte [BDA+bda.rows]
        inc     dx
        call    put_decimal
        mov     si, .font
        call    put_text
        movzx   edx, byte [BDA+bda.char_height]
        call    put_decimal

        ; The date of the BIOS and the model byte, where the first PC had them.
        mov     di, ((FACTS_ROW+5)*COLUMNS + VALUE)*2
        mov     si, .bios
        call    put_text
        push    0xf000
        pop     fs
        mov     bx, 0xfff5
.date:
        mov     al, [fs:bx]
        call    put_char
        inc     bx
        cmp     bx, 0xfff5+8
        jb      .date
        mov     si, .model
        call    put_text
        mov     al, [fs:0xfffe]
        call    put_hex
        popad
        ret
.x87:   db      ", x87", 0
.and:   db      " + ", 0
.kib:   db      " KiB", 0
.floppy: db     "floppies ", 0
.disk:  db      ", hard disks ", 0
.com:   db      "COM", 0
.lpt:   db      "LPT", 0
.vga:   db      "VGA ", 0
.by:    db      "x", 0
.font:  db      ", font 8x", 0
.bios:  db      "BIOS ", 0
.model: db      ", model ", 0

; Gives the name of the processor's family back in SI.
family_name:
        push    bx
        movzx   bx, byte [family]
        cmp     bx, 6
        jbe     .known
        mov     bx, 6
.known:
        shl     bx, 1
        mov     si, [bx+.names-6]
        pop     bx
        ret
.names: dw      .is386, .is486, .is586, .is686
.is386: db      "386", 0
.is486: db      "486", 0
.is586: db      "Pentium", 0
.is686: db      "686", 0

; BX = a table of CX port numbers, SI = their name: to DI on the screen.
put_ports:
        cmp     word [bx], 0
        je      .done
        call    put_text
.next:
        mov     dx, [bx]
        or      dx, dx
        jz      .space
        mov     al, ' '
        call    put_char
        mov     al, dh
        call    put_digit
        mov     al, dl
        call    put_hex
        add     bx, 2
        loop    .next
.space:
        mov     al, ' '
        call    put_char
.done:
        ret
