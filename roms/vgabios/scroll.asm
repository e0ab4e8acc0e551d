; Functions 06h and 07h: scroll a window of the page shown.

scroll_up:
        xor     dl, dl
        jmp     scroll
scroll_down:
        mov     dl, 1

; The window, kept on the stack below the frame.
struc window
.down           resw 1                  ; 1: contents move down
.lines          resw 1                  ; rows to move by
.left           resw 1
.top            resw 1
.width          resw 1
.height         resw 1
.attr           resw 1
endstruc

%define w bp-2-window_size             ; above it: the return address

scroll:
        sub     sp, window_size
        xor     dh, dh
        mov     [w+window.down], dx
        movzx   ax, byte [rAL]
        mov     [w+window.lines], ax
        movzx   ax, byte [rBH]
        mov     [w+window.attr], ax
        movzx   ax, byte [rCL]
        mov     [w+window.left], ax
        movzx   bx, byte [rDL]
        mov     cx, [bda.columns]
        dec     cx
        cmp     bx, cx
        jbe     .right
        mov     bx, cx
.right:
        sub     bx, ax
        jc      .done
        inc     bx
        mov     [w+window.width], bx
        movzx   ax, byte [rCH]
        mov     [w+window.top], ax
        movzx   bx, byte [rDH]
        movzx   cx, byte [bda.rows]
        cmp     bx, cx
        jbe     .bottom
        mov     bx, cx
.bottom:
        sub     bx, ax
        jc      .done
        inc     bx
        mov     [w+window.height], bx
        cmp     word [w+window.lines], 0
        je      .all
        cmp     bx, [w+window.lines]
        ja      .some
.all:
        mov     [w+window.lines], bx
.some:
        call    mode_kind
        cmp     al, KIND_TEXT
        je      .text
        call    scroll_graphics
        jmp     .done
.text:
        call    scroll_text
.done:
        lea     sp, [bp-2]              ; the dispatcher's return address
        ret

scroll_text:
        push    ds
        mov     bh, [bda.page]
        mov     si, [bda.columns]
        shl     si, 1                   ; bytes from one row to the next
        mov     dl, [w+window.left]
        mov     dh, [w+window.top]
        cmp     byte [w+window.down], 0
        je      .start
        add     dh, [w+window.height]
        dec     dh
        neg     si
.start:
        call    text_cell               ; ES:DI = first row to fill
        mov     ax, si
        imul    word [w+window.lines]
        mov     bx, ax                  ; distance of the source
        push    es
        pop     ds
        mov     dx, [w+window.height]
        sub     dx, [w+window.lines]
        jz      .blank
.row:
        push    di
        push    si
        lea     si, [bx+di]
        mov     cx, [w+window.width]
        rep     movsw
        pop     si
        pop     di
        add     di, si
        dec     dx
        jnz     .row
.blank:
        mov     dx, [w+window.lines]
        mov     ah, [w+window.attr]
        mov     al, ' '
.blank_row:
        push    di
        mov     cx, [w+window.width]
        rep     stosw
        pop     di
        add     di, si
        dec     dx
        jnz     .blank_row
        pop     ds
        ret

; Line by line; planar modes copy all planes through the latches.
scroll_graphics:
        call    glyph_bytes             ; AH = bytes per character
        movzx   cx, ah
        mov     bl, al
        mov     ax, [w+window.left]
        mul     cx
        mov     si, ax                  ; first byte within a line
        mov     ax, [w+window.width]
        mul     cx
        mov     cx, ax                  ; bytes of the window
        mov     bh, [bda.page]
        push    bx
        call    page_offset
        pop     bx
        add     si, ax
        call    video_segment
        mov     es, ax
        ; Rows to scan lines.
        mov     ax, [w+window.top]
        mul     word [bda.char_height]
        mov     [w+window.top], ax
        mov     ax, [w+window.height]
        mul     word [bda.char_height]
        mov     [w+window.height], ax
        mov     ax, [w+window.lines]
        mul     word [bda.char_height]
        mov     [w+window.lines], ax
        call    .prepare_copy
        mov     dx, [w+window.height]
        sub     dx, [w+window.lines]
        jz      .fill
        xor     ax, ax                  ; line within the window
.copy:
        push    ax
        push    cx
        push    si
        call    .line                   ; DI = target
        push    di
        add     ax, [w+window.lines]
        call    .line
        mov     ax, di
        pop     di
        mov     si, ax
        push    ds
        push    es
        pop     ds
        rep     movsb
        pop     ds
        pop     si
        pop     cx
        pop     ax
        inc     ax
        dec     dx
        jnz     .copy
.fill:
        call    .prepare_fill           ; BH = fill byte
        mov     ax, [w+window.height]
        sub     ax, [w+window.lines]
        mov     dx, [w+window.lines]
.fill_line:
        push    cx
        call    .line
        push    ax
        mov     al, bh
        rep     stosb
        pop     ax
        pop     cx
        inc     ax
        dec     dx
        jnz     .fill_line
        jmp     graphics_defaults

; AX = line counted from where the scrolling starts -> DI = address
.line:
        push    ax
        cmp     byte [w+window.down], 0
        je      .up
        neg     ax
        add     ax, [w+window.height]
        dec     ax
.up:
        add     ax, [w+window.top]
        call    line_offset
        add     di, si
        pop     ax
        ret

.prepare_copy:
        cmp     bl, KIND_PLANAR
        jne     .prepared
        mov     ax, 0x0105              ; write mode 1: the latches
        call    gfx_write
        mov     ax, 0x0f02
        call    seq_write
.prepared:
        ret

.prepare_fill:
        mov     bh, [w+window.attr]
        cmp     bl, KIND_LINEAR
        je      .prepared
        cmp     bl, KIND_PLANAR
        je      .planes
        ; CGA: the colour in every pixel of a byte.
        cmp     bl, KIND_CGA1
        je      .one_bit
        and     bh, 3
        mov     al, 0x55
        mul     bh
        mov     bh, al
        ret
.one_bit:
        and     bh, 1
        neg     bh
        ret
.planes:
        mov     ax, 0x0005
        call    gfx_write
        mov     ah, bh                  ; set/reset: the colour in all planes
        mov     al, 0x00
        call    gfx_write
        mov     ax, 0x0f01
        call    gfx_write
        ret

; The register values of the planar modes that programs count on. All
; registers are kept.
graphics_defaults:
        push    ax
        call    mode_kind
        cmp     al, KIND_PLANAR
        jne     .done
        mov     ax, 0x0000
        call    gfx_write
        mov     ax, 0x0001
        call    gfx_write
        mov     ax, 0x0003
        call    gfx_write
        mov     ax, 0x0005
        call    gfx_write
        mov     ax, 0xff08
        call    gfx_write
        mov     ax, 0x0f02
        call    seq_write
.done:
        pop     ax
        ret
