package migration

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
	"toyvm/vmstate"
)

// captured is the machine in a capture.
func captured(t *testing.T, name string) (*Machine, *Stream) {
	t.Helper()
	s, err := Parse(capture(t, name))
	require.NoError(t, err)
	m := &Machine{Name: s.Machine, Devices: s.Devices}
	for _, b := range s.Blocks {
		m.Memory = append(m.Memory, s.Contents(b))
	}
	return m, s
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, name := range []string{"min-halt", "irq", "misc", "paging-live", "x87ide"} {
		t.Run(name, func(t *testing.T) {
			m, before := captured(t, name)
			var written bytes.Buffer
			require.NoError(t, m.Write(&written))
			after, err := Parse(written.Bytes())
			require.NoError(t, err)
			assert.Equal(t, before.Machine, after.Machine)
			assert.Equal(t, before.Blocks, after.Blocks)
			for i, d := range after.Devices {
				assert.Empty(t, vmstate.Diff(before.Devices[i], d))
				assert.Equal(t, before.Bodies[i].Data, after.Bodies[i].Data)
			}
			assert.Equal(t, before.JSON, bytes.TrimRight(after.JSON, " "))
			for i, b := range m.Memory {
				assert.True(t, bytes.Equal(b.Bytes(), after.Contents(after.Blocks[i]).Bytes()), b.Name)
			}
		})
	}
}

// The bytes of an empty machine and of one with two pages.
func TestWriteBytes(t *testing.T) {
	var written bytes.Buffer
	ones := snapshot.Page(bytes.Repeat([]byte{1}, pageSize))
	m := Machine{Name: "isapc", Memory: []snapshot.Memory{{Name: "pc.ram", Pages: []*snapshot.Page{nil, &ones}}}}
	require.NoError(t, m.Write(&written))
	want := "QEVM\x00\x00\x00\x03" + "\x07\x00\x00\x00\x05isapc" +
		"\x01\x00\x00\x00\x01\x03ram\x00\x00\x00\x00\x00\x00\x00\x04" + // START of section 1, instance 0, version 4
		"\x00\x00\x00\x00\x00\x00\x20\x04" + "\x06pc.ram" + "\x00\x00\x00\x00\x00\x00\x20\x00" + "\x00\x00\x00\x00\x00\x00\x00\x10" + "\x7e\x00\x00\x00\x01" +
		"\x02\x00\x00\x00\x01" +
		"\x00\x00\x00\x00\x00\x00\x00\x02" + "\x06pc.ram" + "\x00" + // page 0: zeros
		"\x00\x00\x00\x00\x00\x00\x10\x28" + strings.Repeat("\x01", pageSize) + // page 1, of the same block
		"\x00\x00\x00\x00\x00\x00\x00\x10" + "\x7e\x00\x00\x00\x01" +
		"\x03\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x00\x00\x10" + "\x7e\x00\x00\x00\x01" +
		"\x00" + "\x06\x00\x00\x00\x22" + `{"page_size": 4096, "devices": []}`
	assert.Equal(t, want, written.String())
}

// QEMU's script for streams would take a { in the length for the text.
func TestLengthOfTheDescriptionHasNoBrace(t *testing.T) {
	const empty = len(`{"page_size": 4096, "devices": [{"name": "", "instance_id": 0, "vmsd_name": "", "version": 0, "fields": []}]}`)
	d := &vmstate.Node{Name: strings.Repeat("n", '{'-empty%256)}
	var written bytes.Buffer
	m := Machine{Devices: []*vmstate.Node{d}}
	require.NoError(t, m.Write(&written))
	i := bytes.LastIndex(written.Bytes(), []byte("\x06\x00\x00\x00"))
	assert.Equal(t, byte('{'+1), written.Bytes()[i+4])
	assert.True(t, json.Valid(written.Bytes()[i+5:]))
}

type fullDisk struct{ left int }

var errFull = errors.New("no space left on device")

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteErrorsArePassedOn(t *testing.T) {
	m, _ := captured(t, "irq")
	for _, room := range []int{0, 100, 10_000, 40_000} {
		assert.ErrorIs(t, m.Write(&fullDisk{room}), errFull, "after %d bytes", room)
	}
	assert.ErrorContains(t, (&Machine{Memory: []snapshot.Memory{{Name: strings.Repeat("x", 256)}}}).Write(new(bytes.Buffer)),
		"its name has 256 characters, more than the 255 that fit")
	assert.ErrorContains(t, (&Machine{Devices: []*vmstate.Node{{Name: strings.Repeat("x", 256)}}}).Write(new(bytes.Buffer)),
		"its name has 256 characters, more than the 255 that fit")
}

func TestPagesOutsideOfTheirBlockAreRefused(t *testing.T) {
	m := Machine{Memory: []snapshot.Memory{{Name: "pc.ram", Pages: make([]*snapshot.Page, 2)}}}
	var written bytes.Buffer
	require.NoError(t, m.Write(&written))
	for old, changed := range map[string]string{
		"\x10\x22\x00":                     "\x20\x22\x00", // the second page is the third
		"\x02\x06pc.ram":                   "\x02\x06pc.rom",
		"\x00\x00\x00\x00\x00\x00\x00\x02": "\xff\xff\xff\xff\xff\xff\xf0\x02", // a page before the first
	} {
		data := bytes.Replace(written.Bytes(), []byte(old), []byte(changed), 1)
		require.NotEqual(t, written.Bytes(), data)
		_, err := Parse(data)
		assert.ErrorContains(t, err, "which is not in the list of blocks or ends before")
	}
}

func TestQEMUGetsWhatItKnows(t *testing.T) {
	m, _ := captured(t, "x87ide")
	m.Devices = append(m.Devices, &vmstate.Node{Name: "toyvm/clock"}, &vmstate.Node{Name: "vga"},
		&vmstate.Node{Name: "i8042", Children: []*vmstate.Node{
			{Kind: vmstate.KindSubsection, Name: "i8042/poll", Description: "i8042/poll"},
			{Kind: vmstate.KindSubsection, Name: "i8042/toyvm_held", Description: "i8042/toyvm_held"}}})
	rtc := (&Stream{Devices: m.Devices}).Lookup("mc146818rtc")
	updated := rtc.Child("last_update").Value().(uint64)
	require.Equal(t, int64(-1), rtc.Child("periodic_timer").Value())

	require.NoError(t, QEMU{Serial: 1, RTCShift: 1000}.Adapt(m))
	kept := &Stream{Devices: m.Devices}
	assert.NotNil(t, kept.Lookup("isa-ide"))
	assert.Nil(t, kept.Lookup("isa-ide[1]"), "QEMU would load it into the first")
	assert.Nil(t, kept.Lookup("toyvm/clock"))
	assert.Nil(t, kept.Lookup("vga"))
	assert.NotNil(t, kept.Lookup("i8042.i8042/poll"))
	assert.Nil(t, kept.Lookup("i8042.i8042/toyvm_held"))
	assert.Equal(t, updated+1000, kept.Lookup("mc146818rtc.last_update").Value())
	assert.Equal(t, int64(-1), kept.Lookup("mc146818rtc.periodic_timer").Value(), "it stays unarmed")

	var names []string
	for _, d := range m.Private {
		names = append(names, d.Name)
	}
	assert.Equal(t, []string{"mc146818rtc", "isa-ide", "isa-ide", "toyvm/clock", "vga", "i8042"}, names, "in place of what was changed or left out")
	assert.Equal(t, updated, m.Private[0].Child("last_update").Value())

	var written bytes.Buffer
	require.NoError(t, m.Write(&written))
	s, err := Parse(written.Bytes())
	require.NoError(t, err)
	assert.Len(t, s.Private, len(names))
	assert.Equal(t, "vga", s.Private[4].Name)
}

func TestPrivateSectionsThatAreBroken(t *testing.T) {
	m, _ := captured(t, "min-halt")
	m.Private = m.Devices[:1]
	var written bytes.Buffer
	require.NoError(t, m.Write(&written))
	broken := bytes.Replace(written.Bytes(), []byte(`"toyvm": "UUVW`), []byte(`"toyvm": "XXXX`), 1)
	_, err := Parse(broken)
	assert.ErrorContains(t, err, "migration stream: stream of toyvm's own within the description: not a migration stream")

	foreign := bytes.Replace(written.Bytes(), []byte(`"toyvm": "`), []byte(`"other": "`), 1)
	s, err := Parse(foreign)
	require.NoError(t, err)
	assert.Empty(t, s.Private)
}
