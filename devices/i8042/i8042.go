// Package i8042 is the keyboard controller of the PC/AT, an Intel 8042 with
// the firmware of the PS/2 controllers, and the keyboard and the mouse at its
// two ports.
//
// The controller (this file) has the command byte, the output port with A20
// and reset, both interrupt lines, and the translation of scan codes, which is
// applied as the keyboard sends. The keyboard (keyboard.go) knows three scan
// code sets, key types, typematic repeat and all commands of the 102-key
// keyboard; the mouse (mouse.go) stream, remote and wrap mode, sample rates,
// scaling, and the wheel and five buttons of the IntelliMouse Explorer.
//
// Commands are answered at once. Scan codes come a millisecond apart, about
// what the serial line takes: software that hooks the keyboard interrupt reads
// the byte and then calls the BIOS, which must find the same one.
//
// Not emulated: the 8042's RAM but for the command byte, its password, the
// test inputs and the parallel input port's lines, time-outs and parity
// errors, the shift codes that some keyboards put around the cursor keys when
// Num Lock is on, and the effect of the mouse's resolution.
//
// Sources: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and
// Auxiliary Device Controller" and "Keyboards"; Microsoft's Windows hardware
// note on the IntelliMouse.
package i8042

import "toyvm/devices"

// Where the board has the controller.
const (
	PortData    = 0x60
	PortCommand = 0x64 // status to read

	KeyboardIRQ = 1
	MouseIRQ    = 12
)

// Status register.
const (
	statusFull      = 0x01 // output buffer holds a byte
	statusSystem    = 0x04 // self-test passed
	statusCommand   = 0x08 // the last write was a command
	statusUnlocked  = 0x10 // keyboard lock is open
	statusMouseFull = 0x20 // the byte is the mouse's
)

// Command byte.
const (
	modeKeyboardIRQ     = 0x01
	modeMouseIRQ        = 0x02
	modeSystem          = 0x04 // shows in the status register
	modeDisableKeyboard = 0x10
	modeDisableMouse    = 0x20
	modeTranslate       = 0x40 // scan code set 2 to set 1
)

// Output port.
const (
	outReset     = 0x01 // low resets the processor
	outA20       = 0x02
	outFull      = 0x10 // output buffer holds a byte of the keyboard: IRQ1
	outMouseFull = 0x20 // of the mouse: IRQ12
	outUnused    = 0xcc

	outDefault = outReset | outA20 | outUnused
	outBuffer  = outFull | outMouseFull
)

// inputPort is what the lines of the input port show: the keyboard lock open.
const inputPort = 0x80

// Commands to the controller.
const (
	readMode       = 0x20
	writeMode      = 0x60
	disableMouse   = 0xa7
	enableMouse    = 0xa8
	testMouse      = 0xa9
	selfTest       = 0xaa
	testKeyboard   = 0xab
	disableKbd     = 0xad
	enableKbd      = 0xae
	readInput      = 0xc0
	readOutput     = 0xd0
	writeOutput    = 0xd1
	fakeKeyboard   = 0xd2 // data comes back as if from the keyboard
	fakeMouse      = 0xd3
	writeToMouse   = 0xd4
	closeA20       = 0xdd
	openA20        = 0xdf
	pulseOutput    = 0xf0 // to ff: pulses the lines whose bit is 0
	selfTestPassed = 0x55
)

// What is waiting for the output buffer to become empty. The bits of the
// devices are those that disable them in the command byte.
const (
	pendingReply      = 0x04 // from the controller, as keyboard data
	pendingMouseReply = 0x08 // as mouse data
	pendingKeyboard   = modeDisableKeyboard
	pendingMouse      = modeDisableMouse
)

// Where the byte in the output buffer is from.
const (
	fromKeyboard   = 1
	fromMouse      = 2
	fromController = 4
)

// codeTime is the time between two scan codes in nanoseconds.
const codeTime = 1_000_000

// Lines are the controller's outputs.
type Lines struct {
	KeyboardIRQ, MouseIRQ devices.Line
	A20                   devices.Line
	Reset                 devices.Line // pulsed
}

// A Controller is the keyboard controller with both devices.
type Controller struct {
	Keyboard *Keyboard `vmstate:"transient"` // a section of its own
	Mouse    *Mouse    `vmstate:"transient"` // a section of its own

	lines Lines         `vmstate:"transient"`
	clock devices.Clock `vmstate:"transient"`

	command uint8 // waits for its data byte; 0 for none
	status  uint8
	mode    uint8 // command byte
	out     uint8 // output port
	pending uint8
	source  uint32 // of the byte in the output buffer, which stays there until it is read
	data    uint8  // byte read last
	reply   uint8  // the controller's own, pending

	pause    devices.Timer `vmstate:"derived"` // armed while the next scan code is on the line
	migrated uint32        // pause on the wire
}

// New makes a controller with a keyboard and a mouse.
func New(clock devices.Clock, lines Lines) *Controller {
	c := &Controller{lines: lines, clock: clock}
	c.Keyboard = newKeyboard(clock, func() { c.changed(pendingKeyboard, c.Keyboard.output.empty()) })
	c.Mouse = newMouse(clock, func() { c.changed(pendingMouse, c.Mouse.output.empty()) })
	c.pause = clock.NewTimer("i8042 scan code", c.fill)
	c.Reset()
	return c
}

// Reset is the board's reset: of the controller and of both devices.
func (c *Controller) Reset() {
	c.Keyboard.Reset()
	c.Mouse.Reset()
	c.command, c.pending, c.source, c.data, c.reply, c.migrated = 0, 0, 0, 0, 0, 0
	c.status = statusCommand | statusUnlocked
	c.mode = modeKeyboardIRQ | modeMouseIRQ
	c.out = outDefault
	c.pause.SetExpiry(-1)
	c.drive()
	c.lines.A20.Set(true)
}

// In implements devices.PortDevice.
func (c *Controller) In(port uint16, _ int) uint32 {
	if port == PortCommand {
		return uint32(c.status)
	}
	return uint32(c.read())
}

// Out implements devices.PortDevice.
func (c *Controller) Out(port uint16, _ int, value uint32) {
	if port == PortCommand {
		c.status |= statusCommand
		c.execute(uint8(value))
		return
	}
	c.status &^= statusCommand
	c.write(uint8(value))
}

// execute carries out a command that was written to the command port.
func (c *Controller) execute(command uint8) {
	c.command = 0
	switch command {
	case writeMode, writeOutput, fakeKeyboard, fakeMouse, writeToMouse:
		c.command = command // and wait for the data
	case readMode:
		c.answer(c.mode)
	case selfTest:
		c.status |= statusSystem
		c.answer(selfTestPassed)
	case testKeyboard, testMouse:
		c.answer(0) // no fault
	case readInput:
		c.answer(inputPort)
	case readOutput:
		c.answer(c.out)
	case disableKbd:
		c.setMode(c.mode | modeDisableKeyboard)
	case enableKbd:
		c.setMode(c.mode &^ modeDisableKeyboard)
	case disableMouse:
		c.setMode(c.mode | modeDisableMouse)
	case enableMouse:
		c.setMode(c.mode &^ modeDisableMouse)
	case closeA20:
		c.setOut(c.out &^ outA20)
	case openA20:
		c.setOut(c.out | outA20)
	default:
		if command >= pulseOutput && command&outReset == 0 {
			c.pulseReset()
		}
	}
}

// write is a byte written to the data port: for the command that waits for
// it, or else for the keyboard.
func (c *Controller) write(v uint8) {
	command := c.command
	c.command = 0
	switch command {
	case writeMode:
		c.status &^= statusSystem
		if v&modeSystem != 0 {
			c.status |= statusSystem
		}
		c.setMode(v)
	case writeOutput:
		c.setOut(v)
		if v&outReset == 0 {
			c.pulseReset()
		}
	case fakeKeyboard:
		c.answer(v)
	case fakeMouse:
		c.pend(pendingMouseReply, v)
	case writeToMouse:
		c.Mouse.write(v)
		c.setMode(c.mode &^ modeDisableMouse) // talking to it enables it
	default:
		c.Keyboard.write(v)
		c.setMode(c.mode &^ modeDisableKeyboard)
	}
}

// setMode changes the command byte, which may let a byte through that a
// disabled device could not deliver.
func (c *Controller) setMode(v uint8) {
	c.mode = v
	c.Keyboard.translate = v&modeTranslate != 0
	c.drive()
	c.fill()
}

// setOut drives the output port. The lines of the output buffer are not the
// guest's to set.
func (c *Controller) setOut(v uint8) {
	c.out = v&^outBuffer | c.out&outBuffer
	c.lines.A20.Set(v&outA20 != 0)
}

func (c *Controller) pulseReset() {
	c.lines.Reset.Set(true)
	c.lines.Reset.Set(false)
}

// answer is the controller's own byte to the guest.
func (c *Controller) answer(v uint8) { c.pend(pendingReply, v) }

func (c *Controller) pend(what, v uint8) {
	c.reply = v
	c.pending = c.pending&^(pendingReply|pendingMouseReply) | what
	c.fill()
}

// changed notes whether a device has something to send.
func (c *Controller) changed(device uint8, empty bool) {
	c.pending |= device
	if empty {
		c.pending &^= device
	}
	c.fill()
}

// fill moves the next byte into the output buffer if that is empty. A device
// keeps its byte until the guest reads it; only its turn is decided here.
func (c *Controller) fill() {
	ready := c.ready()
	if c.status&statusFull != 0 || ready == 0 {
		return
	}
	full, out := uint8(statusFull), uint8(outFull)
	switch {
	case ready&pendingReply != 0:
		c.source = fromController
	case ready&pendingMouseReply != 0:
		c.source = fromController
		full, out = full|statusMouseFull, outBuffer
	case ready&pendingKeyboard != 0:
		c.source = fromKeyboard
	default:
		c.source = fromMouse
		full, out = full|statusMouseFull, outBuffer
	}
	c.status |= full
	c.out |= out
	c.drive()
}

// ready is what may go into the output buffer: not a disabled device's byte,
// nor a scan code right behind another.
func (c *Controller) ready() uint8 {
	ready := c.pending &^ (c.mode & (modeDisableKeyboard | modeDisableMouse))
	if c.pause.Expiry() >= 0 && !c.Keyboard.replying() {
		ready &^= pendingKeyboard
	}
	return ready
}

// drive sets the interrupt lines.
func (c *Controller) drive() {
	full, mouse := c.status&statusFull != 0, c.status&statusMouseFull != 0
	c.lines.KeyboardIRQ.Set(full && !mouse && c.mode&(modeKeyboardIRQ|modeDisableKeyboard) == modeKeyboardIRQ)
	c.lines.MouseIRQ.Set(full && mouse && c.mode&modeMouseIRQ != 0)
}

// read empties the output buffer. An empty one still shows the byte that was
// in it.
func (c *Controller) read() uint8 {
	if c.status&statusFull == 0 {
		return c.data
	}
	c.status &^= statusFull | statusMouseFull
	c.out &^= outBuffer
	c.drive() // low before it may rise again: an edge for each byte
	switch c.source {
	case fromKeyboard:
		if !c.Keyboard.replying() {
			c.pause.SetExpiry(c.clock.Now() + codeTime)
		}
		c.data = c.Keyboard.take()
		c.changed(pendingKeyboard, c.Keyboard.output.empty())
	case fromMouse:
		c.data = c.Mouse.output.take()
		c.changed(pendingMouse, c.Mouse.output.empty())
	default:
		c.data = c.reply
		c.pending &^= pendingReply | pendingMouseReply
		c.fill()
	}
	return c.data
}
