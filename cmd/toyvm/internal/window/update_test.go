package window

import (
	"image"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/session"
	"toyvm/devices/i8042"
	"toyvm/machine"
)

func TestKeysReachTheGuest(t *testing.T) {
	b := newBench(t)
	b.run(3e9)
	b.hold(i8042.KeyShift, i8042.KeyH)
	b.run(50e6)
	b.hold(i8042.KeyShift)
	b.tap(i8042.KeyI)
	assert.Equal(t, []machine.Action{down(i8042.KeyShift), down(i8042.KeyH), up(i8042.KeyH),
		up(i8042.KeyShift), down(i8042.KeyI), up(i8042.KeyI)}, b.given())
	b.run(300e6)
	assert.Contains(t, b.machine.Text().String(), "> Hi")
}

func TestNoKeyStaysDownWhenTheFocusGoes(t *testing.T) {
	b := newBench(t)
	b.hold(i8042.KeyAlt, i8042.KeyTab)
	b.given()
	b.input(Input{Keys: []i8042.Key{i8042.KeyAlt, i8042.KeyTab}})
	assert.ElementsMatch(t, []machine.Action{up(i8042.KeyAlt), up(i8042.KeyTab)}, b.given())
	b.hold()
	assert.Empty(t, b.given())
}

func TestNoKeyStaysDownWhenTheMenuOpens(t *testing.T) {
	b := newBench(t)
	b.hold(i8042.KeyA, i8042.KeyF12)
	assert.Equal(t, []machine.Action{down(i8042.KeyA), up(i8042.KeyA)}, b.given())
	require.NotNil(t, b.window.Overlay().Image)
	b.tap(i8042.KeyEsc)
	b.hold()
	assert.Nil(t, b.window.Overlay().Image)
	assert.Empty(t, b.given(), "Esc is not the guest's")
}

func TestTwiceTheMenuKeyIsTheGuests(t *testing.T) {
	b := newBench(t)
	b.tap(i8042.KeyF12)
	assert.Empty(t, b.given())
	b.tap(i8042.KeyF12)
	assert.Equal(t, []machine.Action{down(i8042.KeyF12), up(i8042.KeyF12)}, b.given())
	assert.Nil(t, b.window.Overlay().Image)
}

func TestShortcuts(t *testing.T) {
	b := newBench(t)
	assert.Equal(t, "toyvm: F12 for the menu", b.window.title())
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyP)
	assert.Equal(t, "toyvm (paused): F12 for the menu", b.look.Title)
	assert.True(t, b.machine.Paused())
	for _, a := range b.given() {
		assert.NotEqual(t, i8042.KeyP, a.(machine.KeyAction).Key, "the letter is not the guest's")
	}
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyP)
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyT)
	assert.Equal(t, "toyvm (turbo): F12 for the menu", b.look.Title)
	assert.False(t, b.machine.Paused())
	assert.True(t, b.session.Turbo)
	b.machine.SetPaused(true) // as the monitor's stop does
	b.hold()
	assert.Equal(t, "toyvm (paused) (turbo): F12 for the menu", b.look.Title)
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyF)
	assert.True(t, b.look.FullScreen)
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyF)
	assert.False(t, b.look.FullScreen)

	b.given()
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyDelete)
	b.tap(i8042.KeyCtrl, i8042.KeyAltR, i8042.KeyP)
	assert.Contains(t, b.inputs, down(i8042.KeyDelete), "what is no shortcut is the guest's")
	assert.Contains(t, b.inputs, down(i8042.KeyP), "with AltGr it is a character")
}

func TestMenuActsOnTheMachine(t *testing.T) {
	b := newBench(t)
	b.run(3e9)
	b.tap(i8042.KeyF12)
	b.tap(i8042.KeyD)
	assert.Equal(t, []machine.Action{
		down(i8042.KeyCtrl), down(i8042.KeyAlt), down(i8042.KeyDelete),
		up(i8042.KeyDelete), up(i8042.KeyAlt), up(i8042.KeyCtrl),
	}, b.given())
	b.tap(i8042.KeyF12)
	b.tap(i8042.KeyR)
	assert.Equal(t, []machine.Action{machine.ResetAction{}}, b.given())

	b.window.Update(Input{Time: b.now, Closing: true})
	_, err := b.window.Refresh(b.now)
	assert.Equal(t, session.ErrQuit, err)
}

func TestMouseIsGrabbedByAClick(t *testing.T) {
	b := newBench(t)
	at := func(x, y int, held i8042.Buttons, wheel float64) {
		b.input(Input{Focused: true, Pointer: image.Pt(x, y), Buttons: held, Wheel: wheel})
	}
	// Each input is seen twice, the second time without a move.
	at(10, 10, 0, 0)
	at(20, 10, i8042.Left, 0)
	assert.True(t, b.look.Grabbed)
	assert.Equal(t, "toyvm: Ctrl+Alt takes the mouse back", b.look.Title)
	at(20, 10, 0, 0)
	b.given()
	at(25, 7, 0, 0)
	at(25, 7, i8042.Right|i8042.Middle, 0)
	at(25, 7, i8042.Middle, 0)
	b.run(1e6)
	assert.Equal(t, []machine.Action{
		machine.MouseAction{DX: 5, DY: -3},
		machine.MouseAction{Press: i8042.Right | i8042.Middle},
		machine.MouseAction{Release: i8042.Right},
	}, b.given())

	b.input(Input{Focused: true, Pointer: image.Pt(25, 7), Buttons: i8042.Middle, Keys: []i8042.Key{i8042.KeyCtrl, i8042.KeyAlt}})
	assert.True(t, b.look.Grabbed, "Ctrl+Alt may become more than that")
	at(25, 7, i8042.Middle, 0)
	assert.False(t, b.look.Grabbed)
	b.run(1e6)
	assert.Contains(t, b.given(), machine.MouseAction{Release: i8042.Middle})
	at(50, 50, 0, 0)
	at(60, 60, i8042.Left, 0)
	assert.True(t, b.look.Grabbed)
	b.run(1e6)
	assert.Empty(t, b.given(), "where the pointer was before is not where the mouse comes from")
}

func TestCtrlAltWithAnotherKeyKeepsTheMouse(t *testing.T) {
	b := newBench(t)
	b.input(Input{Focused: true, Buttons: i8042.Left})
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyDelete)
	assert.True(t, b.look.Grabbed)
	b.tap(i8042.KeyCtrl, i8042.KeyAlt, i8042.KeyG)
	assert.False(t, b.look.Grabbed)
	b.input(Input{Focused: true, Buttons: i8042.Left})
	require.True(t, b.look.Grabbed)
	b.input(Input{})
	assert.False(t, b.look.Grabbed, "the focus is gone")
}

func TestTheWheelTurnsByWholeSteps(t *testing.T) {
	var m mouse
	var turned int
	for range 10 {
		turned += m.follow(&Input{Wheel: 0.25}).Wheel
	}
	assert.Equal(t, -2, turned, "away from the user is negative")
}

func TestARunWithAWindowIsTheRunWithout(t *testing.T) {
	alone, shown := newBench(t), newBench(t)
	alone.session.Display = nil
	alone.run(3e9)
	for range 30 {
		shown.run(100e6)
		shown.tap(i8042.KeyF12)
		shown.tap(i8042.KeyEsc)
		shown.window.speaker.Read(make([]byte, 4096))
	}
	alone.run(1e6)
	shown.run(1e6)
	want, err := alone.machine.Hash()
	require.NoError(t, err)
	got, err := shown.machine.Hash()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}
