package cpu

import "strings"

// board is the least PC that boots a disk image: two interrupt controllers, the
// timer, a serial port's transmitter, port 92h, a debug exit and a BIOS of a few
// bytes whose services are Go functions behind an I/O port. It exists for tests
// of the processor.
type board struct {
	cpu  *CPU
	mem  *Memory
	ram  *RAM
	disk []byte

	pic     [2]testPIC
	serial  strings.Builder
	scratch uint8
	port92  uint8
	done    bool

	// Counter 0 of the timer; time is counted in its ticks.
	reload  uint32
	latch   uint16
	latched bool
	low     bool // the next byte read or written is the high one
	written uint32
	start   uint64 // tick at which the period began
	idle    uint64 // ticks skipped in HLT
	fired   uint64 // periods already signalled
}

const (
	testMIPS = 100 // nominal speed that relates ticks to instructions
	pitHz    = 1193182
	trapPort = 0xB0 // BIOS services
)

type testPIC struct {
	irr, isr, imr, base uint8
	icw                 int // next initialisation word, 0 when running
	autoEOI             bool
}

func newBoard(model string, disk []byte, megabytes int) *board {
	b := &board{mem: NewMemory(), ram: NewRAM(megabytes << 20), disk: disk, reload: 0x10000}
	b.mem.MapRAM(0, b.ram, 0, 0xA0000)
	b.mem.MapRAM(0xA0000, NewRAM(0x20000), 0, 0x20000)
	b.mem.MapRAM(0x100000, b.ram, 0x100000, (megabytes-1)<<20)
	rom := NewRAM(0x10000)
	code := []byte{
		// 0: INT 13h, 4: INT 15h: the service number, then IRET
		0xE6, trapPort, 0xCF, 0x90,
		0xE6, trapPort + 1, 0xCF, 0x90,
		// 8: IRQ 0 counts ticks
		0x50, 0x1E, 0xB8, 0x40, 0x00, 0x8E, 0xD8, 0x66, 0xFF, 0x06, 0x6C, 0x00,
		0xB0, 0x20, 0xE6, 0x20, 0x1F, 0x58, 0xCF,
	}
	rom.Write(0, code)
	b.mem.MapROM(0xF0000, rom, 0, 0x10000)
	b.cpu = New(model, b.mem, b)
	b.pic[0].base, b.pic[1].base = 8, 0x70
	vector := func(n, off int) {
		b.ram.Write(n*4, []byte{byte(off), byte(off >> 8), 0x00, 0xF0})
	}
	for i := range 256 {
		vector(i, 2)
	}
	vector(0x13, 0)
	vector(0x15, 4)
	vector(8, 8)
	b.ram.Write(0x7C00, disk[:512])
	c := b.cpu
	for i := range 6 {
		c.SetSegment(i, 0, 0, 0xFFFF, segP|segS|3<<8)
	}
	c.idt.limit = 0x3FF
	c.SetReg(ESP, 0x7000)
	c.SetEIP(0x7C00)
	c.SetEFlags(FlagIF)
	return b
}

func (b *board) ticks() uint64 {
	return b.idle + b.cpu.Instructions()*pitHz/(testMIPS*1e6)
}

// run runs until the guest says that it is done or instructions are used up.
func (b *board) run(limit uint64) {
	for !b.done && b.cpu.Instructions() < limit {
		next := b.start + (b.fired+1)*uint64(b.reload)
		now := b.ticks()
		if now >= next {
			b.fired = (now - b.start) / uint64(b.reload)
			b.request(0)
			continue
		}
		switch b.cpu.Run((next-now)*testMIPS*1e6/pitHz + 1) {
		case ReasonHalt:
			b.idle += next - b.ticks()
		case ReasonShutdown:
			return
		}
	}
}

// ---- interrupt controllers ----

func (b *board) request(irq uint8) {
	p := &b.pic[irq>>3]
	p.irr |= 1 << (irq & 7)
	b.update()
}

func (p *testPIC) pending() (int, bool) {
	for i := range 8 {
		if p.isr>>i&1 != 0 {
			return 0, false
		}
		if p.irr&^p.imr>>i&1 != 0 {
			return i, true
		}
	}
	return 0, false
}

func (b *board) update() {
	_, ok := b.pic[0].pending()
	b.cpu.SetINTR(ok)
}

func (b *board) Acknowledge() uint8 {
	p := &b.pic[0]
	i, ok := p.pending()
	if !ok {
		return p.base + 7
	}
	p.irr &^= 1 << i
	if !p.autoEOI {
		p.isr |= 1 << i
	}
	b.update()
	return p.base + uint8(i)
}

func (b *board) picOut(p *testPIC, port uint16, v uint8) {
	switch {
	case port&1 == 0 && v&0x10 != 0:
		*p = testPIC{icw: 2}
	case port&1 == 0 && v&0x20 != 0:
		p.isr &= p.isr - 1
	case port&1 == 1 && p.icw != 0:
		switch p.icw {
		case 2:
			p.base = v &^ 7
		case 4:
			p.autoEOI = v&2 != 0
		}
		if p.icw++; p.icw > 4 {
			p.icw = 0
		}
	case port&1 == 1:
		p.imr = v
	}
	b.update()
}

// ---- ports ----

func (b *board) In(port uint16, size int) uint32 {
	switch port {
	case 0x21, 0xA1:
		return uint32(b.pic[port>>7&1].imr)
	case 0x20, 0xA0:
		return uint32(b.pic[port>>7&1].irr)
	case 0x40:
		v := b.latch
		if !b.latched && !b.low {
			v = b.count()
		}
		b.low = !b.low
		if b.low {
			b.latch = v
			return uint32(v & 0xFF)
		}
		b.latched = false
		return uint32(v >> 8)
	case 0x92:
		return uint32(b.port92)
	case 0x3FD:
		return 0x60
	case 0x3FF:
		return uint32(b.scratch)
	}
	return 0xFF
}

func (b *board) count() uint16 {
	return uint16(uint64(b.reload) - (b.ticks()-b.start)%uint64(b.reload))
}

func (b *board) Out(port uint16, size int, v uint32) {
	switch port {
	case 0x20, 0x21, 0xA0, 0xA1:
		b.picOut(&b.pic[port>>7&1], port, uint8(v))
	case 0x43:
		if v>>6 == 0 {
			b.low = false
			if v&0x30 == 0 {
				b.latch, b.latched = b.count(), true
			}
		}
	case 0x40:
		if !b.low {
			b.written = v
		} else {
			b.reload = b.written | v<<8
			if b.reload == 0 {
				b.reload = 0x10000
			}
			b.start, b.fired = b.ticks(), 0
			b.cpu.Stop() // the deadline is another one now
		}
		b.low = !b.low
	case 0x92:
		b.port92 = uint8(v)
		b.cpu.SetA20(v&2 != 0)
	case 0x3F8:
		b.serial.WriteByte(byte(v))
	case 0x3FF:
		b.scratch = uint8(v)
	case 0x501, 0xF4:
		b.done = true
		b.cpu.Stop()
	case trapPort:
		b.int13()
	case trapPort + 1:
		if uint16(b.cpu.Reg(EAX)) == 0x2401 {
			b.cpu.SetA20(true)
			b.port92 |= 2
		}
		b.setCarry(false)
	}
}

// int13 reads sectors of a 1.44 MB floppy.
func (b *board) int13() {
	c := b.cpu
	ax, cx, dx := c.Reg(EAX), c.Reg(ECX), c.Reg(EDX)
	switch ax >> 8 & 0xFF {
	case 0:
	case 2:
		lba := ((cx>>8&0xFF|cx<<2&0x300)*2+dx>>8&0xFF)*18 + cx&63 - 1
		n := ax & 0xFF
		if int(lba+n)*512 > len(b.disk) {
			b.setCarry(true)
			return
		}
		_, base, _, _ := c.Segment(ES)
		b.mem.Write(base+c.Reg(EBX)&0xFFFF, b.disk[lba*512:(lba+n)*512])
	default:
		b.setCarry(true)
		return
	}
	c.SetReg(EAX, ax&^0xFF00)
	b.setCarry(false)
}

// setCarry changes CF in the flags that IRET is going to restore.
func (b *board) setCarry(cf bool) {
	_, base, _, _ := b.cpu.Segment(SS)
	at := base + (b.cpu.Reg(ESP)+4)&0xFFFF
	var f [1]byte
	b.mem.Read(at, f[:])
	f[0] &^= 1
	if cf {
		f[0] |= 1
	}
	b.mem.Write(at, f[:])
}
