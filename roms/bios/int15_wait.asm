; INT 15h/83h and 86h: waits counted by the RTC's periodic interrupt, which
; comes 1024 times a second.

PERIOD_US       equ 976
WAIT_ELAPSED    equ 0x80

; Called by IRQ8 with DS = BDA and interrupts off. AX is kept.
wait_tick:
        test    byte [bda.wait_active], 1
        jz      .done
        sub     dword [bda.wait_count], PERIOD_US
        ja      .done
        push    ax
        call    wait_stop
        pop     ax
        push    es
        push    bx
        les     bx, [bda.wait_flag]
        or      byte [es:bx], WAIT_ELAPSED
        pop     bx
        pop     es
.done:
        ret

; Turn the periodic interrupt off.
wait_stop:
        and     byte [bda.wait_active], ~1
        mov     al, RTC_B
        call    cmos_read
        and     al, 0xbf
        mov     ah, al
        mov     al, RTC_B
        jmp     cmos_write

; CX:DX = microseconds, ES:BX = flag byte; CF = 1 if a wait is under way
wait_start:
        pushf
        cli
        test    byte [bda.wait_active], 1
        jnz     .busy
        mov     [bda.wait_flag], bx
        mov     [bda.wait_flag+2], es
        mov     [bda.wait_count], dx
        mov     [bda.wait_count+2], cx
        mov     byte [bda.wait_active], 1
        in      al, PIC2+1
        and     al, 0xfe
        out     PIC2+1, al
        mov     al, RTC_B
        call    cmos_read
        or      al, 0x40
        mov     ah, al
        mov     al, RTC_B
        call    cmos_write
        popf
        clc
        ret
.busy:
        popf
        stc
        ret

; 83h: AL = 0 set the bit at ES:BX after CX:DX us, 1 cancel
int15_event_wait:
        cmp     byte [rAL], 1
        ja      int15_unsupported
        je      .cancel
        mov     bx, [rBX]
        mov     cx, [rCX]
        mov     dx, [rDX]
        call    wait_start
        jc      .busy
        jmp     int15_nothing
.cancel:
        cli
        call    wait_stop
        sti
        jmp     int15_nothing
.busy:
        mov     byte [rAH], 0x83
        or      byte [rFLAGS], CF
        ret

; 86h: return after CX:DX us
int15_wait:
        mov     cx, [rCX]
        mov     dx, [rDX]
        mov     bx, bda.wait_active
        push    ds
        pop     es
        call    wait_start
        jc      .busy
.wait:
        hlt
        test    byte [bda.wait_active], WAIT_ELAPSED
        jz      .wait
        mov     byte [bda.wait_active], 0
        jmp     int15_nothing
.busy:
        mov     byte [rAH], 0x83
        or      byte [rFLAGS], CF
        ret
