package i8259

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"toyvm/devices/devicetest"
)

// A rig is the pair on a bench.
type rig struct {
	*Pair
	t    *testing.T
	intr devicetest.Line
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t}
	r.Pair = NewPair(&r.intr)
	return r
}

// newBoard is a rig after the set-up of a PC's BIOS: vectors 08h and 70h,
// nothing masked.
func newBoard(t *testing.T) *rig {
	r := newRig(t)
	r.run(`
		out 20h, 11h   ; ICW1: cascade, ICW4 follows
		out 21h, 08h   ; ICW2
		out 21h, 04h   ; ICW3: slave on input 2
		out 21h, 01h   ; ICW4: 8086
		out 0a0h, 11h
		out 0a1h, 70h
		out 0a1h, 02h
		out 0a1h, 01h`)
	return r
}

func (r *rig) run(script string) {
	r.t.Helper()
	devicetest.Run(r.t, r.Pair, &devicetest.Clock{}, script)
}

func (r *rig) raise(lines ...int) {
	for _, n := range lines {
		r.IRQ(n).Set(true)
	}
}

func (r *rig) lower(lines ...int) {
	for _, n := range lines {
		r.IRQ(n).Set(false)
	}
}

func (r *rig) pulse(lines ...int) {
	r.raise(lines...)
	r.lower(lines...)
}

// vectors acknowledges as long as there are requests.
func (r *rig) vectors(want ...int) {
	r.t.Helper()
	var got []int
	for r.intr.Level && len(got) < 20 {
		got = append(got, int(r.Acknowledge()))
	}
	assert.Equal(r.t, want, got)
}

// idle says that nothing is requested of the processor.
func (r *rig) idle() {
	r.t.Helper()
	assert.False(r.t, r.intr.Level, "INT")
	assert.Equal(r.t, r.intr.Level, r.INT())
}

// TestInitialization: "Initialization Command Words 1 and 2", effects a to f.
func TestInitialization(t *testing.T) {
	r := newRig(t)
	r.raise(3)
	r.run(`
		out 21h, 0ffh
		out 20h, 0bh   ; OCW3: read ISR
		out 20h, 68h   ; special mask mode
		out 20h, 0c2h  ; lowest priority to level 2
		out 20h, 11h   ; ICW1 undoes all this
		out 21h, 0afh  ; ICW2: the low bits do not count
		out 21h, 04h
		out 21h, 01h
		in  21h = 0    ; mask is clear
		in  20h = 0    ; and IRR is what is read; IR3 has no edge any more
		out 21h, 55h   ; OCW1
		in  21h = 55h
		out 21h, 0`)
	r.idle()
	r.lower(3)
	r.raise(3, 0)
	r.run("in 20h = 9")
	r.vectors(0xa8)
}

func TestInitializationWithoutICW3AndICW4(t *testing.T) {
	for _, c := range []struct {
		name, script string
		autoEOI      bool
	}{
		{"single without ICW4", "out 20h, 12h \n out 21h, 40h \n out 21h, 0", false},
		{"single with ICW4", "out 20h, 13h \n out 21h, 40h \n out 21h, 03h \n out 21h, 0", true},
		{"cascaded without ICW4", "out 20h, 10h \n out 21h, 40h \n out 21h, 04h \n out 21h, 0", false},
		{"cascaded with ICW4", "out 20h, 11h \n out 21h, 40h \n out 21h, 04h \n out 21h, 03h \n out 21h, 0", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.run(c.script)
			r.raise(5)
			r.vectors(0x45)
			assert.Equal(t, c.autoEOI, r.Master.isr == 0)
		})
	}
}

func TestSingleModeHasNoCascade(t *testing.T) {
	r := newBoard(t)
	r.run("out 20h, 13h \n out 21h, 08h \n out 21h, 01h")
	r.raise(9)
	r.vectors(0x0a)
}

// TestFullyNested: "Fully Nested Mode" and "End of Interrupt".
func TestFullyNested(t *testing.T) {
	r := newBoard(t)
	r.raise(6, 4, 1)
	r.vectors(0x09)
	r.run(`
		in  20h = 50h
		out 20h, 0bh
		in  20h = 02h
		out 20h, 20h   ; non-specific EOI
		in  20h = 0`)
	r.vectors(0x0c)
	r.raise(0) // a higher level interrupts
	r.vectors(0x08)
	r.run("in 20h = 11h \n out 20h, 20h \n in 20h = 10h \n out 20h, 20h")
	r.vectors(0x0e)
	r.run("out 20h, 20h \n out 20h, 20h \n in 20h = 0") // one too many does nothing
	r.idle()
}

func TestMask(t *testing.T) {
	r := newBoard(t)
	r.run("out 21h, 10h")
	r.raise(4)
	r.idle()
	r.run("in 20h = 10h \n out 21h, 0 ")
	assert.True(t, r.intr.Level, "the request was kept")
	r.run("out 21h, 0ffh")
	r.idle()
	r.run("out 21h, 0efh")
	r.vectors(0x0c)
}

// TestCascade: "Cascade Mode".
func TestCascade(t *testing.T) {
	r := newBoard(t)
	r.raise(12, 8, 14)
	r.run("in 20h = 4 \n in 0a0h = 51h")
	r.vectors(0x70)
	r.run(`
		out 20h, 0bh
		out 0a0h, 0bh
		in  20h = 4
		in  0a0h = 1
		out 0a0h, 20h`)
	r.idle() // the master still serves the slave
	r.run("out 20h, 20h")
	r.vectors(0x74)
	r.run("out 0a0h, 20h \n out 20h, 20h")
	r.vectors(0x76)
	r.raise(5) // lower than the slave on the master
	r.idle()
	r.run("out 0a0h, 20h \n out 20h, 20h")
	r.vectors(0x0d)
}

func TestCascadeWithAutoEOIOnSlave(t *testing.T) {
	r := newBoard(t)
	r.run("out 0a0h, 11h \n out 0a1h, 70h \n out 0a1h, 2 \n out 0a1h, 3")
	r.raise(8, 9)
	r.vectors(0x70)
	r.run("out 20h, 20h")
	r.vectors(0x71) // the slave's INT fell and rose again for the second request
	r.run("in 0a0h = 0")
}

// TestSpecialFullyNested: "The Special Fully Nested Mode".
func TestSpecialFullyNested(t *testing.T) {
	r := newBoard(t)
	r.raise(10)
	r.vectors(0x72)
	r.raise(8)
	r.idle() // fully nested: IR2 is in service, so IRQ8 waits although it is higher
	r.run("out 0a0h, 20h \n out 20h, 20h")
	r.vectors(0x70)

	r = newBoard(t)
	r.run("out 20h, 11h \n out 21h, 8 \n out 21h, 4 \n out 21h, 11h")
	r.raise(10)
	r.vectors(0x72)
	r.raise(8)
	r.vectors(0x70)
	r.raise(11) // lower than what the slave is serving
	r.raise(3)  // lower than the slave
	r.idle()
	r.run("out 0a0h, 20h \n out 0a0h, 20h \n out 20h, 20h")
	r.vectors(0x73)
}

// TestSpecificEOI: "Operation Control Word 2".
func TestSpecificEOI(t *testing.T) {
	r := newBoard(t)
	r.raise(5)
	r.vectors(0x0d)
	r.raise(3)
	r.vectors(0x0b)
	r.run(`
		out 20h, 0bh
		in  20h = 28h
		out 20h, 65h   ; specific EOI of level 5, not the highest
		in  20h = 08h
		out 20h, 40h   ; no operation
		in  20h = 08h
		out 20h, 63h
		in  20h = 0`)
}

// TestRotation: "Automatic Rotation" and "Specific Rotation".
func TestRotation(t *testing.T) {
	t.Run("on non-specific EOI", func(t *testing.T) {
		r := newBoard(t)
		r.raise(4, 6)
		r.vectors(0x0c)
		r.run("out 20h, 0a0h") // level 4 becomes the lowest, 5 the highest
		r.lower(4)
		r.raise(4, 3)
		r.vectors(0x0e)
		r.run("out 20h, 20h")
		r.vectors(0x0b)
		r.run("out 20h, 20h")
		r.vectors(0x0c)
	})
	t.Run("on non-specific EOI with nothing in service", func(t *testing.T) {
		r := newBoard(t)
		r.run("out 20h, 0a0h")
		r.raise(7, 0)
		r.vectors(0x08)
	})
	t.Run("on specific EOI", func(t *testing.T) {
		r := newBoard(t)
		r.raise(0)
		r.vectors(0x08)
		r.run("out 20h, 0e0h \n out 20h, 0bh \n in 20h = 0")
		r.lower(0)
		r.raise(0, 7)
		r.vectors(0x0f)
	})
	t.Run("set priority", func(t *testing.T) {
		r := newBoard(t)
		r.run("out 20h, 0c5h") // 5 is the lowest, 6 the highest
		r.raise(0, 5, 6)
		r.vectors(0x0e)
		r.run("out 20h, 20h")
		r.vectors(0x08)
		r.run("out 20h, 20h")
		r.vectors(0x0d)
	})
	t.Run("on automatic EOI", func(t *testing.T) {
		r := newBoard(t)
		r.run(`
			out 20h, 11h
			out 21h, 08h
			out 21h, 04h
			out 21h, 03h   ; automatic EOI
			out 20h, 80h   ; rotate with it`)
		r.raise(1, 3)
		r.vectors(0x09, 0x0b)
		r.lower(1, 3)
		r.raise(1, 3, 4)
		r.vectors(0x0c, 0x09, 0x0b)
		r.run("out 20h, 00h \n out 20h, 0c7h") // no rotation, 0 the highest again
		r.lower(1, 3)
		r.raise(1, 3)
		r.vectors(0x09, 0x0b)
		r.lower(1, 3)
		r.raise(1, 3)
		r.vectors(0x09, 0x0b)
	})
}

// TestSpecialMask: "Special Mask Mode".
func TestSpecialMask(t *testing.T) {
	r := newBoard(t)
	r.raise(4)
	r.vectors(0x0c)
	r.raise(6)
	r.idle()
	r.run(`
		out 21h, 10h   ; the handler of level 4 masks itself,
		out 20h, 68h`) // ESMM, SMM: and lets lower levels in
	r.vectors(0x0e)
	r.run(`
		out 20h, 0bh
		in  20h = 50h
		out 20h, 20h   ; non-specific EOI passes over what is masked
		in  20h = 10h
		out 20h, 20h
		in  20h = 10h
		out 20h, 20h
		out 20h, 08h   ; no ESMM: no change
		out 20h, 0bh`)
	r.raise(7)
	r.vectors(0x0f)
	r.run(`
		out 20h, 20h
		out 20h, 48h   ; normal mask mode
		out 20h, 20h   ; now level 4 can be ended
		in  20h = 0`)
}

// TestPoll: "Poll Command".
func TestPoll(t *testing.T) {
	r := newBoard(t)
	r.run("out 20h, 0ch \n in 20h = 0 \n in 20h = 0") // nothing to report; then IRR again
	r.raise(3, 5)
	r.run(`
		out 20h, 0ch
		in  20h = 83h  ; acknowledges level 3
		in  20h = 20h  ; IRR again
		out 20h, 0fh   ; poll goes before read ISR
		in  21h = 0    ; and works with A0 high; level 5 has to wait
		in  20h = 08h
		out 20h, 20h
		out 20h, 0ch
		in  20h = 85h`)
	r.idle()
	r.raise(15)
	r.run("out 0a0h, 0ch \n in 0a0h = 87h")
	r.run("out 20h, 0ah \n in 20h = 0") // the slave's INT went away
}

// TestDefaultInterrupt: "Edge and Level Triggered Modes", default IR7.
func TestDefaultInterrupt(t *testing.T) {
	r := newBoard(t)
	r.pulse(3)
	r.idle()
	assert.EqualValues(t, 0x0f, r.Acknowledge(), "a request that went away is taken for IRQ7")
	r.run("out 20h, 0bh \n in 20h = 0")

	// The slave's request goes away after the master has accepted it.
	r.raise(9)
	r.Slave.irr = 0
	assert.EqualValues(t, 0x77, r.Acknowledge())
	r.run("in 20h = 4 \n out 0a0h, 0bh \n in 0a0h = 0")
}

func TestEdgeTriggered(t *testing.T) {
	r := newBoard(t)
	r.raise(4)
	r.vectors(0x0c)
	r.run("out 20h, 20h")
	r.idle()
	r.raise(4) // still high: no new request
	r.idle()
	r.lower(4)
	r.raise(4)
	r.vectors(0x0c)
}

func TestLevelTriggered(t *testing.T) {
	r := newBoard(t)
	r.run(`
		out 4d0h, 0ffh
		in  4d0h = 0f8h ; timer, keyboard and cascade stay as they are
		out 4d1h, 0ffh
		in  4d1h = 0deh ; so do clock and coprocessor
		out 4d0h, 20h`)
	r.raise(5)
	r.vectors(0x0d)
	r.run("in 20h = 20h \n out 20h, 20h")
	r.vectors(0x0d) // again while the line is high
	r.lower(5)
	r.run("in 20h = 0 \n out 20h, 20h")
	r.idle()
	r.raise(5)
	r.run("out 20h, 11h \n out 21h, 8 \n out 21h, 4 \n out 21h, 1 \n in 4d0h = 20h")
	r.vectors(0x0d) // a level outlasts ICW1
}

func TestELCRSeesTheLine(t *testing.T) {
	r := newBoard(t)
	r.raise(11)
	r.vectors(0x73)
	r.run("out 0a0h, 20h \n out 20h, 20h")
	r.idle()
	r.run("out 4d1h, 08h")
	r.vectors(0x73)
}

func TestIRQ2IsIRQ9(t *testing.T) {
	r := newBoard(t)
	r.raise(2)
	r.vectors(0x71)
}

func TestReset(t *testing.T) {
	r := newBoard(t)
	r.run("out 4d0h, 0f8h \n out 21h, 55h")
	r.raise(1, 12)
	r.Pair.Reset()
	r.idle()
	assert.Equal(t, *newRig(t).Slave, PIC{intr: newRig(t).Slave.intr, levels: slaveLevels}, "all zero")
	r.run("in 20h = 0 \n in 21h = 0 \n in 0a0h = 0 \n in 4d0h = 0")
}

func TestOtherPorts(t *testing.T) {
	r := newBoard(t)
	r.run("out 22h, 0ffh \n in 22h = 0ffh")
}
