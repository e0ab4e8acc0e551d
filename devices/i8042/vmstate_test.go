package i8042

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

const captures = "../../testdata/qemu"

var controllerSubject = vmstatetest.Subject[Controller]{
	Description: &controllerSection,
	New:         func() *Controller { return newBench().Controller },
	States: map[string]func(*Controller){
		"command waits": func(c *Controller) { c.execute(writeMode) },
		"A20 closed":    func(c *Controller) { c.execute(closeA20) },
		"reply":         func(c *Controller) { c.execute(selfTest) },
		"mouse reply":   func(c *Controller) { c.execute(fakeMouse); c.write(1) },
		"scan code":     func(c *Controller) { c.Keyboard.Key(KeyA, true) },
		"between codes": func(c *Controller) { c.Keyboard.Key(KeyUp, true); c.read() },
	},
}

var keyboardSubject = vmstatetest.Subject[Keyboard]{
	Description: &keyboardState,
	New:         func() *Keyboard { return newBench().Keyboard },
	States: map[string]func(*Keyboard){
		"LEDs":           func(k *Keyboard) { k.write(kbdSetLEDs); k.write(2) },
		"operand awaits": func(k *Keyboard) { k.write(kbdRate) },
		"reply":          func(k *Keyboard) { k.Key(KeyA, true); k.write(kbdID); k.take() },
		"full":           func(k *Keyboard) { press(k, 16); k.write(kbdID) },
		"held":           func(k *Keyboard) { k.Key(KeyShift, true); k.Key(KeyAcBookmarks, true) },
		"break prefix":   func(k *Keyboard) { k.translate = true; k.sendCode(breakPrefix) },
		"rate":           func(k *Keyboard) { k.write(kbdRate); k.write(0) },
		"types":          func(k *Keyboard) { k.write(kbdAllBoth) },
		"set 3":          func(k *Keyboard) { k.write(kbdScanCodeSet); k.write(3) },
		"disabled":       func(k *Keyboard) { k.write(kbdDisable) },
	},
}

var mouseSubject = vmstatetest.Subject[Mouse]{
	Description: &mouseState,
	New:         func() *Mouse { return newBench().Mouse },
	States: map[string]func(*Mouse){
		"moved":          func(m *Mouse) { m.write(mouseEnable); m.Move(1, 2, 0) },
		"button pressed": func(m *Mouse) { m.write(mouseEnable); m.Press(Left | Extra) },
		"packet":         func(m *Mouse) { m.write(mouseEnable); m.Move(1000, 2, 0); m.output.clear(); m.sampled() },
		"explorer":       func(m *Mouse) { m.kind = explorer; m.write(mouseRemote); m.Move(1, 2, 3) },
		"wrap":           func(m *Mouse) { m.write(mouseWrap) },
		"detecting":      func(m *Mouse) { m.write(mouseRate); m.write(200); m.write(mouseRate) },
	},
}

func press(k *Keyboard, n Key) {
	for key := range n {
		k.Key(key, true)
	}
}

func TestControllerState(t *testing.T) { vmstatetest.Run(t, controllerSubject) }
func TestKeyboardState(t *testing.T)   { vmstatetest.Run(t, keyboardSubject) }
func TestMouseState(t *testing.T)      { vmstatetest.Run(t, mouseSubject) }

func FuzzControllerState(f *testing.F) { vmstatetest.Fuzz(f, controllerSubject) }
func FuzzKeyboardState(f *testing.F)   { vmstatetest.Fuzz(f, keyboardSubject) }
func FuzzMouseState(f *testing.F)      { vmstatetest.Fuzz(f, mouseSubject) }

func TestStateConforms(t *testing.T) {
	for i := range newBench().Sections() {
		vmstatetest.Conforms(t, captures, func() *vmstate.Section { return newBench().Sections()[i] })
	}
}

func TestLoadWithoutExtendedState(t *testing.T) {
	for _, c := range []struct {
		name            string
		status, pending uint8
		wantSource      uint32
		wantPending     uint8
	}{
		{"nothing", 0x18, 0, 0, 0},
		{"keyboard", 0x19, 0x01, fromKeyboard, pendingKeyboard},
		{"mouse", 0x39, 0x02, fromMouse, pendingMouse},
		{"both", 0x19, 0x03, fromKeyboard, pendingKeyboard | pendingMouse},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newBench().Controller
			require.NoError(t, controllerSection.Unmarshal([]byte{0, c.status, 3, c.pending}, k, 3))
			assert.Equal(t, c.wantSource, k.source)
			assert.Equal(t, c.wantPending, k.pending)
			assert.EqualValues(t, outDefault, k.out&^outBuffer)
		})
	}
}

func TestLoadFromQEMUBetweenScanCodes(t *testing.T) {
	b := newBench()
	b.run(t, `
		press up
		in 60h = e0h`)
	body, err := controllerSection.Marshal(b.Controller)
	require.NoError(t, err)
	flags := body[len(body)-10 : len(body)-6]
	assert.Equal(t, []byte{0x00, 0x1e, 0x84, 0x81}, flags, "a million nanoseconds, and pausing")
	copy(flags, []byte{0, 0, 0, 1})
	require.NoError(t, controllerSection.Unmarshal(body, b.Controller, 3))
	b.run(t, `
		in 64h = 18h
		wait 0
		in 60h = 75h`)
}

func TestLoadVersion2HasSet2(t *testing.T) {
	k := newBench().Keyboard
	body, err := keyboardState.Marshal(k)
	require.NoError(t, err)
	k.set = 3
	require.NoError(t, keyboardState.Unmarshal(body[:len(body)-4], k, 2))
	assert.EqualValues(t, 2, k.set)
}

func TestLoadBringsValuesIntoRange(t *testing.T) {
	k := newBench().Keyboard
	k.Key(KeyA, true)
	k.set, k.last = 9, keyCount
	k.output.read, k.output.write, k.output.count = 1000, -5, 99
	k.replyEnd = 1020
	body, err := keyboardState.Marshal(k)
	require.NoError(t, err)
	require.NoError(t, keyboardState.Unmarshal(body, k, 3))
	assert.EqualValues(t, 2, k.set)
	assert.Zero(t, k.last)
	assert.EqualValues(t, -1, k.repeat.Expiry())
	assert.EqualValues(t, 1000%256, k.output.read)
	assert.EqualValues(t, 8+16, k.output.count)
	assert.EqualValues(t, 0, k.output.write)
	assert.EqualValues(t, 8, k.replies())
}

// FuzzPorts plays random guests and users, and compares the devices with some
// that are replaced by loaded copies of themselves now and then.
func FuzzPorts(f *testing.F) {
	f.Add([]byte("\x01\x60\x00\x47\x00\xf4\x02\x00\x04\x1c\x05\x1c\x08\x01\x02\x00"))
	f.Add([]byte("\x01\xd4\x00\xf4\x06\x11\x09\x05\x07\x01\x09\xff\x02\x00\x02\x00"))
	f.Add([]byte("\x00\xf0\x00\x03\x00\xfc\x00\x1c\x04\x10\x05\x10\x0a\xff\x02\x00"))
	f.Fuzz(func(t *testing.T, moves []byte) {
		a, b := newBench(), newBench()
		var seenByA, seenByB []byte
		for ; len(moves) >= 2; moves = moves[2:] {
			seenByA = append(seenByA, a.move(moves[0], moves[1]))
			seenByB = append(seenByB, b.move(moves[0], moves[1]))
			if moves[0] >= 0x80 {
				b.reload(t)
			}
		}
		b.reload(t)
		require.Equal(t, seenByA, seenByB)
		require.Equal(t, a.saved(t), b.saved(t))
		require.Equal(t, a.irq1.Level, b.irq1.Level)
		require.Equal(t, a.irq12.Level, b.irq12.Level)
	})
}

// FuzzLoaded does anything to the devices after a load of anything.
func FuzzLoaded(f *testing.F) {
	devicetest.FuzzLoaded(f, func() ([]*vmstate.Section, func(what, value uint8)) {
		b := newBench()
		return b.Sections(), func(what, value uint8) { b.move(what, value) }
	})
}

// move is one thing that happens; a byte that the guest reads is returned.
func (b *bench) move(what, v byte) byte {
	switch what % 11 {
	case 0:
		b.Out(PortData, 1, uint32(v))
	case 1:
		b.Out(PortCommand, 1, uint32(v))
	case 2:
		return byte(b.In(PortData, 1))
	case 3:
		return byte(b.In(PortCommand, 1))
	case 4, 5:
		b.Keyboard.Key(Key(v), what%2 == 0)
	case 6:
		b.Mouse.Move(int(int8(v)), int(int8(v<<4)), int(v&7)-3)
	case 7:
		b.Mouse.Press(Buttons(v))
	case 8:
		b.Mouse.Release(Buttons(v))
	case 9:
		b.clock.Advance(int64(v) << 16)
	default:
		b.clock.Advance(int64(v) << 22)
	}
	return 0
}

func (b *bench) saved(t *testing.T) []byte {
	var e vmstate.Encoder
	for _, s := range b.Sections() {
		require.NoError(t, s.Save(&e))
	}
	return e.Bytes()
}

// reload replaces the devices by new ones with the same state. The lines are
// not theirs.
func (b *bench) reload(t *testing.T) {
	old := b.Controller
	irq1, irq12 := b.irq1, b.irq12
	b.Controller = b.make()
	for i, to := range b.Sections() {
		var e vmstate.Encoder
		from := old.Sections()[i]
		require.NoError(t, from.Save(&e))
		require.NoError(t, to.Unmarshal(e.Bytes(), from.Version()))
	}
	b.irq1, b.irq12 = irq1, irq12
	old.pause.SetExpiry(-1)
	old.Keyboard.repeat.SetExpiry(-1)
	old.Mouse.sample.SetExpiry(-1)
}

// A loaded controller may say that a byte is there which the keyboard lacks.
func TestByteThatIsNotThere(t *testing.T) {
	b := newBench()
	b.run(t, `
		press a
		in 60h = 1ch`)
	b.status |= statusFull
	b.source = fromKeyboard
	b.run(t, `
		in 60h = 1ch
		in 64h = 18h`)
}

func TestResetState(t *testing.T) {
	port := append([]byte{ /* write_cmd */ 0xff, 0xff, 0xff, 0xff}, make([]byte, 3*4+ringSize)...) // and an empty queue
	want := map[string][]byte{
		"ps2kbd": append(port,
			/* scan_enabled */ 0, 0, 0, 1,
			/* translate */ 0, 0, 0, 0,
			/* scancode_set */ 0, 0, 0, 2),
		"ps2mouse": append(port, make([]byte, 6+3*4+1)...),
		"pckbd": append([]byte{
			/* write_cmd */ 0x00,
			/* status */ 0x18,
			/* mode */ 0x03,
			/* pending_tmp */ 0x00,
			/* subsection */ 5, 20}, "pckbd/extended_state\x00\x00\x00\x00"+
			/* migration_flags */ "\x00\x00\x00\x00"+
			/* obsrc */ "\x00\x00\x00\x00"+
			/* obdata */ "\x00"+
			/* cbdata */ "\x00"...),
	}
	for _, s := range newBench().Sections() {
		var e vmstate.Encoder
		require.NoError(t, s.Save(&e))
		assert.Equal(t, want[s.Name], e.Bytes(), s.Name)
	}
}
