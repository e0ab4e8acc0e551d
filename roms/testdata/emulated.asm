; Booted from a CD-ROM that emulates a floppy or a hard disk, as the drive
; number tells. The parameter is the number of sectors of a track.

%include "guest.inc"

main:
        mov     ax, 0x4b01
        mov     dl, [drive]
        mov     si, 0x5000
        mov     byte [0x5000], 0x13
        int     0x13
        expect  nc, "13/4B01: emulation status"
        test    byte [0x5001], 0x0f
        expect  nz, "13/4B01: emulating"
        mov     ah, 0x08
        mov     dl, [drive]
        int     0x13
        expect  nc, "13/08: geometry"
        mov     al, [parameter]
        mov     ah, 1
        cmp     byte [drive], 0
        jne     .hard_disk
        cmp     [es:di+4], al
        expect  e, "13/08: parameter table"
        jmp     .geometry
.hard_disk:
        mov     ah, 3                   ; as the partition table of the image
.geometry:
        and     cl, 0x3f
        cmp     cl, al
        expect  e, "13/08: sectors"
        cmp     dh, ah
        expect  e, "13/08: heads"
        xor     ax, ax
        mov     es, ax
        ; The test left a mark at the start of sector 3 of cylinder 1, head 1.
        mov     ax, 0x0203
        mov     bx, 0x5000
        mov     cx, 0x0102
        mov     dh, 1
        mov     dl, [drive]
        int     0x13
        expect  nc, "13/02: read"
        cmp     dword [0x5200], 'MARK'
        expect  e, "13/02: contents"
        mov     ax, 0x0301
        mov     bx, 0x5000
        mov     cx, 0x0102
        mov     dh, 1
        mov     dl, [drive]
        int     0x13
        expect  c, "13/03: cannot write"
        cmp     ah, 3
        expect  e, "13/03: write protected"
        mov     ax, 0x4b00
        mov     dl, [drive]
        mov     si, 0x5000
        int     0x13
        expect  nc, "13/4B00: end emulation"
        jmp     finish

%include "end.inc"
