; Processor identification for the start screen and the equipment word.

; ZF = 1: no CPUID instruction
cpuid_present:
        pushfd
        pop     eax
        mov     ecx, eax
        xor     eax, 0x200000           ; EFLAGS.ID
        call    try_eflags
        test    eax, 0x200000
        ret

; ZF = 1: an 80386, which has no EFLAGS.AC
alignment_check_present:
        pushfd
        pop     eax
        mov     ecx, eax
        xor     eax, 0x40000
        call    try_eflags
        test    eax, 0x40000
        ret

; EAX = flags to try, ECX = present flags -> EAX = bits that changed
try_eflags:
        push    eax
        popfd
        pushfd
        pop     eax
        push    ecx
        popfd
        xor     eax, ecx
        ret

; Sets equipment bit 1 if there is a coprocessor.
fpu_detect:
        fninit
        push    word 0x5a5a
        mov     bx, sp
        fnstsw  [ss:bx]
        pop     ax
        or      ax, ax
        jnz     .none
        or      word [bda.equipment], 2
        in      al, PIC2+1              ; IRQ13 reports its errors
        and     al, 0xdf
        out     PIC2+1, al
.none:
        ret

screen_processor:
        call    fpu_detect
        PRINT   "  Processor   "
        call    cpuid_present
        jnz     .cpuid
        call    alignment_check_present
        mov     si, .text386
        jz      .print
        mov     si, .text486
.print:
        call    puts
        jmp     .fpu
.cpuid:
        cpu     586
        xor     eax, eax
        cpuid
        push    ecx                     ; vendor name: EBX, EDX, ECX
        push    edx
        push    ebx
        mov     si, sp
        mov     cx, 12
.vendor:
        ss lodsb
        call    putc
        loop    .vendor
        add     sp, 12
        mov     eax, 1
        cpuid
        cpu     386
        push    ax
        PRINT   " family "
        pop     ax
        push    ax
        movzx   eax, ah
        and     al, 0x0f
        call    put_decimal
        PRINT   " model "
        pop     ax
        shr     al, 4
        movzx   eax, al
        call    put_decimal
.fpu:
        test    byte [bda.equipment], 2
        jz      .done
        PRINT   ", coprocessor"
.done:
        call    newline
        ret
.text386:
        db      "80386", 0
.text486:
        db      "80486", 0
