; The monitor: reads a line, and does what it says.

monitor:
        mov     sp, BOOT                ; complaints leave from anywhere
        push    ds
        pop     es
        sti
        cld
        colour  PROMPT
        print   "> "
        colour  TYPED
        call    read_line
        colour  TEXT
        mov     si, line
        call    skip_blanks
        cmp     byte [si], 0
        je      monitor
        call    find_command
        call    ax
        jmp     monitor

; SI = a line: gives back in AX the routine for the command that it begins
; with, and in SI what is behind it.
find_command:
        push    bx
        push    di
        mov     bx, commands
.command:
        mov     di, [bx+command.usage]
        or      di, di
        jz      .unknown
        push    si
.compare:
        mov     al, [si]
        call    lower
        cmp     al, [di]
        jne     .end
        call    is_end
        je      .found
        inc     si
        inc     di
        jmp     .compare
.end:
        call    is_end                  ; the word may be shorter than the usage
        jne     .next
        cmp     byte [di], ' '
        jbe     .found
.next:
        pop     si
        add     bx, command_size
        jmp     .command
.found:
        add     sp, 2
        mov     ax, [bx+command.routine]
        pop     di
        pop     bx
        ret
.unknown:
        wrong_word "is no command; help lists what there is"

; ZF = 1 if AL ends a word.
is_end:
        cmp     al, ' '
        je      .done
        cmp     al, 0
.done:
        ret

; Gives up the command, with the text behind the call.
complain:
        colour  WRONG
.text:
        pop     si
        call    print_text
        call    print_line
        jmp     monitor

; Likewise, with the word at SI before it.
complain_word:
        colour  WRONG
        mov     al, '"'
        call    print_char
.next:
        lodsb
        call    is_end
        je      .end
        call    print_char
        jmp     .next
.end:
        print   '" '
        jmp     complain.text
