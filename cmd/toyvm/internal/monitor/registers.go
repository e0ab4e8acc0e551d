package monitor

import (
	"fmt"
	"io"

	"toyvm/cpu"
	"toyvm/vmstate"
)

func parseInfoRegisters([]string) (Action, error) {
	return func(c *Console) error {
		root, err := c.state()
		if err != nil {
			return err
		}
		printRegisters(c.Out, c.Machine.CPU, root.Lookup("cpu"))
		return nil
	}, nil
}

// printRegisters prints the registers as QEMU does, but for those that no
// processor of the board has. Some are known only from the state.
func printRegisters(w io.Writer, p *cpu.CPU, state *vmstate.Node) {
	const inhibitIRQ = 1 << 3 // in hflags, after an instruction such as STI
	field := func(path string) any { return state.Lookup(path).Value() }
	var shadow int
	if hflags, ok := field("env.hflags").(uint64); ok && hflags&inhibitIRQ != 0 {
		shadow = 1
	}
	r := p.Reg
	fmt.Fprintf(w, "\nCPU#0\nEAX=%08x EBX=%08x ECX=%08x EDX=%08x\n", r(cpu.EAX), r(cpu.EBX), r(cpu.ECX), r(cpu.EDX))
	fmt.Fprintf(w, "ESI=%08x EDI=%08x EBP=%08x ESP=%08x\n", r(cpu.ESI), r(cpu.EDI), r(cpu.EBP), r(cpu.ESP))
	fmt.Fprintf(w, "EIP=%08x EFL=%08x [%s] CPL=%d II=%d A20=%d SMM=0 HLT=%d\n",
		p.EIP(), p.EFlags(), flagLetters(p.EFlags()), p.CPL(), shadow, bit(p.A20()), bit(p.Halted()))
	protected := p.CR(0)&cpu.CR0PE != 0
	segment := func(name string, selector uint16, base, limit, flags uint32) {
		fmt.Fprintf(w, "%-3s=%04x %08x %08x %08x%s\n", name, selector, base, limit, flags&0x00f0ff00|limitBits(limit, flags), segmentText(flags, protected))
	}
	for i, name := range []string{"ES", "CS", "SS", "DS", "FS", "GS"} {
		selector, base, limit, flags := p.Segment(i)
		segment(name, selector, base, limit, flags)
	}
	selector, base, limit, flags := p.LDT()
	segment("LDT", selector, base, limit, flags)
	selector, base, limit, flags = p.TR()
	segment("TR", selector, base, limit, flags)
	base, limit = p.GDT()
	fmt.Fprintf(w, "GDT=     %08x %08x\n", base, limit)
	base, limit = p.IDT()
	fmt.Fprintf(w, "IDT=     %08x %08x\n", base, limit)
	fmt.Fprintf(w, "CR0=%08x CR2=%08x CR3=%08x CR4=%08x\n", p.CR(0), p.CR(2), p.CR(3), p.CR(4))
	fmt.Fprintf(w, "DR0=%08x DR1=%08x DR2=%08x DR3=%08x\n", p.DR(0), p.DR(1), p.DR(2), p.DR(3))
	fmt.Fprintf(w, "DR6=%08x DR7=%08x\n", p.DR(6), p.DR(7))

	status, _ := field("env.fpus_vmstate").(uint64)
	fmt.Fprintf(w, "FCW=%04x FSW=%04x [ST=%d] FTW=%02x\n", field("env.fpuc"), status, status>>11&7, field("env.fptag_vmstate"))
	for i := range 8 {
		mantissa := field(fmt.Sprintf("env.fpregs[%d].tmp.tmp_mant", i))
		exponent := field(fmt.Sprintf("env.fpregs[%d].tmp.tmp_exp", i))
		fmt.Fprintf(w, "FPR%d=%016x %04x%c", i, mantissa, exponent, " \n"[i%2])
	}
	fmt.Fprintf(w, "instructions=%d\n", p.Instructions())
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// flagLetters shows the arithmetic flags and the direction.
func flagLetters(flags uint32) string {
	letters := []byte("DOSZAPC")
	for i, flag := range []uint32{cpu.FlagDF, cpu.FlagOF, cpu.FlagSF, cpu.FlagZF, cpu.FlagAF, cpu.FlagPF, cpu.FlagCF} {
		if flags&flag == 0 {
			letters[i] = '-'
		}
	}
	return string(letters)
}

// Bits of a descriptor's second half.
const (
	descAccessed   = 1 << 8
	descWrite      = 1 << 9 // or read, of code
	descExpand     = 1 << 10
	descCode       = 1 << 11
	descSegment    = 1 << 12
	descPrivilege  = 13 // shift
	descPresent    = 1 << 15
	descBig        = 1 << 22
	descPages      = 1 << 23 // the limit counts pages
	descSystemType = 8       // shift
)

var systemTypes = [16]string{
	"Reserved", "TSS16-avl", "LDT", "TSS16-busy", "CallGate16", "TaskGate", "IntGate16", "TrapGate16",
	"Reserved", "TSS32-avl", "Reserved", "TSS32-busy", "CallGate32", "Reserved", "IntGate32", "TrapGate32",
}

// limitBits are the bits of the limit that are in a descriptor's second half.
func limitBits(limit, flags uint32) uint32 {
	if flags&descPages != 0 {
		limit >>= 12
	}
	return limit & 0xf0000
}

// segmentText says in words what kind of segment it is, if that counts.
func segmentText(flags uint32, protected bool) string {
	if !protected || flags&descPresent == 0 {
		return ""
	}
	text := fmt.Sprintf(" DPL=%d ", flags>>descPrivilege&3)
	letter := func(mask uint32, c string) string {
		if flags&mask != 0 {
			return c
		}
		return "-"
	}
	switch {
	case flags&descSegment == 0:
		return text + systemTypes[flags>>descSystemType&15]
	case flags&descCode != 0:
		text += map[bool]string{true: "CS32", false: "CS16"}[flags&descBig != 0]
		return text + " [" + letter(descExpand, "C") + letter(descWrite, "R") + letter(descAccessed, "A") + "]"
	default:
		text += map[bool]string{true: "DS  ", false: "DS16"}[flags&descBig != 0]
		return text + " [" + letter(descExpand, "E") + letter(descWrite, "W") + letter(descAccessed, "A") + "]"
	}
}
