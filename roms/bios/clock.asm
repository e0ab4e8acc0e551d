; Time of day: IRQ0, IRQ8 and INT 1Ah.

TICKS_PER_DAY   equ 0x1800b0

int08_entry:
        push    ds
        push    eax
        push    edx
        push    BDA_SEG
        pop     ds
        inc     dword [bda.ticks]
        cmp     dword [bda.ticks], TICKS_PER_DAY
        jb      .same_day
        mov     dword [bda.ticks], 0
        inc     byte [bda.midnight]
.same_day:
        cmp     byte [bda.fd_motor_time], 0
        je      .motors_done
        dec     byte [bda.fd_motor_time]
        jnz     .motors_done
        and     byte [bda.fd_motor], 0xf0
        mov     al, 0x0c                ; motors off, controller running
        mov     dx, 0x3f2
        out     dx, al
.motors_done:
        int     0x1c
        cli
        mov     al, PIC_EOI
        out     PIC1, al
        pop     edx
        pop     eax
        pop     ds
        iret

; Set the tick count from the RTC.
clock_init:
        pushad
        mov     ah, 0x02
        int     0x1a
        jc      .done
        mov     al, ch
        call    bcd_to_binary
        imul    ebx, eax, 3600
        mov     al, cl
        call    bcd_to_binary
        imul    eax, 60
        add     ebx, eax
        mov     al, dh
        call    bcd_to_binary
        add     eax, ebx                ; seconds since midnight
        mov     ebx, TICKS_PER_DAY
        mul     ebx
        mov     ebx, 86400
        div     ebx
        mov     [bda.ticks], eax
        mov     byte [bda.midnight], 0
.done:
        popad
        ret

; AL = BCD -> EAX = binary
bcd_to_binary:
        push    bx
        mov     ah, al
        and     al, 0x0f
        shr     ah, 4
        mov     bl, al
        mov     al, ah
        mov     bh, 10
        mul     bh
        add     al, bl
        movzx   eax, al
        pop     bx
        ret

; 32 768 Hz time base, 24-hour BCD, no interrupts.
rtc_init:
        mov     ax, 0x2600+RTC_A
        call    cmos_write
        mov     ax, 0x0200+RTC_B
        call    cmos_write
        mov     al, RTC_C
        call    cmos_read
        ret

; IRQ8: periodic interrupt (INT 15h/83h, 86h) and alarm (INT 4Ah).
int70_entry:
        push    ds
        push    ax
        push    BDA_SEG
        pop     ds
        mov     al, RTC_C
        call    cmos_read
        mov     ah, al
        mov     al, RTC_B
        call    cmos_read
        and     ah, al
        test    ah, 0x40
        jz      .no_periodic
        call    wait_tick
.no_periodic:
        test    ah, 0x20
        jz      .done
        sti
        int     0x4a
        cli
.done:
        mov     al, PIC_EOI
        out     PIC2, al
        out     PIC1, al
        pop     ax
        pop     ds
        iret

int1a_entry:
        ENTER_INT
        sti
        movzx   bx, byte [rAH]
        cmp     bl, 0x07
        ja      .unknown
        and     byte [rFLAGS], ~CF
        shl     bx, 1
        call    [cs:bx+.table]
        LEAVE_INT
.unknown:
        ; Also B1h: there is no PCI bus, said by CF and AH unlike 0.
        or      byte [rFLAGS], CF
        mov     byte [rAH], 0x86
        LEAVE_INT
.table:
        dw      clock_get_ticks, clock_set_ticks
        dw      clock_get_time, clock_set_time
        dw      clock_get_date, clock_set_date
        dw      clock_set_alarm, clock_reset_alarm

clock_get_ticks:
        cli
        mov     ax, [bda.ticks]
        mov     [rDX], ax
        mov     ax, [bda.ticks+2]
        mov     [rCX], ax
        xor     al, al
        xchg    al, [bda.midnight]
        mov     [rAL], al
        mov     byte [rAH], 0
        ret

clock_set_ticks:
        cli
        mov     ax, [rDX]
        mov     [bda.ticks], ax
        mov     ax, [rCX]
        mov     [bda.ticks+2], ax
        mov     byte [bda.midnight], 0
        mov     byte [rAH], 0
        ret

; Wait until no update is under way; CF = 1 if it never ends.
rtc_wait_ready:
        push    cx
        xor     cx, cx
.wait:
        mov     al, RTC_A
        call    cmos_read
        test    al, 0x80
        jz      .ready
        loop    .wait
        pop     cx
        stc
        ret
.ready:
        pop     cx
        ret

clock_fail:
        or      byte [rFLAGS], CF
        ret

clock_get_time:
        call    rtc_wait_ready
        jc      clock_fail
        cli
        mov     al, RTC_SECONDS
        call    cmos_read
        mov     [rDH], al
        mov     al, RTC_MINUTES
        call    cmos_read
        mov     [rCL], al
        mov     al, RTC_HOURS
        call    cmos_read
        mov     [rCH], al
        mov     al, RTC_B
        call    cmos_read
        and     al, 1                   ; daylight saving
        mov     [rDL], al
        mov     byte [rAH], 0
        mov     al, [rCH]
        mov     [rAL], al
        ret

clock_set_time:
        call    rtc_wait_ready
        jc      clock_fail
        cli
        call    rtc_halt
        mov     al, RTC_SECONDS
        mov     ah, [rDH]
        call    cmos_write
        mov     al, RTC_MINUTES
        mov     ah, [rCL]
        call    cmos_write
        mov     al, RTC_HOURS
        mov     ah, [rCH]
        call    cmos_write
        mov     al, RTC_B
        call    cmos_read
        and     al, 0x7e
        mov     ah, [rDL]
        and     ah, 1
        or      ah, al
        mov     al, RTC_B
        call    cmos_write
        mov     byte [rAH], 0
        ret

; Set SET in register B, so that the clock keeps still while it is written.
rtc_halt:
        mov     al, RTC_B
        call    cmos_read
        or      al, 0x80
        mov     ah, al
        mov     al, RTC_B
        jmp     cmos_write

clock_get_date:
        call    rtc_wait_ready
        jc      clock_fail
        cli
        mov     al, RTC_YEAR
        call    cmos_read
        mov     [rCL], al
        mov     al, RTC_MONTH
        call    cmos_read
        mov     [rDH], al
        mov     al, RTC_DAY
        call    cmos_read
        mov     [rDL], al
        mov     al, CMOS_CENTURY
        call    cmos_read
        mov     [rCH], al
        mov     [rAL], al
        mov     byte [rAH], 0
        ret

clock_set_date:
        call    rtc_wait_ready
        jc      clock_fail
        cli
        call    rtc_halt
        mov     al, RTC_YEAR
        mov     ah, [rCL]
        call    cmos_write
        mov     al, RTC_MONTH
        mov     ah, [rDH]
        call    cmos_write
        mov     al, RTC_DAY
        mov     ah, [rDL]
        call    cmos_write
        mov     al, CMOS_CENTURY
        mov     ah, [rCH]
        call    cmos_write
        mov     al, RTC_B
        call    cmos_read
        and     al, 0x7f
        mov     ah, al
        mov     al, RTC_B
        call    cmos_write
        mov     byte [rAH], 0
        ret

clock_set_alarm:
        cli
        mov     al, RTC_B
        call    cmos_read
        test    al, 0x20
        jnz     clock_fail              ; one alarm at a time
        mov     al, RTC_ALARM_SEC
        mov     ah, [rDH]
        call    cmos_write
        mov     al, RTC_ALARM_MIN
        mov     ah, [rCL]
        call    cmos_write
        mov     al, RTC_ALARM_HOUR
        mov     ah, [rCH]
        call    cmos_write
        mov     al, RTC_B
        call    cmos_read
        and     al, 0x7f
        or      al, 0x20
        mov     ah, al
        mov     al, RTC_B
        call    cmos_write
        in      al, PIC2+1
        and     al, 0xfe
        out     PIC2+1, al
        mov     byte [rAH], 0
        ret

clock_reset_alarm:
        cli
        mov     al, RTC_B
        call    cmos_read
        and     al, 0x5f
        mov     ah, al
        mov     al, RTC_B
        call    cmos_write
        mov     byte [rAH], 0
        ret
