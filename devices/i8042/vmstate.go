package i8042

import (
	"toyvm/devices"
	"toyvm/vmstate"
)

// The layouts are QEMU's and began with this package. What QEMU's devices lack
// is in subsections of its own, which are sent only while there is something
// to say, or in bits that QEMU does not look at:
//
//	pckbd     3  current; migration_flags also has the time to the next scan code
//	ps2kbd    2  without the scan code set
//	          3  current; with ps2kbd/toyvm_held, ps2kbd/toyvm_rate, ps2kbd/toyvm_types
//	ps2mouse  2  current; bit 7 of mouse_buttons is set while a change was not reported

// Sections is the state of the keyboard, the mouse and the controller, in the
// order of QEMU's streams.
func (c *Controller) Sections() []*vmstate.Section {
	return []*vmstate.Section{
		vmstate.NewSection(&keyboardState, c.Keyboard, 0),
		vmstate.NewSection(&mouseState, c.Mouse, 0),
		vmstate.NewSection(&controllerSection, c, 0),
	}
}

var controllerSection = vmstate.Description[Controller]{
	Name: "pckbd", Version: 3, MinVersion: 3,
	Fields: vmstate.Fields[Controller]{
		vmstate.Struct("kbd", func(c *Controller) *Controller { return c }, &controllerState),
	},
}

var controllerState = vmstate.Description[Controller]{
	Name: "pckbd", Version: 3, MinVersion: 3,
	PreLoad:  (*Controller).preLoad,
	PostLoad: (*Controller).postLoad,
	Fields: vmstate.Fields[Controller]{
		vmstate.Uint8("write_cmd", func(c *Controller) *uint8 { return &c.command }),
		vmstate.Uint8("status", func(c *Controller) *uint8 { return &c.status }),
		vmstate.Uint8("mode", func(c *Controller) *uint8 { return &c.mode }),
		vmstate.Uint8("pending_tmp", func(c *Controller) *uint8 { return &c.pending }),
	},
	Subsections: []*vmstate.Description[Controller]{
		{
			Name: "pckbd_outport", Version: 1, MinVersion: 1,
			Needed: func(c *Controller) bool { return c.out&^outBuffer != outDefault },
			Fields: vmstate.Fields[Controller]{
				vmstate.Uint8("outport", func(c *Controller) *uint8 { return &c.out }),
			},
		},
		{
			Name: "pckbd/extended_state",
			PreSave: func(c *Controller) error {
				c.migrated = 0
				if due := c.pause.Expiry(); due >= 0 {
					c.migrated = pausing | uint32(min(max(due-c.clock.Now(), 0), codeTime))<<1
				}
				return nil
			},
			Fields: vmstate.Fields[Controller]{
				vmstate.Uint32("migration_flags", func(c *Controller) *uint32 { return &c.migrated }),
				vmstate.Uint32("obsrc", func(c *Controller) *uint32 { return &c.source }),
				vmstate.Uint8("obdata", func(c *Controller) *uint8 { return &c.data }),
				vmstate.Uint8("cbdata", func(c *Controller) *uint8 { return &c.reply }),
			},
		},
	},
}

const (
	// pausing in migration_flags says that a scan code is on the line. The
	// bits above are how many nanoseconds it still takes; QEMU has 0 there.
	pausing = 1

	// unknownSource is a source that the stream has not named.
	unknownSource = ^uint32(0)

	// pending_tmp without extended state.
	pendingKeyboardOld = 0x01
	pendingMouseOld    = 0x02
)

// preLoad sets what the absence of subsections means.
func (c *Controller) preLoad() error {
	c.out = outDefault
	c.source, c.migrated, c.data, c.reply = unknownSource, 0, 0, 0
	return nil
}

// postLoad derives the rest. The clock must have been loaded before. The
// lines are the state of whoever listens to them.
func (c *Controller) postLoad(int) error {
	if c.source == unknownSource {
		c.withoutExtendedState()
	}
	c.pending &= pendingReply | pendingMouseReply | pendingKeyboard | pendingMouse
	c.out &^= outBuffer
	if c.status&statusFull != 0 {
		c.out |= outFull
		if c.status&statusMouseFull != 0 {
			c.out |= outMouseFull
		}
	}
	c.pause.SetExpiry(-1)
	if c.migrated&pausing != 0 {
		c.pause.SetExpiry(c.clock.Now() + min(int64(c.migrated>>1), codeTime))
	}
	return nil
}

// withoutExtendedState reads the fields as older versions of QEMU wrote them.
func (c *Controller) withoutExtendedState() {
	switch c.status & (statusFull | statusMouseFull) {
	case statusFull:
		c.source = fromKeyboard
	case statusFull | statusMouseFull:
		c.source = fromMouse
	default:
		c.source = 0
	}
	if c.pending&pendingKeyboardOld != 0 {
		c.pending |= pendingKeyboard
	}
	if c.pending&pendingMouseOld != 0 {
		c.pending |= pendingMouse
	}
}

var portState = vmstate.Description[port]{
	Name: "PS2 Common State", Version: 3, MinVersion: 2,
	Fields: vmstate.Fields[port]{
		vmstate.Int32("write_cmd", func(p *port) *int32 { return &p.command }),
		vmstate.Int32("queue.rptr", func(p *port) *int32 { return &p.output.read }),
		vmstate.Int32("queue.wptr", func(p *port) *int32 { return &p.output.write }),
		vmstate.Int32("queue.count", func(p *port) *int32 { return &p.output.count }),
		vmstate.Buffer("queue.data", func(p *port) []byte { return p.output.ring[:] }),
	},
}

var keyboardState = vmstate.Description[Keyboard]{
	Name: "ps2kbd", Version: 3, MinVersion: 2,
	PreLoad:  (*Keyboard).preLoad,
	PostLoad: (*Keyboard).postLoad,
	Fields: vmstate.Fields[Keyboard]{
		vmstate.Struct("parent_obj", func(k *Keyboard) *port { return &k.port }, &portState),
		devices.Flag32("scan_enabled", func(k *Keyboard) *bool { return &k.scanning }),
		devices.Flag32("translate", func(k *Keyboard) *bool { return &k.translate }),
		vmstate.Int32("scancode_set", func(k *Keyboard) *int32 { return &k.set }).Since(3),
	},
	Subsections: []*vmstate.Description[Keyboard]{
		{
			Name: "ps2kbd/ledstate", Version: 3, MinVersion: 2,
			Needed: func(k *Keyboard) bool { return k.leds != 0 },
			Fields: vmstate.Fields[Keyboard]{
				vmstate.Int32("ledstate", func(k *Keyboard) *int32 { return &k.leds }),
			},
		},
		{
			Name: "ps2kbd/need_high_bit", Version: 1, MinVersion: 1,
			Needed: func(k *Keyboard) bool { return k.highBit },
			Fields: vmstate.Fields[Keyboard]{
				vmstate.Bool("need_high_bit", func(k *Keyboard) *bool { return &k.highBit }),
			},
		},
		{
			Name:   "ps2kbd/command_reply_queue",
			Needed: func(k *Keyboard) bool { return k.replyEnd != none },
			Fields: vmstate.Fields[Keyboard]{
				vmstate.Int32("parent_obj.queue.cwptr", func(k *Keyboard) *int32 { return &k.replyEnd }),
			},
		},
		{
			Name: "ps2kbd/toyvm_held", Version: 1, MinVersion: 1,
			Needed: func(k *Keyboard) bool { return k.held != heldKeys{} },
			Fields: vmstate.Fields[Keyboard]{
				vmstate.Bitmap("held", func(k *Keyboard) []uint64 { return k.held[:] }, func(*Keyboard) int { return maxKeys }),
				vmstate.Uint8("last", func(k *Keyboard) *Key { return &k.last }),
				vmstate.Timer("repeat", func(k *Keyboard) vmstate.Alarm { return k.repeat }),
			},
		},
		{
			Name: "ps2kbd/toyvm_rate", Version: 1, MinVersion: 1,
			Needed: func(k *Keyboard) bool { return k.rate != defaultRate },
			Fields: vmstate.Fields[Keyboard]{
				vmstate.Uint8("rate", func(k *Keyboard) *uint8 { return &k.rate }),
			},
		},
		{
			Name: "ps2kbd/toyvm_types", Version: 1, MinVersion: 1,
			Needed: func(k *Keyboard) bool { return k.types != defaultTypes },
			Fields: vmstate.Fields[Keyboard]{
				vmstate.Array("types", func(k *Keyboard) []keyType { return k.types[:] }, vmstate.Uint8),
			},
		},
	},
}

// preLoad sets what the absence of fields and subsections means.
func (k *Keyboard) preLoad() error {
	k.set = 2
	k.leds, k.highBit = 0, false
	k.replyEnd = none
	k.held, k.last = heldKeys{}, 0
	k.repeat.SetExpiry(-1)
	k.rate = defaultRate
	k.types = defaultTypes
	return nil
}

// postLoad brings the values into their ranges.
func (k *Keyboard) postLoad(int) error {
	if k.set < 1 || k.set > 3 {
		k.set = 2
	}
	if k.last >= keyCount {
		k.last = 0
		k.repeat.SetExpiry(-1)
	}
	replies := int32(0)
	if k.replyEnd != none {
		replies = min((k.replyEnd-k.output.read)&(ringSize-1), maxReplies)
	}
	k.output.restrict(replies)
	k.replyEnd = none
	if replies > 0 {
		k.replyEnd = (k.output.read + replies) % ringSize
	}
	return nil
}

// maxReplies is the room for replies in front of a full buffer.
const maxReplies = 8

// restrict brings the pointers into their ranges: replies bytes, and as many
// others as a buffer holds.
func (o *output) restrict(replies int32) {
	o.count = min(max(o.count, replies), replies+bufferSize)
	o.read &= ringSize - 1
	o.write = (o.read + o.count) % ringSize
}

var mouseState = vmstate.Description[Mouse]{
	Name: "ps2mouse", Version: 2, MinVersion: 2,
	PostLoad: func(m *Mouse, _ int) error {
		m.output.restrict(0)
		m.sample.SetExpiry(-1)
		m.report()
		return nil
	},
	Fields: vmstate.Fields[Mouse]{
		vmstate.Struct("parent_obj", func(m *Mouse) *port { return &m.port }, &portState),
		vmstate.Uint8("mouse_status", func(m *Mouse) *uint8 { return &m.status }),
		vmstate.Uint8("mouse_resolution", func(m *Mouse) *uint8 { return &m.resolution }),
		vmstate.Uint8("mouse_sample_rate", func(m *Mouse) *uint8 { return &m.rate }),
		devices.Flag8("mouse_wrap", func(m *Mouse) *bool { return &m.wrap }),
		vmstate.Uint8("mouse_type", func(m *Mouse) *uint8 { return &m.kind }),
		vmstate.Uint8("mouse_detect_state", func(m *Mouse) *uint8 { return &m.detect }),
		vmstate.Int32("mouse_dx", func(m *Mouse) *int32 { return &m.dx }),
		vmstate.Int32("mouse_dy", func(m *Mouse) *int32 { return &m.dy }),
		vmstate.Int32("mouse_dz", func(m *Mouse) *int32 { return &m.dz }),
		vmstate.Uint8("mouse_buttons", func(m *Mouse) *Buttons { return &m.buttons }),
	},
}
