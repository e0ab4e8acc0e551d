package i8042

// Bits of the first byte of a packet, above the buttons.
const (
	packetAlways = 0x08
	packetLeft   = 0x10 // sign of x
	packetDown   = 0x20 // sign of y
)

// report sees to it that news reach the guest at the next sample. Samples are
// taken all the time, at multiples of their period.
func (m *Mouse) report() {
	if !m.news() {
		m.sample.SetExpiry(-1)
	} else if m.sample.Expiry() < 0 {
		m.sample.SetExpiry((m.clock.Now()/m.period() + 1) * m.period())
	}
}

// news tells whether there is something to send unasked.
func (m *Mouse) news() bool {
	return m.status&(reporting|remote) == reporting && !m.wrap &&
		(m.dx != 0 || m.dy != 0 || m.dz != 0 || m.buttons&buttonsNews != 0)
}

// period is the time between two samples in nanoseconds.
func (m *Mouse) period() int64 {
	rate := int64(m.rate)
	if rate == 0 {
		rate = defaultSampleRate
	}
	return 1_000_000_000 / rate
}

// sampled sends a packet if the guest took enough of those before.
func (m *Mouse) sampled() {
	if m.output.count+m.packetSize() <= bufferSize {
		m.packet(m.status&scaling21 != 0)
		m.changed()
	}
	m.report()
}

func (m *Mouse) packetSize() int32 {
	if m.kind == plain {
		return 3
	}
	return 4
}

// packet sends what happened since the last one. What does not fit is left
// for the next; an unscaled movement stays within a signed byte, for drivers
// that look no further. Scaling is for packets that come unasked.
func (m *Mouse) packet(scaled bool) {
	x, y := portion(&m.dx, 127), portion(&m.dy, 127)
	if scaled {
		x, y = doubled(x), doubled(y)
	}
	first := packetAlways | uint8(m.buttons&firstThree)
	if x < 0 {
		first |= packetLeft
	}
	if y < 0 {
		first |= packetDown
	}
	m.output.put(first, uint8(x), uint8(y))
	switch m.kind {
	case intelliMouse:
		m.output.put(uint8(portion(&m.dz, 127)))
	case explorer:
		m.output.put(uint8(portion(&m.dz, 7))&0x0f | uint8(m.buttons&(Side|Extra))<<1)
	}
	m.buttons &^= buttonsNews
}

// portion takes as much of a movement as fits.
func portion(sum *int32, most int32) int32 {
	d := min(max(*sum, -most), most)
	*sum -= d
	return d
}

// doubled is a movement with 2:1 scaling, which makes short ones shorter.
func doubled(d int32) int32 {
	size := max(d, -d)
	scaled := 2 * size
	if size < 6 {
		scaled = [...]int32{0, 1, 1, 3, 6, 9}[size]
	}
	if d < 0 {
		return -scaled
	}
	return scaled
}
