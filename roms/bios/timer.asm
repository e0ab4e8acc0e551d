; Time-outs measured with counter 0 of the 8254.
;
; The counter runs in mode 3, counting two per clock, so a millisecond is
; 2387 counts. A guest may have programmed another rate: a reload counts as
; reaching zero, which can make a time-out longer, never shorter.

COUNTS_PER_MS   equ 2387

pit_read:
        pushf
        cli
        xor     al, al                  ; latch counter 0
        out     0x43, al
        in      al, 0x40
        mov     ah, al
        in      al, 0x40
        xchg    al, ah
        popf
        ret

; AX = milliseconds. Starts a time-out kept in EDI (counts left) and SI (last
; count), both owned by timer_check until it is over.
timer_start:
        movzx   edi, ax
        imul    edi, COUNTS_PER_MS
        call    pit_read
        mov     si, ax
        ret

; CF = 1 when the time is over. All other registers are kept. A few
; microseconds pass before the counter is read: reading a port is slow on real
; boards and emulated ones.
timer_check:
        push    eax
        push    cx
        mov     cx, 300
        loop    $
        pop     cx
        call    pit_read
        xchg    ax, si
        cmp     ax, si
        jb      .reloaded
        sub     ax, si
.reloaded:
        movzx   eax, ax
        sub     edi, eax
        jnc     .done
        xor     edi, edi                ; stays over
        stc
.done:
        pop     eax
        ret

; AX = milliseconds to wait
delay_ms:
        push    edi
        push    si
        call    timer_start
.wait:
        call    timer_check
        jnc     .wait
        pop     si
        pop     edi
        ret
