package vga

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemory(t *testing.T) {
	for _, test := range []struct {
		name   string
		mode   mode
		script string
	}{
		{"text goes to planes 0 and 1 by turns", text80, `
			writew 0b8000h, 1e41h
			read 0b8000h = 41h
			read 0b8001h = 1eh
			readw 0b8000h = 1e41h
			writed 0b8ffeh, 44332211h
			readd 0b8ffeh = 44332211h
			write 0b8001h, 70h
			readw 0b8000h = 7041h
			writew 0b8003h, 0abcdh
			readw 0b8003h = 0abcdh
			read 0b8004h = 0abh
			outw 3c4h, 0604h ; now plane by plane
			outw 3ceh, 0005h
			outw 3ceh, 0406h
			read 0a0000h = 41h
			outw 3ceh, 0104h
			read 0a0000h = 70h`},
		{"the window ends", text80, `
			write 0b7fffh, 12h
			read 0b7fffh = 0ffh
			readw 0b7fffh = 00ffh
			write 0bffffh, 34h
			read 0bffffh = 34h
			read 0a0000h = 0ffh`},
		{"memory map select", text80, `
			outw 3ceh, 0a06h
			write 0b0000h, 12h
			read 0b0000h = 12h
			read 0b8000h = 0ffh
			outw 3ceh, 0e06h
			read 0b8000h = 12h
			read 0b0000h = 0ffh
			outw 3ceh, 0206h
			read 0a0000h = 12h
			write 0b0000h, 34h
			read 0b0000h = 34h
			read 0a0000h = 12h`},
		{"map mask in text", text80, `
			outw 3c4h, 0102h
			writew 0b8000h, 5678h
			outw 3c4h, 0302h
			readw 0b8000h = 0078h`},
		{"read map select chooses the pair of planes", text80, `
			outw 3c4h, 0f02h
			writew 0b8000h, 5678h
			outw 3c4h, 0302h
			writew 0b8000h, 1111h
			outw 3ceh, 0204h
			readw 0b8000h = 5678h
			read 0b8001h = 56h`},
		{"map mask", planar640x480, `
			outw 3c4h, 0502h
			write 0a1234h, 0ffh
			outw 3ceh, 0004h
			read 0a1234h = 0ffh
			outw 3ceh, 0104h
			read 0a1234h = 00h
			outw 3ceh, 0204h
			read 0a1234h = 0ffh
			outw 3ceh, 0304h
			read 0a1234h = 00h`},
		{"write mode 0: rotate", planar640x480, `
			outw 3ceh, 0303h
			write 0a0000h, 81h
			read 0a0000h = 30h`},
		{"write mode 0: set/reset where enabled", planar640x480, `
			outw 3ceh, 0200h ; plane 1 set
			outw 3ceh, 0301h ; in planes 0 and 1
			write 0a0000h, 55h
			read 0a0000h = 00h
			outw 3ceh, 0104h
			read 0a0000h = 0ffh
			outw 3ceh, 0204h
			read 0a0000h = 55h`},
		{"write mode 0: bit mask and latches", planar640x480, `
			write 0a0000h, 0aah
			read 0a0000h = 0aah ; fills the latches
			outw 3ceh, 0f08h
			write 0a0001h, 55h
			read 0a0001h = 0a5h`},
		{"functions: and, or, exclusive or", planar640x480, `
			write 0a0000h, 0cch
			read 0a0000h = 0cch
			outw 3ceh, 0803h
			write 0a0001h, 0aah
			outw 3ceh, 1003h
			write 0a0002h, 0aah
			outw 3ceh, 1803h
			write 0a0003h, 0aah
			outw 3ceh, 0003h
			readd 0a0000h = 66ee88cch`},
		{"write mode 1 copies four planes", planar640x480, `
			outw 3c4h, 0102h
			write 0a0000h, 11h
			outw 3c4h, 0802h
			write 0a0000h, 88h
			outw 3c4h, 0f02h
			outw 3ceh, 0105h
			read 0a0000h = 11h
			write 0a4000h, 00h
			read 0a4000h = 11h
			outw 3ceh, 0304h
			read 0a4000h = 88h`},
		{"write mode 2: a colour under the bit mask", planar640x480, `
			outw 3ceh, 0205h
			read 0a0000h = 00h
			outw 3ceh, 0f008h
			write 0a0000h, 0ah
			read 0a0000h = 00h
			outw 3ceh, 0104h
			read 0a0000h = 0f0h
			outw 3ceh, 0304h
			read 0a0000h = 0f0h`},
		{"write mode 3: the byte is a mask for set/reset", planar640x480, `
			outw 3ceh, 0500h
			outw 3ceh, 0305h
			outw 3ceh, 3c08h
			outw 3ceh, 0403h ; rotated first
			read 0a0000h = 00h
			write 0a0000h, 0f1h
			read 0a0000h = 1ch
			outw 3ceh, 0104h
			read 0a0000h = 00h
			outw 3ceh, 0204h
			read 0a0000h = 1ch`},
		{"read mode 1 compares colours", planar640x480, `
			outw 3c4h, 0102h
			write 0a0000h, 0f0h
			outw 3c4h, 0202h
			write 0a0000h, 0cch
			outw 3ceh, 0805h
			outw 3ceh, 0302h ; colour 3
			read 0a0000h = 0c0h
			outw 3ceh, 0107h ; of plane 0 alone
			read 0a0000h = 0f0h
			outw 3ceh, 0007h ; of none
			read 0a0000h = 0ffh`},
		{"chain 4 goes round the planes", chained320x200, `
			writed 0a0004h, 44332211h
			readd 0a0004h = 44332211h
			outw 3c4h, 0604h ; unchained
			outw 3ceh, 0204h
			read 0a0001h = 33h`},
		{"chain 4 has a map mask and a data path", chained320x200, `
			outw 3c4h, 0b02h
			writed 0a0000h, 44332211h
			outw 3c4h, 0f02h
			readd 0a0000h = 44002211h
			outw 3ceh, 0f08h
			writed 0a0000h, 0ffffffffh ; nothing in the latches
			readd 0a0000h = 0f0f0f0fh
			outw 3ceh, 0805h
			outw 3ceh, 0f02h
			read 0a0000h = 0fh`},
		{"odd/even without chaining keeps the address", text80, `
			outw 3ceh, 0c06h
			write 0b8000h, 11h
			write 0b8001h, 22h
			read 0b8000h = 11h
			read 0b8001h = 22h
			outw 3c4h, 0604h
			outw 3ceh, 0005h
			read 0b8001h = 00h
			outw 3ceh, 0104h
			read 0b8001h = 22h`},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t)
			g.set(test.mode)
			g.run(test.script)
		})
	}
}

// Every way to reach memory must be the general one, only quicker.
func TestQuickAccessIsTheSame(t *testing.T) {
	for _, m := range []mode{text80, chained320x200} {
		quick, slow := newGuest(t), newGuest(t)
		for _, g := range []*guest{quick, slow} {
			g.set(m)
			g.run("outw 3c4h, 0702h \n outw 3c4h, 0302h")
			if m == chained320x200 {
				g.run("outw 3c4h, 0f02h")
			}
		}
		start := quick.access.start
		require.True(t, quick.access.textWrite && quick.access.textRead || quick.access.direct)
		slow.access.textRead, slow.access.textWrite, slow.access.direct = false, false, false
		for i := range uint32(4000) {
			at, size := start+i*7919%quick.access.size, 1<<(i%3)
			quick.WriteMem(at, size, i*0x9e3779b9)
			slow.WriteMem(at, size, i*0x9e3779b9)
			from := start + i*104729%quick.access.size
			require.Equal(t, slow.ReadMem(from, size), quick.ReadMem(from, size))
		}
		assert.Equal(t, slow.vram, quick.vram)
	}
}

func TestMapping(t *testing.T) {
	g := newGuest(t)
	calls := 0
	g.NotifyRemap(func() { calls++ })
	g.set(text80)
	assert.Nil(t, g.Mapping().Mem)
	assert.Zero(t, calls, "text is never direct")

	g.set(chained320x200)
	m := g.Mapping()
	assert.EqualValues(t, 0, m.Offset)
	require.Len(t, m.Mem, 0x10000)
	assert.Positive(t, calls)
	m.Mem[4711] = 0x5a
	g.run("read 0a1267h = 5ah")

	calls = 0
	g.run("outw 3c4h, 0102h")
	assert.Nil(t, g.Mapping().Mem, "the map mask is between")
	assert.Equal(t, 1, calls)
	g.run("outw 3c4h, 0f02h \n outw 3ceh, 0d06h")
	assert.EqualValues(t, 0x18000, g.Mapping().Offset)
	assert.Len(t, g.Mapping().Mem, 0x8000)
	assert.Equal(t, 3, calls)
	for _, outsideDataPath := range []string{
		"outw 3ceh, 0105h", "outw 3ceh, 0805h", "outw 3ceh, 0101h", "outw 3ceh, 0103h", "outw 3ceh, 7f08h",
	} {
		g.set(chained320x200)
		g.run(outsideDataPath)
		assert.Nil(t, g.Mapping().Mem, outsideDataPath)
	}
	g.set(chained320x200)
	g.Reset()
	assert.Nil(t, g.Mapping().Mem)
}

func TestTakeWrittenTellsWhatTheAdapterWrote(t *testing.T) {
	g := newGuest(t)
	g.set(text80)
	written := func() (parts []int) {
		g.TakeWritten(func(start, n int) {
			require.Equal(t, 1<<writtenShift, n)
			parts = append(parts, start)
		})
		return parts
	}
	written()
	assert.Empty(t, written())
	g.run("write 0b8000h, 41h \n writew 0b80a0h, 4142h \n write 0bfff0h, 1")
	g.MarkDirty(0x20000, 0x101) // others wrote
	g.Frame()
	assert.Equal(t, []int{0, 0xf000}, written())
	assert.Empty(t, written())
}
