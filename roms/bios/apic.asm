; Local APIC of processors that have one: virtual wire mode, so that the 8259A
; pair keeps delivering the interrupts. After reset its inputs are masked.

APIC_BASE       equ 0xfee00000
APIC_SPURIOUS   equ 0xf0
APIC_LVT_LINT0  equ 0x350
APIC_LVT_LINT1  equ 0x360

apic_init:
        call    cpuid_present
        jz      .none
        cpu     586
        mov     eax, 1
        cpuid
        cpu     386
        test    edx, 0x200              ; CPUID.1:EDX.APIC
        jz      .none
        call    big_real_mode
        push    ds
        push    0
        pop     ds
        mov     eax, APIC_BASE
        or      dword [eax+APIC_SPURIOUS], 0x1ff        ; software enable
        mov     dword [eax+APIC_LVT_LINT0], 0x8700      ; ExtINT, level
        mov     dword [eax+APIC_LVT_LINT1], 0x8400      ; NMI, level
        pop     ds
.none:
        ret
