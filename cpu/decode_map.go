package cpu

// Forms of aluHandlers and movHandlers.
const (
	formRR = iota
	formRI
	formRM
	formMR
	formMI
)

// alu selects the handler of an ALU operation whose ModRM has been read. With
// toReg the register is the destination, otherwise the r/m operand.
func (d *decoder) alu(table *[5][3]uint16, toReg bool) {
	o := d.o
	i := sizeIndex(o.size)
	switch {
	case d.rmIsMem && toReg:
		o.h = table[formRM][i]
	case d.rmIsMem:
		o.src, o.ssh = o.dst, o.dsh
		o.h = table[formMR][i]
	default:
		if !toReg {
			d.swap()
		}
		o.h = table[formRR][i]
	}
}

// aluImm is the same with an immediate operand in o.imm.
func (d *decoder) aluImm(table *[5][3]uint16) {
	o := d.o
	i := sizeIndex(o.size)
	o.imm &= sizeMask(o.size)
	if d.rmIsMem {
		o.h = table[formMI][i]
		return
	}
	o.dst, o.dsh = o.src, o.ssh
	o.h = table[formRI][i]
}

// opcode decodes the one-byte opcode map.
func (d *decoder) opcode(b uint8) {
	o := d.o
	byteOp := d.size
	if b&1 == 0 {
		byteOp = 1
	}
	switch {
	case b < 0x40 && b&7 < 4:
		d.rm(byteOp)
		d.alu(&aluHandlers[b>>3], b&2 != 0)
		return
	case b < 0x40 && b&7 < 6:
		o.size = byteOp
		o.imm = d.imm(byteOp)
		o.src = EAX
		d.aluImm(&aluHandlers[b>>3])
		return
	}
	switch b {
	case 0x06, 0x0E, 0x16, 0x1E:
		o.sub = b >> 3
		d.cold(coldPushSeg)
	case 0x07, 0x17, 0x1F:
		o.sub = b >> 3
		if b == 0x17 {
			d.coldEnd(coldPopSeg)
		} else {
			d.cold(coldPopSeg)
		}
	case 0x0F:
		d.twoByte(uint8(d.u8()))
	case 0x27:
		d.cold(coldDAA)
	case 0x2F:
		d.cold(coldDAS)
	case 0x37:
		d.cold(coldAAA)
	case 0x3F:
		d.cold(coldAAS)
	case 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47:
		o.dst = b & 7
		o.h = d.at16(hInc16R, hInc32R)
	case 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F:
		o.dst = b & 7
		o.h = d.at16(hDec16R, hDec32R)
	case 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57:
		o.dst = b & 7
		o.h = d.at16(hPush16R, hPush32R)
	case 0x58, 0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F:
		o.dst = b & 7
		o.h = d.at16(hPop16R, hPop32R)
	case 0x60:
		d.cold(coldPusha)
	case 0x61:
		d.cold(coldPopa)
	case 0x62:
		d.rm(d.size)
		if !d.rmIsMem {
			d.ud()
			return
		}
		d.cold(coldBound)
	case 0x63:
		d.rm(2)
		d.cold(coldArpl)
	case 0x68:
		o.imm = d.imm(d.size)
		o.h = d.at16(hPush16I, hPush32I)
	case 0x6A:
		o.imm = d.s8()
		if d.size == 2 {
			o.imm &= 0xFFFF
		}
		o.h = d.at16(hPush16I, hPush32I)
	case 0x69, 0x6B:
		d.rm(d.size)
		if b == 0x69 {
			o.imm = d.imm(d.size)
		} else {
			o.imm = d.s8()
		}
		if d.rmIsMem {
			o.h = d.at16(hImul16RMI, hImul32RMI)
		} else {
			o.h = d.at16(hImul16RRI, hImul32RRI)
		}
	case 0x6C, 0x6D:
		d.string(byteOp, coldIns)
		d.end = true
		o.h = hColdEnd
	case 0x6E, 0x6F:
		d.string(byteOp, coldOuts)
		d.end = true
		o.h = hColdEnd
	case 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77,
		0x78, 0x79, 0x7A, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F:
		rel := d.s8()
		d.branch(jccHandlers[b&15], rel)
	case 0x80, 0x81, 0x82, 0x83:
		d.rm(byteOp)
		if b == 0x81 {
			o.imm = d.imm(d.size)
		} else {
			o.imm = d.s8()
		}
		d.aluImm(&aluHandlers[d.modrm>>3&7])
	case 0x84, 0x85:
		d.rm(byteOp)
		d.alu(&aluHandlers[8], false)
	case 0x86, 0x87:
		d.rm(byteOp)
		if d.rmIsMem {
			d.cold(coldXchgM)
		} else {
			o.h = [3]uint16{hXchg8RR, hXchg16RR, hXchg32RR}[sizeIndex(o.size)]
		}
	case 0x88, 0x89:
		d.rm(byteOp)
		d.alu(&movHandlers, false)
	case 0x8A, 0x8B:
		d.rm(byteOp)
		d.alu(&movHandlers, true)
	case 0x8C:
		d.rm(d.size)
		if o.dst > GS {
			d.ud()
			return
		}
		d.cold(coldMovFromSeg)
	case 0x8E:
		d.rm(2)
		if o.dst > GS || o.dst == CS {
			d.ud()
			return
		}
		if o.dst == SS {
			d.coldEnd(coldMovToSeg)
		} else {
			d.cold(coldMovToSeg)
		}
	case 0x8D:
		d.rm(d.size)
		if !d.rmIsMem {
			d.ud()
			return
		}
		o.h = d.at16(hLea16, hLea32)
	case 0x8F:
		d.rm(d.size)
		if d.modrm>>3&7 != 0 {
			d.ud()
			return
		}
		if !d.rmIsMem {
			o.dst = o.src
			o.h = d.at16(hPop16R, hPop32R)
			return
		}
		if o.base == ESP {
			// The address uses ESP as it is after the pop.
			o.disp += uint32(d.size)
		}
		d.cold(coldPopM)
	case 0x90:
		o.h = hNop
	case 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97:
		o.dst, o.src = EAX, b&7
		o.h = d.at16(hXchg16RR, hXchg32RR)
	case 0x98:
		o.h = d.at16(hCbw, hCwde)
	case 0x99:
		o.h = d.at16(hCwd, hCdq)
	case 0x9A:
		o.imm = d.imm(d.size)
		o.disp = d.u16()
		d.coldEnd(coldCallFar)
	case 0x9B:
		d.cold(coldWait)
	case 0x9C:
		d.cold(coldPushf)
	case 0x9D:
		d.coldEnd(coldPopf)
	case 0x9E:
		d.cold(coldSahf)
	case 0x9F:
		d.cold(coldLahf)
	case 0xA0, 0xA1, 0xA2, 0xA3:
		o.size = byteOp
		o.flags |= opMem
		if d.addr32 {
			o.disp = d.u32()
		} else {
			o.disp = d.u16()
		}
		o.seg = DS
		if d.seg >= 0 {
			o.seg = uint8(d.seg)
		}
		o.dst, o.src = EAX, EAX
		form := formRM
		if b&2 != 0 {
			form = formMR
		}
		o.h = movHandlers[form][sizeIndex(byteOp)]
	case 0xA4, 0xA5:
		d.string(byteOp, coldMovs)
	case 0xA6, 0xA7:
		d.string(byteOp, coldCmps)
	case 0xA8, 0xA9:
		o.size = byteOp
		o.imm = d.imm(byteOp)
		o.src = EAX
		d.aluImm(&aluHandlers[8])
	case 0xAA, 0xAB:
		d.string(byteOp, coldStos)
	case 0xAC, 0xAD:
		d.string(byteOp, coldLods)
	case 0xAE, 0xAF:
		d.string(byteOp, coldScas)
	case 0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7:
		setReg(&o.dst, &o.dsh, b&7, 1)
		o.imm = d.u8()
		o.h = hMov8RI
	case 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE, 0xBF:
		o.dst = b & 7
		o.imm = d.imm(d.size)
		o.h = d.at16(hMov16RI, hMov32RI)
	case 0xC0, 0xC1:
		d.rm(byteOp)
		o.imm = d.u8() & 31
		d.shift()
	case 0xD0, 0xD1:
		d.rm(byteOp)
		o.imm = 1
		d.shift()
	case 0xD2, 0xD3:
		d.rm(byteOp)
		o.sub = d.modrm >> 3 & 7
		d.cold(coldShiftCL)
	case 0xC2, 0xC3:
		h16, h32 := uint16(hRet16), uint16(hRet32)
		if b == 0xC2 {
			o.imm = d.u16()
			h16, h32 = hRetI16, hRetI32
		}
		o.h = d.at16(h16, h32)
		d.end = true
	case 0xC4, 0xC5:
		d.farPointer(int(b-0xC4)*3 + ES)
	case 0xC6, 0xC7:
		d.rm(byteOp)
		o.imm = d.imm(byteOp)
		if d.modrm>>3&7 != 0 {
			d.ud()
			return
		}
		d.aluImm(&movHandlers)
	case 0xC8:
		o.imm = d.u16()
		o.sub = uint8(d.u8()) & 31
		d.cold(coldEnter)
	case 0xC9:
		o.h = d.at16(hLeave16, hLeave32)
	case 0xCA, 0xCB:
		if b == 0xCA {
			o.imm = d.u16()
		}
		d.coldEnd(coldRetFar)
	case 0xCC:
		o.imm = 3
		d.coldEnd(coldInt3)
	case 0xCD:
		o.imm = d.u8()
		d.coldEnd(coldInt)
	case 0xCE:
		d.coldEnd(coldInto)
	case 0xCF:
		d.coldEnd(coldIret)
	case 0xD4:
		o.imm = d.u8()
		d.cold(coldAam)
	case 0xD5:
		o.imm = d.u8()
		d.cold(coldAad)
	case 0xD6:
		d.cold(coldSalc)
	case 0xD7:
		o.seg = DS
		if d.seg >= 0 {
			o.seg = uint8(d.seg)
		}
		if !d.addr32 {
			o.amask = 0xFFFF
		}
		d.cold(coldXlat)
	case 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF:
		d.rm(d.size)
		d.escape(b)
	case 0xE0, 0xE1:
		o.sub = b & 1
		o.imm = d.s8()
		d.coldEnd(coldLoopcc)
	case 0xE2:
		h := uint16(hLoop16)
		if d.addr32 {
			h = hLoop32
		}
		rel := d.s8()
		d.branch(h, rel)
	case 0xE3:
		h := uint16(hJcxz)
		if d.addr32 {
			h = hJecxz
		}
		rel := d.s8()
		d.branch(h, rel)
	case 0xE4, 0xE5:
		o.size = byteOp
		o.imm = d.u8()
		d.coldEnd(coldIn)
	case 0xE6, 0xE7:
		o.size = byteOp
		o.imm = d.u8()
		d.coldEnd(coldOut)
	case 0xEC, 0xED:
		o.size = byteOp
		d.coldEnd(coldInDX)
	case 0xEE, 0xEF:
		o.size = byteOp
		d.coldEnd(coldOutDX)
	case 0xE8:
		rel := d.imm(d.size)
		d.branch(d.at16(hCall16, hCall32), rel)
	case 0xE9:
		rel := d.imm(d.size)
		d.branch(hJmp, rel)
	case 0xEA:
		o.imm = d.imm(d.size)
		o.disp = d.u16()
		d.coldEnd(coldJmpFar)
	case 0xEB:
		rel := d.s8()
		d.branch(hJmp, rel)
	case 0xF1:
		o.imm = 1
		d.coldEnd(coldInt1)
	case 0xF4:
		d.coldEnd(coldHlt)
	case 0xF5:
		d.cold(coldCmc)
	case 0xF8:
		d.cold(coldClc)
	case 0xF9:
		d.cold(coldStc)
	case 0xFA:
		d.cold(coldCli)
	case 0xFB:
		d.coldEnd(coldSti)
	case 0xFC:
		d.cold(coldCld)
	case 0xFD:
		d.cold(coldStd)
	case 0xF6, 0xF7:
		d.rm(byteOp)
		d.group3()
	case 0xFE, 0xFF:
		d.rm(byteOp)
		d.group5(b)
	default:
		d.ud()
	}
}

// shift selects between the fast shifts of registers and the general operation.
func (d *decoder) shift() {
	o := d.o
	o.sub = d.modrm >> 3 & 7
	if !d.rmIsMem && o.size > 1 && o.imm != 0 && o.imm < uint32(o.size)*8 {
		var h uint16
		switch o.sub {
		case 0:
			h = d.at16(hRol16RI, hRol32RI)
		case 1:
			h = d.at16(hRor16RI, hRor32RI)
		case 4, 6:
			h = d.at16(hShl16RI, hShl32RI)
		case 5:
			h = d.at16(hShr16RI, hShr32RI)
		case 7:
			h = d.at16(hSar16RI, hSar32RI)
		}
		if h != 0 {
			o.dst = o.src
			o.h = h
			return
		}
	}
	d.cold(coldShift)
}

func (d *decoder) group3() {
	o := d.o
	sub := d.modrm >> 3 & 7
	o.sub = sub
	switch sub {
	case 0, 1:
		o.imm = d.imm(o.size)
		d.aluImm(&aluHandlers[8])
	case 2, 3:
		if d.rmIsMem {
			d.cold(coldNotNegM)
			return
		}
		o.dst, o.dsh = o.src, o.ssh
		if sub == 2 {
			o.h = [3]uint16{hNot8R, hNot16R, hNot32R}[sizeIndex(o.size)]
		} else {
			o.h = [3]uint16{hNeg8R, hNeg16R, hNeg32R}[sizeIndex(o.size)]
		}
	case 4:
		d.cold(coldMul)
	case 5:
		d.cold(coldImul)
	case 6:
		d.cold(coldDiv)
	case 7:
		d.cold(coldIdiv)
	}
}

func (d *decoder) group5(b uint8) {
	o := d.o
	sub := d.modrm >> 3 & 7
	if b == 0xFE && sub > 1 {
		d.ud()
		return
	}
	switch sub {
	case 0, 1:
		i := sizeIndex(o.size)
		if d.rmIsMem {
			o.h = [2][3]uint16{{hInc8M, hInc16M, hInc32M}, {hDec8M, hDec16M, hDec32M}}[sub][i]
			return
		}
		o.dst, o.dsh = o.src, o.ssh
		o.h = [2][3]uint16{{hInc8R, hInc16R, hInc32R}, {hDec8R, hDec16R, hDec32R}}[sub][i]
	case 2:
		d.end = true
		if d.rmIsMem {
			o.h = d.at16(hCallM16, hCallM32)
		} else {
			o.h = d.at16(hCallR16, hCallR32)
		}
	case 4:
		d.end = true
		if d.rmIsMem {
			o.h = d.at16(hJmpM16, hJmpM32)
		} else {
			o.h = d.at16(hJmpR16, hJmpR32)
		}
	case 3, 5:
		if !d.rmIsMem {
			d.ud()
			return
		}
		if sub == 3 {
			d.coldEnd(coldCallFarM)
		} else {
			d.coldEnd(coldJmpFarM)
		}
	case 6:
		if d.rmIsMem {
			o.h = d.at16(hPush16M, hPush32M)
		} else {
			o.dst = o.src
			o.h = d.at16(hPush16R, hPush32R)
		}
	default:
		d.ud()
	}
}

// farPointer is LES, LDS, LSS, LFS, LGS.
func (d *decoder) farPointer(seg int) {
	d.rm(d.size)
	if !d.rmIsMem {
		d.ud()
		return
	}
	d.o.sub = uint8(seg)
	if seg == SS {
		d.coldEnd(coldLoadFar)
	} else {
		d.cold(coldLoadFar)
	}
}

// escape is an x87 instruction: sub has the low three bits of the opcode and
// reg and r/m of ModRM are in imm.
func (d *decoder) escape(b uint8) {
	d.o.sub = b & 7
	d.o.imm = uint32(d.modrm)
	d.fpuOp()
}

// twoByte decodes the 0F map.
func (d *decoder) twoByte(b uint8) {
	o := d.o
	m := d.c.model
	byteOp := d.size
	if b&1 == 0 {
		byteOp = 1
	}
	if d.lock {
		defer func() {
			if d.lockable0F(b) {
				d.lock = false
			}
		}()
	}
	switch b {
	case 0x00:
		d.rm(2)
		o.sub = d.modrm >> 3 & 7
		if o.sub > 5 {
			d.ud()
			return
		}
		o.size = d.size
		d.coldEnd(coldGroup6)
	case 0x01:
		d.rm(2)
		o.sub = d.modrm >> 3 & 7
		if o.sub == 5 || !d.rmIsMem && o.sub != 4 && o.sub != 6 || o.sub == 7 && m.family < 4 {
			d.ud()
			return
		}
		o.size = d.size
		d.coldEnd(coldGroup7)
	case 0x02:
		d.rm(d.size)
		d.cold(coldLar)
	case 0x03:
		d.rm(d.size)
		d.cold(coldLsl)
	case 0x06:
		d.coldEnd(coldClts)
	case 0x08, 0x09:
		if m.family < 4 {
			d.ud()
			return
		}
		d.cold(coldInvd)
	case 0x0B:
		d.ud()
	case 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F:
		// NOP with an operand, from the P6 on.
		d.rm(d.size)
		if m.family < 6 {
			d.ud()
			return
		}
		o.h = hNop
	case 0x20, 0x21, 0x22, 0x23, 0x24, 0x26:
		// The mod field is ignored: the operand is always a register.
		d.modrm = uint8(d.u8())
		o.dst, o.src = d.modrm>>3&7, d.modrm&7
		o.sub = b
		if b&4 != 0 && m.family >= 5 {
			d.ud()
			return
		}
		d.coldEnd(coldMovSys)
	case 0x30, 0x32:
		if m.family < 5 {
			d.ud()
			return
		}
		o.sub = b
		d.coldEnd(coldMSR)
	case 0x31:
		if m.features&featTSC == 0 {
			d.ud()
			return
		}
		d.coldEnd(coldRdtsc)
	case 0x34, 0x35:
		if m.features&featSEP == 0 {
			d.ud()
			return
		}
		o.sub = b
		d.coldEnd(coldSysenter)
	case 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47,
		0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F:
		d.rm(d.size)
		if m.features&featCMOV == 0 {
			d.ud()
			return
		}
		o.sub = b & 15
		d.cold(coldCmov)
	case 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
		0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F:
		rel := d.imm(d.size)
		d.branch(jccHandlers[b&15], rel)
	case 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97,
		0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F:
		d.rm(1)
		o.sub = b & 15
		d.cold(coldSetcc)
	case 0xA0, 0xA8:
		o.sub = FS
		if b == 0xA8 {
			o.sub = GS
		}
		d.cold(coldPushSeg)
	case 0xA1, 0xA9:
		o.sub = FS
		if b == 0xA9 {
			o.sub = GS
		}
		d.cold(coldPopSeg)
	case 0xA2:
		if m.maxLeaf < 0 {
			d.ud()
			return
		}
		d.cold(coldCpuid)
	case 0xA3, 0xAB, 0xB3, 0xBB:
		d.rm(d.size)
		o.sub = b >> 3 & 3
		d.cold(coldBt)
	case 0xBA:
		d.rm(d.size)
		o.sub = d.modrm >> 3 & 3
		o.imm = d.u8()
		if d.modrm>>3&7 < 4 {
			d.ud()
			return
		}
		d.cold(coldBtImm)
	case 0xA4, 0xAC:
		d.rm(d.size)
		o.imm = d.u8() & 31
		o.sub = b >> 3 & 1
		d.cold(coldShiftDouble)
	case 0xA5, 0xAD:
		d.rm(d.size)
		o.sub = b >> 3 & 1
		d.cold(coldShiftDoubleCL)
	case 0xAF:
		d.rm(d.size)
		if d.rmIsMem {
			o.h = d.at16(hImul16RM, hImul32RM)
		} else {
			o.h = d.at16(hImul16RR, hImul32RR)
		}
	case 0xB0, 0xB1:
		d.rm(byteOp)
		if m.family < 4 {
			d.ud()
			return
		}
		d.cold(coldCmpxchg)
	case 0xC0, 0xC1:
		d.rm(byteOp)
		if m.family < 4 {
			d.ud()
			return
		}
		d.cold(coldXadd)
	case 0xB2, 0xB4, 0xB5:
		seg := SS
		if b != 0xB2 {
			seg = FS + int(b&1)
		}
		d.farPointer(seg)
	case 0xB6, 0xB7, 0xBE, 0xBF:
		from := 1 + b&1
		d.rm(from)
		setReg(&o.dst, &o.dsh, d.modrm>>3&7, 4)
		d.extend(from, b&8 != 0)
	case 0xBC:
		d.rm(d.size)
		d.cold(coldBsf)
	case 0xBD:
		d.rm(d.size)
		d.cold(coldBsr)
	case 0xC7:
		d.rm(4)
		if m.features&featCX8 == 0 || d.modrm>>3&7 != 1 || !d.rmIsMem {
			d.ud()
			return
		}
		d.cold(coldCmpxchg8b)
	case 0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF:
		if m.family < 4 {
			d.ud()
			return
		}
		o.dst = b & 7
		d.cold(coldBswap)
	default:
		d.ud()
	}
}

// extend is MOVZX and MOVSX; a 16-bit operand to a 16-bit register is a move.
func (d *decoder) extend(from uint8, signed bool) {
	o := d.o
	mem := 0
	if d.rmIsMem {
		mem = 1
	}
	s := 0
	if signed {
		s = 1
	}
	switch {
	case d.size == 4 && from == 1:
		o.h = [2][2]uint16{{hMovzx328R, hMovzx328M}, {hMovsx328R, hMovsx328M}}[s][mem]
	case d.size == 4:
		o.h = [2][2]uint16{{hMovzx3216R, hMovzx3216M}, {hMovsx3216R, hMovsx3216M}}[s][mem]
	case from == 1:
		o.h = [2][2]uint16{{hMovzx168R, hMovzx168M}, {hMovsx168R, hMovsx168M}}[s][mem]
	default:
		o.h = [2]uint16{hMov16RR, hMov16RM}[mem]
	}
	o.size = d.size
}
