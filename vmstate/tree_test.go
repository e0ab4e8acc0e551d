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
