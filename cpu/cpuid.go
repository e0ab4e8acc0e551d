package cpu

// Feature bits of CPUID leaf 1, EDX.
const (
	featFPU  = 1 << 0
	featDE   = 1 << 2
	featPSE  = 1 << 3
	featTSC  = 1 << 4
	featMSR  = 1 << 5
	featCX8  = 1 << 8
	featSEP  = 1 << 11
	featPGE  = 1 << 13
	featCMOV = 1 << 15
)

// model is what distinguishes one processor from another.
type model struct {
	family    int
	signature uint32 // EDX after reset and EAX of CPUID leaf 1
	features  uint32
	maxLeaf   int // -1: no CPUID
	flagMask  uint32
	cr0Mask   uint32
	cr4Mask   uint32
}

const (
	flags386 = arithFlags | FlagTF | FlagIF | FlagDF | FlagIOPL | FlagNT | FlagRF | FlagVM
	flags486 = flags386 | FlagAC
	flags586 = flags486 | FlagID

	cr0All = CR0PE | CR0MP | CR0EM | CR0TS | CR0ET | CR0NE | CR0WP | CR0AM | CR0NW | CR0CD | CR0PG
)

var models = map[string]*model{
	"386": {family: 3, signature: 0x0308, maxLeaf: -1, flagMask: flags386,
		cr0Mask: CR0PE | CR0MP | CR0EM | CR0TS | CR0ET | CR0PG},
	// The 486 here is a late one: it has CPUID.
	"486": {family: 4, signature: 0x0480, maxLeaf: 1, flagMask: flags586,
		features: featFPU, cr0Mask: cr0All},
	"pentium": {family: 5, signature: 0x0543, maxLeaf: 1, flagMask: flags586,
		features: featFPU | featDE | featPSE | featTSC | featMSR | featCX8,
		cr0Mask:  cr0All, cr4Mask: CR4TSD | CR4DE | CR4PSE},
	"686": {family: 6, signature: 0x0633, maxLeaf: 2, flagMask: flags586,
		features: featFPU | featDE | featPSE | featTSC | featMSR | featCX8 | featSEP | featPGE | featCMOV,
		cr0Mask:  cr0All, cr4Mask: CR4TSD | CR4DE | CR4PSE | CR4PGE},
}

// msrs are the model-specific registers.
type msrs struct {
	sysenterCS, sysenterESP, sysenterEIP uint32
	tscOffset                            uint64
}

func (c *CPU) cpuid(*op) {
	leaf := c.r[EAX]
	if leaf > uint32(c.model.maxLeaf) {
		leaf = uint32(c.model.maxLeaf)
	}
	switch leaf {
	case 0:
		c.r[EAX] = uint32(c.model.maxLeaf)
		c.r[EBX], c.r[EDX], c.r[ECX] = 0x756E6547, 0x49656E69, 0x6C65746E // GenuineIntel
	case 1:
		c.r[EAX] = c.model.signature
		c.r[EBX], c.r[ECX] = 0, 0
		c.r[EDX] = c.model.features
	default:
		// Cache descriptors: none worth naming.
		c.r[EAX], c.r[EBX], c.r[ECX], c.r[EDX] = 1, 0, 0, 0
	}
}

// SetClock makes f the source of the time-stamp counter; the default is the
// instruction count.
func (c *CPU) SetClock(f func() uint64) { c.clock = f }

func (c *CPU) timeStamp() uint64 {
	if c.clock != nil {
		return c.clock() + c.msr.tscOffset
	}
	return c.Instructions() + c.msr.tscOffset
}

func (c *CPU) rdtsc(*op) {
	if c.cr4&CR4TSD != 0 {
		c.privileged()
	}
	t := c.timeStamp()
	c.r[EAX], c.r[EDX] = uint32(t), uint32(t>>32)
}

// MSR numbers.
const (
	msrMachineCheckAddr = 0x00
	msrMachineCheckType = 0x01
	msrTSC              = 0x10
	msrBIOSSign         = 0x8B
	msrSysenterCS       = 0x174
	msrSysenterESP      = 0x175
	msrSysenterEIP      = 0x176
)

// accessMSR is WRMSR (30) and RDMSR (32).
func (c *CPU) accessMSR(o *op) {
	c.privileged()
	write := o.sub == 0x30
	v := uint64(c.r[EDX])<<32 | uint64(c.r[EAX])
	sep := c.model.features&featSEP != 0
	field := func(p *uint32) {
		if write {
			*p = uint32(v)
		} else {
			v = uint64(*p)
		}
	}
	switch n := c.r[ECX]; {
	case n == msrTSC:
		if write {
			c.msr.tscOffset += v - c.timeStamp()
		} else {
			v = c.timeStamp()
		}
	case n == msrMachineCheckAddr || n == msrMachineCheckType,
		n == msrBIOSSign && c.model.family >= 6: // no microcode update is loaded
		if !write {
			v = 0
		}
	case n == msrSysenterCS && sep:
		field(&c.msr.sysenterCS)
	case n == msrSysenterESP && sep:
		field(&c.msr.sysenterESP)
	case n == msrSysenterEIP && sep:
		field(&c.msr.sysenterEIP)
	default:
		c.raiseCode(excGP, 0)
	}
	if !write {
		c.r[EAX], c.r[EDX] = uint32(v), uint32(v>>32)
	}
}

// sysenter is SYSENTER (34) and SYSEXIT (35).
func (c *CPU) sysenter(o *op) {
	cs := c.msr.sysenterCS & 0xFFFC
	if c.cr0&CR0PE == 0 || cs == 0 || o.sub == 0x35 && c.cpl != 0 {
		c.raiseCode(excGP, 0)
	}
	flat := func(sel uint32, dpl uint8, kind uint32) segment {
		return segment{selector: uint16(sel) | uint16(dpl), limit: 0xFFFFFFFF,
			flags: kind<<8 | segS | segP | segB | segG | uint32(dpl)<<13}
	}
	if o.sub == 0x34 {
		c.eflags &^= FlagVM | FlagIF | FlagRF
		c.cpl = 0
		c.seg[CS] = flat(cs, 0, 0xB)
		c.seg[SS] = flat(cs+8, 0, 3)
		c.r[ESP] = c.msr.sysenterESP
		c.eip = c.msr.sysenterEIP
	} else {
		c.cpl = 3
		c.seg[CS] = flat(cs+16, 3, 0xB)
		c.seg[SS] = flat(cs+24, 3, 3)
		c.r[ESP] = c.r[ECX]
		c.eip = c.r[EDX]
	}
	c.modeChanged()
}
