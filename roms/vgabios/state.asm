; Functions 1Ah, 1Bh, 1Ch: display combination, state, save and restore.

; AL = 0 get, 1 set -> BL = active display, BH = the other
display_combination:
        cmp     byte [rAL], 1
        ja      .done
        je      .set
        movzx   bx, byte [bda.dcc_index]
        shl     bx, 1
        mov     ax, [cs:bx+display_codes+4]
        xchg    al, ah
        mov     [rBX], ax
        jmp     .ok
.set:
        mov     ax, [rBX]
        xchg    al, ah
        xor     bx, bx
.find:
        cmp     [cs:bx+display_codes+4], ax
        je      .found
        add     bx, 2
        cmp     bx, 24
        jb      .find
        ret
.found:
        shr     bx, 1
        mov     [bda.dcc_index], bl
.ok:
        mov     byte [rAL], 0x1a
.done:
        ret

; BX = 0, ES:DI = 64 bytes
state_information:
        cmp     word [rBX], 0
        jne     .done
        mov     di, [rDI]
        mov     word [es:di], static_functionality
        mov     [es:di+2], cs
        mov     si, bda.mode
        mov     bx, 4
        mov     cx, 30                  ; 49h-66h
.copy:
        mov     al, [si]
        mov     [es:bx+di], al
        inc     si
        inc     bx
        loop    .copy
        mov     al, [bda.rows]
        inc     al
        mov     [es:di+0x22], al
        mov     ax, [bda.char_height]
        mov     [es:di+0x23], ax
        mov     word [es:di+0x25], 0x0008       ; VGA, no other
        mov     word [es:di+0x27], 16           ; colours
        mov     byte [es:di+0x29], 8            ; pages
        mov     byte [es:di+0x2a], 2            ; 400 lines
        call    mode_kind
        cmp     al, KIND_TEXT
        je      .text
        movzx   bx, byte [bda.mode]
        mov     al, [cs:bx+mode_pages-4]
        mov     [es:di+0x29], al
        mov     ax, 2
        cmp     bl, 0x06
        je      .colours
        cmp     bl, 0x0f
        je      .colours
        cmp     bl, 0x11
        je      .colours
        mov     ax, 4
        cmp     bl, 0x06
        jb      .colours
        mov     ax, 256
        cmp     bl, 0x13
        je      .colours
        mov     ax, 16
.colours:
        mov     [es:di+0x27], ax
        mov     al, 0                   ; 200 lines
        cmp     bl, 0x0f
        jb      .lines
        cmp     bl, 0x13
        je      .lines
        inc     al                      ; 350
        cmp     bl, 0x11
        jb      .lines
        mov     al, 3                   ; 480
.lines:
        mov     [es:di+0x2a], al
        jmp     .fonts
.text:
        mov     al, [bda.vga_flags]
        test    al, FLAG_400
        jnz     .fonts
        mov     byte [es:di+0x2a], 0
        test    al, FLAG_200
        jnz     .fonts
        inc     byte [es:di+0x2a]
.fonts:
        mov     al, 0x03
        call    seq_read
        mov     ah, al                  ; bits 5,3-2: block A; 4,1-0: block B
        and     al, 0x03
        test    ah, 0x10
        jz      .low_b
        or      al, 4
.low_b:
        mov     [es:di+0x2b], al
        mov     al, ah
        shr     al, 2
        and     al, 0x03
        test    ah, 0x20
        jz      .low_a
        or      al, 4
.low_a:
        mov     [es:di+0x2c], al
        mov     al, 0x10                ; cursor emulation
        test    byte [bda.video_control], 1
        jz      .emulation
        xor     al, al
.emulation:
        or      al, 0x01                ; all modes on all displays
        mov     ah, [bda.vga_flags]
        test    ah, FLAG_GREY
        jz      .no_grey
        or      al, 0x02
.no_grey:
        test    ah, FLAG_NO_PALETTE
        jz      .no_palette
        or      al, 0x08
.no_palette:
        test    byte [bda.mode_select], 0x20
        jz      .no_blink
        or      al, 0x20
.no_blink:
        mov     [es:di+0x2d], al
        mov     dword [es:di+0x2e], 0
        mov     byte [es:di+0x31], 3            ; 256 KiB
        mov     byte [es:di+0x32], 0
        mov     bx, 0x33
.clear:
        mov     byte [es:bx+di], 0
        inc     bx
        cmp     bl, 0x40
        jb      .clear
        mov     byte [rAL], 0x1b
.done:
        ret
; Pages of modes 4 to 13h.
mode_pages:
        db      1, 1, 1, 8, 1, 1, 1, 1, 1, 8, 4, 2, 2, 1, 1, 1

static_functionality:
        dd      0x000fe0ff              ; modes 0-7, 0Dh-13h
        db      0, 0, 0
        db      0x07                    ; text lines: 200, 350, 400
        db      8                       ; font blocks
        db      2                       ; of these shown at a time
        dw      0x0e7f                  ; functions
        dw      0
        db      0
        db      0

; 1Ch: CX = 1 registers, 2 BDA, 4 DAC; ES:BX = buffer; AL = 0 size, 1 save,
; 2 restore. Each part saved is laid out in that order.
STATE_REGISTERS equ 5+1+25+20+9+4       ; sequencer, misc, CRTC, attributes,
                                        ; graphics; CRTC base, PEL mask, spare
STATE_BDA       equ 30+7+4+4+4+1+1
STATE_DAC       equ 4+768

save_restore:
        mov     al, [rAL]
        cmp     al, 2
        ja      .done
        mov     cx, [rCX]
        test    cl, 7
        jz      .done
        or      al, al
        jz      .size
        mov     di, [rBX]
        mov     si, .savers
        cmp     al, 1
        je      .parts
        mov     si, .restorers
.parts:
        test    cl, 1
        jz      .no_registers
        call    .run
.no_registers:
        test    cl, 2
        jz      .no_bda
        add     si, 2
        call    .run
        sub     si, 2
.no_bda:
        test    cl, 4
        jz      .ok
        add     si, 4
        call    .run
.ok:
        mov     byte [rAL], 0x1c
.done:
        ret
.run:
        push    cx
        push    si
        call    [cs:si]
        pop     si
        pop     cx
        ret
.savers:
        dw      save_registers, save_bda, save_dac
.restorers:
        dw      restore_registers, restore_bda, restore_dac
.size:
        xor     bx, bx
        test    cl, 1
        jz      .size_bda
        add     bx, STATE_REGISTERS
.size_bda:
        test    cl, 2
        jz      .size_dac
        add     bx, STATE_BDA
.size_dac:
        test    cl, 4
        jz      .blocks
        add     bx, STATE_DAC
.blocks:
        add     bx, 63
        shr     bx, 6
        mov     [rBX], bx
        jmp     .ok

; The DI of each part moves to its end.
save_registers:
        xor     cl, cl
.seq:
        mov     al, cl
        call    seq_read
        stosb
        inc     cl
        cmp     cl, 5
        jb      .seq
        mov     dx, MISC_READ
        in      al, dx
        stosb
        xor     cl, cl
.crtc:
        mov     al, cl
        call    crtc_read
        stosb
        inc     cl
        cmp     cl, 25
        jb      .crtc
        xor     cl, cl
.attr:
        mov     al, cl
        call    attr_read
        stosb
        inc     cl
        cmp     cl, 20
        jb      .attr
        xor     cl, cl
.gfx:
        mov     al, cl
        call    gfx_read
        stosb
        inc     cl
        cmp     cl, 9
        jb      .gfx
        mov     ax, [bda.crtc]
        stosw
        mov     dx, PEL_MASK
        in      al, dx
        xor     ah, ah
        stosw
        ret

restore_registers:
        call    dispi_off
        mov     ax, [es:di+5+1+25+20+9]
        mov     [bda.crtc], ax
        mov     ax, 0x0100
        call    seq_write
        mov     al, [es:di+5]
        mov     dx, MISC_WRITE
        out     dx, al
        mov     al, 1
.seq:
        movzx   bx, al
        mov     ah, [es:bx+di]
        call    seq_write
        inc     al
        cmp     al, 5
        jb      .seq
        mov     ax, 0x0300
        call    seq_write
        add     di, 6
        mov     ax, 0x0011              ; unlock 0-7
        call    crtc_write
        xor     al, al
.crtc:
        mov     ah, [es:di]
        inc     di
        call    crtc_write
        inc     al
        cmp     al, 25
        jb      .crtc
        xor     al, al
.attr:
        mov     ah, [es:di]
        inc     di
        call    attr_write
        inc     al
        cmp     al, 20
        jb      .attr
        xor     al, al
.gfx:
        mov     ah, [es:di]
        inc     di
        call    gfx_write
        inc     al
        cmp     al, 9
        jb      .gfx
        mov     al, [es:di+2]
        mov     dx, PEL_MASK
        out     dx, al
        add     di, 4
        ret

; Pieces of the BDA and the vectors that go with the mode.
bda_pieces:
        dw      BDA_SEG, bda.mode, 30
        dw      BDA_SEG, bda.rows, 7
        dw      BDA_SEG, bda.save_pointer, 4
        dw      0, 0x1f*4, 4
        dw      0, 0x43*4, 4
        dw      BDA_SEG, bda.equipment, 1
.end:

save_bda:
        mov     bx, bda_pieces
.piece:
        push    ds
        mov     ds, [cs:bx]
        mov     si, [cs:bx+2]
        mov     cx, [cs:bx+4]
        rep     movsb
        pop     ds
        add     bx, 6
        cmp     bx, bda_pieces.end
        jb      .piece
        inc     di
        ret

restore_bda:
        mov     bx, bda_pieces
.piece:
        push    es
        push    ds
        mov     si, di
        push    es
        pop     ds
        mov     es, [cs:bx]
        mov     di, [cs:bx+2]
        mov     cx, [cs:bx+4]
        rep     movsb
        mov     di, si
        pop     ds
        pop     es
        add     bx, 6
        cmp     bx, bda_pieces.end
        jb      .piece
        inc     di
        ret

save_dac:
        add     di, 4
        mov     dx, DAC_READ
        xor     al, al
        out     dx, al
        mov     dl, DAC_DATA & 0xff
        mov     cx, 768
        rep     insb
        ret

restore_dac:
        add     di, 4
        mov     dx, DAC_WRITE
        xor     al, al
        out     dx, al
        inc     dx
        mov     cx, 768
.next:
        mov     al, [es:di]
        inc     di
        out     dx, al
        loop    .next
        ret
