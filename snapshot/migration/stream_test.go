package migration

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

const captures = "../../testdata/qemu"

func capture(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(captures, name+".mig.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(z)
	require.NoError(t, err)
	return data
}

func TestParse(t *testing.T) {
	s, err := Parse(capture(t, "irq"))
	require.NoError(t, err)
	assert.Equal(t, "isapc", s.Machine)
	assert.Equal(t, []Block{{"pc.ram", 1 << 20}, {"vga.vram", 1 << 20}, {"pc.rom", 128 << 10}, {"pc.bios", 64 << 10}}, s.Blocks)
	assert.Len(t, s.Devices, 22)
	assert.Equal(t, "timer", s.Bodies[0].Name)
	assert.Equal(t, 24, len(s.Bodies[0].Data))
	assert.Equal(t, 2, s.Bodies[0].Version)
	assert.True(t, bytes.HasPrefix(s.JSON, []byte(`{"page_size": 4096, "devices": [{"name": "timer"`)))
}

func TestParseReadsAMachineThatWasSavedWhileRunning(t *testing.T) {
	s, err := Parse(capture(t, "paging-live"))
	require.NoError(t, err)
	assert.Equal(t, "72 75 6e 6e 69 6e 67 00", s.Lookup("globalstate.runstate").String()[:23])
}

func TestLookup(t *testing.T) {
	s, err := Parse(capture(t, "irq"))
	require.NoError(t, err)
	assert.Equal(t, "18", s.Lookup("i8254.channels[1].count").String())
	assert.Equal(t, "0x08", s.Lookup("serial[1].state.mcr").String())
	assert.Equal(t, "0x1b", s.Lookup("serial.state.mcr").String())
	assert.Nil(t, s.Lookup("serial[2].state.mcr"))
	assert.Nil(t, s.Lookup("seri"))
	assert.Same(t, s.Devices[3].Children[0], s.Lookup("fw_cfg.cur_entry"))
}

func TestTheTwoDiskChannelsHaveDifferentPaths(t *testing.T) {
	s, err := Parse(capture(t, "x87ide"))
	require.NoError(t, err)
	var names []string
	for _, d := range s.Tree().Children {
		if strings.HasPrefix(d.Name, "isa-ide") || d.Name == "dma" || strings.HasPrefix(d.Name, "dma[") {
			names = append(names, d.Name)
		}
	}
	assert.Equal(t, []string{"dma", "dma[1]", "isa-ide", "isa-ide[1]"}, names)
}

func TestManySectionsOfOneNameAllHaveTheirPaths(t *testing.T) {
	const n = 50000
	var s Stream
	for i := range n {
		s.Devices = append(s.Devices, &vmstate.Node{Name: "dev", Instance: i % 2 * 7})
	}
	names := map[string]bool{}
	for _, c := range s.Tree().Children {
		names[c.Name] = true
	}
	assert.Len(t, names, n)
	for _, name := range []string{"dev", "dev[1]", "dev[7]", "dev[8]"} {
		assert.True(t, names[name], name)
	}
}

func TestDeviceIsFoundByNameAndInstance(t *testing.T) {
	s, err := Parse(capture(t, "irq"))
	require.NoError(t, err)
	assert.Equal(t, 1, s.Device("i8259", 1).Instance)
	assert.Nil(t, s.Device("i8259", 2))
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	good := capture(t, "min-halt")
	with := func(offset int, b ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[offset:], b)
		return data
	}
	// In every capture: the header is followed at 8 by the configuration, at
	// 18 by the first part of ram, at 29 by the version of that section.
	description := bytes.LastIndex(good, []byte(`{"page_size"`))
	timer := bytes.Index(good, []byte("\x05timer"))
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "migration stream: unexpected end of stream at offset 0x0"},
		{"not a stream", []byte("#!/bin/sh\nexit 1\n"), `migration stream: not a migration stream: it begins with 23212f62, not with "QEVM" at offset 0x0`},
		{"version 2", with(7, 2), "migration stream: version 2 of the stream format is not supported, only 3 is at offset 0x4"},
		{"no description", good[:description-5], "migration stream: section timer (instance 0): no JSON description in the stream, so what the section holds is unknown at offset"},
		{"broken description", with(description+1, 'x'), "migration stream: JSON description: "},
		{"no configuration", with(8, 0), "migration stream: the configuration section is missing at offset 0x8"},
		{"section of no type", with(18, 9), "migration stream: unknown section type 0x09 at offset 0x12"},
		{"flags of no page", with(36, 0, 0, 0, 0, 0, 0, 0, 0), "migration stream: section ram (instance 0): unknown flags 0x000 of a memory record at offset 0x23"},
		{"part that has not begun", with(18, 2), "migration stream: part of a section 2 that has not begun at offset 0x12"},
		{"device in parts", with(timer-5, 1), "migration stream: section timer (instance 0): the section comes in parts, which only ram may at offset"},
		{"another name", with(timer+1, 'T'), "migration stream: section Timer (instance 0): the section is described as timer (instance 0) at offset"},
		{"no footer", with(timer+14+24, 0), "migration stream: byte 0x00 where a section's footer is due at offset"},
		{"footer of another section", with(timer+14+24+4, 9), "migration stream: footer of section 9 behind section 0 at offset"},
		{"device that is not described", bytes.Replace(good, []byte(`"devices": [`), []byte(`"nothing": [`), 1),
			"migration stream: section timer (instance 0): the section is not described at offset"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.data)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestParseOfACutStreamIsAnError(t *testing.T) {
	good := capture(t, "min-halt")
	i := bytes.LastIndex(good, []byte(`{"page_size"`))
	description := good[i-6:]
	for cut := 0; cut < i-7; cut += 211 {
		_, err := Parse(append(bytes.Clone(good[:cut]), description...))
		assert.Error(t, err, "cut off after %d bytes", cut)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(smallest)
	f.Add(configured(pageBits12, uuid, shared))
	f.Add(slices.Concat(smallest, describedAs(`{"page_size": 4096, "devices": []}`)))
	f.Add(capture(f, "min-halt"))
	f.Add(capture(f, "misc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := Parse(data); err == nil {
			_ = s.Tree()
			for _, b := range s.Blocks {
				if b.Size < 1<<30 {
					s.Contents(b)
				}
			}
		}
	})
}
