; Function 11h: fonts.

fonts:
        mov     al, [rAL]
        mov     ah, al
        and     ah, 0x0f
        cmp     al, 0x30
        je      font_information
        cmp     byte [bda.mode], VBE_MODE
        je      .done
        cmp     al, 0x20
        jae     font_graphics
        cmp     ah, 4
        ja      .done
        cmp     al, 0x03
        je      .block
        ; 00h, 10h: the caller's; others: ours. 1xh recalculates the screen.
        mov     bx, [rBX]               ; BL = block, BH = height
        mov     dx, [rDX]
        mov     cx, [rCX]
        mov     si, [bp+frame.bp]
        or      ah, ah
        jz      .load
        push    cs
        pop     es
        xor     dx, dx
        mov     cx, 256
        mov     bh, 14
        mov     si, font_8x14
        cmp     ah, 1
        je      .load
        mov     bh, 8
        mov     si, font_8x8
        cmp     ah, 2
        je      .load
        mov     bh, 16
        mov     si, font_8x16
.load:
        push    bx
        call    load_font
        pop     bx
        test    byte [rAL], 0x10
        jz      .done
        mov     al, bh
        jmp     font_rows
.block:
        mov     ah, [rBL]               ; character map select
        mov     al, 0x03
        call    seq_write
.done:
        ret

; Plane 2: CX characters of BH bytes from ES:SI to character DX of block BL
load_font:
        push    ds
        push    es
        pushad
        call    font_access
        movzx   di, bl
        and     di, 7
        mov     al, bl                  ; blocks 4-7 lie between 0-3
        and     al, 3
        shl     al, 1
        test    bl, 4
        jz      .block
        inc     al
.block:
        movzx   di, al
        shl     di, 13
        shl     dx, 5
        add     di, dx
        push    es
        pop     ds
        mov     ax, 0xa000
        mov     es, ax
        jcxz    .done
        movzx   bx, bh
.next:
        push    cx
        push    di
        mov     cx, bx
        rep     movsb
        pop     di
        add     di, 32
        pop     cx
        loop    .next
.done:
        push    BDA_SEG
        pop     ds
        call    font_access_end
        popad
        pop     es
        pop     ds
        ret

; Plane 2 alone, linear at A0000h. All registers are kept.
font_access:
        push    ax
        mov     ax, 0x0100
        call    seq_write
        mov     ax, 0x0402              ; map mask: plane 2
        call    seq_write
        mov     ax, 0x0704              ; no odd/even, extended memory
        call    seq_write
        mov     ax, 0x0300
        call    seq_write
        mov     ax, 0x0204              ; read plane 2
        call    gfx_write
        mov     ax, 0x0005
        call    gfx_write
        mov     ax, 0x0406              ; A0000h, 64 KiB
        call    gfx_write
        pop     ax
        ret

; Back to what text modes have.
font_access_end:
        push    ax
        mov     ax, 0x0100
        call    seq_write
        mov     ax, 0x0302
        call    seq_write
        mov     ax, 0x0304
        call    seq_write
        mov     ax, 0x0300
        call    seq_write
        mov     ax, 0x0004
        call    gfx_write
        mov     ax, 0x1005
        call    gfx_write
        mov     ax, 0x0e06              ; B8000h
        cmp     word [bda.crtc], 0x3d4
        je      .colour
        mov     ah, 0x0a                ; B0000h
.colour:
        call    gfx_write
        pop     ax
        ret

; Text rows for characters of AL lines: CRTC and BDA.
font_rows:
        movzx   bx, al
        mov     [bda.char_height], bx
        mov     al, 0x09
        call    crtc_read
        and     al, 0xe0
        mov     ah, bl
        dec     ah
        or      ah, al
        mov     al, 0x09
        call    crtc_write
        cmp     byte [bda.mode], 7
        jne     .colour
        mov     ah, bl                  ; underline below the character
        dec     ah
        mov     al, 0x14
        call    crtc_write
.colour:
        ; Lines shown: 350, 400 or twice 200.
        mov     ax, 350
        mov     dl, [bda.vga_flags]
        test    dl, FLAG_400 | FLAG_200
        jz      .lines
        mov     ax, 400
        test    dl, FLAG_200
        jz      .lines
        mov     ax, 200
.lines:
        mov     cx, ax
        xor     dx, dx
        div     bx
        mov     [bda.rows], al
        dec     byte [bda.rows]
        ; The last line shown is the last of a whole row.
        mul     bx
        dec     ax
        cmp     cx, 200
        jne     .single
        shl     ax, 1
        inc     ax
.single:
        mov     ah, al
        mov     al, 0x12
        call    crtc_write
        movzx   ax, byte [bda.rows]
        inc     ax
        mul     byte [bda.columns]
        shl     ax, 1
        add     ax, 256                 ; pages keep a gap, as in mode 3
        and     ax, 0xff00
        mov     [bda.page_size], ax
        mov     ax, [bda.cursor_end]
        call    cursor_shape_registers
        jmp     cursor_update

; 20h-24h: fonts of the graphics modes
font_graphics:
        cmp     al, 0x24
        ja      .done
        mov     dx, es
        mov     si, [bp+frame.bp]
        push    0
        pop     es
        cmp     al, 0x20
        jne     .full
        mov     [es:0x1f*4], si
        mov     [es:0x1f*4+2], dx
.done:
        ret
.full:
        mov     cx, [rCX]
        cmp     al, 0x21
        je      .set
        mov     dx, cs
        mov     si, font_8x14
        mov     cx, 14
        cmp     al, 0x22
        je      .set
        mov     si, font_8x8
        mov     cx, 8
        cmp     al, 0x23
        je      .set
        mov     si, font_8x16
        mov     cx, 16
.set:
        mov     [es:0x43*4], si
        mov     [es:0x43*4+2], dx
        mov     [bda.char_height], cx
        ; BL = 1, 2, 3: 14, 25, 43 rows; 0: DL rows
        mov     al, [rDL]
        movzx   bx, byte [rBL]
        and     bl, 3
        jz      .rows
        mov     al, [cs:bx+.row_counts-1]
.rows:
        dec     al
        mov     [bda.rows], al
        ret
.row_counts:
        db      14, 25, 43

; 30h: BH = which -> ES:BP = font, CX = height in use, DL = rows - 1
font_information:
        mov     ax, [bda.char_height]
        mov     [rCX], ax
        mov     al, [bda.rows]
        mov     [rDL], al
        movzx   bx, byte [rBH]
        cmp     bl, 7
        ja      .done
        cmp     bl, 1
        ja      .ours
        mov     si, 0x1f*4
        jb      .vector
        mov     si, 0x43*4
.vector:
        push    0
        pop     es
        les     si, [es:si]
        jmp     .store
.ours:
        shl     bx, 1
        mov     si, [cs:bx+.fonts-4]
        push    cs
        pop     es
.store:
        mov     [bp+frame.bp], si
        mov     [rES], es
.done:
        ret
.fonts:
        dw      font_8x14, font_8x8, font_8x8+1024
        dw      no_alternates, font_8x16, no_alternates

; Replacements for 9-dot characters: none, the fonts suit both widths.
no_alternates:
        db      0
