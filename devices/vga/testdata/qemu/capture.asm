; A boot sector that sets a video mode through the BIOS, draws, and sends all
; registers of the adapter to the debug console. The word at 7DFCh is the mode;
; from 100h on it is one of VBE.

	bits 16
	org 7c00h

debug	equ 0e9h

	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 7c00h
	cld
	mov bx, [mode]
	mov ax, bx
	cmp bx, 100h
	jb .set
	mov ax, 4f02h
.set:	int 10h

	mov bx, [mode]
	cmp bx, 7
	je text
	cmp bx, 4
	jb text
	cmp bx, 100h
	jae window

	; A block of 200 x 100 dots in bands of all colours, by the BIOS.
	xor dx, dx
.row:	xor cx, cx
.dot:	mov ax, cx
	shr ax, 2
	add ax, dx
	and al, 7fh
	mov ah, 0ch
	xor bx, bx
	int 10h
	inc cx
	cmp cx, 200
	jb .dot
	inc dx
	cmp dx, 100
	jb .row
	jmp dump

	; Every byte of the window.
window:	mov ax, 0a000h
	mov es, ax
	xor di, di
	xor cx, cx
.byte:	mov ax, di
	shr ax, 3
	xor ax, di
	stosb
	loop .byte
	jmp dump

	; Every character in every attribute, but for what QEMU shows in another
	; way than the VGA: blinking, and the ninth dot of B0h-BFh. No cursor.
text:	mov ah, 1
	mov cx, 2000h
	int 10h
	mov ax, 0b800h
	cmp byte [mode], 7
	jne .at
	mov ax, 0b000h
.at:	mov es, ax
	xor di, di
	xor dx, dx
	mov cx, 2000
.char:	mov ax, dx
	and ah, 7fh
	mov bl, al
	and bl, 0f0h
	cmp bl, 0b0h
	jne .put
	mov al, 20h
.put:	stosw
	add dx, 0107h
	loop .char

dump:	mov dx, 3cch
	in al, dx
	out debug, al
	test al, 1
	jnz .colour
	mov word [ports + 4], 3b4h
.colour:
	mov si, ports
.chip:	lodsw
	mov dx, ax
	lodsw
	mov cx, ax
	xor bx, bx
.reg:	mov al, bl
	out dx, al
	inc dx
	in al, dx
	dec dx
	out debug, al
	inc bx
	loop .reg
	cmp si, ports.end
	jb .chip

	mov cx, 21
	xor bx, bx
.attr:	mov dx, 3dah
	in al, dx
	mov dl, 0bah
	in al, dx
	mov dl, 0c0h
	mov al, bl
	out dx, al
	inc dx
	in al, dx
	out debug, al
	inc bx
	loop .attr
	mov dx, 3dah
	in al, dx
	mov dl, 0bah
	in al, dx
	mov dl, 0c0h
	mov al, 20h
	out dx, al

	mov dx, 3c7h
	xor al, al
	out dx, al
	mov dl, 0c9h
	mov cx, 768
.dac:	in al, dx
	out debug, al
	loop .dac

	xor bx, bx
.vbe:	mov dx, 1ceh
	mov ax, bx
	out dx, ax
	inc dx
	in ax, dx
	out debug, al
	mov al, ah
	out debug, al
	inc bx
	cmp bx, 10
	jb .vbe
.halt:	hlt
	jmp .halt

ports:	dw 3c4h, 5, 3d4h, 25, 3ceh, 9
.end:
	times 508 - ($ - $$) db 0
mode:	dw 3
	dw 0aa55h
