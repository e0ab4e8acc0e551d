; INT 09h and INT 16h: scan codes given to the keyboard controller as if the
; keyboard had sent them (command D2h).

%include "guest.inc"

; feed BYTE, ...: each of them reaches INT 09h
%macro feed 1-*
%rep %0
        mov     al, %1
        call    feed_code
%rotate 1
%endrep
%endmacro

; key SCAN/CHARACTER, "what": the next key
%macro key 2
        call    next_key
        cmp     ax, %1
        expect  e, %2
%endmacro

main:
        mov     ax, 0x40
        mov     fs, ax
        mov     ah, 0x09
        int     0x16
        test    al, 0x04
        expect  nz, "16/09: tells of 0305"
        mov     ah, 0x92
        int     0x16
        cmp     ah, 0x80
        expect  e, "16/92: functions 10h-12h"

        feed    0x1e, 0x9e
        key     0x1e61, "a"
        feed    0x38, 0x4d, 0xcd, 0x4c, 0xcc, 0xb8
        key     0x0041, "Alt and keypad 6 5"
        feed    0xe0, 0x5b, 0xe0, 0xdb, 0x30, 0xb0
        key     0x3062, "keys of Windows type nothing"
        feed    0xe0, 0x2a, 0xe0, 0x48, 0xe0, 0xc8, 0xe0, 0xaa
        key     0x48e0, "cursor key between fake shifts"

        ; Lights follow the flags when a program sets them, as DOS does.
        or      byte [fs:0x17], 0x20
        mov     ah, 0x01
        int     0x16
        mov     al, [fs:0x97]
        and     al, 0x07
        cmp     al, 0x02
        expect  e, "16/01: NumLock light"
        and     byte [fs:0x17], ~0x20
        mov     ah, 0x11
        int     0x16
        test    byte [fs:0x97], 0x07
        expect  z, "16/11: light off"
        feed    0x2e, 0xae
        key     0x2e63, "a key after that"

        ; Handlers that stay long must not keep other interrupts out.
        xor     ax, ax
        mov     es, ax
        mov     word [es:0x05*4], print_screen
        mov     word [es:0x05*4+2], 0
        mov     eax, [es:0x15*4]
        mov     [old15], eax
        mov     word [es:0x15*4], system
        mov     word [es:0x15*4+2], 0
        mov     word [es:0x1b*4], break
        mov     word [es:0x1b*4+2], 0
        feed    0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0xb7, 0xe0, 0xaa
        cmp     byte [printed], 1
        expect  e, "PrtSc: INT 05h"
        test    byte [print_isr], 2
        expect  z, "PrtSc: interrupt ended before"
        feed    0x38, 0x54, 0xd4, 0xb8
        cmp     word [sysreq], 0x0102
        expect  e, "SysRq: INT 15h/8500h and 8501h"
        test    byte [sysreq_isr], 2
        expect  z, "SysRq: interrupt ended before"
        feed    0x1d, 0xe0, 0x46, 0xe0, 0xc6, 0x9d
        cmp     byte [broken], 1
        expect  e, "Ctrl-Break: INT 1Bh"
        test    byte [break_mode], 0x10
        expect  z, "Ctrl-Break: keyboard on"
        key     0x0000, "Ctrl-Break: a zero word"
        test    byte [fs:0x71], 0x80
        expect  nz, "Ctrl-Break: flag"

        ; INT 15h/4Fh changes and drops codes.
        mov     byte [intercept], 1
        feed    0x10, 0x90, 0x11, 0x91
        key     0x2d78, "15/4F: q becomes x, w is dropped"
        mov     ah, 0x11
        int     0x16
        expect  z, "15/4F: nothing else"
        mov     byte [intercept], 0

        ; A full buffer holds 15 keys.
        mov     cx, 20
.full:
        feed    0x1f, 0x9f
        loop    .full
        xor     cx, cx
.empty:
        mov     ah, 0x11
        int     0x16
        jz      .counted
        mov     ah, 0x10
        int     0x16
        inc     cx
        jmp     .empty
.counted:
        cmp     cx, 15
        expect  e, "INT 09h: 15 keys fit"
        jmp     finish

; AL from the keyboard; returns when INT 09h has taken it
feed_code:
        pusha
        mov     ah, al
        call    controller_ready
        mov     al, 0xd2
        out     0x64, al
        call    controller_ready
        mov     al, ah
        out     0x60, al
        mov     cx, 0
.wait:
        in      al, 0x64
        test    al, 1
        jz      .taken
        loop    .wait
.taken:
        ; And that the handler has ended.
        mov     cx, 0
.end:
        mov     al, 0x0b
        out     0x20, al
        in      al, 0x20
        test    al, 2
        jz      .done
        loop    .end
.done:
        popa
        ret

controller_ready:
        push    cx
        xor     cx, cx
.wait:
        in      al, 0x64
        test    al, 2
        jz      .done
        loop    .wait
.done:
        pop     cx
        ret

; -> AX = key, FFFFh if there is none
next_key:
        mov     ah, 0x11
        int     0x16
        mov     ax, 0xffff
        jz      .none
        mov     ah, 0x10
        int     0x16
.none:
        ret

; -> AL = interrupts in service
in_service:
        mov     al, 0x0b
        out     0x20, al
        in      al, 0x20
        ret

print_screen:
        push    ax
        inc     byte [cs:printed]
        call    in_service
        mov     [cs:print_isr], al
        pop     ax
        iret

break:
        push    ax
        inc     byte [cs:broken]
        cli
        call    controller_ready
        mov     al, 0x20
        out     0x64, al
.wait:
        in      al, 0x64
        test    al, 1
        jz      .wait
        in      al, 0x60
        mov     [cs:break_mode], al
        pop     ax
        iret

system:
        cmp     ah, 0x85
        je      .sysreq
        cmp     ah, 0x4f
        je      .code
.chain:
        jmp     far [cs:old15]
.code:
        cmp     byte [cs:intercept], 1
        jne     .chain
        cmp     al, 0x11
        je      .drop
        cmp     al, 0x10
        jne     .chain
        mov     al, 0x2d
        jmp     .chain
.drop:
        push    bp
        mov     bp, sp
        and     byte [bp+6], ~1
        pop     bp
        iret
.sysreq:
        push    ax
        inc     byte [cs:sysreq]
        cmp     al, 1
        jne     .pressed
        inc     byte [cs:sysreq+1]
.pressed:
        call    in_service
        or      [cs:sysreq_isr], al
        pop     ax
        iret

old15:  dd      0
printed: db     0
print_isr: db   0
sysreq: dw      0
sysreq_isr: db  0
broken: db      0
break_mode: db  0
intercept: db   0

%include "end.inc"
