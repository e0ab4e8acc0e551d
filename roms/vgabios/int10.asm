; INT 10h dispatcher. Services run with SS:BP = frame, DS = BDA, ES = the
; caller's, and change the caller's registers through the frame only.

int10_entry:
        SAVE_CALLER
        test    byte [rFLAGS+1], 2      ; interrupts stay off for who has them off
        jz      .dispatch
        sti
.dispatch:
        movzx   bx, byte [rAH]
        cmp     bl, 0x1c
        ja      .done
        shl     bx, 1
        call    [cs:bx+.table]
.done:
        LEAVE_INT
.none:
        ret
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
