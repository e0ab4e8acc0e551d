; Booted from a CD-ROM without emulation.

%define LOADED_WHOLE
%include "guest.inc"

main:
        cmp     byte [drive], 0xe0
        expect  ae, "boot: a CD-ROM number in DL"
        mov     ax, 0x4b01
        mov     dl, [drive]
        mov     si, 0x5000
        mov     byte [0x5000], 0x13
        int     0x13
        expect  nc, "13/4B01: emulation status"
        mov     al, [0x5002]
        cmp     al, [drive]
        expect  e, "13/4B01: drive"
        test    byte [0x5001], 0x0f
        expect  z, "13/4B01: no emulation"
        mov     ah, 0x41
        mov     bx, 0x55aa
        mov     dl, [drive]
        int     0x13
        expect  nc, "13/41: EDD"
        mov     ah, 0x42
        mov     si, packet
        mov     dl, [drive]
        int     0x13
        expect  nc, "13/42: read"
        cmp     dword [0x5001], 'CD00'
        expect  e, "13/42: volume descriptor"
        cmp     byte [0x5800], 0
        expect  e, "13/42: the sector after it"
        mov     word [0x5000], 26
        mov     si, 0x5000
        mov     ah, 0x48
        mov     dl, [drive]
        int     0x13
        expect  nc, "13/48: parameters"
        cmp     word [0x5018], 2048
        expect  e, "13/48: 2048 bytes a sector"
        mov     si, catalog
        mov     ah, 0x4d
        mov     dl, [drive]
        int     0x13
        expect  nc, "13/4D: boot catalog"
        cmp     dword [0x501c], 0xaa5555aa
        expect  e, "13/4D: contents"
        mov     ax, 0x4300
        mov     si, packet
        mov     dl, [drive]
        int     0x13
        expect  c, "13/43: cannot write"
        mov     ah, 0x42
        mov     si, packet
        mov     dword [packet_lba], 0x00ffffff
        mov     dl, [drive]
        int     0x13
        expect  c, "13/42: past the end"
        jmp     finish

catalog:
        db      8, 1
        dw      0x5000, 0, 0
        align   4
packet:
        db      16, 0
        dw      2
        dw      0x5000, 0
packet_lba:
        dd      16, 0

%include "end.inc"
