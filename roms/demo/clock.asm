; The clock: the time of the RTC, and the ticks of the 8254.

CLOCK_ROW       equ     5

clock_start:
        pushad
        cli
        mov     eax, [0x1c*4]
        mov     [old_int1c], eax
        mov     word [0x1c*4], tick
        mov     word [0x1c*4+2], 0
        sti
        mov     byte [second], 0xff     ; nothing is shown yet
        mov     dword [shown_tick], -1
        put_at  CLOCK_ROW+1, RIGHT, LABEL, "Tick"
        put_at  CLOCK_ROW+1, RIGHT+19, LABEL, "Up"
        call    draw_clock
        popad
        ret

; INT 1Ch: a tick, of which there are 18.2 in a second.
tick:
        inc     dword [cs:ticks]
        jmp     far [cs:old_int1c]

; Draws the clock when a second is over. It looks no more often than there are
; ticks, for waiting shall not cost much.
draw_clock:
        pushad
        mov     eax, [ticks]
        cmp     eax, [shown_tick]
        je      .done
        mov     [shown_tick], eax
        call    read_time
        jc      .done                   ; it is just changing
        cmp     dh, [second]
        je      .done
        mov     [second], dh
        mov     di, (CLOCK_ROW*COLUMNS + RIGHT + 15)*2
        call    put_time
        call    read_date
        jc      .tick
        mov     di, (CLOCK_ROW*COLUMNS + RIGHT)*2
        call    put_date
.tick:
        mov     ah, FACT
        mov     di, ((CLOCK_ROW+1)*COLUMNS + RIGHT + 7)*2
        mov     edx, [BDA+bda.ticks]
        call    put_decimal
        mov     al, ' '
        call    put_char
        mov     di, ((CLOCK_ROW+1)*COLUMNS + RIGHT + 22)*2
        call    uptime
        mov     edx, eax
        mov     ah, FACT
        call    put_decimal
        mov     si, .seconds
        call    put_text
.done:
        popad
        ret
.seconds: db    " s", 0

; Seconds since the start, in EAX: ticks times 65536/1193182.
uptime:
        push    edx
        push    ecx
        mov     eax, [ticks]
        mov     ecx, 65536
        mul     ecx
        mov     ecx, 1193182
        div     ecx
        pop     ecx
        pop     edx
        ret

; The time in CH, CL and DH, the date in CH, CL, DH and DL, in BCD. CF = 1 if
; there is none.
read_time:
        push    ax
        mov     ah, 0x02
        int     0x1a
        pop     ax
        ret

read_date:
        push    ax
        mov     ah, 0x04
        int     0x1a
        pop     ax
        ret

; To DI on the screen.
put_time:
        push    ax
        mov     ah, FACT
        mov     al, ch
        call    put_hex
        mov     al, ':'
        call    put_char
        mov     al, cl
        call    put_hex
        mov     al, ':'
        call    put_char
        mov     al, dh
        call    put_hex
        pop     ax
        ret

put_date:
        push    ax
        mov     ah, FACT
        mov     al, ch
        call    put_hex
        mov     al, cl
        call    put_hex
        mov     al, '-'
        call    put_char
        mov     al, dh
        call    put_hex
        mov     al, '-'
        call    put_char
        mov     al, dl
        call    put_hex
        pop     ax
        ret

; The command time.
do_time:
        call    no_more
        call    read_date
        jc      .none
        mov     al, ch
        call    print_hex8
        mov     al, cl
        call    print_hex8
        print   "-"
        mov     al, dh
        call    print_hex8
        print   "-"
        mov     al, dl
        call    print_hex8
        print   " "
.again:
        call    read_time
        jc      .again
        mov     al, ch
        call    print_hex8
        print   ":"
        mov     al, cl
        call    print_hex8
        print   ":"
        mov     al, dh
        call    print_hex8
        print   ", "
        mov     eax, [BDA+bda.ticks]
        call    print_decimal
        print   " ticks of 55 ms since midnight, up "
        call    uptime
        call    print_decimal
        print   " s", 10
        ret
.none:
        wrong   "the real-time clock does not run"
