package cpu

// Operations outside the executor's switch are reached through coldTable by
// op.cold. Each is a method on one instruction; the reg operand is named by
// dst, the r/m operand by src or the memory fields.

const (
	coldUD = iota
	coldGP
	coldJccLimit
	coldLoopLimit
	coldDAA
	coldDAS
	coldAAA
	coldAAS
	coldAam
	coldAad
	coldSalc
	coldMul
	coldImul
	coldDiv
	coldIdiv
	coldShift
	coldShiftCL
	coldShiftDouble
	coldShiftDoubleCL
	coldNotNegM
	coldBt
	coldBtImm
	coldBsf
	coldBsr
	coldBswap
	coldCmpxchg
	coldCmpxchg8b
	coldXadd
	coldXchgM
	coldCmov
	coldSetcc
	coldXlat
	coldBound
	coldEnter
	coldPusha
	coldPopa
	coldPopM
	coldPushSeg
	coldPopSeg
	coldMovFromSeg
	coldMovToSeg
	coldLoadFar
	coldPushf
	coldPopf
	coldLahf
	coldSahf
	coldCmc
	coldClc
	coldStc
	coldCld
	coldStd
	coldCli
	coldSti
	coldMovs
	coldCmps
	coldStos
	coldLods
	coldScas
	coldIns
	coldOuts
	coldIn
	coldInDX
	coldOut
	coldOutDX
	coldLoopcc
	coldJmpFar
	coldCallFar
	coldJmpFarM
	coldCallFarM
	coldRetFar
	coldInt
	coldInt1
	coldInt3
	coldInto
	coldIret
	coldHlt
	coldArpl
	coldLar
	coldLsl
	coldGroup6
	coldGroup7
	coldClts
	coldInvd
	coldMovSys
	coldMSR
	coldRdtsc
	coldCpuid
	coldSysenter
	coldWait
	coldFPU
	coldFPUArith
	coldFPULoadST
	coldFPUExchange
	coldFPUStoreST
	coldFPULoad
	coldFPUStatus
)

var coldTable = [256]func(*CPU, *op){
	coldUD:            func(c *CPU, _ *op) { c.raise(excUD) },
	coldGP:            func(c *CPU, _ *op) { c.raiseCode(excGP, 0) },
	coldJccLimit:      (*CPU).jccLimit,
	coldLoopLimit:     (*CPU).loopLimit,
	coldDAA:           (*CPU).daa,
	coldDAS:           (*CPU).das,
	coldAAA:           (*CPU).aaa,
	coldAAS:           (*CPU).aas,
	coldAam:           (*CPU).aam,
	coldAad:           (*CPU).aad,
	coldSalc:          func(c *CPU, _ *op) { c.setReg8(EAX, 0, -c.cf) },
	coldMul:           (*CPU).mul,
	coldImul:          (*CPU).imul,
	coldDiv:           (*CPU).div,
	coldIdiv:          (*CPU).idiv,
	coldShift:         func(c *CPU, o *op) { c.shiftRM(o, o.imm) },
	coldShiftCL:       func(c *CPU, o *op) { c.shiftRM(o, c.r[ECX]&31) },
	coldShiftDouble:   func(c *CPU, o *op) { c.shiftDouble(o, o.imm) },
	coldShiftDoubleCL: func(c *CPU, o *op) { c.shiftDouble(o, c.r[ECX]&31) },
	coldNotNegM:       (*CPU).notNegM,
	coldBt:            (*CPU).bt,
	coldBtImm:         (*CPU).btImm,
	coldBsf:           (*CPU).bsf,
	coldBsr:           (*CPU).bsr,
	coldBswap:         (*CPU).bswap,
	coldCmpxchg:       (*CPU).cmpxchg,
	coldCmpxchg8b:     (*CPU).cmpxchg8b,
	coldXadd:          (*CPU).xadd,
	coldXchgM:         (*CPU).xchgM,
	coldCmov:          (*CPU).cmov,
	coldSetcc:         func(c *CPU, o *op) { c.setRM(o, b2u(c.cond(o.sub))) },
	coldXlat:          (*CPU).xlat,
	coldBound:         (*CPU).bound,
	coldEnter:         (*CPU).enter,
	coldPusha:         (*CPU).pusha,
	coldPopa:          (*CPU).popa,
	coldPopM:          (*CPU).popM,
	coldPushSeg:       (*CPU).pushSeg,
	coldPopSeg:        (*CPU).popSeg,
	coldMovFromSeg:    (*CPU).movFromSeg,
	coldMovToSeg:      (*CPU).movToSeg,
	coldLoadFar:       (*CPU).loadFar,
	coldPushf:         (*CPU).pushf,
	coldPopf:          (*CPU).popf,
	coldLahf:          func(c *CPU, _ *op) { c.setReg8(EAX, 8, c.arith()|2) },
	coldSahf:          (*CPU).sahf,
	coldCmc:           func(c *CPU, _ *op) { c.setCF(c.cf ^ 1) },
	coldClc:           func(c *CPU, _ *op) { c.setCF(0) },
	coldStc:           func(c *CPU, _ *op) { c.setCF(1) },
	coldCld:           func(c *CPU, _ *op) { c.eflags &^= FlagDF },
	coldStd:           func(c *CPU, _ *op) { c.eflags |= FlagDF },
	coldCli:           (*CPU).cli,
	coldSti:           (*CPU).sti,
	coldMovs:          (*CPU).movs,
	coldCmps:          (*CPU).cmps,
	coldStos:          (*CPU).stos,
	coldLods:          (*CPU).lods,
	coldScas:          (*CPU).scas,
	coldIns:           (*CPU).ins,
	coldOuts:          (*CPU).outs,
	coldIn:            func(c *CPU, o *op) { c.in(o, uint16(o.imm)) },
	coldInDX:          func(c *CPU, o *op) { c.in(o, uint16(c.r[EDX])) },
	coldOut:           func(c *CPU, o *op) { c.out(o, uint16(o.imm)) },
	coldOutDX:         func(c *CPU, o *op) { c.out(o, uint16(c.r[EDX])) },
	coldLoopcc:        (*CPU).loopcc,
	coldJmpFar:        func(c *CPU, o *op) { c.farJump(uint16(o.disp), o.imm) },
	coldCallFar:       func(c *CPU, o *op) { c.farCall(o, uint16(o.disp), o.imm) },
	coldJmpFarM:       (*CPU).jmpFarM,
	coldCallFarM:      (*CPU).callFarM,
	coldRetFar:        (*CPU).retFar,
	coldInt:           (*CPU).intN,
	coldInt1:          (*CPU).int1,
	coldInt3:          (*CPU).int3,
	coldInto:          (*CPU).into,
	coldIret:          (*CPU).iret,
	coldHlt:           (*CPU).hlt,
	coldArpl:          (*CPU).arpl,
	coldLar:           (*CPU).lar,
	coldLsl:           (*CPU).lsl,
	coldGroup6:        (*CPU).group6,
	coldGroup7:        (*CPU).group7,
	coldClts:          (*CPU).clts,
	coldInvd:          func(c *CPU, _ *op) { c.privileged() },
	coldMovSys:        (*CPU).movSys,
	coldMSR:           (*CPU).accessMSR,
	coldRdtsc:         (*CPU).rdtsc,
	coldCpuid:         (*CPU).cpuid,
	coldSysenter:      (*CPU).sysenter,
	coldWait:          (*CPU).wait,
	coldFPU:           (*CPU).escape,
	coldFPUArith:      (*CPU).fpuArith,
	coldFPULoadST:     (*CPU).fpuLoadST,
	coldFPUExchange:   (*CPU).fpuExchange,
	coldFPUStoreST:    (*CPU).fpuStoreST,
	coldFPULoad:       (*CPU).fpuLoad,
	coldFPUStatus:     (*CPU).fpuStatus,
}

// limitFault is a near branch beyond the CS limit.
func (c *CPU) limitFault(o *op) {
	c.op = o
	c.raiseCode(excGP, 0)
}

func (c *CPU) jccLimit(o *op) {
	if c.cond(o.sub) {
		c.raiseCode(excGP, 0)
	}
}

// loopLimit is LOOP or JCXZ with a target beyond the limit.
func (c *CPU) loopLimit(o *op) {
	n := c.counter(o)
	switch hLoop32 + uint16(o.sub) {
	case hLoop16, hLoop32:
		if (n-1)&o.countMask() != 0 {
			c.raiseCode(excGP, 0)
		}
		c.setCounter(o, n-1)
	default:
		if n == 0 {
			c.raiseCode(excGP, 0)
		}
	}
}

// counter is ECX or CX by the address size.
func (c *CPU) counter(o *op) uint32 { return c.r[ECX] & o.countMask() }

func (c *CPU) setCounter(o *op, v uint32) {
	m := o.countMask()
	c.r[ECX] = c.r[ECX]&^m | v&m
}

func (o *op) countMask() uint32 {
	if o.flags&opAddr32 != 0 {
		return 0xFFFFFFFF
	}
	return 0xFFFF
}

// loopcc is LOOPE (sub 1) and LOOPNE (sub 0).
func (c *CPU) loopcc(o *op) {
	n := (c.counter(o) - 1) & o.countMask()
	if n != 0 && c.zf() == (o.sub == 1) {
		c.jumpNear(c.eip+o.imm, o)
	}
	c.setCounter(o, n)
}

// jumpNear sets EIP to a target of the operand size.
func (c *CPU) jumpNear(to uint32, o *op) {
	if o.size == 2 {
		to &= 0xFFFF
	}
	if to > c.seg[CS].limit {
		c.raiseCode(excGP, 0)
	}
	c.eip = to
}
