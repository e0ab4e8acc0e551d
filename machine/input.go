package machine

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"toyvm/devices"
	"toyvm/devices/ata"
	"toyvm/devices/fdc"
	"toyvm/devices/i8042"
)

// retry is how long what a device had no room for waits before it is offered
// again, in ns.
const retry = 100_000

// An Action is something that happens to the machine from outside.
type Action interface {
	do(m *Machine) error
}

// An Event is an Action with its time in ticks of the clock: the number of
// instructions that were executed before it, or skipped in HLT.
type Event struct {
	At     uint64
	Action Action
}

// The actions.
type (
	// KeyAction presses or releases a key.
	KeyAction struct {
		Key     i8042.Key
		Pressed bool
	}
	// MouseAction moves the mouse to the right, down and its wheel towards the
	// user, then presses and releases buttons.
	MouseAction struct {
		DX, DY, Wheel  int
		Press, Release i8042.Buttons
	}
	// SerialAction is bytes that arrive at a serial port, 0 being COM1.
	SerialAction struct {
		Port int
		Data []byte
	}
	// FloppyAction puts a medium into a floppy drive, or none.
	FloppyAction struct {
		Drive  int
		Medium fdc.Medium
	}
	// CDAction puts a medium into a CD-ROM drive, or ejects what is in it. The
	// drive is counted as in Config.Drives.
	CDAction struct {
		Drive int
		Media ata.Media
		Force bool // also if the guest has locked the tray
	}
	// ResetAction is the reset button.
	ResetAction struct{}
	// NMIAction is an edge of the non-maskable interrupt.
	NMIAction struct{}
	// InAction reads an I/O port, which may change what is behind it.
	InAction struct {
		Port uint16
		Size int     // bytes: 1, 2 or 4
		To   *uint32 // takes what was read; may be nil
	}
	// OutAction writes an I/O port.
	OutAction struct {
		Port  uint16
		Size  int // bytes: 1, 2 or 4
		Value uint32
	}
)

// input is the one way into the machine.
type input struct {
	machine *Machine
	timer   devices.Timer // offers again what waits
	keys    []KeyAction
	serial  [maxSerial][]byte

	scheduled []Event // by time

	mu     sync.Mutex
	posted []Action
}

func (in *input) init(m *Machine) {
	in.machine = m
	in.timer = m.clock.NewTimer("input", in.offer)
}

// Do lets an action happen now. It must not be called while Run is running.
func (m *Machine) Do(a Action) error {
	if m.trace.Input != nil {
		m.trace.Input(Event{m.clock.ticks(), a})
	}
	return a.do(m)
}

// Post lets an action happen soon. It may be called from anywhere. What goes
// wrong is not reported.
func (m *Machine) Post(a Action) {
	m.input.mu.Lock()
	defer m.input.mu.Unlock()
	m.input.posted = append(m.input.posted, a)
}

// Schedule lets an action happen at its time, as it did in a run that was
// recorded.
func (m *Machine) Schedule(e Event) {
	in := &m.input
	i, _ := slices.BinarySearchFunc(in.scheduled, e.At, func(e Event, at uint64) int {
		if e.At <= at {
			return -1
		}
		return 1
	})
	in.scheduled = slices.Insert(in.scheduled, i, e)
}

// Key presses or releases a key.
func (m *Machine) Key(key i8042.Key, pressed bool) { m.Do(KeyAction{key, pressed}) }

// Mouse moves the mouse and changes its buttons.
func (m *Machine) Mouse(a MouseAction) { m.Do(a) }

// Serial sends bytes to a serial port, 0 being COM1. They wait until the guest
// takes them.
func (m *Machine) Serial(port int, data []byte) error { return m.Do(SerialAction{port, data}) }

// InsertFloppy puts a medium into floppy drive 0 or 1; nil empties it.
func (m *Machine) InsertFloppy(drive int, medium fdc.Medium) error {
	return m.Do(FloppyAction{drive, medium})
}

// ChangeCD puts a medium into a CD-ROM drive, or with nil ejects what is in it.
func (m *Machine) ChangeCD(drive int, media ata.Media, force bool) error {
	return m.Do(CDAction{drive, media, force})
}

// Waiting tells whether some input has not reached the guest yet.
func (m *Machine) Waiting() bool { return m.input.waiting() }

// deliver lets happen what is due.
func (in *input) deliver() {
	in.mu.Lock()
	posted := in.posted
	in.posted = nil
	in.mu.Unlock()
	for _, a := range posted {
		in.machine.Do(a)
	}
	now := in.machine.clock.ticks()
	for len(in.scheduled) > 0 && in.scheduled[0].At <= now {
		a := in.scheduled[0].Action
		in.scheduled = in.scheduled[1:]
		in.machine.Do(a)
	}
}

// next is the tick for which something is scheduled.
func (in *input) next() uint64 {
	if len(in.scheduled) == 0 {
		return math.MaxUint64
	}
	return in.scheduled[0].At
}

func (in *input) waiting() bool {
	return len(in.keys) > 0 || slices.ContainsFunc(in.serial[:], func(p []byte) bool { return len(p) > 0 })
}

// offer gives devices as much of what waits as they take.
func (in *input) offer() {
	m := in.machine
	for len(in.keys) > 0 && m.Keyboard.Keyboard.Ready() {
		m.Keyboard.Keyboard.Key(in.keys[0].Key, in.keys[0].Pressed)
		in.keys = in.keys[1:]
	}
	for i, u := range m.UARTs {
		if n := min(len(in.serial[i]), u.CanReceive()); n > 0 {
			in.serial[i] = in.serial[i][u.Receive(in.serial[i][:n]):]
		}
	}
	if in.waiting() && in.timer.Expiry() < 0 {
		in.timer.SetExpiry(m.clock.Now() + retry)
	}
}

func (a KeyAction) do(m *Machine) error {
	m.input.keys = append(m.input.keys, a)
	m.input.offer()
	return nil
}

func (a MouseAction) do(m *Machine) error {
	mouse := m.Keyboard.Mouse
	if a.DX != 0 || a.DY != 0 || a.Wheel != 0 {
		mouse.Move(a.DX, a.DY, a.Wheel)
	}
	if a.Press != 0 {
		mouse.Press(a.Press)
	}
	if a.Release != 0 {
		mouse.Release(a.Release)
	}
	return nil
}

func (a SerialAction) do(m *Machine) error {
	if a.Port < 0 || a.Port >= len(m.UARTs) {
		return fmt.Errorf("there is no COM%d", a.Port+1)
	}
	m.input.serial[a.Port] = append(m.input.serial[a.Port], a.Data...)
	m.input.offer()
	return nil
}

func (a FloppyAction) do(m *Machine) error {
	if a.Drive < 0 || a.Drive >= m.config.floppyDrives() {
		return fmt.Errorf("there is no floppy drive %d", a.Drive)
	}
	m.FDC.Eject(a.Drive)
	m.config.Floppies[a.Drive].Medium = a.Medium
	if a.Medium != nil {
		m.insertFloppy(a.Drive, a.Medium)
	}
	return nil
}

func (a CDAction) do(m *Machine) error {
	if a.Drive < 0 || a.Drive >= len(m.config.Drives) || m.config.Drives[a.Drive].Kind != CDROM {
		return fmt.Errorf("drive %d is not a CD-ROM drive", a.Drive)
	}
	channel, unit := m.ATA[a.Drive/2], a.Drive%2
	if err := channel.Eject(unit, a.Force); err != nil {
		return fmt.Errorf("drive %d: %w", a.Drive, err)
	}
	m.config.Drives[a.Drive].Media = a.Media
	if a.Media == nil {
		return nil
	}
	if err := channel.Insert(unit, m.cdMedia(a.Drive, a.Media)); err != nil {
		return fmt.Errorf("drive %d: %w", a.Drive, err)
	}
	return nil
}

func (ResetAction) do(m *Machine) error {
	m.run.crash = nil
	m.traceReset("button")
	m.Reset()
	return nil
}

func (NMIAction) do(m *Machine) error {
	m.CPU.RaiseNMI()
	return nil
}

func (a InAction) do(m *Machine) error {
	v := m.bus.In(a.Port, a.Size)
	if a.To != nil {
		*a.To = v
	}
	return nil
}

func (a OutAction) do(m *Machine) error {
	m.bus.Out(a.Port, a.Size, a.Value)
	return nil
}

// take makes what waits for another machine wait here, too.
func (in *input) take(from *input) {
	in.keys = slices.Clone(from.keys)
	for i, p := range from.serial {
		in.serial[i] = slices.Clone(p)
	}
	in.timer.SetExpiry(from.timer.Expiry())
	in.scheduled = slices.Clone(from.scheduled)
}

// forget drops what has not reached the guest.
func (in *input) forget() {
	in.keys = nil
	in.serial = [maxSerial][]byte{}
	in.timer.SetExpiry(-1)
}
