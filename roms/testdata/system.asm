; INT 11h, 12h, 14h, 15h, 17h, 1Ah, the BDA and the fixed entry points.

%include "guest.inc"

main:
        ; --- BDA and EBDA
        mov     ax, 0x40
        mov     fs, ax
        cmp     word [fs:0x00], 0x3f8
        expect  e, "BDA: COM1 at 3F8"
        mov     es, [fs:0x0e]
        cmp     byte [es:0], 1
        expect  e, "EBDA: size of 1 KiB"
        int     0x12
        mov     bx, ax
        shl     bx, 6
        cmp     bx, [fs:0x0e]
        expect  e, "INT 12h: memory ends at the EBDA"
        int     0x11
        cmp     ax, [fs:0x10]
        expect  e, "INT 11h: equipment word"
        test    al, 0x02
        expect  nz, "INT 11h: coprocessor"
        cmp     word [fs:0x1a], 0x1e
        expect  ae, "BDA: keyboard buffer"
        mov     ax, 0xf000
        mov     es, ax
        cmp     byte [es:0xfff0], 0xea
        expect  e, "ROM: far jump at the reset vector"
        cmp     byte [es:0xfffe], 0xfc
        expect  e, "ROM: model byte"
        cmp     byte [es:0xff53], 0xcf
        expect  e, "ROM: IRET at FF53"

        ; --- INT 15h
        mov     ah, 0xc0
        int     0x15
        expect  nc, "15/C0: configuration"
        cmp     byte [es:bx+2], 0xfc
        expect  e, "15/C0: model"
        mov     ah, 0xc1
        int     0x15
        mov     ax, es
        cmp     ax, [fs:0x0e]
        expect  e, "15/C1: EBDA"
        mov     ah, 0x88
        int     0x15
        cmp     ax, 15360
        expect  e, "15/88: 15 MiB extended"
        mov     ax, 0xe801
        int     0x15
        cmp     ax, 15360
        expect  e, "15/E801: 15 MiB below 16"
        or      bx, bx
        expect  z, "15/E801: nothing above"

        ; E820: the whole map, low memory first; it must hold 1-16 MiB.
        xor     ebx, ebx
        mov     es, bx
        mov     byte [found], 0
        mov     byte [entries], 0
.map:
        mov     eax, 0xe820
        mov     edx, 'PAMS'
        mov     ecx, 20
        mov     di, 0x5000
        int     0x15
        jc      .map_end
        cmp     eax, 'PAMS'
        jne     .map_end
        inc     byte [entries]
        cmp     dword [0x5010], 1
        jne     .next
        cmp     dword [0x5000], 0
        jne     .extended
        cmp     dword [0x5008], 639*1024
        jne     .next
        or      byte [found], 1
.extended:
        cmp     dword [0x5000], 0x100000
        jne     .next
        ; Some firmware keeps a part of the top for itself.
        cmp     dword [0x5008], 0xe00000
        jb      .next
        or      byte [found], 2
.next:
        or      ebx, ebx
        jnz     .map
.map_end:
        cmp     byte [found], 3
        expect  e, "15/E820: both RAM areas"
        cmp     byte [entries], 3
        expect  ae, "15/E820: reserved areas"

        mov     ax, 0x2401
        int     0x15
        expect  nc, "15/2401: A20 on"
        mov     ax, 0x2402
        int     0x15
        cmp     al, 1
        expect  e, "15/2402: A20 is on"
        mov     ax, 0x2400
        int     0x15
        mov     ax, 0x2402
        int     0x15
        cmp     al, 0
        expect  e, "15/2400: A20 off"
        mov     ax, 0x2401
        int     0x15
        mov     ax, 0x2403
        int     0x15
        test    bl, 2
        expect  nz, "15/2403: port 92h"

        mov     eax, cr0
        test    eax, 0x60000000
        expect  z, "CR0: the cache is on"
        in      al, 0xa1
        test    al, 0x61
        expect  z, "PIC: clock, coprocessor and disk interrupts open"

        ; Block move: this code to 1 MiB and back.
        xor     ax, ax
        mov     es, ax
        mov     si, gdt
        mov     cx, 256
        mov     ah, 0x87
        int     0x15
        expect  nc, "15/87: move up"
        mov     dword [gdt+0x12], 0x93100000
        mov     dword [gdt+0x1a], 0x93005000
        mov     si, gdt
        mov     cx, 256
        mov     ah, 0x87
        int     0x15
        expect  nc, "15/87: move down"
        mov     si, 0x7e00
        mov     di, 0x5000
        mov     cx, 256
        repe    cmpsw
        expect  e, "15/87: contents"

        ; Waits: a quarter of a second is four or five ticks.
        mov     ebx, [fs:0x6c]
        mov     ah, 0x86
        mov     cx, 250000 >> 16
        mov     dx, 250000 & 0xffff
        int     0x15
        expect  nc, "15/86: wait"
        mov     eax, [fs:0x6c]
        sub     eax, ebx
        cmp     eax, 4
        expect  ae, "15/86: long enough"
        mov     byte [flag], 0
        mov     ax, 0x8300
        mov     cx, 0
        mov     dx, 20000
        mov     bx, flag
        int     0x15
        expect  nc, "15/83: event wait"
        mov     ebx, [fs:0x6c]
.event:
        mov     eax, [fs:0x6c]
        sub     eax, ebx
        cmp     eax, 20
        ja      .event_end
        test    byte [flag], 0x80
        jz      .event
.event_end:
        test    byte [flag], 0x80
        expect  nz, "15/83: flag set"
        mov     ax, 0x4f1e
        stc
        int     0x15
        expect  c, "15/4F: passes the key on"
        mov     ah, 0x7f
        int     0x15
        expect  c, "15/7F: unsupported"
        cmp     ah, 0x86
        expect  e, "15/7F: says so"

        ; --- INT 1Ah
        mov     ah, 0x01
        mov     cx, 0x0012
        mov     dx, 0x3456
        int     0x1a
        mov     ah, 0x00
        int     0x1a
        cmp     cx, 0x0012
        expect  e, "1A/01: ticks set"
        sub     dx, 0x3456
        cmp     dx, 3
        expect  b, "1A/00: ticks read"
        mov     ah, 0x01
        mov     cx, 0x0018
        mov     dx, 0x00ae
        int     0x1a
        mov     ebx, [fs:0x6c]
.midnight:
        cmp     dword [fs:0x6c], 0x1800ae
        jae     .midnight
        mov     ah, 0x00
        int     0x1a
        or      al, al
        expect  nz, "1A/00: midnight passed"
        mov     ah, 0x05
        mov     cx, 0x2031
        mov     dx, 0x0415
        int     0x1a
        mov     ah, 0x04
        int     0x1a
        cmp     cx, 0x2031
        expect  e, "1A/04: year as set"
        cmp     dx, 0x0415
        expect  e, "1A/04: day as set"
        mov     ah, 0x03
        mov     cx, 0x1234
        mov     dx, 0x1000
        int     0x1a
        mov     ah, 0x02
        int     0x1a
        cmp     cx, 0x1234
        expect  e, "1A/02: time as set"
        cmp     dh, 0x13
        expect  b, "1A/02: seconds"
        ; Alarm two seconds on.
        xor     ax, ax
        mov     es, ax
        mov     word [es:0x4a*4], alarm
        mov     word [es:0x4a*4+2], 0
        mov     byte [flag], 0
        mov     ah, 0x06
        mov     cx, 0x1234
        mov     dh, 0x12
        int     0x1a
        expect  nc, "1A/06: alarm set"
        mov     ah, 0x06
        int     0x1a
        expect  c, "1A/06: only one"
        mov     ebx, [fs:0x6c]
.alarm:
        mov     eax, [fs:0x6c]
        sub     eax, ebx
        cmp     eax, 80
        ja      .alarm_end
        cmp     byte [flag], 1
        jne     .alarm
.alarm_end:
        cmp     byte [flag], 1
        expect  e, "INT 4Ah: alarm"
        mov     ah, 0x07
        int     0x1a
        mov     ax, 0xb101
        int     0x1a
        setc    al
        or      al, ah
        expect  nz, "1A/B101: no PCI"

        ; --- INT 14h and 17h
        mov     ah, 0x03
        mov     dx, 0
        int     0x14
        test    ah, 0x20
        expect  nz, "14/03: transmitter empty"
        mov     ax, 0x00e3
        mov     dx, 0
        int     0x14
        test    ah, 0x20
        expect  nz, "14/00: 9600 8N1"
        mov     ax, 0x0100 + 'P'
        mov     dx, 0
        int     0x14
        test    ah, 0x80
        expect  z, "(the first P came by INT 14h)"
        mov     ah, 0x02
        mov     dx, 2
        int     0x17
        cmp     ah, 0x02
        expect  e, "17/02: no such printer"
        jmp     finish

alarm:
        mov     byte [cs:flag], 1
        iret

found:  db      0
entries: db     0
flag:   db      0
        align   4
gdt:
        dq      0, 0
        dw      0xffff, 0x7e00, 0x9300, 0
        dw      0xffff, 0x0000, 0x9310, 0
        dq      0, 0

%include "end.inc"
