; Addresses: SEGMENT:OFFSET, or linear anywhere in 4 GiB. Memory is reached
; through FS, which flat gives a limit of 4 GiB.

LINEAR          equ     -1

; Reads an address into from.
read_address:
        push    eax
        push    bx
        call    need_word
        mov     bx, si
        call    scan_hex
        jc      .wrong
        cmp     byte [si], ':'
        je      .segment
        cmp     byte [si], ' '
        ja      .wrong
        mov     dword [from.segment], LINEAR
        mov     [from.offset], eax
        pop     bx
        pop     eax
        ret
.segment:
        test    eax, 0xffff0000
        jnz     .wrong
        mov     [from.segment], eax
        inc     si
        call    scan_hex
        jc      .wrong
        cmp     byte [si], ' '
        ja      .wrong
        test    eax, 0xffff0000
        jnz     .wrong
        mov     [from.offset], eax
        pop     bx
        pop     eax
        ret
.wrong:
        mov     si, bx
        wrong_word "is no address; F000:FFF0 is one, and FFFF0 the same one"

; Prints from.
print_address:
        push    eax
        mov     eax, [from.segment]
        cmp     eax, LINEAR
        je      .linear
        call    print_hex16
        print   ":"
        mov     eax, [from.offset]
        call    print_hex16
        pop     eax
        ret
.linear:
        mov     eax, [from.offset]
        call    print_hex32
        pop     eax
        ret

; Gives back in EBX the linear address of from.
linear_address:
        mov     ebx, [from.segment]
        cmp     ebx, LINEAR
        je      .linear
        shl     ebx, 4
        add     ebx, [from.offset]
        ret
.linear:
        mov     ebx, [from.offset]
        ret

; Moves from by a byte. Offsets in a segment begin again behind FFFFh.
advance:
        inc     dword [from.offset]
        cmp     dword [from.segment], LINEAR
        je      .done
        mov     word [from.offset+2], 0
.done:
        ret

; Gives FS a base of 0 and a limit of 4 GiB: the limit that a segment gets in
; protected mode stays in real mode. The firmware may take it away again.
flat:
        push    eax
        pushf
        cli
        lgdt    [.gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     .protected
.protected:
        mov     ax, 8
        mov     fs, ax
        mov     eax, cr0
        and     al, ~1
        mov     cr0, eax
        jmp     .real
.real:
        xor     ax, ax
        mov     fs, ax
        popf
        pop     eax
        ret

        align   8, db 0
.gdt:   dq      0
        dw      0xffff, 0, 0x9200, 0x00cf       ; 4 GiB of data
.gdtr:  dw      2*8-1
        dd      .gdt
