; The command mode 13: a plasma in 320 by 200 dots of 256 colours. Its sines come
; from the coprocessor, its frames from the periodic interrupt of the RTC, so
; that the processor can wait for them with HLT.

VGA_SCREEN      equ     0xa000
WIDTH           equ     320
HEIGHT          equ     200

RTC_A           equ     0x0a
RTC_B           equ     0x0b
RTC_C           equ     0x0c
RTC_32_HZ       equ     0x0b
RTC_PIE         equ     0x40

do_mode:
        call    read_hex
        cmp     eax, 0x13
        jne     .unknown
        call    no_more
        cmp     byte [has_fpu], 0
        je      .no_fpu
        print   "A key ends it.", 10
        call    save_text
        mov     ax, 0x0013
        int     0x10
        call    make_sines
        call    load_palette
        call    start_frames
.frame:
        call    draw_plasma
        inc     word [phase]
.wait:
        call    poll_key
        jc      .end
        hlt
        mov     al, 0
        xchg    al, [periodic]
        or      al, al
        jz      .wait
        jmp     .frame
.end:
        call    stop_frames
        mov     ax, 0x0003
        int     0x10
        jmp     restore_text
.unknown:
        wrong   "13 is the one mode that it shows something in"
.no_fpu:
        wrong   "the plasma needs a coprocessor"

; Makes sines a period of sines around 128.
make_sines:
        pushad
        mov     di, sines
        fninit
        fldz                            ; angle
        fldpi
        fidiv   word [.half]            ; step: 256 in a period
.next:
        fld     st1
        fsin
        fimul   word [.height]
        fistp   word [pattern]
        mov     al, [pattern]
        add     al, 128
        stosb
        fadd    st1, st0
        cmp     di, sines+256
        jb      .next
        fninit
        popad
        ret
.half:  dw      128
.height: dw     127

; Loads the 256 colours: red, green and blue are sines, a third of a period
; apart.
load_palette:
        pushad
        xor     bx, bx
        mov     dx, 0x3c8
        mov     al, 0
        out     dx, al
        inc     dx
.next:
        mov     si, bx
        call    .sine
        lea     si, [bx+85]
        call    .sine
        lea     si, [bx+170]
        call    .sine
        inc     bl
        jnz     .next
        popad
        ret
.sine:
        and     si, 0xff
        mov     al, [sines+si]
        shr     al, 2                   ; the DAC has 6 bits
        out     dx, al
        ret

; Draws a frame: the colour of a dot is the sine of what its column and its row
; say, and those are sums of sines that move.
draw_plasma:
        pushad
        push    es
        push    VGA_SCREEN
        pop     es
        mov     cx, [phase]
        xor     di, di
.column:
        mov     bx, di
        add     bx, cx
        call    sine
        mov     dl, al
        mov     bx, di
        shl     bx, 1
        sub     bx, cx
        call    sine
        shr     al, 1
        add     dl, al
        mov     [across+di], dl
        inc     di
        cmp     di, WIDTH
        jb      .column

        xor     di, di
        xor     bp, bp                  ; row
.row:
        mov     bx, bp
        shl     bx, 1
        add     bx, cx
        call    sine
        mov     dl, al
        mov     bx, cx
        shl     bx, 1
        sub     bx, bp
        call    sine
        add     dl, al
        add     dl, cl
        xor     bx, bx
        mov     si, across
.dot:
        lodsb
        add     al, dl
        mov     bl, al
        mov     al, [sines+bx]
        stosb
        cmp     si, across+WIDTH
        jb      .dot
        inc     bp
        cmp     bp, HEIGHT
        jb      .row
        pop     es
        popad
        ret

; Gives back in AL the sine of BX.
sine:
        xor     bh, bh
        mov     al, [sines+bx]
        ret

; Lets the RTC interrupt 32 times a second.
start_frames:
        pushad
        cli
        mov     eax, [0x70*4]
        mov     [old_int70], eax
        mov     word [0x70*4], .interrupt
        mov     word [0x70*4+2], 0
        mov     al, RTC_A
        call    read_rtc
        mov     [old_rtc_a], al
        and     al, 0xf0
        or      al, RTC_32_HZ
        mov     ah, al
        mov     al, RTC_A
        call    write_rtc
        mov     al, RTC_B
        call    read_rtc
        or      al, RTC_PIE
        mov     ah, al
        mov     al, RTC_B
        call    write_rtc
        in      al, 0xa1
        and     al, ~1 & 0xff           ; IRQ8
        out     0xa1, al
        sti
        popad
        ret
.interrupt:
        push    ax
        mov     byte [cs:periodic], 1
        mov     al, RTC_C               ; reading it ends the request
        call    read_rtc
        mov     al, 0x20
        out     0xa0, al
        out     0x20, al
        pop     ax
        iret

stop_frames:
        pushad
        cli
        mov     al, RTC_B
        call    read_rtc
        and     al, ~RTC_PIE & 0xff
        mov     ah, al
        mov     al, RTC_B
        call    write_rtc
        mov     ah, [old_rtc_a]
        mov     al, RTC_A
        call    write_rtc
        mov     eax, [old_int70]
        mov     [0x70*4], eax
        sti
        popad
        ret

; AL = register of the RTC: gives back AL, or writes AH. Interrupts are off.
read_rtc:
        out     0x70, al
        in      al, 0x71
        ret

write_rtc:
        out     0x70, al
        mov     al, ah
        out     0x71, al
        ret

; Keeps what is on the text screen, for the mode uses its memory.
save_text:
        pushad
        push    ds
        push    es
        push    SCREEN
        pop     ds
        push    text_screen>>4
        pop     es
        jmp     copy_text

restore_text:
        pushad
        push    ds
        push    es
        push    text_screen>>4
        pop     ds
        push    SCREEN
        pop     es
copy_text:
        xor     si, si
        xor     di, di
        mov     cx, 25*COLUMNS
        rep     movsw
        pop     es
        pop     ds
        popad
        ret
