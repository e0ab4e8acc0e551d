; The command cpu.

do_cpu:
        call    no_more
        mov     si, vendor
        cmp     byte [si], 0
        je      .unnamed
        call    print_text
        print   " "
.unnamed:
        call    family_name
        call    print_text
        cmp     byte [has_cpuid], 0
        je      .old
        print   ": family "
        movzx   eax, byte [family]
        call    print_decimal
        print   ", model "
        mov     al, [model]
        call    print_decimal
        print   ", stepping "
        mov     al, [stepping]
        call    print_decimal
        print   10, "CPUID features"
        mov     ebx, [features]
        mov     si, .features
.feature:
        lodsb
        cmp     al, -1
        je      .features_end
        movzx   eax, al
        bt      ebx, eax
        jc      .there
.skip:
        lodsb
        or      al, al
        jnz     .skip
        jmp     .feature
.there:
        print   " "
        call    print_text
        jmp     .feature
.old:
        print   ", too old for CPUID"
.features_end:
        print   10, "Coprocessor: "
        mov     si, .none
        cmp     byte [has_fpu], 0
        je      .coprocessor
        mov     si, .x87
.coprocessor:
        call    print_text
        print   10, "CR0 "
        mov     eax, cr0
        call    print_hex32
        print   10, "Speed "
        call    measure
        xor     edx, edx
        mov     ebx, 10
        div     ebx
        call    print_decimal
        print   "."
        mov     al, dl
        call    print_digit
        print   " million instructions a second", 10
        ret
.none:  db      "none", 0
.x87:   db      "x87, computes with 80 bits", 0
.features:
        db      0, "FPU", 0
        db      1, "VME", 0
        db      2, "DE", 0
        db      3, "PSE", 0
        db      4, "TSC", 0
        db      5, "MSR", 0
        db      6, "PAE", 0
        db      7, "MCE", 0
        db      8, "CX8", 0
        db      9, "APIC", 0
        db      11, "SEP", 0
        db      12, "MTRR", 0
        db      13, "PGE", 0
        db      15, "CMOV", 0
        db      23, "MMX", 0
        db      -1

; EAX = how many instructions a second, in 100 000: a loop of three counts for a
; tick.
measure:
        push    ebx
        push    ecx
        push    edx
        mov     ebx, [ticks]
.tick:
        cmp     [ticks], ebx
        je      .tick
        inc     ebx
        xor     ecx, ecx
.loop:
        inc     ecx
        cmp     [ticks], ebx
        je      .loop
        lea     eax, [ecx*2+ecx]
        mov     ebx, 182065             ; ticks in 10 000 s
        mul     ebx
        mov     ebx, 10000*100000
        div     ebx
        pop     edx
        pop     ecx
        pop     ebx
        ret
