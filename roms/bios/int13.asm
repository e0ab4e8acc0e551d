; INT 13h: finds the driver for the drive number in DL.
;
; Drivers are called with DL = unit of the driver, DS = BDA, FS = EBDA, ES of
; the caller; they return the status in AH.

DISK_OK         equ 0x00
DISK_BAD_COMMAND equ 0x01
DISK_ADDRESS_MARK equ 0x02
DISK_WRITE_PROTECTED equ 0x03
DISK_NOT_FOUND  equ 0x04
DISK_RESET_FAILED equ 0x05
DISK_CHANGED    equ 0x06
DISK_DMA_OVERRUN equ 0x08
DISK_DMA_BOUNDARY equ 0x09
DISK_BAD_SECTOR equ 0x0a
DISK_CRC        equ 0x10
DISK_CONTROLLER equ 0x20
DISK_SEEK       equ 0x40
DISK_TIMEOUT    equ 0x80
DISK_NOT_READY  equ 0xaa
DISK_NOT_LOCKED equ 0xb0
DISK_EJECT_FAILED equ 0xb5

CD_FIRST        equ 0xe0

int13_entry:
int13_floppy_entry:
        ENTER_INT
        sti
        mov     dl, [rDL]
        mov     ah, [rAH]
        cmp     ah, 0x4a
        jb      .services
        cmp     ah, 0x4d
        jbe     .eltorito
.services:
        cmp     byte [fs:ebda.et_active], 0
        je      .real
        mov     al, [fs:ebda.et_drive]
        cmp     dl, al
        je      .emulated
        ; The emulated drive moves the real ones of its kind up.
        xor     al, dl
        test    al, 0x80
        jnz     .real
        cmp     dl, CD_FIRST
        jae     .real
        dec     dl
.real:
        test    dl, 0x80
        jz      .floppy
        cmp     dl, CD_FIRST
        jae     .cd
        sub     dl, 0x80
        call    int13_hard_disk
        jmp     .hard_done
.cd:
        sub     dl, CD_FIRST
        call    int13_cd
        jmp     .hard_done
.eltorito:
        call    int13_eltorito
        jmp     .hard_done
.emulated:
        call    int13_emulated
.hard_done:
        cmp     byte [rAH], 0x01        ; "last status" does not set it anew
        je      .return
        mov     [bda.hd_status], ah
        jmp     .return
.floppy:
        call    int13_floppy
        cmp     byte [rAH], 0x01
        je      .return
        mov     [bda.fd_status], ah
.return:
        ; AH = status. Drivers that return something else in AH (15h) set the
        ; frame themselves and come back through disk_result.
        mov     [rAH], ah
disk_flags:
        and     byte [rFLAGS], ~CF
        or      ah, ah
        jz      .done
        or      byte [rFLAGS], CF
.done:
        LEAVE_INT

; Leave INT 13h with AH = result and CF = 0. Jumped to, from any depth.
disk_result:
        mov     [rAH], ah
        and     byte [rFLAGS], ~CF
        LEAVE_INT
