package vga

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

// lent is video memory for devices that are tested for their registers alone.
var lent = make([]byte, 1<<20)

func newVGA() *VGA { return New(&devicetest.Clock{}, lent) }

var subject = vmstatetest.Subject[VGA]{
	Description: &state,
	New:         newVGA,
	States: map[string]func(*VGA){
		"text": func(v *VGA) { on(v).textScreen(text80, 16) },
		"a colour half read and an attribute half written": func(v *VGA) {
			on(v).set(chained320x200)
			on(v).run("out 3c7h, 12h \n in 3c9h \n in 3c9h \n in 3dah \n out 3c0h, 05h")
		},
		"a colour half written and latches full": func(v *VGA) {
			on(v).set(planar640x480)
			on(v).run("out 3c8h, 12h \n out 3c9h, 3fh \n write 0a0000h, 55h \n read 0a0000h = 55h")
		},
		"VBE":      func(v *VGA) { on(v).linear(800, 600, 16); on(v).run("vbe 09h, 03h \n vbe 05h, 02h") },
		"PEL mask": func(v *VGA) { on(v).run("out 3c6h, 0fh") },
	},
}

func on(v *VGA) *guest { return &guest{t: &testing.T{}, clock: v.clock.(*devicetest.Clock), VGA: v} }

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }

func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestStateHasQEMUsLayout(t *testing.T) {
	body, err := state.Marshal(newVGA())
	require.NoError(t, err)
	assert.Len(t, body, 1131)

	f, err := os.Open("../../testdata/qemu/isapc-dump-vmstate.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	dump, err := vmstate.ReadSchema(text)
	require.NoError(t, err)
	type field struct {
		name string
		size int
	}
	list := func(s *vmstate.SchemaStruct) (all []field) {
		for _, f := range s.Fields {
			all = append(all, field{f.Name, f.Size})
		}
		return all
	}
	theirs := dump.Types["isa-vga"]
	ours := newVGA().Section()
	assert.Equal(t, theirs.Description.Name, ours.Name)
	assert.Equal(t, theirs.Version, ours.Version())
	assert.Equal(t, list(theirs.Description), list(ours.Schema()))
}

func TestStateWithAnImpossibleDACIsRefused(t *testing.T) {
	v := newVGA()
	v.dac.part = 3
	body, err := state.Marshal(v)
	require.NoError(t, err)
	assert.ErrorContains(t, newVGA().Section().Unmarshal(body, 2), "dac_sub_index 3: a colour has 3 parts")
}

func TestLoadedPictureIsTheSavedOne(t *testing.T) {
	saved := newGuest(t)
	saved.textScreen(text80, 16)
	body, err := state.Marshal(saved.VGA)
	require.NoError(t, err)

	other := newGuest(t)
	other.draw(chained320x200, 320, 200, 256, other.chained)
	other.Frame()
	remapped := false
	other.NotifyRemap(func() { remapped = true })
	require.NoError(t, other.Section().Unmarshal(body, 2))
	copy(other.vram, saved.vram)

	assert.True(t, remapped)
	assert.Equal(t, saved.Text().String(), other.Text().String())
	assert.True(t, bytes.Equal(saved.Frame().Pix, other.Frame().Pix))
	assert.Equal(t, saved.Frame().Palette, other.Frame().Palette)
}
