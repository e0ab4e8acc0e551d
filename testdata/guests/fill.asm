; fill: a guest with much memory, for measuring snapshots.
;
; It fills all memory above 1 MiB with numbers that do not repeat, or leaves it
; as it is if the byte "mode" is 'z'. Then it sends R to COM1 and counts for ever
; in a few pages. Rebuild: nasm -f bin fill.asm -o fill.img

bits 16
org 0x7c00
	xor ax, ax
	mov ds, ax
	mov ss, ax
	mov sp, 0x7c00
	mov ax, 0xe801			; cx: KiB from 1 to 16 MiB, dx: 64 KiB above
	int 0x15
	cli
	movzx ecx, cx
	movzx edx, dx
	shl ecx, 10
	shl edx, 16
	add ecx, edx
	mov [size], ecx
	in al, 0x92			; A20
	or al, 2
	out 0x92, al
	lgdt [gdtr]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	jmp 8:flat

bits 32
flat:
	mov ax, 16
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov esp, 0x7c00
	cmp byte [mode], 'z'
	je filled
	mov edi, 0x100000
	mov ecx, [size]
	shr ecx, 2
	mov eax, 0x12345678
fill:					; xorshift
	mov edx, eax
	shl edx, 13
	xor eax, edx
	mov edx, eax
	shr edx, 17
	xor eax, edx
	mov edx, eax
	shl edx, 5
	xor eax, edx
	mov [edi], eax
	add edi, 4
	dec ecx
	jnz fill
filled:
	mov dx, 0x3f8
	mov al, 'R'
	out dx, al
count:
	inc dword [0x500]
	mov eax, [0x500]
	and eax, 0xff
	inc dword [0x8000 + eax * 4]
	jmp count

align 4
size:	dd 0
gdt:	dq 0
	dq 0x00cf9a000000ffff
	dq 0x00cf92000000ffff
gdtr:	dw 23
	dd gdt

	times 509 - ($ - $$) db 0
mode:	db 'r'
	dw 0xaa55
