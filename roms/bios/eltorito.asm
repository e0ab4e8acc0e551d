; El Torito: booting from CD-ROM, emulated drives, INT 13h/4Ah-4Dh.

ET_NONE         equ 0                   ; media types
ET_1200         equ 1
ET_1440         equ 2
ET_2880         equ 3
ET_HARD_DISK    equ 4

; Offset of a field within the packet.
%define et(field) ebda. %+ field - ebda.et_packet

CATALOG_SEG     equ 0x0800              ; work space while booting

; Read one CD sector EAX to ES:0 -> AH = status
et_sector:
        mov     dword [fs:ebda.pio_skip], 0
        mov     dword [fs:ebda.pio_want], 2048
        xor     bx, bx
        mov     cx, 1
        jmp     atapi_read

; Try to boot the disc in the drive whose record is FS:DI, number CL in the
; list of devices. Returns only if it cannot: CS:SI = reason.
et_boot:
        mov     [fs:ebda.et_index], cl
        call    atapi_ready
        or      ah, ah
        mov     si, .no_disc
        jnz     .fail
        mov     ax, CATALOG_SEG
        mov     es, ax
        mov     eax, 17                 ; boot record volume descriptor
        call    et_sector
        or      ah, ah
        mov     si, .unreadable
        jnz     .fail
        mov     si, .not_bootable
        cmp     byte [es:0], 0
        jne     .fail
        cmp     dword [es:1], 'CD00'
        jne     .fail
        cmp     dword [es:7], 'EL T'
        jne     .fail
        cmp     dword [es:11], 'ORIT'
        jne     .fail
        mov     eax, [es:0x47]
        mov     [fs:ebda.et_catalog], eax
        call    et_sector
        or      ah, ah
        mov     si, .unreadable
        jnz     .fail
        ; Validation entry, then the default entry.
        mov     si, .not_bootable
        cmp     byte [es:0], 1
        jne     .fail
        cmp     word [es:0x1e], 0xaa55
        jne     .fail
        cmp     byte [es:0x20], 0x88
        jne     .fail
        mov     al, [es:0x21]
        and     al, 0x0f
        cmp     al, ET_HARD_DISK
        ja      .fail
        mov     [fs:ebda.et_media], al
        mov     ax, [es:0x22]
        or      ax, ax
        jnz     .segment
        mov     ax, 0x07c0
.segment:
        mov     [fs:ebda.et_segment], ax
        mov     ax, [es:0x26]
        or      ax, ax
        jnz     .count
        inc     ax
.count:
        mov     [fs:ebda.et_count], ax
        mov     eax, [es:0x28]
        mov     [fs:ebda.et_lba], eax
        mov     byte [fs:ebda.et_controller], 0
        mov     al, [fs:ebda.et_index]
        and     ax, 1
        mov     [fs:ebda.et_device], ax
        call    et_open
        mov     si, .unreadable
        jc      .fail
        call    et_start
        mov     si, .unreadable
.close:
        call    et_close
.fail:
        ret
.no_disc:
        db      "no disc", 0
.unreadable:
        db      "read error", 0
.not_bootable:
        db      "not bootable", 0

; Load the first sectors of the image, as many as et_count says, and start
; them. Returns only on an error: AH = status.
et_start:
        mov     es, [fs:ebda.et_segment]
        xor     bx, bx
        movzx   ecx, word [fs:ebda.et_count]
        xor     eax, eax
        call    et_read
        or      ah, ah
        jnz     .failed
        mov     dl, [fs:ebda.et_drive]
        mov     ax, [fs:ebda.et_segment]
        jmp     boot_jump
.failed:
        ret

; Set up the drive that et_media names -> CF = 1 on a read error
et_open:
        mov     byte [fs:ebda.et_active], 0
        mov     al, [fs:ebda.et_media]
        cmp     al, ET_NONE
        je      .none
        mov     byte [fs:ebda.et_active], 1
        cmp     al, ET_HARD_DISK
        je      .hard_disk
        movzx   bx, al
        imul    bx, 3
        mov     byte [fs:ebda.et_drive], 0
        movzx   ax, byte [cs:bx+.floppies-3]
        mov     cx, 2
        movzx   dx, byte [cs:bx+.floppies-2]
        jmp     .geometry
.none:
        ; The number of the CD-ROM itself.
        mov     dl, CD_FIRST
        xor     bx, bx
.find:
        mov     al, [fs:bx+ebda.cd_map]
        cmp     al, [fs:ebda.et_index]
        je      .number
        inc     bx
        inc     dl
        cmp     bl, [fs:ebda.cd_count]
        jb      .find
.number:
        mov     [fs:ebda.et_drive], dl
        clc
        ret
.hard_disk:
        ; Geometry from where the first partition ends.
        mov     byte [fs:ebda.et_drive], 0x80
        mov     dword [fs:ebda.et_sectors], 1
        mov     ax, CATALOG_SEG
        mov     es, ax
        xor     bx, bx
        xor     eax, eax
        mov     ecx, 1
        call    et_read
        or      ah, ah
        jnz     .error
        mov     ax, [es:0x1be+6]        ; sector and cylinder
        movzx   cx, byte [es:0x1be+5]
        inc     cx
        movzx   dx, al
        and     dx, 0x3f
        shr     al, 6
        xchg    al, ah
        inc     ax
.geometry:
        mov     [fs:ebda.et_heads_w], cx
        mov     [fs:ebda.et_spt_w], dx
        push    ax
        dec     ax
        mov     [fs:ebda.et_cyl], al
        shl     ah, 6
        or      ah, dl
        mov     [fs:ebda.et_spt], ah
        mov     al, cl
        dec     al
        mov     [fs:ebda.et_heads], al
        pop     ax
        movzx   eax, ax
        movzx   ecx, cx
        movzx   edx, dx
        imul    eax, ecx
        imul    eax, edx
        mov     [fs:ebda.et_sectors], eax
        cmp     byte [fs:ebda.et_drive], 0
        jne     .count_disks
        or      word [bda.equipment], 1
        clc
        ret
.count_disks:
        inc     byte [bda.hd_count]
        clc
        ret
.error:
        mov     byte [fs:ebda.et_active], 0
        stc
        ret
; Cylinders, sectors and CMOS type of the emulated floppies.
.floppies:
        db      80, 15, 2
        db      80, 18, 4
        db      80, 36, 5

; Read ECX 512-byte sectors from sector EAX of the image to ES:BX -> AH = status
et_read:
        push    di
        movzx   di, byte [fs:ebda.et_index]
        imul    di, drive_size
        add     di, ebda.drives
        mov     edx, eax
        and     edx, 3
        push    edx
        shl     edx, 9
        mov     [fs:ebda.pio_skip], edx
        pop     edx
        add     edx, ecx
        add     edx, 3
        shr     edx, 2                  ; CD sectors touched
        shl     ecx, 9
        mov     [fs:ebda.pio_want], ecx
        shr     eax, 2
        add     eax, [fs:ebda.et_lba]
        mov     cx, dx
        call    atapi_read
        pop     di
        ret

; INT 13h on the emulated drive.
int13_emulated:
        mov     si, .table
.find:
        mov     bx, [cs:si+1]
        cmp     [cs:si], ah
        je      .found
        add     si, 3
        cmp     si, .table_end
        jb      .find
        mov     ah, DISK_BAD_COMMAND
        ret
.found:
        jmp     bx
.table:
        db      0x00
        dw      .nothing
        db      0x01
        dw      .status
        db      0x02
        dw      .read
        db      0x03
        dw      .protected
        db      0x04
        dw      .verify
        db      0x05
        dw      .protected
        db      0x08
        dw      .geometry
        db      0x09
        dw      .nothing
        db      0x0c
        dw      .nothing
        db      0x0d
        dw      .nothing
        db      0x10
        dw      .nothing
        db      0x11
        dw      .nothing
        db      0x14
        dw      .nothing
        db      0x15
        dw      .kind
        db      0x16
        dw      .nothing
.table_end:

.nothing:
        mov     ah, DISK_OK
        ret
.status:
        mov     ah, [bda.hd_status]
        ret
.protected:
        mov     ah, DISK_WRITE_PROTECTED
        ret
.verify:
        call    .address
        jc      .done
        mov     ah, DISK_OK
.done:
        ret
.read:
        call    .address
        jc      .failed
        mov     bx, [rBX]
        call    et_read
        or      ah, ah
        jz      .done
.failed:
        mov     byte [rAL], 0
        ret

; The caller's CHS -> EAX = sector, ECX = count; CF = 1 with AH = status
.address:
        mov     cx, [rCX]
        movzx   edx, byte [rDH]
        cmp     dx, [fs:ebda.et_heads_w]
        jae     .bad
        movzx   eax, ch
        mov     ah, cl
        shr     ah, 6
        movzx   ebx, word [fs:ebda.et_heads_w]
        imul    eax, ebx
        add     eax, edx
        movzx   ebx, word [fs:ebda.et_spt_w]
        imul    eax, ebx
        and     cx, 0x3f
        jz      .bad
        cmp     cx, bx
        ja      .bad
        movzx   ecx, cx
        lea     eax, [eax+ecx-1]
        movzx   ecx, byte [rAL]
        jcxz    .bad
        mov     edx, eax
        add     edx, ecx
        cmp     edx, [fs:ebda.et_sectors]
        ja      .bad
        clc
        ret
.bad:
        mov     ah, DISK_NOT_FOUND
        stc
        ret

.geometry:
        mov     al, [fs:ebda.et_cyl]
        mov     [rCH], al
        mov     al, [fs:ebda.et_spt]
        mov     [rCL], al
        mov     al, [fs:ebda.et_heads]
        mov     [rDH], al
        mov     al, [bda.hd_count]
        test    byte [fs:ebda.et_drive], 0x80
        jnz     .drives
        mov     al, [fs:ebda.fd_count]
        inc     al
        movzx   bx, byte [fs:ebda.et_media]
        imul    bx, 3
        mov     bl, [cs:bx+et_open.floppies-1]
        mov     bh, 0
        mov     [rBX], bx
        push    ax
        mov     al, bl
        call    fd_record
        mov     ax, [cs:si+floppy_type.table]
        mov     [rDI], ax
        pop     ax
        mov     word [rES], ROM_SEG
.drives:
        mov     [rDL], al
        mov     byte [rAL], 0
        mov     ah, DISK_OK
        ret

.kind:
        mov     ah, 1                   ; floppy without change line
        test    byte [fs:ebda.et_drive], 0x80
        jz      disk_result
        mov     eax, [fs:ebda.et_sectors]
        mov     [rDX], ax
        shr     eax, 16
        mov     [rCX], ax
        mov     ah, 3
        jmp     disk_result

; INT 13h/4Ah-4Dh, which come here for any drive. Only what was booted from a
; disc has a use for them.
int13_eltorito:
        cmp     dword [fs:ebda.et_catalog], 0
        je      .bad
        movzx   di, byte [fs:ebda.et_index]
        imul    di, drive_size
        add     di, ebda.drives
        mov     al, [rAL]
        mov     es, [rDS]
        mov     si, [rSI]
        cmp     ah, 0x4b
        jb      .initiate
        je      .status
        cmp     ah, 0x4d
        je      .catalog
        ; 4Ch: emulate as the packet says, and boot.
        call    .load_packet
        jc      .bad
        call    et_start
        ret

; 4Ah: emulate as the packet at ES:SI says
.initiate:
        call    .load_packet
        jc      .bad
        mov     ah, DISK_OK
        ret

; ES:SI = packet as 4Bh fills it -> CF = 1 if it cannot be
.load_packet:
        cmp     byte [es:si], 0x13
        jne     .no_packet
        mov     al, [es:si+et(et_media)]
        and     al, 0x0f
        cmp     al, ET_HARD_DISK
        ja      .no_packet
        call    et_close
        mov     [fs:ebda.et_media], al
        mov     eax, [es:si+et(et_lba)]
        mov     [fs:ebda.et_lba], eax
        mov     ax, [es:si+et(et_segment)]
        mov     [fs:ebda.et_segment], ax
        mov     ax, [es:si+et(et_count)]
        mov     [fs:ebda.et_count], ax
        jmp     et_open
.no_packet:
        stc
        ret

; 4B00h ends emulation, 4B01h only asks; both fill the packet ES:SI.
.status:
        cmp     al, 1
        ja      .bad
        mov     bx, ebda.et_packet
        mov     cx, 0x13
.copy:
        mov     ah, [fs:bx]
        mov     [es:si], ah
        inc     bx
        inc     si
        loop    .copy
        or      al, al
        jnz     .ok
        call    et_close
.ok:
        mov     ah, DISK_OK
        ret

; 4Dh: packet of size, sectors, far pointer, first sector: the boot catalog
.catalog:
        movzx   ecx, byte [es:si+1]
        mov     eax, ecx
        shl     eax, 11
        mov     [fs:ebda.pio_want], eax
        mov     dword [fs:ebda.pio_skip], 0
        movzx   eax, word [es:si+6]
        add     eax, [fs:ebda.et_catalog]
        les     bx, [es:si+2]
        jmp     atapi_read
.bad:
        mov     ah, DISK_BAD_COMMAND
        ret

; End emulation; the real drives have their numbers again.
et_close:
        push    ax
        xor     al, al
        xchg    al, [fs:ebda.et_active]
        or      al, al
        jz      .done
        test    byte [fs:ebda.et_drive], 0x80
        jz      .done
        dec     byte [bda.hd_count]
.done:
        pop     ax
        ret
