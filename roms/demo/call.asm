; g and r: running code, and the registers.

; The command g: the code comes back with RETF, on this stack or another.
do_call:
        call    read_address
        call    no_more
        mov     eax, [from.segment]
        cmp     eax, LINEAR
        je      .linear
        mov     [call_target+2], ax
        mov     ax, [from.offset]
        mov     [call_target], ax
        call    far [call_target]
        call    keep_registers
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     esp, BOOT
        movzx   eax, word [call_target]
        mov     [kept.eip], eax
        mov     ax, [call_target+2]
        mov     [kept.cs], ax
        print   "It is back; r shows its registers.", 10
        jmp     monitor
.linear:
        wrong   "code runs at SEG:OFF"

; The command r.
do_registers:
        call    no_more
        mov     bx, .names
.next:
        mov     si, [bx]                ; where it is kept
        add     bx, 2
        or      si, si
        jz      .end
        xchg    si, bx
        colour  ADDRESS
        call    print_text
        colour  TEXT
        print   "="
        xchg    si, bx
        mov     eax, [si]
        cmp     si, kept.es
        jae     .segment
        call    print_hex32
        jmp     .space
.segment:
        call    print_hex16
.space:
        print   "  "
        cmp     byte [column], 70
        jb      .next
        call    print_line
        jmp     .next
.end:
        call    print_line
        ret
.names:
%macro register 2
        dw      kept.%1
        db      %2, 0
%endmacro
        register eax, "EAX"
        register ebx, "EBX"
        register ecx, "ECX"
        register edx, "EDX"
        register eip, "EIP"
        register esi, "ESI"
        register edi, "EDI"
        register ebp, "EBP"
        register esp, "ESP"
        register eflags, "EFL"
        register cs, "CS"
        register ds, "DS"
        register es, "ES"
        register ss, "SS"
        register fs, "FS"
        register gs, "GS"
        dw      0
