package i8257

import "slices"

// begin loads the current registers of a channel from the base ones.
func (c *Controller) begin(ch *channel) {
	ch.now = [2]int32{address: int32(ch.base[address]) << c.width, count: 0}
}

// address is the current address in units.
func (c *Controller) address(ch *channel) uint16 {
	if ch.mode&modeDown != 0 {
		return uint16((ch.now[address] - ch.now[count]) >> c.width)
	}
	return uint16((ch.now[address] + ch.now[count]) >> c.width)
}

// left is how many units remain, 1 to 65536. Behind the last one the count has
// wrapped, and a channel that is unmasked without being programmed goes all
// the way round.
func (c *Controller) left(ch *channel) int {
	return int(ch.base[count]-uint16(ch.now[count]>>c.width)) + 1
}

// serve moves whatever can be moved, channel 0 first. What comes up meanwhile
// makes it look once more.
func (c *Controller) serve() {
	c.again = true
	if c.serving {
		return
	}
	c.serving = true
	for c.again {
		c.again = false
		for i := range c.channels {
			for c.ready(i) && c.move(i) {
			}
		}
	}
	c.serving = false
}

// ready tells whether channel i is to be served. A software request overrides
// the mask (data sheet, "Request Register").
func (c *Controller) ready(i int) bool {
	ch := &c.channels[i]
	return ch.peripheral != nil && c.command&commandDisable == 0 && ch.mode&modeCascade != modeCascade &&
		(ch.request&requestSoftware != 0 || ch.request&requestLine != 0 && c.mask>>i&1 == 0)
}

// move moves one piece and tells whether there may be more. After the last
// byte there is not: were the request to stay up on a channel that starts
// again by itself, it would never end.
func (c *Controller) move(i int) (more bool) {
	ch := &c.channels[i]
	var buf [512]byte
	units := min(c.left(ch), len(buf)>>c.width, c.straight(ch))
	p := buf[:units<<c.width]
	terminal := units == c.left(ch)

	n := 0
	switch ch.mode & modeTransfer {
	case modeRead:
		c.fetch(ch, p)
		n = ch.peripheral.DMAWrite(p, terminal)
	case modeWrite:
		n = ch.peripheral.DMARead(p, terminal)
		c.store(ch, p[:n&^(1<<c.width-1)])
	default:
		n = ch.peripheral.DMARead(p, terminal)
	}
	n &^= 1<<c.width - 1
	ch.now[count] += int32(n)
	if n < len(p) {
		return false
	}
	if terminal {
		c.end(i)
	}
	return !terminal
}

// straight is how many units there are before the address wraps, which does
// not carry into the page.
func (c *Controller) straight(ch *channel) int {
	if ch.mode&modeDown != 0 {
		return int(c.address(ch)) + 1
	}
	return 0x10000 - int(c.address(ch))
}

// physical is the current address in memory. Words take A16 from the address
// instead of the page.
func (c *Controller) physical(ch *channel) uint32 {
	page := uint32(ch.page) &^ (1<<c.width - 1)
	return page<<16 | uint32(c.address(ch))<<c.width
}

// lowest is where n bytes begin of which the first is at the current address.
func (c *Controller) lowest(ch *channel, n int) uint32 {
	if ch.mode&modeDown != 0 {
		return c.physical(ch) - uint32(n) + 1<<c.width
	}
	return c.physical(ch)
}

func (c *Controller) fetch(ch *channel, p []byte) {
	c.memory.ReadPhysical(c.lowest(ch, len(p)), p)
	c.order(ch, p)
}

func (c *Controller) store(ch *channel, p []byte) {
	if len(p) > 0 {
		c.order(ch, p)
		c.memory.WritePhysical(c.lowest(ch, len(p)), p)
	}
}

// order turns p between the order of the addresses and that of the transfer.
// The two bytes of a word stay as they are.
func (c *Controller) order(ch *channel, p []byte) {
	if ch.mode&modeDown == 0 {
		return
	}
	slices.Reverse(p)
	for i := 0; c.width > 0 && i+1 < len(p); i += 2 {
		p[i], p[i+1] = p[i+1], p[i]
	}
}

// end is what the last byte of channel i does.
func (c *Controller) end(i int) {
	ch := &c.channels[i]
	ch.terminal = 1
	ch.request &^= requestSoftware
	if ch.mode&modeAuto != 0 {
		c.begin(ch)
	} else {
		c.mask |= 1 << i
	}
}
