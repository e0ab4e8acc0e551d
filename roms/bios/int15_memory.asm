; INT 12h and the memory sizes of INT 15h.

int12_entry:
        push    ds
        push    BDA_SEG
        pop     ds
        mov     ax, [bda.memory_kb]
        pop     ds
        iret

int11_entry:
        push    ds
        push    BDA_SEG
        pop     ds
        mov     ax, [bda.equipment]
        pop     ds
        iret

; 88h: -> AX = KiB above 1 MiB. Older callers compute in 16 bits and may
; overflow above 63 MiB.
int15_extended_size:
        mov     eax, [fs:ebda.ext_kb]
        cmp     eax, 63*1024
        jbe     .fits
        mov     ax, 63*1024
.fits:
        mov     [rAX], ax
        and     byte [rFLAGS], ~CF
        ret

int15_e8:
        mov     al, [rAL]
        cmp     al, 0x01
        je      .e801
        cmp     al, 0x20
        je      .e820
        cmp     al, 0x81
        je      .e881
        jmp     int15_unsupported

; E801: -> AX = CX = KiB from 1 to 16 MiB, BX = DX = 64 KiB blocks above
.e801:
        call    .split
        mov     [rAX], ax
        mov     [rCX], ax
        mov     [rBX], dx
        mov     [rDX], dx
        and     byte [rFLAGS], ~CF
        ret

; E881: the same in 32 bits
.e881:
        call    .split
        mov     [rAX], eax
        mov     [rCX], eax
        mov     [rBX], edx
        mov     [rDX], edx
        and     byte [rFLAGS], ~CF
        ret

.split:
        mov     eax, [fs:ebda.ext_kb]
        xor     edx, edx
        cmp     eax, 15*1024
        jbe     .low
        mov     edx, eax
        sub     edx, 15*1024
        shr     edx, 6
        mov     eax, 15*1024
.low:
        ret

; E820: EBX = entry (0 first), ES:DI = buffer, ECX = its size
.e820:
        cmp     dword [rDX], 'PAMS'     ; "SMAP"
        jne     int15_unsupported
        cmp     dword [rCX], 20
        jb      int15_unsupported
        mov     ebx, [rBX]
        cmp     ebx, 4
        ja      int15_unsupported
        mov     di, [rDI]
        cmp     bl, 1
        jb      .low_memory
        je      .ebda
        cmp     bl, 3
        jb      .rom
        je      .extended
        mov     eax, 0xfffe0000         ; the BIOS again, at the top
        mov     ecx, 0x20000
        mov     edx, 2
        jmp     .write
.low_memory:
        xor     eax, eax
        movzx   ecx, word [bda.memory_kb]
        shl     ecx, 10
        mov     edx, 1
        jmp     .write
.ebda:
        movzx   eax, word [bda.ebda]
        shl     eax, 4
        mov     ecx, 0x400
        mov     edx, 2
        jmp     .write
.rom:
        mov     eax, 0xf0000
        mov     ecx, 0x10000
        mov     edx, 2
        cmp     dword [fs:ebda.ext_kb], 0
        jne     .write
        inc     bx                      ; nothing above 1 MiB: leave entry 3 out
        jmp     .write
.extended:
        mov     eax, 0x100000
        mov     ecx, [fs:ebda.ext_kb]
        shl     ecx, 10
        mov     edx, 1
.write:
        mov     [es:di], eax
        mov     dword [es:di+4], 0
        mov     [es:di+8], ecx
        mov     dword [es:di+12], 0
        mov     [es:di+16], edx
        inc     bx
        cmp     bx, 5
        jb      .more
        xor     bx, bx
.more:
        movzx   ebx, bx
        mov     [rBX], ebx
        mov     dword [rAX], 'PAMS'
        mov     dword [rCX], 20
        and     byte [rFLAGS], ~CF
        ret
