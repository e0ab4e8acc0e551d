; MC146818 registers and CMOS memory.

RTC_SECONDS     equ 0x00
RTC_ALARM_SEC   equ 0x01
RTC_MINUTES     equ 0x02
RTC_ALARM_MIN   equ 0x03
RTC_HOURS       equ 0x04
RTC_ALARM_HOUR  equ 0x05
RTC_DAY         equ 0x07
RTC_MONTH       equ 0x08
RTC_YEAR        equ 0x09
RTC_A           equ 0x0a
RTC_B           equ 0x0b
RTC_C           equ 0x0c
RTC_D           equ 0x0d
CMOS_FLOPPY     equ 0x10
CMOS_BASE_LOW   equ 0x15
CMOS_EXT_LOW    equ 0x30
CMOS_CENTURY    equ 0x32
CMOS_EXT64_LOW  equ 0x34
CMOS_BOOT3      equ 0x38
CMOS_TRANSLATE  equ 0x39
CMOS_BOOT12     equ 0x3d

; AL = register number -> AL = contents
cmos_read:
        pushf
        cli
        out     0x70, al
        in      al, 0x71
        popf
        ret

; AL = register number, AH = new contents
cmos_write:
        pushf
        cli
        out     0x70, al
        xchg    al, ah
        out     0x71, al
        xchg    al, ah
        popf
        ret

; AL = number of the low register -> AX = word
cmos_read_word:
        push    bx
        mov     bl, al
        inc     al
        call    cmos_read
        mov     ah, al
        mov     al, bl
        call    cmos_read
        pop     bx
        ret
