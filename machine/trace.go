package machine

import (
	"io"

	"toyvm/cpu"
	"toyvm/devices"
)

// A Trace is told what happens in the machine. Its functions may look at the
// machine, but not change it, and the guest cannot tell that they are there.
// One that is nil costs nothing worth measuring.
type Trace struct {
	// POST is told the codes that the guest writes to port 80h.
	POST func(code uint8)
	// Input is told everything that comes from outside, for a run to be
	// repeated with Schedule.
	Input func(Event)
	// Instruction is called before each instruction; see cpu.Trace.
	Instruction func()
	// Interrupt is told each interrupt and exception that is taken.
	Interrupt func(cpu.Interrupt)
	// IRQ is told when an interrupt line changes.
	IRQ func(line int, device string, level bool)
	// IO is told each access to an I/O port, with the device that has the port.
	IO func(IOAccess)
	// Reset is told who resets the machine.
	Reset func(cause string)
	// Disk is told each access to a medium.
	Disk func(DiskAccess)
	// Timer is told each timer that fires, and for when it was armed, in ns.
	Timer func(name string, expiry int64)
}

// An IOAccess is an IN or an OUT instruction.
type IOAccess struct {
	Write  bool
	Port   uint16
	Size   int // bytes
	Value  uint32
	Device string
}

// A DiskAccess is an access of a drive to its medium.
type DiskAccess struct {
	Drive      string // fd0 or ide1, counted as in Config
	Write      bool
	Offset     int64
	Length     int
	SectorSize int
	Err        error
}

// SetTrace replaces what is told. It must not be called while Run is running.
func (m *Machine) SetTrace(t Trace) {
	m.trace = t
	m.clock.trace = t.Timer
	m.CPU.SetTrace(cpu.Trace{Instruction: t.Instruction, Interrupt: t.Interrupt})
	if t.IO == nil {
		m.CPU.SetBus(m.bus)
	} else {
		m.CPU.SetBus(tracedBus{m.bus, t.IO})
	}
}

// tracedBus takes the place of the bus for the processor.
type tracedBus struct {
	*Bus
	told func(IOAccess)
}

func (b tracedBus) In(port uint16, size int) uint32 {
	v := b.Bus.In(port, size)
	b.told(IOAccess{false, port, size, v, b.owner(port)})
	return v
}

func (b tracedBus) Out(port uint16, size int, value uint32) {
	b.told(IOAccess{true, port, size, value, b.owner(port)})
	b.Bus.Out(port, size, value)
}

// tracedIRQ is an interrupt line that counts and tells its changes.
type tracedIRQ struct {
	devices.Line
	machine *Machine
	n       int
	device  string
}

func (l *tracedIRQ) Set(level bool) {
	if level != l.machine.PICs.Level(l.n) {
		if level {
			l.machine.irqs[l.n].Raised++
		}
		if told := l.machine.trace.IRQ; told != nil {
			told(l.n, l.device, level)
		}
	}
	l.Line.Set(level)
}

// tracedMedium is a medium that tells what is read and written.
type tracedMedium struct {
	Medium
	machine    *Machine
	drive      string
	sectorSize int
}

// Medium is what floppies and disks have in common.
type Medium = interface {
	io.ReaderAt
	io.WriterAt
	Size() int64
	ReadOnly() bool
}

func (t *tracedMedium) ReadAt(p []byte, off int64) (int, error) {
	n, err := t.Medium.ReadAt(p, off)
	t.tell(false, p, off, err)
	return n, err
}

func (t *tracedMedium) WriteAt(p []byte, off int64) (int, error) {
	n, err := t.Medium.WriteAt(p, off)
	t.tell(true, p, off, err)
	return n, err
}

func (t *tracedMedium) tell(write bool, p []byte, off int64, err error) {
	if told := t.machine.trace.Disk; told != nil {
		told(DiskAccess{t.drive, write, off, len(p), t.sectorSize, err})
	}
}

// Sync implements what ata.Media may have.
func (t *tracedMedium) Sync() error {
	if s, ok := t.Medium.(interface{ Sync() error }); ok {
		return s.Sync()
	}
	return nil
}
