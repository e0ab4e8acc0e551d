package snaptest

import (
	"slices"
	"strconv"
	"strings"

	"toyvm/snapshot"
	"toyvm/vmstate"
)

// settings is before the name of a setting.
const settings = "settings."

// without is a difference but for what is to be left out by name.
func without(d *snapshot.Difference, except []string) *snapshot.Difference {
	return &snapshot.Difference{
		Settings: slices.DeleteFunc(d.Settings, func(c snapshot.SettingChange) bool { return isBelow(settings+c.Name, except) }),
		Devices:  slices.DeleteFunc(d.Devices, func(c vmstate.Change) bool { return isBelow(c.Path, except) }),
		Memory:   slices.DeleteFunc(d.Memory, func(c snapshot.MemoryChange) bool { return slices.Contains(except, c.Name) }),
		Disks:    slices.DeleteFunc(d.Disks, func(c snapshot.DiskChange) bool { return slices.Contains(except, c.Drive) }),
	}
}

// isBelow tells whether a path is one of those to be left out, or what is inside
// one.
func isBelow(path string, except []string) bool {
	return slices.ContainsFunc(except, func(e string) bool {
		rest, ok := strings.CutPrefix(path, e)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// masked is an image with zeros in the parts of memory that are to be left out.
func masked(i *snapshot.Image, except []string) *snapshot.Image {
	m := *i
	for _, e := range except {
		name, from, to, ok := memoryRange(e)
		at := slices.IndexFunc(m.Memory, func(b snapshot.Memory) bool { return b.Name == name })
		if !ok || at < 0 {
			continue
		}
		m.Memory = slices.Clone(m.Memory)
		m.Memory[at].Pages = slices.Clone(m.Memory[at].Pages)
		b := &m.Memory[at]
		for off, end := from, min(to, b.Size()); off < end; {
			k := off / snapshot.PageSize
			page, next := *b.Page(int(k)), min((k+1)*snapshot.PageSize, end)
			clear(page[off-k*snapshot.PageSize : next-k*snapshot.PageSize])
			b.Pages[k] = &page
			off = next
		}
	}
	return &m
}

// memoryRange takes "pc.ram[0x46c:0x470]" apart.
func memoryRange(e string) (block string, from, to int64, ok bool) {
	block, rest, _ := strings.Cut(e, "[")
	first, last, ok := strings.Cut(strings.TrimSuffix(rest, "]"), ":")
	from, err1 := strconv.ParseInt(first, 0, 64)
	to, err2 := strconv.ParseInt(last, 0, 64)
	return block, from, to, ok && err1 == nil && err2 == nil && from >= 0
}
