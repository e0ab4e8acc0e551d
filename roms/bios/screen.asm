; The start screen, written through INT 10h so that any video BIOS shows it
; (and none harms).

TEXT_ATTRIBUTE  equ 0x07

; AL = character. All registers are kept.
putc:
        pushad
        cmp     al, 10
        jne     .plain
        mov     al, 13
        call    .teletype
        mov     al, 10
.plain:
        call    .teletype
        popad
        ret
.teletype:
        mov     ah, 0x0e
        mov     bx, TEXT_ATTRIBUTE
        int     0x10
        ret

; CS:SI = text ending in 0
puts:
        push    ax
        push    si
.next:
        cs lodsb
        or      al, al
        jz      .done
        call    putc
        jmp     .next
.done:
        pop     si
        pop     ax
        ret

newline:
        push    ax
        mov     al, 10
        call    putc
        pop     ax
        ret

; EAX = number
put_decimal:
        pushad
        mov     ebx, 10
        xor     cx, cx
.divide:
        xor     edx, edx
        div     ebx
        push    dx
        inc     cx
        or      eax, eax
        jnz     .divide
.print:
        pop     ax
        add     al, '0'
        call    putc
        loop    .print
        popad
        ret

put_hex16:
        push    ax
        mov     al, ah
        call    put_hex8
        pop     ax
put_hex8:
        push    ax
        shr     al, 4
        call    .digit
        pop     ax
        push    ax
        and     al, 0x0f
        call    .digit
        pop     ax
        ret
.digit:
        cmp     al, 10
        sbb     al, 0x69                ; 0-15 to '0'-'F'
        das
        jmp     putc

; CS:SI = text, BL = attribute: paint the cells first, then write over them;
; teletype output keeps the attributes that it finds.
puts_attribute:
        pushad
        xor     cx, cx
        mov     di, si
.length:
        cmp     byte [cs:di], 0
        je      .paint
        inc     di
        inc     cx
        jmp     .length
.paint:
        mov     ax, 0x0920
        xor     bh, bh
        int     0x10
        popad
        jmp     puts

screen_title:
        pushad
        mov     ax, 0x0003
        int     0x10
        mov     ah, 0x0f                ; a full title bar, whatever the width
        int     0x10
        movzx   cx, ah
        mov     ax, 0x0920
        mov     bx, 0x001f
        int     0x10
        mov     si, .name
        mov     bl, 0x1f
        call    puts_attribute
        call    newline
        call    newline
        popad
        ret
.name:
        db      "  toyvm BIOS ", BIOS_VERSION, 0

screen_memory:
        push    eax
        PRINT   "  Memory      "
        movzx   eax, word [bda.memory_kb]
        inc     eax                     ; the EBDA counts too
        call    put_decimal
        PRINT   " KB base, "
        mov     eax, [fs:ebda.ext_kb]
        call    put_decimal
        PRINT   " KB extended"
        call    newline
        pop     eax
        ret
