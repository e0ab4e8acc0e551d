package cpu

// Indices into CPU.r, in the order of the instruction encoding.
const (
	EAX = iota
	ECX
	EDX
	EBX
	ESP
	EBP
	ESI
	EDI
	regZero // always zero: stands for an absent base or index
)

// Indices into CPU.seg, in the order of the instruction encoding.
const (
	ES = iota
	CS
	SS
	DS
	FS
	GS
)

// EFLAGS bits.
const (
	FlagCF   = 1 << 0
	FlagPF   = 1 << 2
	FlagAF   = 1 << 4
	FlagZF   = 1 << 6
	FlagSF   = 1 << 7
	FlagTF   = 1 << 8
	FlagIF   = 1 << 9
	FlagDF   = 1 << 10
	FlagOF   = 1 << 11
	FlagIOPL = 3 << 12
	FlagNT   = 1 << 14
	FlagRF   = 1 << 16
	FlagVM   = 1 << 17
	FlagAC   = 1 << 18
	FlagVIF  = 1 << 19
	FlagVIP  = 1 << 20
	FlagID   = 1 << 21

	arithFlags = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF | FlagOF
)

// CR0 bits.
const (
	CR0PE = 1 << 0
	CR0MP = 1 << 1
	CR0EM = 1 << 2
	CR0TS = 1 << 3
	CR0ET = 1 << 4
	CR0NE = 1 << 5
	CR0WP = 1 << 16
	CR0AM = 1 << 18
	CR0NW = 1 << 29
	CR0CD = 1 << 30
	CR0PG = 1 << 31
)

// CR4 bits (Pentium and later).
const (
	CR4VME = 1 << 0
	CR4PVI = 1 << 1
	CR4TSD = 1 << 2
	CR4DE  = 1 << 3
	CR4PSE = 1 << 4
	CR4PGE = 1 << 7
)

// table is a descriptor table register.
type table struct {
	base  uint32
	limit uint32
}

// CPU is one processor. The fields above the line "execution" are the
// architectural state; the rest is derived from it or belongs to the executor.
type CPU struct {
	// r holds the general registers. It is indexed by a byte of a decoded
	// operation, and 256 entries make that index need no bounds check
	// (BenchmarkALU); only the first nine are used.
	r [256]uint32

	seg [8]segment // ES CS SS DS FS GS; two unused entries allow a mask

	// Arithmetic flags, see flags.go.
	fres uint64
	fv   uint32
	cf   uint32

	eflags uint32 // EFLAGS without the arithmetic flags
	eip    uint32

	ldt, tr  segment
	gdt, idt table

	cr0, cr2, cr3, cr4 uint32
	dr                 [8]uint32
	a20                uint32 // AND mask of physical addresses
	cpl                uint8

	fpu fpu
	msr msrs

	halted   bool
	shutdown bool // triple fault: only a reset helps
	shadow   bool // no interrupt before the next instruction (STI, MOV SS)
	shadowSS bool // the shadow comes from MOV SS or POP SS: traps wait too
	inNMI    bool // NMI is masked until IRET
	nmi      bool // NMI edge seen
	intr     bool // level of INTR
	later    later

	// execution
	model *model
	mem   *Memory
	bus   Bus
	clock func() uint64 // time-stamp counter, nil: the instruction count

	spMask uint32 // FFFFFFFF or FFFF by SS.B
	mode   uint32 // mode bits of a block
	user   int    // 1 at CPL 3, else 0: selects the TLB

	left   int64  // instructions until the executor must come back
	target uint64 // instruction count at which left is 0
	end    uint64 // instruction count at which Run returns
	op     *op    // operation being executed, where it matters
	cur    *block // block being executed

	fault    fault
	ext      uint32 // EXT bit of error codes while an exception is delivered
	consumed uint8  // 1 if a repeated instruction has been counted already

	tlb    *[tlbSize]tlbEntry
	tlbs   [2]tlbState
	large  [16]uint64 // the 4 MiB that were found to be large pages, since the last flush of all
	gen    uint32     // changes whenever linear addresses may mean something else
	blocks blockCache
	dec    decoder

	trapPending  uint32 // DR6 bits of a debug trap to be taken after this instruction
	entered      bool   // the instruction was an INT
	watched      bool   // DR7 enables data breakpoints
	stop         bool
	resetPending bool
	running      bool

	trace Trace
}

// Bus is what the processor sees of the board besides memory.
type Bus interface {
	// In reads an I/O port; size is 1, 2 or 4 bytes.
	In(port uint16, size int) uint32
	// Out writes an I/O port.
	Out(port uint16, size int, value uint32)
	// Acknowledge runs the interrupt acknowledge cycle and returns the vector.
	Acknowledge() uint8
}

// New returns a processor of the named model ("386", "486", "pentium", "686"),
// reset, or nil if there is no such model.
func New(modelName string, mem *Memory, bus Bus) *CPU {
	m := models[modelName]
	if m == nil {
		return nil
	}
	c := &CPU{model: m, mem: mem, bus: bus, a20: ^uint32(0)}
	c.tlbs[0].init()
	c.tlbs[1].init()
	c.blocks.init()
	mem.attach(c)
	c.Reset()
	return c
}

// Reset is the RESET pin. It leaves memory, the A20 gate and the instruction
// count alone. While the processor runs (from Bus.Out) it takes effect after
// the current instruction.
func (c *CPU) Reset() {
	if c.running {
		c.resetPending = true
		c.breakBlock()
		return
	}
	clear(c.r[:])
	c.r[EDX] = c.model.signature
	for i := range c.seg {
		c.seg[i] = segment{limit: 0xFFFF, flags: segP | segS | 3<<8}
	}
	c.seg[CS] = segment{selector: 0xF000, base: 0xFFFF0000, limit: 0xFFFF, flags: segP | segS | 0xB<<8}
	c.ldt = segment{limit: 0xFFFF, flags: segP | 2<<8}
	c.tr = segment{limit: 0xFFFF, flags: segP | 0xB<<8}
	c.gdt = table{limit: 0xFFFF}
	c.idt = table{limit: 0xFFFF}
	c.setFlags(0)
	c.eip = 0xFFF0
	c.cr0 = CR0CD | CR0NW | CR0ET
	if c.model.family == 3 {
		c.cr0 = CR0ET
	}
	c.cr2, c.cr3, c.cr4 = 0, 0, 0
	c.dr = [8]uint32{6: 0xFFFF0FF0, 7: 0x400}
	c.cpl = 0
	c.msr = msrs{}
	c.later = laterReset
	c.fpu.reset()
	c.halted, c.shutdown, c.shadow, c.shadowSS = false, false, false, false
	c.inNMI, c.nmi = false, false
	c.trapPending = 0
	c.flushTLB(true)
	c.modeChanged()
}

// Reg returns general register i (EAX to EDI).
func (c *CPU) Reg(i int) uint32 { return c.r[i&7] }

// SetReg sets general register i.
func (c *CPU) SetReg(i int, v uint32) { c.r[i&7] = v }

// EIP returns the address of the next instruction.
func (c *CPU) EIP() uint32 { return c.eip }

// SetEIP sets the address of the next instruction.
func (c *CPU) SetEIP(v uint32) { c.eip = v }

// EFlags returns EFLAGS.
func (c *CPU) EFlags() uint32 { return c.flags() }

// SetEFlags sets EFLAGS without any privilege check.
func (c *CPU) SetEFlags(v uint32) {
	c.setFlags(v)
	c.modeChanged()
}

// CR returns control register i; CR1 and those the model lacks read 0.
func (c *CPU) CR(i int) uint32 {
	switch i {
	case 0:
		return c.cr0
	case 2:
		return c.cr2
	case 3:
		return c.cr3
	case 4:
		return c.cr4
	}
	return 0
}

// SetCR sets a control register without checks.
func (c *CPU) SetCR(i int, v uint32) {
	switch i {
	case 0:
		c.cr0 = v | CR0ET
	case 2:
		c.cr2 = v
	case 3:
		c.cr3 = v
	case 4:
		c.cr4 = v
	}
	c.flushTLB(true)
	c.modeChanged()
}

// DR returns debug register i.
func (c *CPU) DR(i int) uint32 { return c.dr[i&7] }

// GDT and IDT return the descriptor table registers.
func (c *CPU) GDT() (base, limit uint32) { return c.gdt.base, c.gdt.limit }
func (c *CPU) IDT() (base, limit uint32) { return c.idt.base, c.idt.limit }

// LDT and TR return the system segment registers with their caches.
func (c *CPU) LDT() (selector uint16, base, limit, flags uint32) {
	return c.ldt.selector, c.ldt.base, c.ldt.limit, c.ldt.flags
}

func (c *CPU) TR() (selector uint16, base, limit, flags uint32) {
	return c.tr.selector, c.tr.base, c.tr.limit, c.tr.flags
}

// SetTables sets the descriptor table registers without checks.
func (c *CPU) SetTables(gdtBase, gdtLimit, idtBase, idtLimit uint32) {
	c.gdt = table{gdtBase, gdtLimit}
	c.idt = table{idtBase, idtLimit}
}

// CPL returns the current privilege level.
func (c *CPU) CPL() int { return int(c.cpl) }

// Halted tells whether the processor waits for an interrupt after HLT.
func (c *CPU) Halted() bool { return c.halted }

// Shutdown tells whether a triple fault stopped the processor.
func (c *CPU) Shutdown() bool { return c.shutdown }

// modeChanged derives everything that depends on CR0, EFLAGS.VM, CPL and the
// segment registers' caches.
func (c *CPU) modeChanged() {
	for i := range c.seg[:6] {
		c.seg[i].derive(c.cr0&CR0PE != 0)
	}
	c.spMask = 0xFFFF
	if c.seg[SS].flags&segB != 0 {
		c.spMask = 0xFFFFFFFF
	}
	c.user = 0
	if c.cpl == 3 {
		c.user = 1
	}
	c.tlb = &c.tlbs[c.user].fast
	c.watched = c.watching()
	if c.watched || c.alignChecked() {
		c.tlb = &missTLB
	}
	c.mode = uint32(c.user) << 1
	if c.seg[CS].flags&segB != 0 {
		c.mode |= modeCode32
	}
}

// protected tells whether selectors are looked up in descriptor tables.
func (c *CPU) protected() bool { return c.cr0&CR0PE != 0 && c.eflags&FlagVM == 0 }

// v86 tells whether the processor is in virtual-8086 mode.
func (c *CPU) v86() bool { return c.eflags&FlagVM != 0 }

func (c *CPU) iopl() uint8 { return uint8(c.eflags>>12) & 3 }
