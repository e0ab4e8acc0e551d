package i8257

// pageChannels is the channel of each page register. The others are memory
// without a purpose on an AT, and are not there on this board.
var pageChannels = [8]int{-1, 2, 3, 1, -1, -1, -1, 0}

// page is the page register at port, or nil.
func (c *Controller) page(port uint16) *uint8 {
	if n := pageChannels[port&7]; n >= 0 {
		return &c.channels[n].page
	}
	return nil
}

func isPage(port uint16) bool { return port&0xf0 == PortPages }

// register is the number of the register at port. The second controller hangs
// on the address lines from A1 on, so that odd ports repeat even ones.
func (c *Controller) register(port uint16) int { return int(port>>c.width) & 0xf }

// In implements devices.PortDevice.
func (c *Controller) In(port uint16, _ int) uint32 {
	if isPage(port) {
		if page := c.page(port); page != nil {
			return uint32(*page)
		}
		return 0xff
	}
	switch r := c.register(port); r {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		return uint32(c.readCounter(&c.channels[r/2], r&1))
	case regStatus:
		return uint32(c.readStatus())
	case regRequest, regMaskAll:
		return uint32(c.mask)
	default:
		return 0
	}
}

// Out implements devices.PortDevice.
func (c *Controller) Out(port uint16, _ int, value uint32) {
	v := uint8(value)
	if isPage(port) {
		if page := c.page(port); page != nil {
			*page = v
		}
		return
	}
	bit := uint8(1) << (v & 3)
	switch r := c.register(port); r {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		c.writeCounter(&c.channels[r/2], r&1, v)
	case regCommand:
		c.command = v
	case regRequest:
		c.channels[v&3].request &^= requestSoftware
		if v&4 != 0 {
			c.channels[v&3].request |= requestSoftware
		}
	case regMaskOne:
		c.mask &^= bit
		if v&4 != 0 {
			c.mask |= bit
		}
	case regMode:
		c.channels[v&3].mode = v
	case regFlipFlop:
		c.flipFlop = 0
	case regClear:
		c.Reset()
	case regClearMask:
		c.mask = 0
	case regMaskAll:
		c.mask = v
	}
	c.serve()
}

// highByte flips the flip-flop, which all eight registers share, and tells
// whether it is the high byte's turn.
func (c *Controller) highByte() bool {
	c.flipFlop ^= 1
	return c.flipFlop&1 == 0
}

// writeCounter sets half of an address or count. With the high byte the
// channel begins anew from its base.
func (c *Controller) writeCounter(ch *channel, which int, v uint8) {
	base := &ch.base[which]
	if !c.highByte() {
		*base = *base&0xff00 | uint16(v)
		return
	}
	*base = *base&0x00ff | uint16(v)<<8
	c.begin(ch)
}

func (c *Controller) readCounter(ch *channel, which int) uint8 {
	v := c.address(ch)
	if which == count {
		v = uint16(c.left(ch) - 1)
	}
	if c.highByte() {
		v >>= 8
	}
	return uint8(v)
}

// readStatus yields the last-byte flags in the low half, which reading clears,
// and the requests in the high one.
func (c *Controller) readStatus() uint8 {
	var status uint8
	for i := range c.channels {
		ch := &c.channels[i]
		if ch.terminal != 0 {
			status |= 1 << i
		}
		if ch.request != 0 {
			status |= 1 << (4 + i)
		}
		ch.terminal = 0
	}
	return status
}
