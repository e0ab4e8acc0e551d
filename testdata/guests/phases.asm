; A boot floppy that keeps every part of the machine busy, one after the other,
; again and again. Each phase says its number at port 80h when it is in the
; middle of its work. It needs a hard disk, whose sectors 1 to 4 it reads, and
; the fifth of which it writes. After each round it sends a letter to COM1.
; Build: nasm -f bin -o phases.img phases.asm

        cpu     486
        bits    16
        org     0x7c00

POST    equ     0x80
COM1    equ     0x3f8
COM2    equ     0x2f8

; Phases
FLOPPY  equ     0xe1                    ; the controller waits for the DMA channel
DISK    equ     0xe2                    ; half of a sector is read
FIFO    equ     0xe3                    ; bytes are on their way out and in
HANDLER equ     0xe4                    ; in the handler of the timer
X87     equ     0xe5                    ; eight registers full, an exception waits
STRING  equ     0xe6                    ; REP MOVSB is next
HALT    equ     0xe7                    ; HLT is next
PLANAR  equ     0xe8                    ; latches are loaded in mode 12h
KEYS    equ     0xe9                    ; interrupts are off, keys have to wait
MOUSE   equ     0xea                    ; likewise for the mouse
PAGING  equ     0xeb                    ; in the handler of a page fault
SHADOW  equ     0xec                    ; MOV SS is next

; Memory
FLOPPYDATA equ  0x1000                  ; segments
DISKDATA equ    0x1400
SOURCE  equ     0x4000
TARGET  equ     0x4800
DIRECTORY equ   0x20000                 ; addresses
TABLE0  equ     0x21000
TABLE1  equ     0x22000
POOL    equ     0x30000

%macro phase 1
        mov     al, %1
        out     POST, al
%endmacro

start:
        jmp     0:.entry
.entry:
        xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     [drive], dl
        mov     ax, 0x0200 + (image_end-start-1)/512
        mov     bx, 0x7e00
        mov     cx, 2
        mov     dh, 0
        int     0x13
        jc      $
        cli
        mov     eax, [8*4]
        mov     [old_timer], eax
        mov     word [8*4], timer
        mov     word [8*4+2], 0
        mov     word [0x75*4], coprocessor
        mov     word [0x75*4+2], 0
        in      al, 0xa1
        and     al, ~0x20               ; IRQ 13
        out     0xa1, al
        in      al, 0x21
        and     al, ~0x04               ; and the slave's
        out     0x21, al
        sti
        jmp     round

drive   db      0
letter  db      'a'
slow    db      0                       ; the timer's handler takes its time
old_timer dd    0

        times 510-($-$$) db 0
        dw      0xaa55

round:
        cld
        call    floppy
        call    disk
        call    fifo
        call    ticks
        call    x87
        call    string
        call    halt
        call    planar
        call    keys
        call    mouse
        call    paging
        call    shadow
        mov     dx, COM1+5
.busy:
        in      al, dx
        test    al, 0x20
        jz      .busy
        mov     dx, COM1
        mov     al, [letter]
        out     dx, al
        inc     byte [letter]
        jmp     round

; Nine sectors by the BIOS, and two by the controller, which has to wait for the
; DMA channel.
floppy:
        mov     ax, FLOPPYDATA
        mov     es, ax
        xor     bx, bx
        mov     ax, 0x0209
        mov     cx, 0x0201
        mov     dh, 1
        mov     dl, [drive]
        int     0x13
        jc      floppy
        and     byte [0x43e], 0x7f      ; the BIOS notes the interrupt there
        mov     al, 6                   ; channel 2 is masked
        out     0x0a, al
        out     0x0c, al
        mov     al, 0x46
        out     0x0b, al
        xor     al, al
        out     0x04, al
        out     0x04, al
        mov     al, FLOPPYDATA >> 12
        out     0x81, al
        mov     al, 0xff
        out     0x05, al
        mov     al, 0x03
        out     0x05, al
        mov     si, .read
        mov     cx, .end-.read
.command:
        mov     dx, 0x3f4
        in      al, dx
        and     al, 0xc0
        cmp     al, 0x80
        jne     .command
        lodsb
        inc     dx
        out     dx, al
        loop    .command
        phase   FLOPPY
        mov     al, 2
        out     0x0a, al
.wait:
        test    byte [0x43e], 0x80
        jz      .wait
        mov     cx, 7
.result:
        mov     dx, 0x3f4
        in      al, dx
        and     al, 0xc0
        cmp     al, 0xc0
        jne     .result
        inc     dx
        in      al, dx
        loop    .result
        ret
.read   db      0xe6, 0x04, 2, 1, 3, 2, 9, 0x1b, 0xff
.end:

; Four sectors word by word, and one written.
disk:
        mov     ax, DISKDATA
        mov     es, ax
        xor     di, di
        mov     al, 4
        mov     ah, 1
        mov     bl, 0x20                ; READ SECTORS
        call    command
        mov     bh, 4
.sector:
        call    wait_data
        mov     cx, 256
.word:
        mov     dx, 0x1f0
        in      ax, dx
        stosw
        cmp     cx, 128
        jne     .next
        phase   DISK
.next:
        loop    .word
        dec     bh
        jnz     .sector
        mov     al, 1
        mov     ah, 5
        mov     bl, 0x30                ; WRITE SECTORS
        call    command
        call    wait_data
        mov     cx, 256
        mov     dx, 0x1f0
.write:
        mov     al, [letter]
        mov     ah, cl
        out     dx, ax
        loop    .write
        ret

; AL sectors from LBA AH on, by the command BL.
command:
        push    ax
        mov     dx, 0x1f6
        mov     al, 0xe0
        out     dx, al
        pop     ax
        mov     dx, 0x1f2
        out     dx, al
        inc     dx
        mov     al, ah
        out     dx, al
        xor     al, al
        inc     dx
        out     dx, al
        inc     dx
        out     dx, al
        mov     dx, 0x1f7
        mov     al, bl
        out     dx, al
        ret

wait_data:
        mov     dx, 0x1f7
        in      al, dx
        test    al, 0x80
        jnz     wait_data
        test    al, 8
        jz      wait_data
        ret

; COM2 talks to itself, at 115200 bits in a second.
fifo:
        mov     dx, COM2+3
        mov     al, 0x83
        out     dx, al
        mov     dx, COM2
        mov     al, 1
        out     dx, al
        inc     dx
        xor     al, al
        out     dx, al
        mov     dx, COM2+3
        mov     al, 0x03
        out     dx, al
        mov     dx, COM2+2
        mov     al, 0xc7                ; FIFOs on and empty
        out     dx, al
        mov     dx, COM2+4
        mov     al, 0x13                ; loop
        out     dx, al
        mov     dx, COM2
        mov     cx, 14
.send:
        mov     al, cl
        out     dx, al
        loop    .send
        mov     cx, 0x7000              ; until about half of them are there
.wait:
        in      al, 0xed
        loop    .wait
        phase   FIFO
        mov     cx, 14
.receive:
        mov     dx, COM2+5
        in      al, dx
        test    al, 1
        jz      .receive
        mov     dx, COM2
        in      al, dx
        loop    .receive
        ret

; The handler of the timer does some work.
ticks:
        mov     byte [slow], 1
.wait:
        cmp     byte [slow], 0
        jne     .wait
        ret

timer:
        cmp     byte [cs:slow], 0
        je      .old
        push    ax
        push    cx
        mov     cx, 2000
.work:
        cmp     cx, 1000
        jne     .next
        phase   HANDLER
.next:
        loop    .work
        pop     cx
        pop     ax
        mov     byte [cs:slow], 0
.old:
        jmp     far [cs:old_timer]

; All registers in use, and a division by zero that IRQ 13 tells.
x87:
        fninit
        mov     word [scratch], 0x0340  ; all exceptions unmasked
        fldcw   [scratch]
        fldpi
        fld1
        fldl2e
        fldl2t
        fldlg2
        fldln2
        fld1
        fldz
        mov     byte [told], 0
        fdivp   st1, st0
        phase   X87
        fldz                            ; the exception is told here
.wait:
        cmp     byte [told], 0
        je      .wait
        fninit
        ret

scratch dw      0
told    db      0

coprocessor:
        push    ax
        xor     al, al
        out     0xf0, al
        fnclex
        mov     al, 0x20
        out     0xa0, al
        out     0x20, al
        mov     byte [cs:told], 1
        pop     ax
        iret

; String instructions in both directions, across pages.
string:
        push    ds
        mov     ax, SOURCE
        mov     ds, ax
        mov     es, ax
        xor     di, di
        mov     cx, 0x2000
        mov     ax, 0x5aa5
        rep     stosw
        mov     ax, TARGET
        mov     es, ax
        xor     si, si
        xor     di, di
        mov     cx, 0x3001
        phase   STRING
        rep     movsb
        std
        mov     esi, 0x3001
        mov     edi, 0x3002
        mov     ecx, 0xc00
        a32 rep movsd
        xor     si, si
        xor     di, di
        mov     cx, 0x3000
        cld
        repe    cmpsb
        pop     ds
        ret

halt:
        phase   HALT
        hlt
        hlt
        ret

; Copies by way of the latches, in write modes 1 and 2.
planar:
        mov     ax, 0x12
        int     0x10
        mov     ax, 0xa000
        mov     es, ax
        mov     dx, 0x3ce
        mov     ax, 0x0205              ; write mode 2
        out     dx, ax
        mov     cx, 80
        mov     di, 80*100
.line:
        mov     al, cl
        mov     ah, [es:di]             ; into the latches
        stosb
        loop    .line
        mov     ax, 0x0105              ; write mode 1
        out     dx, ax
        mov     cx, 80
        mov     si, 80*100
        mov     di, 80*200
.copy:
        mov     al, [es:si]
        cmp     cx, 40
        jne     .store
        phase   PLANAR
.store:
        stosb
        inc     si
        loop    .copy
        mov     ax, 3
        int     0x10
        ret

; What is typed meanwhile waits in the keyboard. The BIOS gets it afterwards.
keys:
        cli
        phase   KEYS
        mov     cx, 0xf000
        loop    $
        sti
        hlt
.next:
        mov     ah, 0x11
        int     0x16
        jz      done
        mov     ah, 0x10
        int     0x16
        jmp     .next

; The mouse reports, and nobody takes it for a while.
mouse:
        cli
        mov     al, 0xa8
        call    controller
        mov     al, 0xf4
        call    tell
        phase   MOUSE
        mov     cx, 0xf000
        loop    $
        mov     al, 0xf5
        call    tell
        mov     al, 0xa7
        call    controller
        sti
done:
        ret

; AL to the controller of the keyboard.
controller:
        push    ax
.busy:
        in      al, 0x64
        test    al, 2
        jnz     .busy
        pop     ax
        out     0x64, al
        ret

; AL to the mouse. What comes until it has acknowledged that is forgotten.
tell:
        push    ax
        mov     al, 0xd4
        call    controller
.busy:
        in      al, 0x64
        test    al, 2
        jnz     .busy
        pop     ax
        out     0x60, al
.answer:
        in      al, 0x64
        and     al, 0x21
        cmp     al, 0x21
        jne     .answer
        in      al, 0x60
        cmp     al, 0xfa
        jne     .answer
        ret

; Protected mode with paging. Pages at 4 MiB are mapped when they are touched.
paging:
        cli
        push    ds
        mov     ax, DIRECTORY >> 4
        mov     es, ax
        xor     di, di
        xor     eax, eax
        mov     cx, 3*1024
        rep     stosd
        mov     dword [es:0], TABLE0+3
        mov     dword [es:4], TABLE1+3
        mov     di, TABLE0-DIRECTORY
        mov     eax, 3
        mov     cx, 256
.identity:
        stosd
        add     eax, 0x1000
        loop    .identity
        mov     dword [next_page], POOL
        lgdt    [gdt]
        lidt    [idt]
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000001
        mov     cr0, eax
        jmp     8:.wide

        bits    32
.wide:
        mov     ax, 16
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        movzx   esp, sp
        mov     edi, 0x400ff0           ; across all pages
        mov     ecx, 0x4000-0x10
        mov     eax, 0x01010101
        rep     stosd
        mov     esi, 0x400000
        xor     ebx, ebx
.sum:
        add     ebx, [esi]
        add     esi, 0x1004
        cmp     esi, 0x40f000
        jb      .sum
        jmp     24:.narrow

        bits    16
.narrow:
        mov     ax, 32
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     eax, cr0
        and     eax, 0x7ffffffe
        mov     cr0, eax
        jmp     0:.real
.real:
        xor     eax, eax
        mov     cr3, eax
        mov     ss, ax
        mov     es, ax
        lidt    [real_idt]
        pop     ds
        sti
        ret

        bits    32
page_fault:
        pushad
        mov     eax, cr2
        shr     eax, 12
        and     eax, 0x3ff
        mov     ecx, [next_page]
        add     dword [next_page], 0x1000
        or      ecx, 3
        mov     [TABLE1+eax*4], ecx
        mov     al, PAGING
        out     POST, al
        popad
        add     esp, 4
        iretd

        bits    16
; MOV SS and STI keep interrupts off for one more instruction.
shadow:
        mov     cx, 2000
.next:
        cli
        mov     ax, ss
        cmp     cx, 1000
        jne     .set
        phase   SHADOW
        xor     ax, ax
.set:
        mov     ss, ax
        nop
        sti
        nop
        loop    .next
        ret

next_page dd    0

        align   8
descriptors:
        dq      0
        dq      0x00cf9a000000ffff      ; 8: code
        dq      0x00cf92000000ffff      ; 16: data
        dq      0x00009a000000ffff      ; 24: code of 16 bits
        dq      0x000092000000ffff      ; 32: data of 64 KiB
gdt:
        dw      $-descriptors-1
        dd      descriptors
vectors:
        times 14 dq 0
        dw      page_fault, 8, 0x8e00, 0
idt:
        dw      $-vectors-1
        dd      vectors
real_idt:
        dw      0x3ff
        dd      0

        times (512-(($-$$) & 511)) & 511 db 0
image_end:
