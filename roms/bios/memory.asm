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
; 16 MiB, 30h/31h KiB above 1 MiB), confirmed by touching each 64 KiB.
; After a warm boot the statement is taken as it is.
memory_extended:
        mov     al, CMOS_EXT64_LOW
        call    cmos_read_word
        movzx   ebx, ax
        shl     ebx, 6
        jz      .below_16m
        add     ebx, 15*1024
        jmp     .limit
.below_16m:
        mov     al, CMOS_EXT_LOW
        call    cmos_read_word
        movzx   ebx, ax
        or      bx, bx
        jnz     .limit
        mov     ebx, 64*1024            ; nothing stated: find out
        jmp     .check
.limit:
        cmp     word [bda.warm_boot], WARM_BOOT
        je      .store
.check:
        call    big_real_mode
        push    ds
        xor     ax, ax
        mov     ds, ax
        mov     esi, 0x100000
        xor     ecx, ecx                ; KiB confirmed
.next:
        cmp     ecx, ebx
        jae     .done
        mov     eax, [esi]
        mov     edx, eax
        xor     edx, 0x5aa5c33c
        mov     [esi], edx
        mov     edi, [esi]
        mov     [esi], eax
        cmp     edi, edx
        jne     .done
        add     esi, 0x10000
        add     ecx, 64
        jmp     .next
.done:
        pop     ds
        cmp     ecx, ebx
        jae     .store
        mov     ebx, ecx
.store:
        mov     [fs:ebda.ext_kb], ebx
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
