// Package pcspk is system control port B of the PC at 61h, with the loudspeaker:
// the gate of timer 2, the bit that lets its output through, and what can be
// read back, the memory refresh toggle among it.
//
// The toggle changes with every refresh request as the BIOS of an AT programs
// them, each 18 clocks of the timer, whatever timer 1 is set to: programs use
// it to wait, also where nobody has programmed that timer.
//
// Not emulated: parity and I/O channel checks (bits 2, 3, 6 and 7), which read
// as zero.
//
// Source: IBM Personal Computer AT Technical Reference, "System Board".
package pcspk

import "toyvm/devices"

// Port is the I/O port.
const Port = 0x61

// Bits of the port.
const (
	portGate    = 1 << 0 // gate of timer 2
	portData    = 1 << 1 // output of timer 2 to the loudspeaker
	portRefresh = 1 << 4 // memory refresh toggle, read only
	portOut     = 1 << 5 // output of timer 2, read only
)

// A Counter is what the port has to do with timer 2.
type Counter interface {
	Gate() bool
	SetGate(level bool)
	Out() bool
	Tone() float64 // Hz, 0 for none
}

// A Speaker is the port with what hangs on it.
type Speaker struct {
	dataOn  bool
	refresh uint8 // toggle as it was last read, 0 or 1

	timer2 Counter       `vmstate:"transient"`
	clock  devices.Clock `vmstate:"transient"`
}

// New returns the port, silent.
func New(clock devices.Clock, timer2 Counter) *Speaker {
	return &Speaker{timer2: timer2, clock: clock}
}

// Reset silences the loudspeaker. The gate is the timer's to reset.
func (s *Speaker) Reset() { s.dataOn, s.refresh = false, 0 }

// Tone is the frequency that is to be heard, in Hz, 0 for silence.
func (s *Speaker) Tone() float64 {
	if !s.dataOn {
		return 0
	}
	return s.timer2.Tone()
}

// Level is the level on the loudspeaker, for sound made without the timer.
func (s *Speaker) Level() bool { return s.dataOn && s.timer2.Out() }

// In implements devices.PortDevice.
func (s *Speaker) In(uint16, int) uint32 {
	s.refresh = refreshToggle(s.clock.Now())
	v := uint32(s.refresh) * portRefresh
	if s.timer2.Gate() {
		v |= portGate
	}
	if s.dataOn {
		v |= portData
	}
	if s.timer2.Out() {
		v |= portOut
	}
	return v
}

// Out implements devices.PortDevice.
func (s *Speaker) Out(_ uint16, _ int, value uint32) {
	s.dataOn = value&portData != 0
	s.timer2.SetGate(value&portGate != 0)
}

// refreshToggle is the toggle at a time. Eighteen clocks of 1.193182 MHz are
// 15.085 us.
func refreshToggle(ns int64) uint8 { return uint8(ns / 15085 & 1) }
