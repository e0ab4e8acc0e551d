; INT 10h dispatcher. Services run with SS:BP = frame, DS = BDA, ES = the
; caller's, and change the caller's registers through the frame only.

int10_entry:
        SAVE_CALLER
        test    byte [rFLAGS+1], 2      ; interrupts stay off for who has them off
        jz      .dispatch
        sti
.dispatch:
        movzx   bx, byte [rAH]
        cmp     bl, 0x4f
        je      .vbe
        cmp     bl, 0x1c
        ja      .done
        ; There is no text in VBE modes, nor anything else that knows dots.
        cmp     byte [bda.mode], VBE_MODE
        jne     .known_mode
        bt      word [cs:.any_mode], bx
        jnc     .done
.known_mode:
        shl     bx, 1
        call    [cs:bx+.table]
.done:
        LEAVE_INT
.none:
        ret
.vbe:
        call    vbe
        LEAVE_INT
; Functions for any mode: 00, 0F-12, 1A-1C.
.any_mode:
        dd      0x1c078001
.table:
        dw      set_mode                ; 00
        dw      set_cursor_shape
        dw      set_cursor
        dw      get_cursor
        dw      light_pen
        dw      set_page                ; 05
        dw      scroll_up
        dw      scroll_down
        dw      read_char
        dw      write_char_attribute
        dw      write_char              ; 0A
        dw      cga_palette
        dw      write_pixel
        dw      read_pixel
        dw      teletype
        dw      get_mode                ; 0F
        dw      palette                 ; 10
        dw      fonts                   ; 11
        dw      alternate               ; 12
        dw      write_string            ; 13
        dw      .none, .none, .none, .none, .none, .none
        dw      display_combination     ; 1A
        dw      state_information
        dw      save_restore            ; 1C

light_pen:
        mov     byte [rAH], 0           ; a VGA has none
        ret

get_mode:
        mov     al, [bda.video_control]
        and     al, 0x80                ; memory was not cleared
        or      al, [bda.mode]
        mov     [rAL], al
        mov     al, [bda.columns]
        mov     [rAH], al
        mov     al, [bda.page]
        mov     [rBH], al
        ret
