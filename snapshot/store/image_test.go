package store

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
	"toyvm/vmstate"
)

// A chip is a device to have sections of.
type chip struct {
	Count uint16
	Mode  uint8
	Queue [200]byte
}

var chipState = vmstate.Description[chip]{
	Name: "chip", Version: 3, MinVersion: 1,
	Fields: vmstate.Fields[chip]{
		vmstate.Uint16("count", func(c *chip) *uint16 { return &c.Count }),
		vmstate.Uint8("mode", func(c *chip) *uint8 { return &c.Mode }),
		vmstate.Buffer("queue", func(c *chip) []byte { return c.Queue[:] }),
	},
}

// section is a chip as an image has it.
func section(t testing.TB, name string, instance int, c *chip) snapshot.Section {
	s := vmstate.NewSection(&chipState, c, instance)
	s.Name = name
	tree, err := s.Values()
	require.NoError(t, err)
	e := vmstate.NewEncoder(nil)
	require.NoError(t, s.Save(e))
	return snapshot.Section{Name: name, Instance: instance, Version: s.Version(), Body: e.Bytes(), Tree: tree}
}

// A shape says what an image is to be like.
type shape struct {
	ram, vram, disk int // bytes
	random          int // percent of the pages that are random
	text            int // percent that compress well; the others are zeros
	alike           int // pages in a row that are of the same kind; 0 is 1
	seed            uint64
}

func filled(n int, s shape) []byte {
	data := make([]byte, n)
	random := rand.NewChaCha8([32]byte{byte(s.seed), byte(s.seed >> 8)})
	choose := rand.New(random)
	what := 0
	for at := 0; at < n; at += pageSize {
		page := data[at:min(at+pageSize, n)]
		if at/pageSize%max(s.alike, 1) == 0 {
			what = choose.IntN(100)
		}
		switch {
		case what < s.random:
			random.Read(page)
		case what < s.random+s.text:
			for i := range page {
				page[i] = "the quick brown fox jumps over"[choose.IntN(6)*5+i%5]
			}
		}
	}
	return data
}

// imageOf builds an image.
func imageOf(t testing.TB, s shape) *snapshot.Image {
	c := chip{Count: uint16(s.seed), Mode: 7}
	i := &snapshot.Image{
		Settings:     []snapshot.Setting{{Name: "cpu", Value: "486"}, {Name: "memory", Value: "16M"}},
		Clock:        int64(s.seed) * 1e9,
		Instructions: s.seed * 1e8,
		Sections:     []snapshot.Section{section(t, "i8254", 0, &c), section(t, "serial", 0, &c), section(t, "serial", 1, &c)},
	}
	i.Memory = append(i.Memory, snapshot.Memory{Name: "pc.ram", Pages: pagesOfBytes(filled(s.ram, s))})
	if s.vram > 0 {
		i.Memory = append(i.Memory, snapshot.Memory{Name: "vga.vram", Pages: pagesOfBytes(filled(s.vram, shape{text: 10, seed: s.seed}))})
	}
	i.Firmware = []snapshot.File{{Name: "bios", Data: filled(5000, shape{text: 100, seed: 1})}, {Name: "none", Data: []byte{}}}
	if s.disk > 0 {
		s.seed += 1000
		c := disk.FromSource(int64(s.disk), bytesSource(filled(s.disk, s)))
		i.Disks = append(i.Disks, snapshot.Disk{Drive: "ide0-hd0", Path: "disk.img", Size: int64(s.disk), Contents: c})
		i.Disks = append(i.Disks, snapshot.Disk{Drive: "floppy0"}, snapshot.Disk{Drive: "ide1-cd0", Path: "cd.iso", Size: 12345678, ReadOnly: true})
	}
	return i
}

// pagesOfBytes has nil for every other page of zeros.
func pagesOfBytes(data []byte) (pages []*snapshot.Page) {
	for at := 0; at < len(data); at += pageSize {
		page := (*snapshot.Page)(data[at:])
		if *page == zeroPage && at%(2*pageSize) == 0 {
			page = nil
		}
		pages = append(pages, page)
	}
	return pages
}

type bytesSource []byte

func (b bytesSource) ReadCluster(index int64, p []byte) error {
	copy(p, b[index*disk.ClusterSize:])
	return nil
}

// requireEqual compares images by all that a guest can see.
func requireEqual(t testing.TB, want, got *snapshot.Image) {
	t.Helper()
	require.Equal(t, want.Settings, got.Settings)
	require.Equal(t, want.Clock, got.Clock)
	require.Equal(t, want.Instructions, got.Instructions)
	require.Len(t, got.Sections, len(want.Sections))
	for i, w := range want.Sections {
		g := got.Sections[i]
		require.Equal(t, []any{w.Name, w.Instance, w.Version, w.Body}, []any{g.Name, g.Instance, g.Version, g.Body})
		require.Empty(t, vmstate.Diff(w.Tree, g.Tree))
	}
	require.Len(t, got.Memory, len(want.Memory))
	for i, w := range want.Memory {
		g := got.Memory[i]
		require.Equal(t, w.Name, g.Name)
		require.Len(t, g.Pages, len(w.Pages))
		for n := range w.Pages {
			require.True(t, orZeros(w.Pages[n]) == orZeros(g.Pages[n]), "%s page %d", w.Name, n)
		}
	}
	require.Len(t, got.Disks, len(want.Disks))
	for i, w := range want.Disks {
		g := got.Disks[i]
		require.Equal(t, []any{w.Drive, w.Path, w.ReadOnly, w.Size, w.Contents == nil}, []any{g.Drive, g.Path, g.ReadOnly, g.Size, g.Contents == nil})
		if w.Contents != nil {
			require.Equal(t, diskBytes(t, w), diskBytes(t, g))
		}
	}
}

func orZeros(p *snapshot.Page) snapshot.Page {
	if p == nil {
		return zeroPage
	}
	return *p
}

func diskBytes(t testing.TB, d snapshot.Disk) []byte {
	data := make([]byte, d.Contents.Size())
	_, err := d.Contents.ReadAt(data, 0)
	assert.NoError(t, err)
	return data
}
