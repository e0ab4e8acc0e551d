package i8042

import "toyvm/devices"

// Commands to the mouse.
const (
	mouseScale11    = 0xe6
	mouseScale21    = 0xe7
	mouseResolution = 0xe8
	mouseStatus     = 0xe9
	mouseStream     = 0xea
	mouseRead       = 0xeb
	mouseUnwrap     = 0xec
	mouseWrap       = 0xee
	mouseRemote     = 0xf0
	mouseID         = 0xf2
	mouseRate       = 0xf3
	mouseEnable     = 0xf4
	mouseDisable    = 0xf5
	mouseDefaults   = 0xf6
	mouseReset      = 0xff
)

// The mouse's status byte, without the buttons.
const (
	scaling21 = 0x10
	reporting = 0x20 // enabled, in stream mode
	remote    = 0x40 // reports only when asked
)

// What kind of mouse it says to be.
const (
	plain        = 0
	intelliMouse = 3 // a wheel in a fourth byte
	explorer     = 4 // and two more buttons
)

// After defaults: four counts a millimetre, 100 samples a second.
const (
	defaultResolution = 2
	defaultSampleRate = 100
)

// Buttons are the mouse's buttons.
type Buttons uint8

// The buttons.
const (
	Left Buttons = 1 << iota
	Right
	Middle
	Side
	Extra

	allButtons  = Left | Right | Middle | Side | Extra
	firstThree  = Left | Right | Middle
	buttonsNews = 0x80 // changed since the last packet
)

// A Mouse is a PS/2 mouse with a wheel and five buttons, of which it shows
// what the guest asks for.
type Mouse struct {
	changed func()        `vmstate:"transient"` // tells the controller that output changed
	clock   devices.Clock `vmstate:"transient"`
	sample  devices.Timer `vmstate:"derived"` // armed while there is something to report

	port
	status     uint8
	resolution uint8
	rate       uint8 // samples a second; 0 is the default
	wrap       bool  // echo what comes
	kind       uint8
	detect     uint8   // sample rates seen of those that select the kind
	dx, dy, dz int32   // moved since the last packet: right, up, towards the user
	buttons    Buttons // held, and news
}

func newMouse(clock devices.Clock, changed func()) *Mouse {
	m := &Mouse{changed: changed, clock: clock}
	m.sample = clock.NewTimer("mouse sample", m.sampled)
	return m
}

// Reset switches the mouse off and on.
func (m *Mouse) Reset() {
	m.defaults()
	m.output.clear()
	m.command = none
	m.wrap = false
	m.kind, m.detect = plain, 0
	m.resolution, m.rate = 0, 0 // the guest sets them before it looks
	m.buttons = 0
}

// defaults is what "set default" and the reset command establish.
func (m *Mouse) defaults() {
	m.status = 0
	m.resolution, m.rate = defaultResolution, defaultSampleRate
	m.forget()
}

// forget resets the counters.
func (m *Mouse) forget() {
	m.dx, m.dy, m.dz = 0, 0, 0
	m.buttons &^= buttonsNews
	m.sample.SetExpiry(-1)
}

// Move moves the mouse to the right and down, and turns its wheel towards the
// user. A mouse that is not asked to report does not count.
func (m *Mouse) Move(dx, dy, wheel int) {
	if m.status&(reporting|remote) == 0 {
		return
	}
	m.dx, m.dy = accumulate(m.dx, dx), accumulate(m.dy, -dy)
	if m.kind != plain {
		m.dz = accumulate(m.dz, wheel)
	}
	m.report()
}

// accumulate adds without ever overflowing.
func accumulate(sum int32, d int) int32 {
	const most = 1 << 20
	return int32(min(max(int64(sum)+int64(min(max(d, -most), most)), -most), most))
}

// Press presses buttons, and Release releases them.
func (m *Mouse) Press(b Buttons) { m.setButtons(m.buttons | b) }

// Release releases buttons.
func (m *Mouse) Release(b Buttons) { m.setButtons(m.buttons &^ b) }

func (m *Mouse) setButtons(b Buttons) {
	if b &= allButtons; b != m.buttons&allButtons {
		m.buttons = b | buttonsNews
		m.report()
	}
}

// write is a byte from the guest. It ends what was being sent.
func (m *Mouse) write(v uint8) {
	m.output.clear()
	command := m.command
	m.command = none
	switch {
	case m.wrap && v != mouseReset && v != mouseUnwrap:
		m.output.put(v)
	case command == mouseRate:
		m.rate = v
		m.detectKind(v)
		m.output.put(replyAck)
	case command == mouseResolution:
		m.resolution = v
		m.output.put(replyAck)
	default:
		m.execute(v)
	}
	m.changed()
	m.report()
}

func (m *Mouse) execute(command uint8) {
	if command < mouseScale11 || command > mouseReset {
		m.output.put(replyResend)
		return
	}
	m.output.put(replyAck)
	switch command {
	case mouseScale11:
		m.status &^= scaling21
	case mouseScale21:
		m.status |= scaling21
	case mouseResolution, mouseRate:
		m.command = int32(command)
	case mouseStatus:
		m.output.put(m.statusByte(), m.resolution, m.rate)
	case mouseStream:
		m.status &^= remote
	case mouseRead:
		m.packet(false)
	case mouseUnwrap:
		m.wrap = false
	case mouseWrap:
		m.wrap = true
	case mouseRemote:
		m.status |= remote
	case mouseID:
		m.output.put(m.kind)
	case mouseEnable:
		m.forget()
		m.status |= reporting
	case mouseDisable:
		m.status &^= reporting
	case mouseDefaults:
		m.defaults()
	case mouseReset:
		m.defaults()
		m.wrap = false
		m.kind, m.detect = plain, 0
		m.output.put(replyPassed, m.kind)
	default:
		m.output.clear()
		m.output.put(replyResend)
	}
}

// statusByte has the buttons in the opposite order of a packet's.
func (m *Mouse) statusByte() uint8 {
	s := m.status
	for i, b := range [...]Buttons{Right, Middle, Left} {
		if m.buttons&b != 0 {
			s |= 1 << i
		}
	}
	return s
}

// detectKind watches for the sample rates by which a driver tells that it
// knows the wheel: 200, 100, 80; or the five buttons, too: 200, 200, 80.
func (m *Mouse) detectKind(rate uint8) {
	const start, after200, after100, after200Twice = 0, 1, 2, 3
	next := uint8(start)
	switch {
	case m.detect == start && rate == 200:
		next = after200
	case m.detect == after200 && rate == 100:
		next = after100
	case m.detect == after200 && rate == 200:
		next = after200Twice
	case m.detect == after100 && rate == 80:
		m.kind = intelliMouse
	case m.detect == after200Twice && rate == 80:
		m.kind = explorer
	}
	m.detect = next
}
