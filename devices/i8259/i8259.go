// Package i8259 is the Intel 8259A Programmable Interrupt Controller, one chip
// and the pair of them that an AT has: eight request inputs each, resolved by
// priority into one request to the processor and a vector.
//
// Emulated: all initialization and operation command words, fully nested and
// special fully nested mode, specific and automatic rotation, special mask
// mode, automatic end of interrupt, poll, reading of IRR, ISR and IMR, the
// default interrupt 7 for a request that went away, and the edge/level control
// register (ELCR) that later chip sets added.
//
// Not emulated: the MCS-80/85 vectors (ICW4 bit 0 is taken as set, as it is on
// every PC), buffered mode, which has no effect on a PC, and the trigger mode
// in ICW1 bit 3, which the ELCR replaces. ICW3 is accepted and ignored: the
// board's wiring is what counts.
//
// Sources: Intel 8259A data sheet, order number 231468; for the ELCR, Intel
// 82371 (PIIX) data sheet, "Edge/Level Control Register".
package i8259

import (
	"math/bits"

	"toyvm/devices"
)

// Initialization command word 1, written with A0 low.
const (
	icw1IC4  = 1 << 0 // ICW4 will follow
	icw1SNGL = 1 << 1 // no cascade, hence no ICW3
	icw1     = 1 << 4 // distinguishes it from OCW2 and OCW3
)

// Initialization command word 4.
const (
	icw4AEOI = 1 << 1 // automatic end of interrupt
	icw4SFNM = 1 << 4 // special fully nested mode
)

// Operation command word 2: what to do, and a level in bits 0 to 2.
const (
	ocw2Level = 0x07
	ocw2EOI   = 1 << 5
	ocw2SL    = 1 << 6 // the level is meant, not the highest in service
	ocw2R     = 1 << 7 // rotate
)

// Operation command word 3.
const (
	ocw3RIS  = 1 << 0 // with RR: read ISR, not IRR
	ocw3RR   = 1 << 1
	ocw3P    = 1 << 2 // poll
	ocw3     = 1 << 3 // distinguishes it from OCW2
	ocw3SMM  = 1 << 5 // with ESMM: special mask mode
	ocw3ESMM = 1 << 6
)

// pollRequest in the poll word says that the level in bits 0 to 2 is valid.
const pollRequest = 1 << 7

// What a write with A0 high is taken for.
const (
	ready    uint8 = iota // OCW1, the interrupt mask
	wantICW2              // the vector base
	wantICW3
	wantICW4
)

// cascade is the input of the master that the slave's output is wired to.
const cascade = 2

// A PIC is one chip.
type PIC struct {
	lines       uint8 // levels of the inputs
	irr         uint8 // interrupt request register
	imr         uint8 // interrupt mask register
	isr         uint8 // in-service register
	highest     uint8 // input with the highest priority
	irqBase     uint8 // vector of input 0
	readISR     bool  // a read with A0 low yields ISR, not IRR
	poll        bool  // the next read is a poll
	specialMask bool
	initState   uint8 // ready or wantICW2 to wantICW4
	autoEOI     bool
	rotateAEOI  bool // rotate on automatic end of interrupt
	nestSlave   bool // special fully nested mode
	icw4        bool // ICW4 was announced
	single      bool // ICW1 said that there is no cascade
	elcr        uint8

	intr    devices.Line `vmstate:"transient"` // INT output
	levels  uint8        `vmstate:"transient"` // inputs that ELCR can make level triggered
	cascade *PIC         `vmstate:"transient"` // slave; nil on the slave itself
}

// New returns a chip in the state after Reset. INT drives intr; levels are the
// inputs that may be level triggered.
func New(intr devices.Line, levels uint8) *PIC {
	return &PIC{intr: intr, levels: levels}
}

// Reset puts the chip into the state after power-on: nothing is masked, all
// inputs count as low. The data sheet defines none before ICW1.
func (p *PIC) Reset() {
	*p = PIC{intr: p.intr, levels: p.levels, cascade: p.cascade}
	p.update()
}

// INT is the level of the chip's output.
func (p *PIC) INT() bool { return p.request() >= 0 }

// Set puts an input to the given level.
func (p *PIC) Set(input int, level bool) {
	bit := uint8(1) << (input & 7)
	if level == (p.lines&bit != 0) {
		return
	}
	p.lines ^= bit
	if level {
		p.irr |= bit
	} else {
		// A request has to stay until it is acknowledged, edge triggered or
		// not ("Edge and Level Triggered Modes").
		p.irr &^= bit
	}
	p.update()
}

func (p *PIC) update() { p.intr.Set(p.INT()) }

// request is the input to be acknowledged next, or -1.
func (p *PIC) request() int {
	level, ok := p.first(p.irr &^ p.imr)
	if !ok {
		return -1
	}
	blocking := p.isr
	if p.specialMask {
		// What is masked does not hold back lower levels.
		blocking &^= p.imr
	}
	served, ok := p.first(blocking)
	if !ok || p.rank(level) < p.rank(served) {
		return level
	}
	if level == served && level == cascade && p.nestSlave && p.cascade != nil {
		// The slave has something more urgent than what it is serving.
		return level
	}
	return -1
}

// rank is the priority of an input, 0 being the highest.
func (p *PIC) rank(input int) uint8 { return (uint8(input) - p.highest) & 7 }

// first is the input with the highest priority of a set, if it has any.
func (p *PIC) first(set uint8) (input int, ok bool) {
	rank := bits.TrailingZeros8(bits.RotateLeft8(set, -int(p.highest&7)))
	return (rank + int(p.highest)) & 7, rank < 8
}

// lowest gives an input the lowest priority.
func (p *PIC) lowest(input int) { p.highest = uint8(input+1) & 7 }

// accept is the first INTA pulse for an input.
func (p *PIC) accept(input int) {
	bit := uint8(1) << input
	if p.elcr&bit == 0 {
		p.irr &^= bit
	}
	switch {
	case !p.autoEOI:
		p.isr |= bit
	case p.rotateAEOI:
		p.lowest(input)
	}
	// INT falls even if there is more to serve, or the master's edge-triggered
	// input would not see the next request.
	p.intr.Set(false)
	p.update()
}

// acknowledge is the processor's answer to INT. It returns the vector, that of
// input 7 if the request went away.
func (p *PIC) acknowledge() uint8 {
	input := p.request()
	switch {
	case input < 0:
		return p.irqBase | 7
	case input == cascade && p.cascade != nil && !p.single:
		p.accept(input)
		return p.cascade.acknowledge()
	default:
		p.accept(input)
		return p.irqBase | uint8(input)
	}
}

// read is a read with A0 low or high.
func (p *PIC) read(a0 bool) uint8 {
	switch {
	case p.poll:
		p.poll = false
		return p.pollWord()
	case a0:
		return p.imr
	case p.readISR:
		return p.isr
	default:
		return p.irr
	}
}

// pollWord acknowledges the request without the processor's help.
func (p *PIC) pollWord() uint8 {
	input := p.request()
	if input < 0 {
		return 0
	}
	p.accept(input)
	return pollRequest | uint8(input)
}

// write is a write with A0 low or high.
func (p *PIC) write(a0 bool, v uint8) {
	switch {
	case a0:
		p.writeData(v)
	case v&icw1 != 0:
		p.initialize(v)
	case v&ocw3 != 0:
		p.writeOCW3(v)
	default:
		p.writeOCW2(v)
	}
	p.update()
}

// initialize is ICW1. Edge-triggered inputs have to rise again to be seen.
func (p *PIC) initialize(v uint8) {
	*p = PIC{
		lines:     p.lines,
		irr:       p.irr & p.elcr,
		elcr:      p.elcr,
		initState: wantICW2,
		icw4:      v&icw1IC4 != 0,
		single:    v&icw1SNGL != 0,
		intr:      p.intr,
		levels:    p.levels,
		cascade:   p.cascade,
	}
}

func (p *PIC) writeData(v uint8) {
	switch p.initState {
	case wantICW2:
		p.irqBase = v &^ 7
		p.initState = wantICW3
		if p.single {
			p.afterICW3()
		}
	case wantICW3:
		p.afterICW3()
	case wantICW4:
		p.nestSlave = v&icw4SFNM != 0
		p.autoEOI = v&icw4AEOI != 0
		p.initState = ready
	default:
		p.imr = v
	}
}

func (p *PIC) afterICW3() {
	p.initState = ready
	if p.icw4 {
		p.initState = wantICW4
	}
}

func (p *PIC) writeOCW2(v uint8) {
	level := int(v & ocw2Level)
	switch v &^ ocw2Level {
	case 0:
		p.rotateAEOI = false
	case ocw2R:
		p.rotateAEOI = true
	case ocw2EOI:
		p.endHighest(false)
	case ocw2R | ocw2EOI:
		p.endHighest(true)
	case ocw2SL | ocw2EOI:
		p.isr &^= 1 << level
	case ocw2R | ocw2SL | ocw2EOI:
		p.isr &^= 1 << level
		p.lowest(level)
	case ocw2R | ocw2SL:
		p.lowest(level)
	}
}

// endHighest is a non-specific end of interrupt. In special mask mode it
// leaves alone what is masked.
func (p *PIC) endHighest(rotate bool) {
	served := p.isr
	if p.specialMask {
		served &^= p.imr
	}
	level, ok := p.first(served)
	if !ok {
		return
	}
	p.isr &^= 1 << level
	if rotate {
		p.lowest(level)
	}
}

func (p *PIC) writeOCW3(v uint8) {
	if v&ocw3P != 0 {
		p.poll = true
	}
	if v&ocw3RR != 0 {
		p.readISR = v&ocw3RIS != 0
	}
	if v&ocw3ESMM != 0 {
		p.specialMask = v&ocw3SMM != 0
	}
}

// writeELCR chooses the level-triggered inputs. Such an input requests for as
// long as it is high.
func (p *PIC) writeELCR(v uint8) {
	p.elcr = v & p.levels
	p.irr = p.irr&^p.elcr | p.lines&p.elcr
	p.update()
}
