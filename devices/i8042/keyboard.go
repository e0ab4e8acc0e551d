package i8042

import "toyvm/devices"

// Commands to the keyboard. Key types are those of scan code set 3.
const (
	kbdSetLEDs       = 0xed
	kbdEcho          = 0xee
	kbdScanCodeSet   = 0xf0
	kbdID            = 0xf2
	kbdRate          = 0xf3
	kbdEnable        = 0xf4
	kbdDisable       = 0xf5 // and set defaults
	kbdDefaults      = 0xf6
	kbdAllTypematic  = 0xf7
	kbdAllMakeBreak  = 0xf8
	kbdAllMake       = 0xf9
	kbdAllBoth       = 0xfa
	kbdKeyTypematic  = 0xfb
	kbdKeyMakeBreak  = 0xfc
	kbdKeyMake       = 0xfd
	kbdResend        = 0xfe
	kbdReset         = 0xff
	firstKbdCommand  = kbdSetLEDs
	commandAsOperand = 0x80 // an operand with this bit is a new command
)

// Replies of both devices.
const (
	replyPassed = 0xaa // self-test
	replyAck    = 0xfa
	replyResend = 0xfe // not understood
)

// The keyboard's ID: an MF II keyboard.
const (
	idFirst  = 0xab
	idSecond = 0x83
)

// defaultRate is 10.9 characters a second after half a second.
const defaultRate = 0x2b

// LEDs are the keyboard's lights.
type LEDs uint8

// The lights, as the guest sets them.
const (
	ScrollLock LEDs = 1 << iota
	NumLock
	CapsLock
)

// A Keyboard is a 102-key keyboard with multimedia keys.
type Keyboard struct {
	changed func()        `vmstate:"transient"` // tells the controller that output changed
	clock   devices.Clock `vmstate:"transient"`

	port
	replyEnd  int32 // in output's ring, behind the replies in front of the scan codes; none without
	scanning  bool
	translate bool  // by the controller, as bytes are sent
	highBit   bool  // translation saw a break prefix
	set       int32 // scan code set: 1, 2, 3
	leds      int32

	rate   uint8 // typematic rate and delay, as the guest sets it
	types  [maxKeys]keyType
	held   heldKeys
	last   Key // key pressed last, which repeats
	repeat devices.Timer
}

func newKeyboard(clock devices.Clock, changed func()) *Keyboard {
	k := &Keyboard{changed: changed, clock: clock}
	k.repeat = clock.NewTimer("keyboard repeat", k.repeated)
	return k
}

// Reset switches the keyboard off and on. Keys that are held are forgotten.
func (k *Keyboard) Reset() {
	k.translate, k.highBit = false, false
	k.held = heldKeys{}
	k.last = 0
	k.defaults()
}

// defaults is what both the reset command and "set default" establish.
func (k *Keyboard) defaults() {
	k.clear()
	k.command = none
	k.scanning = true
	k.set = 2
	k.leds = 0
	k.rate = defaultRate
	k.types = defaultTypes
	k.repeat.SetExpiry(-1)
	k.highBit = false
}

// LEDs is which lights are on.
func (k *Keyboard) LEDs() LEDs { return LEDs(k.leds) }

// clear forgets what was not sent yet.
func (k *Keyboard) clear() {
	k.output.clear()
	k.replyEnd = none
}

// replies is how many bytes of replies precede the scan codes.
func (k *Keyboard) replies() int32 {
	if k.replyEnd == none {
		return 0
	}
	return (k.replyEnd - k.output.read + ringSize) % ringSize
}

func (k *Keyboard) replying() bool { return k.replies() > 0 }

// take is the next byte to the controller.
func (k *Keyboard) take() uint8 {
	b := k.output.take()
	if k.replies() == 0 {
		k.replyEnd = none
	}
	return b
}

// reply answers a command, ahead of scan codes that were not sent yet.
func (k *Keyboard) reply(bytes ...uint8) {
	for i, b := range bytes {
		bytes[i] = k.translated(b)
	}
	k.replyEnd = k.output.read
	k.output.precede(bytes...)
}

func (k *Keyboard) translated(b uint8) uint8 {
	if k.translate {
		return translation[b]
	}
	return b
}

// write is a byte from the guest. It takes back what was not fetched of the
// reply to the one before.
func (k *Keyboard) write(v uint8) {
	last := k.output.last()
	k.output.drop(k.replies())
	k.replyEnd = none
	command := k.command
	k.command = none
	if command == none || !k.operand(uint8(command), v) {
		k.execute(v, last)
	}
	k.changed()
}

// execute carries out a command. last is the byte that was sent last.
func (k *Keyboard) execute(command, last uint8) {
	switch command {
	case kbdSetLEDs, kbdScanCodeSet, kbdRate, kbdKeyTypematic, kbdKeyMakeBreak, kbdKeyMake:
		k.command = int32(command)
		k.reply(replyAck)
	case kbdEcho:
		k.reply(kbdEcho)
	case kbdID:
		k.reply(replyAck, idFirst, idSecond)
	case kbdEnable:
		k.clear()
		k.scanning = true
		k.reply(replyAck)
	case kbdDisable, kbdDefaults:
		k.defaults()
		k.scanning = command == kbdDefaults
		k.reply(replyAck)
	case kbdAllTypematic, kbdAllMakeBreak, kbdAllMake, kbdAllBoth:
		for i := range k.types {
			k.types[i] = typeOfCommand[command]
		}
		k.reply(replyAck)
	case kbdResend:
		k.replyEnd = k.output.read
		k.output.precede(last)
	case kbdReset:
		k.defaults()
		k.reply(replyAck, replyPassed)
	default:
		k.reply(replyResend)
	}
}

// operand gives a command its operand, and tells whether it was one: after
// some commands another command may come instead.
func (k *Keyboard) operand(command, v uint8) bool {
	switch command {
	case kbdKeyTypematic, kbdKeyMakeBreak, kbdKeyMake:
		if v >= firstKbdCommand {
			return false
		}
		k.setKeyType(v, typeOfCommand[command])
		k.command = int32(command) // until the next command
		k.reply(replyAck)
		return true
	}
	if v&commandAsOperand != 0 {
		return false
	}
	switch {
	case command == kbdSetLEDs:
		k.leds = int32(v & 7)
	case command == kbdRate:
		k.rate = v
	case command == kbdScanCodeSet && v == 0:
		k.reply(replyAck, uint8(k.set))
		return true
	case command == kbdScanCodeSet && v <= 3:
		k.clear()
		k.set = int32(v)
	default:
		k.reply(replyResend)
		return true
	}
	k.reply(replyAck)
	return true
}
