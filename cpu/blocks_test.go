package cpu

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"testing"
)

// fuzzBus is a board whose answers depend on the port and the exact instruction
// count, and which raises an interrupt on some writes.
type fuzzBus struct {
	cpu *CPU
	log []uint64
}

func (b *fuzzBus) In(port uint16, size int) uint32 {
	n := b.cpu.Instructions()
	b.log = append(b.log, n<<16|uint64(port))
	return uint32(n)*2654435761 ^ uint32(port)
}

func (b *fuzzBus) Out(port uint16, size int, v uint32) {
	b.log = append(b.log, b.cpu.Instructions()<<16|uint64(port)^uint64(v)<<40)
	if v&3 == 0 {
		b.cpu.SetINTR(true)
	}
}

func (b *fuzzBus) Acknowledge() uint8 {
	b.cpu.SetINTR(false)
	return 0x20
}

// ReadMem and WriteMem make it a memory-mapped device too.
func (b *fuzzBus) ReadMem(addr uint32, size int) uint32 { return b.In(uint16(addr), size) }
func (b *fuzzBus) WriteMem(addr uint32, size int, v uint32) {
	b.Out(uint16(addr), size, v)
}

type fuzzMachine struct {
	ram *RAM
	bus *fuzzBus
	cpu *CPU
}

const fuzzRAM = 0x40000

func newFuzzMachine(model string) *fuzzMachine {
	m := &fuzzMachine{ram: NewRAM(fuzzRAM), bus: &fuzzBus{}}
	mem := NewMemory()
	mem.MapRAM(0, m.ram, 0, fuzzRAM)
	mem.MapHandler(0x50000, 0x4000, m.bus)
	m.cpu = New(model, mem, m.bus)
	m.bus.cpu = m.cpu
	return m
}

// randomCode mixes plain random bytes with frequent instructions, so that runs
// of code get long and flags, stores and branches meet each other.
func randomCode(r *rand.Rand, p []byte) {
	common := []string{
		"\x01", "\x29", "\x31", "\x21", "\x09", "\x11", "\x19", "\x39", "\x85", "\x03", "\x2b", "\x3b", "\x8b", "\x89", "\x88", "\x8a",
		"\x40", "\x41", "\x48", "\x4b", "\x50", "\x53", "\x58", "\x5b", "\x74\x02", "\x75\x03", "\x72\x01", "\x7c\x04", "\x76\xf0", "\xeb\x02",
		"\x83", "\x80", "\xc1", "\xd1", "\xd3", "\x0f\xaf", "\x0f\xb6", "\x0f\xbf", "\x8d", "\xe8\x05\x00", "\xc3", "\xe2\xf6", "\xa5", "\xf3\xa4",
		"\xf3\xab", "\xf2\xae", "\xf3\xa7", "\xaa", "\x66", "\x67", "\x26", "\xe6\x11", "\xe4\x12", "\xfb", "\xfa", "\x9c", "\x9d", "\xcd\x30", "\xcf",
		"\x8e\xd0", "\x17", "\x1e", "\x07", "\xf7", "\xff", "\xfe", "\xd8", "\xd9", "\xdc", "\xde", "\xf3\x6c", "\xf3\x6e", "\xb0", "\xc7", "\x0f\xa3",
		"\x0f\xab", "\x0f\xa5", "\x27", "\x37", "\xd4\x0a", "\xc8\x04\x00\x02", "\xc9", "\x60", "\x61", "\x99", "\x98", "\x9e", "\xf5", "\x90", "\x87",
	}
	for i := 0; i < len(p); {
		if r.Intn(4) == 0 {
			p[i] = byte(r.Intn(256))
			i++
			continue
		}
		s := common[r.Intn(len(common))]
		i += copy(p[i:], s)
		for k := r.Intn(3); k > 0 && i < len(p); k-- {
			p[i] = byte(r.Intn(256))
			i++
		}
	}
}

// fuzzModes set up a machine; code is at linear 0x8000 to 0x10000.
var fuzzModes = []string{"real", "flat", "ring3", "v86"}

func (m *fuzzMachine) setup(r *rand.Rand, mode string) {
	c := m.cpu
	mem := make([]byte, fuzzRAM)
	r.Read(mem[0x10000:0x20000])
	randomCode(r, mem[0x8000:0x10000])
	word := binary.LittleEndian.PutUint32
	target := func() uint32 { return 0x8000 + uint32(r.Intn(0x7000)) }
	for v := range 256 {
		switch mode {
		case "real":
			word(mem[v*4:], target()&0xFFFF)
		default:
			t := target()
			kind := uint32(0x8E00)
			if v&1 != 0 {
				kind = 0xEF00
			}
			word(mem[0x2000+v*8:], 8<<16|t&0xFFFF)
			word(mem[0x2004+v*8:], t&0xFFFF0000|kind)
		}
	}
	for i, d := range []uint64{0, 0xCF9A000000FFFF, 0xCF92000000FFFF, 0xCFFA000000FFFF, 0xCFF2000000FFFF,
		0x008B00_3000_0067, 0x8F9E000000FFFF, 0x40F60000_0FFF, 0x00960000_FFFF} {
		binary.LittleEndian.PutUint64(mem[0x1000+i*8:], d)
	}
	word(mem[0x3004:], 0x7FF0)
	word(mem[0x3008:], 0x10)
	mem[0x3066] = 0x60
	// Identity paging with a few holes and read-only pages.
	word(mem[0x4000:], 0x5007)
	for i := range uint32(1024) {
		e := i<<12 | 7
		if i >= 0x18 && r.Intn(8) == 0 {
			e &^= 1 << r.Intn(3)
		}
		if i >= 64 && i != 0x50 {
			e = (i&63)<<12 | 7
		}
		word(mem[0x5000+i*4:], e)
	}
	m.ram.Write(0, mem)
	c.Reset()
	c.target, c.left = 0, 0
	c.intr = false
	m.bus.log = m.bus.log[:0]
	c.gdt, c.idt = table{0x1000, 0x47}, table{0x2000, 0x7FF}
	for i := range 8 {
		v := r.Uint32()
		switch r.Intn(3) {
		case 0:
			v = v & 0x3FFFF
		case 1:
			v = uint32(int32(v) >> 24)
		}
		c.SetReg(i, v)
	}
	c.SetReg(ESP, 0x1F000+uint32(r.Intn(64)))
	flags := r.Uint32() & (arithFlags | FlagDF | FlagIF)
	if r.Intn(20) == 0 {
		flags |= FlagTF
	}
	if mode == "real" {
		c.idt = table{0, 0x3FF}
		for i := range 6 {
			s := uint16(r.Intn(0x1000))
			if i == CS {
				s = 0
			}
			c.SetSegment(i, s, uint32(s)<<4, 0xFFFF, segP|segS|3<<8)
		}
		c.SetReg(ESP, uint32(r.Intn(0x10000)))
		c.SetEIP(target())
		c.SetEFlags(flags)
		return
	}
	c.tr = segment{selector: 0x28, base: 0x3000, limit: 0x67, flags: segP | 0xB<<8}
	c.SetCR(0, CR0PE)
	const flat = segP | segS | segB | segG
	dpl, rpl := uint32(0), uint16(0)
	if mode == "ring3" {
		dpl, rpl = 3<<13, 3
	}
	cs, ds := uint16(8), uint16(0x10)
	if mode == "ring3" {
		cs, ds = 0x1B, 0x23
	}
	for i := range 6 {
		c.SetSegment(i, ds|rpl, 0, 0xFFFFFFFF, flat|3<<8|dpl)
	}
	c.SetSegment(CS, cs, 0, 0xFFFFFFFF, flat|0xB<<8|dpl)
	c.SetEIP(target())
	if mode == "v86" {
		flags |= FlagVM | FlagIOPL*uint32(r.Intn(2))
		c.SetEFlags(flags)
		for i := range 6 {
			s := uint16(r.Intn(0x1000))
			if i == CS {
				s = 0
			}
			c.SetSegment(i, s, uint32(s)<<4, 0xFFFF, segP|segS|3<<8|3<<13)
		}
		c.cpl = 3
		c.SetReg(ESP, uint32(r.Intn(0x10000)))
	}
	c.SetEFlags(flags)
	if mode != "flat" {
		c.SetCR(3, 0x4000)
		c.SetCR(0, CR0PE|CR0PG|CR0WP)
	}
}

func (m *fuzzMachine) state() string {
	return dumpState(m.cpu) + fmt.Sprintf(" n %d fpu %v dr6 %X trap %X", m.cpu.Instructions(), m.cpu.fpu, m.cpu.dr[6], m.cpu.trapPending)
}

// fuzzPair runs the same random code on two machines, in blocks with random
// limits on one and one instruction at a time on the other.
type fuzzPair struct {
	a, b *fuzzMachine
	code []byte // replaces the random code at EIP, if not empty
}

// run executes chunks of the given lengths and describes the first difference.
func (p *fuzzPair) run(mode string, seed int64, chunks []uint64) (diff string, at int) {
	a, b := p.a, p.b
	a.setup(rand.New(rand.NewSource(seed)), mode)
	b.setup(rand.New(rand.NewSource(seed)), mode)
	if len(p.code) > 0 {
		at := a.cpu.seg[CS].base + a.cpu.eip
		a.ram.Write(int(at), p.code)
		b.ram.Write(int(at), p.code)
	}
	for i, n := range chunks {
		before := a.state()
		ra := a.cpu.Run(n)
		rb := ReasonCount
		for b.cpu.Instructions() < a.cpu.Instructions() && rb == ReasonCount {
			rb = b.cpu.Step()
		}
		if ra == ReasonHalt && rb == ReasonCount {
			rb = b.cpu.Step()
		}
		sa, sb := a.state(), b.state()
		if where := a.ram.differs(b.ram); sa != sb || where >= 0 || len(a.bus.log) != len(b.bus.log) {
			return fmt.Sprintf("%v %v\nbefore %s\nblocks %s\nsteps  %s\nmemory differs at %X, %d and %d accesses", ra, rb, before, sa, sb, where, len(a.bus.log), len(b.bus.log)), i
		}
		switch {
		case ra == ReasonShutdown || ra == ReasonHalt && a.cpu.inNMI:
			return "", i
		case ra == ReasonHalt:
			for _, m := range []*fuzzMachine{a, b} {
				m.cpu.SetINTR(true)
				if m.cpu.eflags&FlagIF == 0 {
					m.cpu.RaiseNMI()
				}
			}
		}
	}
	return "", len(chunks)
}

// TestBlocksAgainstSteps compares registers, memory and port accesses of the two
// ways to run code. TOYVM_FUZZ is the number of rounds.
func TestBlocksAgainstSteps(t *testing.T) {
	rounds := 60
	if n, err := strconv.Atoi(os.Getenv("TOYVM_FUZZ")); err == nil {
		rounds = n
	}
	for _, model := range []string{"486", "686"} {
		p := &fuzzPair{a: newFuzzMachine(model), b: newFuzzMachine(model)}
		for _, mode := range fuzzModes {
			executed := uint64(0)
			for seed := range int64(rounds) {
				r := rand.New(rand.NewSource(seed))
				var chunks []uint64
				for range 40 {
					chunks = append(chunks, uint64(1+r.Intn(60)))
				}
				if _, at := p.run(mode, seed, chunks); at < len(chunks) {
					// Narrow a difference down to the shortest run.
					chunks = chunks[:at+1]
					for last := chunks[at]; chunks[at] > 1; chunks[at]-- {
						if diff, _ := p.run(mode, seed, chunks); diff == "" {
							chunks[at] = min(chunks[at]+1, last)
							break
						}
					}
					if diff, _ := p.run(mode, seed, chunks); diff != "" {
						at := p.a.cpu.seg[CS].base + p.a.cpu.eip
						t.Fatalf("%s %s seed %d, %s\ncode at %X: % X", model, mode, seed, diff, at, p.b.ram.contents()[at&0x3FFE0:][:32])
					}
				}
				executed += p.a.cpu.Instructions()
			}
			t.Logf("%s %s: %d instructions", model, mode, executed)
		}
	}
}

// FuzzCode runs given bytes as code from a random state in each mode.
func FuzzCode(f *testing.F) {
	f.Add(uint8(0), int64(1), []byte{0xF3, 0xA4, 0x74, 0xFC})
	f.Add(uint8(1), int64(2), []byte{0xD8, 0xC1, 0xDD, 0x35, 0, 0, 1, 0})
	f.Add(uint8(2), int64(3), []byte{0x0F, 0xAB, 0x05, 0, 0, 2, 0, 0xCD, 0x31})
	f.Add(uint8(3), int64(4), []byte{0x9D, 0xCF, 0x8E, 0xD0, 0xFB})
	p := &fuzzPair{a: newFuzzMachine("686"), b: newFuzzMachine("686")}
	f.Fuzz(func(t *testing.T, mode uint8, seed int64, code []byte) {
		p.code = code[:min(len(code), 256)]
		if diff, _ := p.run(fuzzModes[mode&3], seed, []uint64{7, 1, 30, 200}); diff != "" {
			t.Fatal(diff)
		}
	})
}
