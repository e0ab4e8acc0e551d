; The shutdown codes in CMOS 0Fh, as programs for the 80286 used them to leave
; protected mode, and a jump to the reset vector.

%include "guest.inc"

%macro shutdown 1
        cli
        mov     al, 0x0f
        out     0x70, al
        mov     al, %1
        out     0x71, al
        mov     al, 0xfe
        out     0x64, al
%%wait: jmp     %%wait
%endmacro

PHASE           equ 0x600               ; POST clears less than this

main:
        mov     ax, 0x40
        mov     fs, ax
        cmp     dword [PHASE], 'SAFE'
        je      restarted
        mov     [kept_sp], sp
        mov     dword [fs:0x67], .code_a
        shutdown 0x0a
.code_a:
        call    segments
        cmp     al, al
        expect  e, "0A: jump through 40:67"
        mov     al, 0x0f
        out     0x70, al
        in      al, 0x71
        cmp     al, 0
        expect  e, "0A: used up"

        mov     dword [fs:0x67], .code_5
        shutdown 0x05
.code_5:
        call    segments
        mov     al, 0x0b
        out     0x20, al
        in      al, 0x20
        cmp     al, 0
        expect  e, "05: interrupts ended"

        ; Code 09 returns with the registers on the caller's stack.
        mov     bp, 0x1234
        pushf
        push    cs
        push    .code_9
        pusha
        push    es
        push    ds
        mov     [fs:0x67], sp
        mov     [fs:0x69], ss
        shutdown 0x09
.code_9:
        cmp     bp, 0x1234
        expect  e, "09: registers from the stack"
        call    segments

        ; The reset vector, with an interrupt table that is elsewhere.
        mov     dword [PHASE], 'SAFE'
        mov     word [fs:0x72], 0x1234  ; a warm start, as programs ask for it
        cli
        lidt    [far_table]
        jmp     0xffff:0

segments:
        pop     bx
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, [kept_sp]
        mov     ax, 0x40
        mov     fs, ax
        jmp     bx

restarted:
        mov     dword [PHASE], 0
        cmp     al, al
        expect  e, "F000:FFF0: a jump starts the machine anew"
        cmp     word [fs:0x72], 0x1234
        expect  e, "BDA: the mark of a warm start stays"
        jmp     finish

kept_sp:
        dw      0
far_table:
        dw      0x3ff
        dd      0x90000

%include "end.inc"
