; Option ROMs: 55AAh, length in 512-byte units, entry at 3, byte sum 0.

OPTION_ROM_STEP equ 0x80                ; paragraphs: 2 KiB
OPTION_ROM_END  equ 0xf000
VIDEO_ROM_END   equ 0xc800

; The video BIOS comes first, so that POST has a screen.
optionrom_video:
        mov     word [bda.equipment], 0x0020    ; 80x25 colour until told otherwise
        mov     cx, OPTION_ROM_SEG
        mov     dx, VIDEO_ROM_END
        jmp     optionrom_range

optionrom_scan:
        mov     cx, VIDEO_ROM_END
        mov     dx, OPTION_ROM_END

; CX = first segment, DX = end
optionrom_range:
        mov     es, cx
        mov     ax, OPTION_ROM_STEP
        cmp     word [es:0], 0xaa55
        jne     .next
        call    .valid
        jnz     .next
        pushad
        push    ds
        push    es
        push    fs
        cli
        mov     ax, es
        push    cs                      ; far call to ES:0003
        push    .return
        push    ax
        push    3
        xor     ax, ax                  ; no bus address: not a PCI device
        mov     bx, 0xffff              ; no card select number
        mov     dx, 0xffff
        retf
.return:
        cld
        pop     fs
        pop     es
        pop     ds
        call    .boot_entry
        popad
        ; Go on behind the ROM.
        movzx   ax, byte [es:2]
        shl     ax, 5
        add     ax, OPTION_ROM_STEP-1
        and     ax, ~(OPTION_ROM_STEP-1)
        jnz     .next
        mov     ax, OPTION_ROM_STEP
.next:
        add     cx, ax
        jc      .done
        cmp     cx, dx
        jb      optionrom_range
.done:
        ret

; ZF = 1 if the ROM at ES:0 sums to zero
.valid:
        push    cx
        push    si
        push    es
        movzx   cx, byte [es:2]
        xor     al, al
        jcxz    .empty
.block:
        push    cx
        xor     si, si
        mov     cx, 512
.sum:
        add     al, [es:si]
        inc     si
        loop    .sum
        mov     cx, es
        add     cx, 32
        mov     es, cx
        pop     cx
        loop    .block
        or      al, al
        jmp     .checked
.empty:
        inc     al                      ; no length, no ROM
.checked:
        pop     es
        pop     si
        pop     cx
        ret

; A Plug and Play header may name a bootstrap entry; the last ROM with one is
; booted ahead of the drives.
.boot_entry:
        mov     bx, [es:0x1a]
        or      bx, bx
        jz      .no_entry
        cmp     dword [es:bx], '$PnP'
        jne     .no_entry
        mov     ax, [es:bx+0x1a]        ; BEV
        or      ax, ax
        jz      .no_entry
        mov     [fs:ebda.option_boot], ax
        mov     [fs:ebda.option_boot+2], es
.no_entry:
        ret
