; INT 15h/87h block move and 89h switch to protected mode.

; Offsets in the caller's descriptor table for 87h.
MOVE_GDT        equ 0x08
MOVE_SOURCE     equ 0x10
MOVE_TARGET     equ 0x18
MOVE_CS         equ 0x20
MOVE_SS         equ 0x28

; ES:SI = six descriptors, two of them filled in; CX = words. The move runs
; with interrupts off: the caller's handlers are for real mode.
int15_block_move:
        mov     cx, [rCX]
        cmp     cx, 0x8000
        ja      .too_long
        mov     si, [rSI]
        cli
        ; The table describes itself, our code and the present stack.
        mov     eax, es
        movzx   eax, ax
        shl     eax, 4
        movzx   ebx, si
        add     eax, ebx
        mov     bx, MOVE_GDT
        mov     dx, 0x30-1
        mov     cl, 0x93
        call    .describe
        mov     eax, 0xf0000
        mov     bx, MOVE_CS
        mov     dx, 0xffff
        mov     cl, 0x9b
        call    .describe
        mov     ax, ss
        movzx   eax, ax
        shl     eax, 4
        mov     bx, MOVE_SS
        mov     cl, 0x93
        call    .describe
        in      al, 0x92
        mov     ah, al
        push    ax
        or      al, 2
        and     al, 0xfe
        out     0x92, al
        mov     cx, [rCX]
        mov     dx, ss
        lgdt    [es:si+MOVE_GDT]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     MOVE_CS:.protected
.protected:
        mov     ax, MOVE_SOURCE
        mov     ds, ax
        mov     ax, MOVE_TARGET
        mov     es, ax
        mov     ax, MOVE_SS
        mov     ss, ax
        xor     si, si
        xor     di, di
        rep     movsw
        mov     ds, ax                  ; a 64 KiB limit, as real mode has
        mov     es, ax
        mov     eax, cr0
        and     al, 0xfe
        mov     cr0, eax
        jmp     ROM_SEG:.real
.real:
        mov     ss, dx
        push    BDA_SEG
        pop     ds
        pop     ax
        mov     al, ah
        and     al, 0xfe
        out     0x92, al
        sti
        mov     byte [rAH], 0
        and     byte [rFLAGS], ~CF
        or      byte [rFLAGS], ZF
        ret
.too_long:
        mov     byte [rAH], 2
        or      byte [rFLAGS], CF
        ret

; EAX = base, DX = limit, CL = access, BX = offset in the table at ES:SI
.describe:
        mov     [es:si+bx], dx
        mov     [es:si+bx+2], ax
        shr     eax, 16
        mov     [es:si+bx+4], al
        mov     [es:si+bx+5], cl
        mov     byte [es:si+bx+6], 0
        mov     [es:si+bx+7], ah
        ret

; 89h: ES:SI = table of eight descriptors: null, GDT, IDT, DS, ES, SS, CS and
; one for the BIOS; BH, BL = vector bases of the interrupt controllers.
; Returns to the caller in protected mode.
int15_protected_mode:
        mov     si, [rSI]
        cli
        mov     al, 0x11
        out     PIC1, al
        out     PIC2, al
        mov     al, [rBH]
        out     PIC1+1, al
        mov     al, [rBL]
        out     PIC2+1, al
        mov     al, 4
        out     PIC1+1, al
        mov     al, 2
        out     PIC2+1, al
        mov     al, 1
        out     PIC1+1, al
        out     PIC2+1, al
        mov     al, 0xff
        out     PIC1+1, al
        out     PIC2+1, al
        call    a20_enable
        ; Descriptor 7 becomes the BIOS code segment.
        mov     word [es:si+0x38], 0xffff
        mov     word [es:si+0x3a], 0
        mov     word [es:si+0x3c], 0x9b0f
        mov     word [es:si+0x3e], 0
        mov     byte [rAH], 0
        mov     word [bp+frame.cs], 0x30 ; return through the caller's descriptor
        lgdt    [es:si+0x08]
        lidt    [es:si+0x10]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     0x38:.protected
.protected:
        mov     ax, 0x28
        mov     ss, ax
        mov     ax, 0x18
        mov     ds, ax
        mov     ax, 0x20
        mov     es, ax
        lea     sp, [bp+frame.di]       ; the saved segments are of real mode
        clc
        popad
        retf    2
