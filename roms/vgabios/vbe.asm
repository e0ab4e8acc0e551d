; Function 4Fh: VESA BIOS extension 2.0, on the DISPI registers that the
; adapters of Bochs and QEMU have: pictures of any size in one linear memory.
; Calls return AX = 004Fh, or AH = 1 if they fail. Where there are no such
; registers AX stays as it was, which means no VBE.

DISPI_INDEX     equ 0x1ce
DISPI_DATA      equ 0x1cf

DISPI_ID        equ 0
DISPI_WIDTH     equ 1
DISPI_HEIGHT    equ 2
DISPI_DEPTH     equ 3
DISPI_ENABLE    equ 4
DISPI_BANK      equ 5
DISPI_LINE      equ 6                   ; dots from line to line
DISPI_X         equ 8
DISPI_Y         equ 9
DISPI_MEMORY    equ 10                  ; 64 KiB units

DISPI_ENABLED   equ 0x01
DISPI_WIDE_DAC  equ 0x20
DISPI_LINEAR    equ 0x40
DISPI_KEEP      equ 0x80                ; do not clear the memory

FRAME_BUFFER    equ 0xe0000000
VBE_VERSION     equ 0x0200
VBE_MODE        equ 0xff                ; bda.mode while bda.vbe_mode counts

struc vbe_info
.signature      resd 1
.version        resw 1
.oem            resd 1
.capabilities   resd 1
.modes          resd 1
.memory         resw 1
.revision       resw 1
.vendor         resd 1
.product        resd 1
.product_rev    resd 1
.list           resw 111                ; room for what the pointers point at
endstruc

struc vbe_mode
.attributes     resw 1
.window_a       resb 1
.window_b       resb 1
.granularity    resw 1
.window_size    resw 1
.segment_a      resw 1
.segment_b      resw 1
.window_call    resd 1
.line           resw 1
.width          resw 1
.height         resw 1
.char_width     resb 1
.char_height    resb 1
.planes         resb 1
.depth          resb 1
.banks          resb 1
.model          resb 1
.bank_size      resb 1
.pages          resb 1
                resb 1
.masks          resb 8
.direct         resb 1
.frame_buffer   resd 1
endstruc

struc mode_entry
.number         resw 1
.width          resw 1
.height         resw 1
.depth          resb 1
endstruc

; AL = register -> AX = contents
dispi_read:
        push    dx
        mov     dx, DISPI_INDEX
        xor     ah, ah
        out     dx, ax
        inc     dx
        in      ax, dx
        pop     dx
        ret

; AL = register, BX = contents. All registers are kept.
dispi_write:
        push    ax
        push    dx
        mov     dx, DISPI_INDEX
        xor     ah, ah
        out     dx, ax
        inc     dx
        mov     ax, bx
        out     dx, ax
        pop     dx
        pop     ax
        ret

; Back to what the registers of the VGA say.
dispi_off:
        push    ax
        push    bx
        mov     al, DISPI_ENABLE
        xor     bx, bx
        call    dispi_write
        pop     bx
        pop     ax
        ret

vbe:
        mov     al, DISPI_ID
        call    dispi_read
        and     al, 0xf0
        cmp     ax, 0xb0c0
        jne     .none
        movzx   bx, byte [rAL]
        mov     word [rAX], 0x0100      ; AL unlike 4Fh: no such function
        cmp     bl, 0x09
        ja      .none
        shl     bx, 1
        jmp     [cs:bx+.table]
.table:
        dw      vbe_information, vbe_mode_information
        dw      vbe_set_mode, vbe_get_mode
        dw      .none                           ; 04 save and restore
        dw      vbe_window, vbe_line, vbe_start
        dw      vbe_dac_width, vbe_palette      ; 09
.none:
        ret

vbe_done:
        mov     word [rAX], 0x004f
        ret
vbe_failed:
        mov     word [rAX], 0x014f
        ret

; 00h: ES:DI = 256 bytes, or 512 that start with "VBE2"
vbe_information:
        mov     di, [rDI]
        cmp     dword [es:di], 'VBE2'
        jne     .version_1
        mov     ax, cs
        mov     word [es:di+vbe_info.revision], 0
        mov     word [es:di+vbe_info.vendor], vbe_name
        mov     [es:di+vbe_info.vendor+2], ax
        mov     word [es:di+vbe_info.product], vbe_name
        mov     [es:di+vbe_info.product+2], ax
        mov     word [es:di+vbe_info.product_rev], vbe_name.end
        mov     [es:di+vbe_info.product_rev+2], ax
.version_1:
        mov     dword [es:di+vbe_info.signature], 'VESA'
        mov     word [es:di+vbe_info.version], VBE_VERSION
        mov     word [es:di+vbe_info.oem], vbe_name
        mov     [es:di+vbe_info.oem+2], cs
        mov     dword [es:di+vbe_info.capabilities], 1  ; DAC of 8 bits
        mov     al, DISPI_MEMORY
        call    dispi_read
        mov     [es:di+vbe_info.memory], ax
        ; The modes that the memory suffices for.
        lea     bx, [di+vbe_info.list]
        mov     [es:di+vbe_info.modes], bx
        mov     [es:di+vbe_info.modes+2], es
        mov     si, vbe_modes
.mode:
        call    mode_fits
        jc      .too_large
        mov     ax, [cs:si+mode_entry.number]
        mov     [es:bx], ax
        add     bx, 2
.too_large:
        add     si, mode_entry_size
        cmp     si, vbe_modes.end
        jb      .mode
        mov     word [es:bx], 0xffff
        jmp     vbe_done

; CS:SI = entry -> EAX = bytes of its picture, CF = 1 if there are not as many
mode_fits:
        push    ecx
        call    entry_line
        movzx   ecx, word [cs:si+mode_entry.height]
        imul    ecx, eax
        mov     al, DISPI_MEMORY
        call    dispi_read
        movzx   eax, ax
        shl     eax, 16
        cmp     eax, ecx
        mov     eax, ecx
        pop     ecx
        ret

; CS:SI = entry -> EAX = bytes of a line
entry_line:
        push    ecx
        movzx   eax, word [cs:si+mode_entry.width]
        movzx   ecx, byte [cs:si+mode_entry.depth]
        add     cl, 7
        shr     cl, 3
        imul    eax, ecx
        pop     ecx
        ret

; AX = mode number -> CS:SI = entry; CF = 1: no such mode
find_mode:
        mov     si, vbe_modes
.next:
        cmp     [cs:si+mode_entry.number], ax
        je      .found
        add     si, mode_entry_size
        cmp     si, vbe_modes.end
        jb      .next
        stc
        ret
.found:
        push    eax
        call    mode_fits
        pop     eax
        ret

; 01h: CX = mode, ES:DI = 256 bytes
vbe_mode_information:
        mov     ax, [rCX]
        and     ah, 0x01
        call    find_mode
        jc      vbe_failed
        mov     di, [rDI]
        push    di
        mov     cx, 128
        xor     ax, ax
        rep     stosw
        pop     di
        ; Supported, extended information, colour, graphics, linear.
        mov     word [es:di+vbe_mode.attributes], 0x009b
        mov     byte [es:di+vbe_mode.window_a], 0x07    ; to read and write
        mov     word [es:di+vbe_mode.granularity], 64
        mov     word [es:di+vbe_mode.window_size], 64
        mov     word [es:di+vbe_mode.segment_a], 0xa000
        mov     word [es:di+vbe_mode.window_call], vbe_window_call
        mov     [es:di+vbe_mode.window_call+2], cs
        call    entry_line
        mov     [es:di+vbe_mode.line], ax
        mov     ax, [cs:si+mode_entry.width]
        mov     [es:di+vbe_mode.width], ax
        mov     ax, [cs:si+mode_entry.height]
        mov     [es:di+vbe_mode.height], ax
        mov     word [es:di+vbe_mode.char_width], 0x1008
        mov     byte [es:di+vbe_mode.planes], 1
        mov     byte [es:di+vbe_mode.banks], 1
        mov     dword [es:di+vbe_mode.frame_buffer], FRAME_BUFFER
        ; Further pictures in the memory.
        call    mode_fits
        mov     ecx, eax
        mov     al, DISPI_MEMORY
        call    dispi_read
        movzx   eax, ax
        shl     eax, 16
        xor     edx, edx
        div     ecx
        dec     eax
        cmp     eax, 255
        jbe     .pages
        mov     al, 255
.pages:
        mov     [es:di+vbe_mode.pages], al
        mov     al, [cs:si+mode_entry.depth]
        mov     [es:di+vbe_mode.depth], al
        mov     byte [es:di+vbe_mode.model], 4  ; packed
        mov     si, .masks
.find:
        cmp     al, [cs:si]
        je      .direct
        add     si, 9
        cmp     si, .masks_end
        jb      .find
        jmp     vbe_done
.direct:
        mov     byte [es:di+vbe_mode.model], 6  ; direct colour
        inc     si
        add     di, vbe_mode.masks
        mov     cx, 8
        cs rep  movsb
        jmp     vbe_done
; Depth, then size and position of red, green, blue and nothing.
.masks:
        db      15, 5, 10, 5, 5, 5, 0, 1, 15
        db      16, 5, 11, 6, 5, 5, 0, 0, 0
        db      24, 8, 16, 8, 8, 8, 0, 0, 0
        db      32, 8, 16, 8, 8, 8, 0, 8, 24
.masks_end:

; 02h: BX = mode, bit 14 = linear memory, bit 15 = keep its contents
vbe_set_mode:
        mov     ax, [rBX]
        and     ah, 0x01
        jz      .standard
        call    find_mode
        jc      vbe_failed
        ; Registers and palette as for 256 colours, then the extension.
        push    si
        mov     byte [rAL], 0x93
        call    set_mode
        pop     si
        mov     ax, [cs:si+mode_entry.number]
        mov     [bda.vbe_mode], ax
        mov     byte [bda.mode], VBE_MODE
        mov     al, DISPI_WIDTH
        mov     bx, [cs:si+mode_entry.width]
        call    dispi_write
        inc     al
        mov     bx, [cs:si+mode_entry.height]
        call    dispi_write
        inc     al
        movzx   bx, byte [cs:si+mode_entry.depth]
        call    dispi_write
        inc     al
        mov     bl, [rBX+1]
        and     bl, 0x80                ; bit 15 is DISPI_KEEP as it stands
        or      bl, DISPI_ENABLED | DISPI_LINEAR
        xor     bh, bh
        call    dispi_write
        mov     ax, [rBX]
        and     ax, 0xc000
        or      [bda.vbe_mode], ax
        jmp     vbe_done
.standard:
        mov     ah, [rBX+1]
        and     ah, 0x80
        or      al, ah
        mov     [rAL], al
        call    set_mode
        jmp     vbe_done

; 03h: -> BX
vbe_get_mode:
        mov     ax, [bda.vbe_mode]
        cmp     byte [bda.mode], VBE_MODE
        je      .store
        movzx   ax, byte [bda.mode]
.store:
        mov     [rBX], ax
        jmp     vbe_done

; 05h: BH = 0 set, 1 get the 64 KiB, DX, that the window BL = 0 shows
vbe_window:
        mov     bx, [rBX]
        mov     dx, [rDX]
        call    vbe_bank
        jc      vbe_failed
        mov     [rDX], dx
        jmp     vbe_done

; The same by a far call
vbe_window_call:
        push    bx
        call    vbe_bank
        mov     ax, 0x004f
        jnc     .done
        inc     ah
.done:
        pop     bx
        retf

; BX, DX as of 05h -> DX = position; CF = 1 if it cannot be
vbe_bank:
        cmp     bl, 0
        jne     .bad
        cmp     bh, 1
        ja      .bad
        je      .get
        mov     al, DISPI_MEMORY
        call    dispi_read
        cmp     dx, ax
        jae     .bad
        mov     al, DISPI_BANK
        mov     bx, dx
        call    dispi_write
.get:
        mov     al, DISPI_BANK
        call    dispi_read
        mov     dx, ax
        clc
        ret
.bad:
        stc
        ret

; -> EAX = bytes of a dot. Changes ECX.
dot_bytes:
        mov     al, DISPI_DEPTH
        call    dispi_read
        add     ax, 7
        shr     ax, 3
        movzx   eax, ax
        ret

; 06h: BL = 0 set the length of a line to CX dots, 2 to CX bytes; 1 get, 3 the
; longest -> BX = bytes, CX = dots, DX = lines that there are
vbe_line:
        cmp     byte [bda.mode], VBE_MODE
        jne     vbe_failed
        call    dot_bytes
        mov     esi, eax
        movzx   eax, word [rCX]
        mov     bl, [rBL]
        cmp     bl, 1
        je      .get
        jb      .set
        cmp     bl, 3
        ja      vbe_failed
        mov     ax, 0xfff8
        je      .longest
        mov     ax, [rCX]
        xor     edx, edx
        div     esi
        jmp     .set
.longest:
        xor     edx, edx
        div     esi
        jmp     .tell
.set:
        mov     bx, ax
        mov     al, DISPI_LINE
        call    dispi_write
.get:
        mov     al, DISPI_LINE
        call    dispi_read
        movzx   eax, ax
.tell:
        mov     [rCX], ax
        imul    esi, eax
        mov     [rBX], si
        mov     al, DISPI_MEMORY
        call    dispi_read
        movzx   eax, ax
        shl     eax, 16
        xor     edx, edx
        div     esi
        cmp     eax, 0xffff
        jbe     .lines
        mov     ax, 0xffff
.lines:
        mov     [rDX], ax
        jmp     vbe_done

; 07h: BL = 0, 80h set, 1 get the dot CX of line DX that is shown first
vbe_start:
        cmp     byte [bda.mode], VBE_MODE
        jne     vbe_failed
        mov     bl, [rBL]
        and     bl, 0x7f
        cmp     bl, 1
        ja      vbe_failed
        je      .get
        mov     al, DISPI_X
        mov     bx, [rCX]
        call    dispi_write
        inc     al
        mov     bx, [rDX]
        call    dispi_write
        jmp     vbe_done
.get:
        mov     al, DISPI_X
        call    dispi_read
        mov     [rCX], ax
        mov     al, DISPI_Y
        call    dispi_read
        mov     [rDX], ax
        mov     byte [rBH], 0
        jmp     vbe_done

; 08h: BL = 0 set, 1 get the bits of a primary colour in the DAC -> BH
vbe_dac_width:
        cmp     byte [bda.mode], VBE_MODE
        jne     vbe_failed
        mov     al, DISPI_ENABLE
        call    dispi_read
        mov     bx, ax
        or      bl, DISPI_KEEP
        cmp     byte [rBL], 1
        ja      vbe_failed
        je      .get
        and     bl, ~DISPI_WIDE_DAC
        cmp     byte [rBH], 8
        jb      .set
        or      bl, DISPI_WIDE_DAC
.set:
        mov     al, DISPI_ENABLE
        call    dispi_write
.get:
        mov     byte [rBH], 6
        test    bl, DISPI_WIDE_DAC
        jz      vbe_done
        mov     byte [rBH], 8
        jmp     vbe_done

; 09h: BL = 0, 80h set, 1 get CX colours from DX on; ES:DI = blue, green, red
; and nothing for each
vbe_palette:
        mov     di, [rDI]
        mov     cx, [rCX]
        or      cx, cx
        jz      vbe_done
        mov     al, [rDX]
        mov     bl, [rBL]
        and     bl, 0x7f
        cmp     bl, 1
        ja      vbe_failed
        mov     dx, DAC_WRITE
        jb      .address
        mov     dx, DAC_READ
.address:
        out     dx, al
        mov     dx, DAC_DATA
.next:
        cmp     bl, 1
        je      .get
        mov     al, [es:di+2]
        out     dx, al
        mov     al, [es:di+1]
        out     dx, al
        mov     al, [es:di]
        out     dx, al
        jmp     .step
.get:
        in      al, dx
        mov     [es:di+2], al
        in      al, dx
        mov     [es:di+1], al
        in      al, dx
        mov     [es:di], al
        mov     byte [es:di+3], 0
.step:
        add     di, 4
        loop    .next
        jmp     vbe_done

vbe_name:
        db      "toyvm", 0
.end    equ     $-1                     ; an empty string

; The numbers of VESA up to 11Bh, and above them those of Bochs.
%macro vbe_sizes 4                      ; number, width, height, depth
        dw      %1, %2, %3
        db      %4
%endmacro
vbe_modes:
        vbe_sizes 0x100, 640, 400, 8
        vbe_sizes 0x101, 640, 480, 8
        vbe_sizes 0x103, 800, 600, 8
        vbe_sizes 0x105, 1024, 768, 8
        vbe_sizes 0x107, 1280, 1024, 8
        vbe_sizes 0x10d, 320, 200, 15
        vbe_sizes 0x10e, 320, 200, 16
        vbe_sizes 0x10f, 320, 200, 24
        vbe_sizes 0x110, 640, 480, 15
        vbe_sizes 0x111, 640, 480, 16
        vbe_sizes 0x112, 640, 480, 24
        vbe_sizes 0x113, 800, 600, 15
        vbe_sizes 0x114, 800, 600, 16
        vbe_sizes 0x115, 800, 600, 24
        vbe_sizes 0x116, 1024, 768, 15
        vbe_sizes 0x117, 1024, 768, 16
        vbe_sizes 0x118, 1024, 768, 24
        vbe_sizes 0x119, 1280, 1024, 15
        vbe_sizes 0x11a, 1280, 1024, 16
        vbe_sizes 0x11b, 1280, 1024, 24
        vbe_sizes 0x140, 320, 200, 32
        vbe_sizes 0x141, 640, 400, 32
        vbe_sizes 0x142, 640, 480, 32
        vbe_sizes 0x143, 800, 600, 32
        vbe_sizes 0x144, 1024, 768, 32
        vbe_sizes 0x145, 1280, 1024, 32
        vbe_sizes 0x146, 320, 200, 8
.end:
