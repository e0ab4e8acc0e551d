package machine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/i8042"
)

// interruptible is a guest that sleeps, with one interrupt let through whose
// handler stores what it reads from a port at 500h and counts at 502h.
func interruptible(t *testing.T, irq int, read string) *guest {
	t.Helper()
	g := bare(t, Config{}, sleep)
	g.initPIC(1 << irq)
	g.vector(8+irq, 0x600)
	g.write(0x600, assembled(t, read+`
		a2 00 05     MOV [0500h],AL
		fe 06 02 05  INC BYTE [0502h]
		b0 20 e6 20  MOV AL,20h; OUT 20h,AL
		cf           IRET`)...)
	return g
}

func TestKeyInterruptsTheGuest(t *testing.T) {
	g := interruptible(t, 1, "e4 60  IN AL,60h")
	g.out(0x64, 0x60)
	g.out(0x60, 0x41) // translation and the interrupt
	g.pass(1)
	assert.Equal(t, []byte{0, 0, 0}, g.read(0x500, 3))
	g.Key(i8042.KeyA, true)
	g.pass(1)
	assert.Equal(t, []byte{0x1e, 0, 1}, g.read(0x500, 3))
	g.Key(i8042.KeyA, false)
	g.pass(1)
	assert.Equal(t, []byte{0x9e, 0, 2}, g.read(0x500, 3))
}

func TestKeyWaitsAtPort60(t *testing.T) {
	g := idle(t, Config{})
	g.initPIC(0)
	g.out(0x64, 0x60)
	g.out(0x60, 0x41)
	const irq1, full = 1 << 1, 0x01
	assert.Zero(t, g.requests()&irq1)
	assert.Zero(t, g.in(0x64)&full)
	g.Key(i8042.KeyA, true)
	g.pass(1)
	assert.NotZero(t, g.requests()&irq1)
	assert.NotZero(t, g.in(0x64)&full)
	assert.EqualValues(t, 0x1e, g.in(0x60))
	assert.Zero(t, g.in(0x64)&full)
}

func TestKeysBeyondTheBufferWait(t *testing.T) {
	g := idle(t, Config{})
	g.out(0x64, 0x60)
	g.out(0x60, 0x41)
	const presses = 40
	for range presses {
		g.Key(i8042.KeyA, true)
		g.Key(i8042.KeyA, false)
	}
	assert.True(t, g.Waiting())
	var got []byte
	for len(got) < 2*presses {
		g.until(1000, "scan code", func() bool { return g.in(0x64)&1 != 0 })
		got = append(got, g.in(0x60))
	}
	for i := range presses {
		require.Equal(t, []byte{0x1e, 0x9e}, got[2*i:2*i+2])
	}
	assert.False(t, g.Waiting())
}

func TestSerialInterruptsTheGuest(t *testing.T) {
	g := interruptible(t, 4, "ba f8 03 ec  MOV DX,3F8h; IN AL,DX")
	g.out(0x3fc, 0x08) // OUT2 lets the interrupt through
	g.out(0x3f9, 0x01) // received data
	g.pass(1)
	require.NoError(t, g.Serial(0, []byte("ab")))
	g.pass(100)
	assert.Equal(t, []byte{'b', 0, 2}, g.read(0x500, 3))
	assert.False(t, g.Waiting())
}

func TestSerialWaitsInTheReceiver(t *testing.T) {
	for port, base := range []uint16{0x3f8, 0x2f8} {
		g := idle(t, Config{})
		require.NoError(t, g.Serial(port, []byte("x")))
		assert.EqualValues(t, 0x01, g.in(base+5)&0x01, "data ready")
		assert.EqualValues(t, 'x', g.in(base))
		assert.Zero(t, g.in(base+5)&0x01)
	}
}

func TestNMIInterruptsTheGuest(t *testing.T) {
	g := bare(t, Config{}, "fa eb fe  CLI; JMP $")
	g.vector(2, 0x600)
	g.write(0x600, assembled(t, `
		fe 06 00 05  INC BYTE [0500h]
		cf           IRET`)...)
	g.pass(1)
	require.NoError(t, g.Do(NMIAction{}))
	g.pass(1)
	assert.Equal(t, []byte{1}, g.read(0x500, 1))
	require.NoError(t, g.Do(NMIAction{}))
	g.pass(1)
	assert.Equal(t, []byte{2}, g.read(0x500, 1))
}

func TestInputWithoutItsDevice(t *testing.T) {
	g := idle(t, Config{})
	for want, a := range map[string]Action{
		"there is no COM3":              SerialAction{2, []byte("x")},
		"there is no COM0":              SerialAction{-1, []byte("x")},
		"there is no floppy drive 1":    FloppyAction{1, nil},
		"there is no floppy drive -1":   FloppyAction{-1, nil},
		"drive 2 is not a CD-ROM drive": CDAction{Drive: 2},
		"drive 4 is not a CD-ROM drive": CDAction{Drive: 4},
	} {
		assert.EqualError(t, g.Do(a), want)
	}
}
