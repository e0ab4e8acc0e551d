package vmstate_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

// unpack reads a gzip file of the captures.
func unpack(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(captures, name))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(z)
	require.NoError(t, err)
	return data
}

func capture(t testing.TB, name string) *migration.Stream {
	t.Helper()
	s, err := migration.Parse(unpack(t, name+".mig.gz"))
	require.NoError(t, err)
	return s
}

var captureNames = []string{"halt", "halt-icount", "irq", "irq-icount", "min-halt", "misc", "paging", "paging-live", "reset", "x87ide"}

// analyzed gives a node the form that QEMU's analyze-migration.py prints.
func analyzed(n *vmstate.Node) any {
	switch {
	case n.Kind == vmstate.KindArray:
		elements := []any{}
		for _, c := range n.Children {
			elements = append(elements, analyzed(c))
		}
		return elements
	case n.Kind == vmstate.KindLeaf && n.Count > 1:
		elements := []any{}
		for i := range n.Count {
			elements = append(elements, analyzed(n.Lookup(fmt.Sprintf("[%d]", i))))
		}
		return elements
	case n.Kind == vmstate.KindLeaf:
		switch v := n.Value().(type) {
		case int64:
			if n.Type == "timer" {
				break
			}
			text := fmt.Sprintf("0x%x", n.Data)
			if v < 0 {
				text += fmt.Sprintf(" (%d)", v)
			}
			return text
		case uint64:
			return fmt.Sprintf("0x%x", n.Data)
		case bool:
			return v
		}
		return fmt.Sprintf("% x", n.Data)
	case n.Type == "tmp": // the script does not look inside
		var e vmstate.Encoder
		_ = n.Save(&e)
		return fmt.Sprintf("% x", e.Bytes())
	default:
		fields := map[string]any{}
		for _, c := range n.Children {
			fields[c.Name] = analyzed(c)
		}
		return fields
	}
}

func TestTreeOfEveryCaptureAgreesWithAnalyzeMigration(t *testing.T) {
	for _, name := range captureNames {
		t.Run(name, func(t *testing.T) {
			var want map[string]any
			require.NoError(t, json.Unmarshal(unpack(t, name+".json.gz"), &want))
			stream := capture(t, name)
			delete(want, "ram (2)")
			for i, device := range stream.Devices {
				key := fmt.Sprintf("%s (%d)", device.Name, stream.Bodies[i].ID)
				if assert.Contains(t, want, key) {
					assert.Equal(t, want[key], analyzed(device), key)
				}
				delete(want, key)
			}
			assert.Empty(t, want, "sections that were not read")
		})
	}
}

func TestTreeWritesBackWhatItRead(t *testing.T) {
	for _, name := range captureNames {
		stream := capture(t, name)
		var describer vmstate.Describer
		for i, device := range stream.Devices {
			var e vmstate.Encoder
			require.NoError(t, device.Save(&e))
			assert.Equal(t, stream.Bodies[i].Data, e.Bytes(), "%s: %s", name, device.Name)
			assert.Equal(t, len(stream.Bodies[i].Data), device.Size, "%s: %s", name, device.Name)
			assert.Equal(t, stream.Bodies[i].Offset, device.Offset, "%s: %s", name, device.Name)
			device.Describe(describer.Observe)
		}
		assert.Equal(t, string(stream.JSON), string(describer.Stream(4096)), name)
	}
}

func TestTreeWritesBackWhatASaveWouldWriteOtherwise(t *testing.T) {
	type dev struct {
		q    []item
		m    map[uint64]item
		on   bool
		ptrs [2]*uint8
	}
	d := describe(vmstate.Queue("q", func(d *dev) *[]item { return &d.q }, items),
		vmstate.Tree("m", func(d *dev) *map[uint64]item { return &d.m }, items),
		vmstate.Bool("on", func(d *dev) *bool { return &d.on }),
		vmstate.Unused[dev](2),
		vmstate.Pointers("ptrs", func(d *dev) []*uint8 { return d.ptrs[:] }, vmstate.Uint8))
	d.Subsections = []*vmstate.Description[dev]{{Name: "dev/x", Version: 2}}
	wire := []byte("\x80\x07\x01\xff\x00\x02\x00" + // marks, and values of a bool
		"\x00\x00\x00\x02" + "\x30\x00\x00\x00\x00\x00\x00\x00\x09\x00\x01" + // keys out of order
		"\x02\x00\x00\x00\x00\x00\x00\x00\x05\x00\x01" + "\x00" +
		"\x55" + "ab" + "00" +
		"\x05\x05dev/x\x00\x12\x34\x02" + "\x05\x05dev/x\x00\x00\x00\x01") // 8 bits count, and twice
	read := func() *vmstate.Node {
		tree, err := vmstate.NewSection(d, new(dev), 0).Tree(vmstate.NewDecoder(behind(wire, 0x7e), nil), 1)
		require.NoError(t, err)
		return tree
	}
	var e vmstate.Encoder
	require.NoError(t, read().Save(&e))
	assert.Equal(t, string(wire), string(e.Bytes()))

	t.Run("but for what was changed", func(t *testing.T) {
		tree := read()
		tree.Child("dev/x").Version = 1
		e.Reset(0)
		require.NoError(t, tree.Save(&e))
		assert.Equal(t, strings.Replace(string(wire), "\x12\x34\x02", "\x00\x00\x01", 1), string(e.Bytes()))
	})
	t.Run("read by its JSON, too", func(t *testing.T) {
		section := parseOne(t, device(`"fields": [{"name": "q", "type": "qtailq", `+itemBody+`, "size": 4}], `+
			`"subsections": [{"vmsd_name": "d/x", "version": 257, "fields": []}]`))
		wire := []byte("\x80\x07\x01\x00" + "\x05\x03d/x\x00\x00\x01\x01")
		tree, err := readTree(section, wire...)
		require.NoError(t, err)
		e.Reset(0)
		require.NoError(t, tree.Save(&e))
		assert.Equal(t, string(wire), string(e.Bytes()))
	})
}

func TestTreeByGoDescriptionEqualsTreeByJSON(t *testing.T) {
	sections := []func() *vmstate.Section{
		func() *vmstate.Section { return vmstate.NewSection(&cpuState, new(cpu), 0) },
		func() *vmstate.Section { return vmstate.NewSection(&picState, new(pic), 1) },
		func() *vmstate.Section { return vmstate.NewSection(&pitState, new(pit), 0) },
		func() *vmstate.Section { return vmstate.NewSection(&isaSerialState, new(isaSerial), 0) },
		func() *vmstate.Section { return vmstate.NewSection(&isaFDCState, &isaFDC{fdc{numFloppies: 2}}, 0) },
		func() *vmstate.Section { return vmstate.NewSection(&isaKbdState, new(isaKbd), 0) },
	}
	for _, name := range captureNames {
		stream := capture(t, name)
		for _, newSection := range sections {
			section := newSection()
			for i, body := range stream.Bodies {
				if body.Name != section.Name || body.Instance != section.Instance {
					continue
				}
				byJSON := stream.Devices[i]
				tree, err := section.Tree(vmstate.NewDecoder(bytes.NewReader(append(body.Data, 0)), nil), body.Version)
				require.NoError(t, err)
				assert.Empty(t, vmstate.Diff(byJSON, tree), "%s: %s", name, body.Name)

				live, err := section.Values()
				require.NoError(t, err)
				assert.Empty(t, vmstate.Diff(tree, live), "%s: %s as it is now", name, body.Name)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	stream := capture(t, "irq")
	pit := stream.Device("i8254", 0)
	serial := stream.Device("serial", 0)
	cpu := stream.Device("cpu", 0)
	tests := []struct {
		node *vmstate.Node
		path string
		want string
	}{
		{pit, "channels[1].count", "18"},
		{pit, "channels[0].irq_disabled", "0x00000000"},
		{pit, "channels[0].next_transition_time", "507233036"},
		{pit, "channels[2].rw_mode", "0x03"},
		{serial, "state.serial/recv_fifo.recv_fifo.num", "0x00000006"},
		{cpu, "env.cr[0]", "0x60000010"},
		{cpu, "env.regs[2]", "0x00000021"},
		{cpu, "env.segs[1].selector", "0x0000f000"},
		{cpu, "env.xmm_regs[1][7]._q_ZMMReg[3]", "0x0000000000000000"},
		{cpu, "env.fpregs[0].tmp.tmp_exp", "0x0000"},
	}
	for _, test := range tests {
		if n := test.node.Lookup(test.path); assert.NotNil(t, n, test.path) {
			assert.Equal(t, test.want, n.String(), test.path)
		}
	}
	assert.Same(t, pit, pit.Lookup(""))
	for _, path := range []string{"channels[3].count", "channels[1].nothing", "channels[1]count", "chan", "channels[0].count[0]", "env"} {
		assert.Nil(t, pit.Lookup(path), path)
	}
	assert.Nil(t, cpu.Lookup("env.regs[8]"))
}

func TestEveryPathOfAWalkCanBeLookedUp(t *testing.T) {
	for _, device := range capture(t, "misc").Devices {
		device.Walk(func(path string, n *vmstate.Node) bool {
			if path == "channels[0].next_transition_time" { // two nodes have this path: the one of that name is found
				n = device.Child(path)
			}
			assert.Same(t, n, device.Lookup(path), path)
			return true
		})
	}
}

func TestPathOfAnErrorCanBeLookedUp(t *testing.T) {
	type dev struct {
		one   [1]uint16
		two   [2]uint16
		cells [1]cell
		more  [2]cell
		ptrs  [1]*uint16
		q     []item
		m     map[uint64]item
		keyed map[[2]uint8]item
		buf   [1][2]byte
	}
	pair := func(name string, at func(*[2]byte) *[2]byte) vmstate.Field[[2]byte] {
		return vmstate.Buffer(name, func(b *[2]byte) []byte { return at(b)[:] })
	}
	d := describe(
		vmstate.Array("one", func(d *dev) []uint16 { return d.one[:] }, vmstate.Uint16),
		vmstate.Array("two", func(d *dev) []uint16 { return d.two[:] }, vmstate.Uint16),
		vmstate.Array("cells", func(d *dev) []cell { return d.cells[:] }, vmstate.StructOf(cells)),
		vmstate.Array("more", func(d *dev) []cell { return d.more[:] }, vmstate.StructOf(cells)),
		vmstate.Pointers("ptrs", func(d *dev) []*uint16 { return d.ptrs[:] }, vmstate.Uint16),
		vmstate.Array("buf", func(d *dev) [][2]byte { return d.buf[:] }, pair),
		vmstate.Queue("q", func(d *dev) *[]item { return &d.q }, items),
		vmstate.Tree("m", func(d *dev) *map[uint64]item { return &d.m }, items),
		vmstate.KeyedTree("keyed", func(d *dev) *map[[2]uint8]item { return &d.keyed },
			func(a, b [2]uint8) int { return 0 }, keys, items))
	d.Subsections = []*vmstate.Description[dev]{{Name: "dev/x", Fields: vmstate.Fields[dev]{vmstate.Unused[dev](2)}}}
	full := dev{ptrs: [1]*uint16{new(uint16)}, q: []item{{}}, m: map[uint64]item{3: {}}, keyed: map[[2]uint8]item{{1, 2}: {}}}
	section := vmstate.NewSection(d, &full, 0)
	tree, err := section.Values()
	require.NoError(t, err)
	wire, err := d.Marshal(&full)
	require.NoError(t, err)
	byJSON := parseOne(t, describing(t, section))

	paths := map[string]bool{}
	for cut := range wire {
		fresh := dev{ptrs: [1]*uint16{new(uint16)}}
		_, jsonErr := readTree(byJSON, wire[:cut]...)
		for _, err := range []error{d.Load(vmstate.NewDecoder(behind(wire[:cut]), nil), &fresh, 1), jsonErr} {
			var e *vmstate.Error
			if assert.ErrorAs(t, err, &e) {
				assert.NotNil(t, tree.Lookup(e.Path), e.Path)
				assert.EqualValues(t, cut, e.Offset)
				paths[e.Path] = true
			}
		}
	}
	for _, path := range []string{"one", "two[1]", "cells.x", "more[1].y", "ptrs", "buf", "q[0].n", "m[0].key", "m[0].value.n",
		"keyed[0].key.a", "keyed[0].value.on", "dev/x.unused"} {
		assert.True(t, paths[path], path)
	}
}

func TestWalkLeavesOutWhatVisitRefuses(t *testing.T) {
	var paths []string
	capture(t, "irq").Device("serial", 1).Walk(func(path string, n *vmstate.Node) bool {
		paths = append(paths, path)
		return path != "state"
	})
	assert.Equal(t, []string{"", "state"}, paths)
}

func TestSetAndWriteBack(t *testing.T) {
	device := capture(t, "irq").Device("i8254", 0)
	require.NoError(t, device.Lookup("channels[1].count").Set("0x1234"))
	require.NoError(t, device.Lookup("channels[1].mode").Set("3"))
	var e vmstate.Encoder
	require.NoError(t, device.Save(&e))
	var loaded pit
	require.NoError(t, pitState.Unmarshal(e.Bytes(), &loaded, device.Version))
	assert.EqualValues(t, 0x1234, loaded.channels[1].count)
	assert.EqualValues(t, 3, loaded.channels[1].mode)
}

func TestSetElementOfAnArrayChangesTheArray(t *testing.T) {
	device := capture(t, "irq").Device("cpu", 0)
	require.NoError(t, device.Lookup("env.regs[3]").Set("0xcafe"))
	assert.EqualValues(t, 0xcafe, device.Lookup("env.regs").Value().([]any)[3])
}

func TestRemovedSubsectionIsNeitherWrittenNorDescribed(t *testing.T) {
	device := capture(t, "irq").Device("serial", 0)
	state := device.Child("state")
	state.Remove(state.Child("serial/recv_fifo"))
	state.Remove(state.Child("serial/timeout_ipending"))
	var e vmstate.Encoder
	require.NoError(t, device.Save(&e))
	var loaded isaSerial
	require.NoError(t, isaSerialState.Unmarshal(e.Bytes(), &loaded, device.Version))
	assert.Zero(t, loaded.state.recv.num)

	var describer vmstate.Describer
	device.Describe(describer.Observe)
	assert.NotContains(t, string(describer.JSON()), "subsections")
	assert.Contains(t, string(describer.JSON()), `"size": 11}]}`, "the size of the struct shrinks with it")
}

func TestDiffNamesChangesByPath(t *testing.T) {
	before, after := capture(t, "irq"), capture(t, "irq")
	serial := after.Device("serial", 0).Child("state")
	serial.Remove(serial.Child("serial/timeout_ipending"))
	require.NoError(t, serial.Child("scr").Set("0x77"))
	require.NoError(t, serial.Lookup("serial/recv_fifo.recv_fifo.data").Set("61"+strings.Repeat("00", 15)))
	require.NoError(t, after.Device("cpu", 0).Lookup("env.regs[5]").Set("1"))
	pit := after.Device("i8254", 0).Child("channels")
	pit.Children = pit.Children[:2]

	var got []string
	for i, device := range before.Devices {
		for _, c := range vmstate.Diff(device, after.Devices[i]) {
			got = append(got, fmt.Sprintf("%s.%s: %v -> %v", device.Name, c.Path, c.Old, c.New))
		}
	}
	assert.Equal(t, []string{
		"cpu.env.regs[5]: 0x00000000 -> 0x00000001",
		"i8254.channels[2]: pit channel version 2 -> <nil>",
		"serial.state.scr: 0xa5 -> 0x77",
		"serial.state.serial/recv_fifo.recv_fifo.data: 74 6f 79 76 6d 21 00 00 00 00 00 00 00 00 00 00 -> 61 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
		"serial.state.serial/timeout_ipending: serial/timeout_ipending version 1 -> <nil>",
	}, got)

	reverse := vmstate.Diff(after.Device("serial", 0), before.Device("serial", 0))
	assert.Equal(t, "state.serial/timeout_ipending", reverse[len(reverse)-1].Path)
	assert.Nil(t, reverse[len(reverse)-1].Old)
}

func TestDiffNamesStructsOfAnotherVersionOrDescription(t *testing.T) {
	before, after := capture(t, "irq").Device("serial", 0), capture(t, "irq").Device("serial", 0)
	after.Version = 2
	after.Lookup("state.serial/recv_fifo").Version = 2
	after.Lookup("state.serial/recv_fifo.recv_fifo").Description = "Fifo16"
	require.NoError(t, after.Lookup("state.serial/recv_fifo.recv_fifo.head").Set("1"))
	var got []string
	for _, c := range vmstate.Diff(before, after) {
		got = append(got, fmt.Sprintf("%s: %v -> %v", c.Path, c.Old, c.New))
	}
	assert.Equal(t, []string{
		": serial version 3 -> serial version 2",
		"state.serial/recv_fifo: serial/recv_fifo version 1 -> serial/recv_fifo version 2",
		"state.serial/recv_fifo.recv_fifo: Fifo8 version 1 -> Fifo16 version 1",
		"state.serial/recv_fifo.recv_fifo.head: 0x00000000 -> 0x00000001",
	}, got)
}

func TestDiffWithNothing(t *testing.T) {
	serial := capture(t, "irq").Device("serial", 0)
	assert.Empty(t, vmstate.Diff(nil, nil))
	assert.Equal(t, []vmstate.Change{{Path: "", Old: nil, New: serial}}, vmstate.Diff(nil, serial))
	assert.Equal(t, []vmstate.Change{{Path: "", Old: serial, New: nil}}, vmstate.Diff(serial, nil))
}

func TestPrint(t *testing.T) {
	stream := capture(t, "irq")
	var b bytes.Buffer
	require.NoError(t, stream.Device("serial", 0).Print(&b))
	assert.Equal(t, `serial (version 3)
  state
    divider: 0x000c
    rbr: 0x00
    ier: 0x02
    iir: 0xc2
    lcr: 0x03
    mcr: 0x1b
    lsr: 0x61
    msr: 0xb0
    scr: 0xa5
    fcr_vmstate: 0xc1
    serial/recv_fifo (version 1)
      recv_fifo
        data: 74 6f 79 76 6d 21 00 00 00 00 00 00 00 00 00 00
        head: 0x00000000
        num: 0x00000006
    serial/timeout_ipending (version 1)
      timeout_ipending: 1
`, b.String())

	b.Reset()
	require.NoError(t, capture(t, "reset").Device("mc146818rtc", 0).Print(&b))
	assert.Contains(t, b.String(), "  unused[0]: 28 bytes unused\n  periodic_timer: not armed\n")
	assert.Contains(t, b.String(), " … (128 bytes)\n")

	b.Reset()
	require.NoError(t, stream.Device("fdc", 0).Print(&b))
	assert.Contains(t, b.String(), "    drives (2)\n      [0]\n        head: 0x00\n")
	assert.Contains(t, b.String(), "00 00 … (512 bytes)\n")
}

func TestMarshalJSON(t *testing.T) {
	text, err := json.Marshal(capture(t, "irq").Device("serial", 0))
	require.NoError(t, err)
	assert.Equal(t, `{"state":{"divider":12,"rbr":0,"ier":2,"iir":194,"lcr":3,"mcr":27,"lsr":97,"msr":176,"scr":165,"fcr_vmstate":193,`+
		`"serial/recv_fifo":{"recv_fifo":{"data":"746f79766d2100000000000000000000","head":0,"num":6}},`+
		`"serial/timeout_ipending":{"timeout_ipending":1}}}`, string(text))

	text, err = json.Marshal(capture(t, "irq").Device("i8254", 0).Lookup("channels[0].count"))
	require.NoError(t, err)
	assert.Equal(t, "1193", string(text))
}
