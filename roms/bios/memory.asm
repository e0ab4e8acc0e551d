; Memory sizing.

; Base memory in KiB from CMOS 15h/16h, to BDA. Without a valid figure every
; 64 KiB is probed.
memory_base:
        mov     al, CMOS_BASE_LOW
        call    cmos_read_word
        cmp     ax, 64
        jb      .probe
        cmp     ax, 640
        jbe     .store
.probe:
        mov     cx, 64                  ; the first 64 KiB hold this stack
.next:
        mov     ax, cx
        shl     ax, 6
        mov     es, ax
        mov     ax, [es:0]
        xor     word [es:0], 0xa55a
        mov     dx, [es:0]
        mov     [es:0], ax
        xor     ax, 0xa55a
        cmp     ax, dx
        jne     .found
        add     cx, 64
        cmp     cx, 640
        jb      .next
.found:
        mov     ax, cx
.store:
        mov     [0x400+bda.memory_kb], ax
        ret

; KiB above 1 MiB, to EBDA: what CMOS states (34h/35h count 64 KiB above
; 16 MiB, 30h/31h KiB above 1 MiB) if the last page of it answers. Otherwise
; memory is counted MiB by MiB. Touching little keeps untouched memory free
; for a host that allocates on demand.
memory_extended:
        call    big_real_mode
        push    ds
        push    0
        pop     ds
        mov     al, CMOS_EXT64_LOW
        call    cmos_read_word
        movzx   ebx, ax
        shl     ebx, 6
        jz      .below_16m
        add     ebx, 15*1024
        jmp     .stated
.below_16m:
        mov     al, CMOS_EXT_LOW
        call    cmos_read_word
        movzx   ebx, ax
        or      bx, bx
        jz      .count
.stated:
        lea     esi, [ebx+1024-4]
        shl     esi, 10
        call    memory_answers
        je      .store
.count:
        xor     ebx, ebx
        mov     esi, 0x100000
.next:
        call    memory_answers
        jne     .store
        add     ebx, 1024
        add     esi, 0x100000
        cmp     ebx, 3*1024*1024
        jb      .next
.store:
        pop     ds
        mov     [fs:ebda.ext_kb], ebx
        ret

; ZF = 1 if there is memory at DS:ESI, whose contents stay. Changes EAX, EDX
; and EDI.
memory_answers:
        mov     eax, [esi]
        mov     edx, eax
        xor     edx, 0x5aa5c33c
        mov     [esi], edx
        mov     edi, [esi]
        mov     [esi], eax
        cmp     edi, edx
        ret

; Give DS a limit of 4 GiB (it keeps it through real-mode loads). Interrupts
; must be off. Changes EAX.
big_real_mode:
        push    ds
        lgdt    [cs:flat_gdt_pointer]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     short .protected
.protected:
        push    8
        pop     ds
        and     al, 0xfe
        mov     cr0, eax
        jmp     ROM_SEG:.real
.real:
        pop     ds
        ret

        align   8
flat_gdt:
        dq      0
        dq      0x00cf93000000ffff      ; data, base 0, 4 GiB
flat_gdt_pointer:
        dw      15
        dd      0xf0000+flat_gdt
