; The boot sector: keeps the registers as the BIOS left them, and loads the
; rest of the image.

image:
        push    cs
        jmp     0:.entry
.entry:
        pop     word [cs:kept.cs]
        call    keep_registers
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     esp, BOOT
        sti
        cld
        mov     dword [kept.eip], BOOT
        mov     [drive], dl

        ; QEMU takes the image as it is for a floppy with more sectors on a
        ; track than a padded one has, so ask.
        mov     ah, 0x08
        int     0x13                    ; changes ES
        jc      .failed
        push    ds
        pop     es
        and     cx, 0x3f
        mov     [track_sectors], cx
.load:
        mov     ax, [sector]
        cmp     ax, (image_end-image)/512
        je      main
        call    load_sector
        jc      .failed
        inc     word [sector]
        jmp     .load
.failed:
        mov     si, .text
.print:
        lodsb
        or      al, al
        jz      .halt
        mov     ah, 0x0e
        mov     bx, 7
        int     0x10
        jmp     .print
.halt:
        hlt
        jmp     .halt
.text:  db      "The demo's floppy cannot be read.", 13, 10, 0

; AX = number of a sector, counted from 0. Loads it to where it belongs. CF = 1
; if it cannot be read.
load_sector:
        mov     bx, ax
        shl     bx, 9
        add     bx, BOOT
        xor     dx, dx
        div     word [track_sectors]
        mov     cl, dl
        inc     cx
        mov     ch, al
        shr     ch, 1                   ; cylinder
        mov     dh, al
        and     dh, 1                   ; head
        mov     dl, [drive]
        mov     bp, 3                   ; times: a motor may have to start
.again:
        mov     ax, 0x0201
        int     0x13
        jnc     .done
        xor     ax, ax
        int     0x13
        dec     bp
        jnz     .again
        stc
.done:
        ret

; Keeps the registers for the command r. Called with any DS; CS and EIP are the
; caller's to keep.
keep_registers:
        mov     [cs:kept.eax], eax
        pop     ax                      ; return address
        mov     [cs:kept.esp], esp
        pushfd
        pop     dword [cs:kept.eflags]
        mov     [cs:kept.ecx], ecx
        mov     [cs:kept.edx], edx
        mov     [cs:kept.ebx], ebx
        mov     [cs:kept.ebp], ebp
        mov     [cs:kept.esi], esi
        mov     [cs:kept.edi], edi
        mov     [cs:kept.es], es
        mov     [cs:kept.ss], ss
        mov     [cs:kept.ds], ds
        mov     [cs:kept.fs], fs
        mov     [cs:kept.gs], gs
        jmp     ax

drive:          db      0
track_sectors:  dw      0
sector:         dw      1

        times 510-($-$$) db 0
        dw      0xaa55
