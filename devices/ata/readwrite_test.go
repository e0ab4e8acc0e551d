package ata

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadSectors(t *testing.T) {
	for _, test := range []struct {
		name          string
		script        string
		first, count  int
		nextRegisters string
	}{
		{"CHS", "out 1f2h, 1\nout 1f3h, 0ah\nout 1f4h, 2\nout 1f5h, 0\nout 1f6h, a3h\nout 1f7h, 20h",
			2*1008 + 3*63 + 9, 1, "in 1f3h = 0bh\nin 1f4h = 2\nin 1f5h = 0\nin 1f6h = a3h"},
		{"CHS over the end of a track", "out 1f2h, 2\nout 1f3h, 3fh\nout 1f4h, 0\nout 1f6h, afh\nout 1f7h, 20h",
			1007, 2, "in 1f3h = 02h\nin 1f4h = 1\nin 1f5h = 0\nin 1f6h = a0h"},
		{"LBA28", "out 1f2h, 3\nout 1f3h, 34h\nout 1f4h, 02\nout 1f6h, e0h\nout 1f7h, 21h",
			0x234, 3, "in 1f3h = 37h\nin 1f4h = 2\nin 1f5h = 0\nin 1f6h = e0h"},
		{"LBA28, count 0 is 256", "out 1f2h, 0\nout 1f3h, 0\nout 1f4h, 1\nout 1f6h, e0h\nout 1f7h, 20h",
			0x100, 256, "in 1f3h = 0\nin 1f4h = 2"},
		{"LBA48", "out 1f2h, 1\nout 1f2h, 1\nout 1f3h, 0\nout 1f3h, 78h\nout 1f4h, 0\nout 1f4h, 3\nout 1f5h, 0\nout 1f5h, 0\nout 1f6h, 40h\nout 1f7h, 24h",
			0x378, 257, "in 1f3h = 79h\nin 1f4h = 4\nin 1f5h = 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, m := newBoard(t)
			b.run(test.script)
			var got []byte
			for range test.count {
				b.run("irq = 1\nin 1f7h = 58h\nirq = 0\ninsw 100h")
				got = append(got, b.buffer...)
			}
			assert.True(t, bytes.Equal(m.sectors(test.first, test.count), got))
			b.run("irq = 0\nin 1f7h = 50h\nin 1f1h = 0\nin 1f2h = 0\n" + test.nextRegisters)
			assert.Equal(t, test.count, b.irq.Rises, "one interrupt a sector, none at the end")
		})
	}
}

func TestReadMultiple(t *testing.T) {
	for _, opcode := range []string{"c4h", "29h"} {
		b, m := newBoard(t)
		b.run(`
			out 1f2h, 4
			out 1f7h, c6h   ; SET MULTIPLE MODE
			in 1f7h = 50h
			out 1f2h, 0
			out 1f2h, 0ah
			out 1f3h, 0
			out 1f3h, 5
			out 1f6h, e0h
			out 1f7h, ` + opcode)
		var got []byte
		for _, n := range []int{4, 4, 2} {
			b.run("irq = 1\nin 1f7h = 58h\nirq = 0")
			b.insw(n * 256)
			got = append(got, b.buffer...)
		}
		b.run("irq = 0\nin 1f7h = 50h\nin 1f2h = 0\nin 1f3h = 0fh")
		assert.Equal(t, m.sectors(5, 10), got)
	}
}

func TestSetMultipleMode(t *testing.T) {
	for n, ok := range map[int]bool{0: true, 1: true, 2: true, 3: false, 8: true, 12: false, 16: true, 32: false, 255: false} {
		b, _ := newBoard(t)
		status := 0x51
		if ok {
			status = 0x50
		}
		b.run(fmt.Sprintf("out 1f2h, %x\nout 1f7h, c6h\nin 1f7h = %x", n, status))
	}
	b, _ := newBoard(t)
	b.run(`
		out 1f2h, 0
		out 1f7h, c6h
		out 1f2h, 1
		out 1f6h, e0h
		out 1f7h, c4h   ; not allowed any more
		in 1f7h = 51h
		in 1f1h = 04h
		out 1f7h, c5h
		in 1f7h = 51h
		out 3f6h, 04h
		out 3f6h, 00h   ; back to the default
		out 1f2h, 1
		out 1f3h, 0
		out 1f6h, e0h
		out 1f7h, c4h
		in 1f7h = 58h
	`)
}

func TestWriteSectors(t *testing.T) {
	for _, test := range []struct{ name, script string }{
		{"CHS", "out 1f2h, 3\nout 1f3h, 0fh\nout 1f4h, 1\nout 1f6h, a2h\nout 1f7h, 30h"},
		{"LBA28", "out 1f2h, 3\nout 1f3h, 7ch\nout 1f4h, 4\nout 1f6h, e0h\nout 1f7h, 31h"},
		{"LBA48", "out 1f2h, 0\nout 1f2h, 3\nout 1f3h, 0\nout 1f3h, 7ch\nout 1f4h, 0\nout 1f4h, 4\nout 1f6h, 40h\nout 1f7h, 34h"},
		{"WRITE VERIFY", "out 1f2h, 3\nout 1f3h, 7ch\nout 1f4h, 4\nout 1f6h, e0h\nout 1f7h, 3ch"},
	} {
		t.Run(test.name, func(t *testing.T) {
			const first = 1008 + 2*63 + 14 // 47ch
			b, m := newBoard(t)
			want := bytes.Clone(m.data)
			data := bytes.Repeat([]byte("guest "), 256)
			copy(want[first*sectorSize:], data)
			b.buffer = data
			b.run(test.script + `
				irq = 0         ; the first sector is asked for without one
				in 1f7h = 58h
				outsw 100h
				irq = 1
				in 1f7h = 58h
				outsw 100h
				irq = 1
				in 1f7h = 58h
				outsw ffh
				irq = 0
				outsw 1
				irq = 1
				in 1f7h = 50h
				in 1f1h = 0
				in 1f2h = 0`)
			assert.True(t, bytes.Equal(want, m.data))
		})
	}
}

func TestWriteMultiple(t *testing.T) {
	for _, opcode := range []string{"c5h", "39h"} {
		b, m := newBoard(t)
		want := bytes.Clone(m.data)
		data := bytes.Repeat([]byte{1, 2, 3, 4}, 20*128)
		copy(want[16*sectorSize:], data)
		b.buffer = data
		b.run(`
			out 1f2h, 0
			out 1f2h, 14h   ; 20 sectors in blocks of 16
			out 1f3h, 0
			out 1f3h, 10h
			out 1f6h, e0h
			out 1f7h, ` + opcode + `
			irq = 0
			outsw 1000h
			irq = 1
			in 1f7h = 58h
			in 1f2h = 4
			outsw 400h
			irq = 1
			in 1f7h = 50h
			in 1f3h = 24h`)
		assert.True(t, bytes.Equal(want, m.data))
	}
}

func TestAddressesThatDoNotExist(t *testing.T) {
	for _, test := range []struct{ name, registers string }{
		{"CHS sector 0", "out 1f3h, 0\nout 1f6h, a0h"},
		{"CHS sector 64", "out 1f3h, 40h\nout 1f6h, a0h"},
		{"CHS cylinder 4", "out 1f3h, 1\nout 1f4h, 4\nout 1f6h, a0h"},
		{"LBA one behind the last", "out 1f3h, c0h\nout 1f4h, 0fh\nout 1f6h, e0h"},
		{"LBA the largest", "out 1f3h, ffh\nout 1f4h, ffh\nout 1f5h, ffh\nout 1f6h, efh"},
	} {
		for _, opcode := range []string{"20h", "30h", "40h", "70h", "c4h", "c5h"} {
			t.Run(test.name+" "+opcode, func(t *testing.T) {
				b, _ := newBoard(t)
				b.run("out 1f2h, 1\n" + test.registers + "\nout 1f7h, " + opcode + `
					irq = 1
					in 1f7h = 51h
					in 1f1h = 10h`)
			})
		}
	}
	b, _ := newBoard(t)
	b.run(`
		out 1f3h, 01
		out 1f3h, 00
		out 1f6h, e0h
		out 1f7h, 24h   ; sector 1000000h
		in 1f7h = 51h
		in 1f1h = 10h`)
}

func TestSeek(t *testing.T) {
	b, _ := newBoard(t)
	b.run("out 1f3h, 3fh\nout 1f4h, 3\nout 1f6h, afh\nout 1f7h, 70h\nirq = 1\nin 1f7h = 50h")
}

// A 48-bit count of zero is 65536.
func TestLargestCount(t *testing.T) {
	b := emptyBoard(t)
	require.NoError(t, b.AttachDisk(0, &sparse{size: 0x10001 * sectorSize}, Geometry{}))
	b.run(`
		out 1f2h, 0
		out 1f2h, 0
		out 1f3h, 0
		out 1f3h, 0
		out 1f4h, 0
		out 1f5h, 0
		out 1f6h, 40h
		out 1f7h, 42h
		in 1f7h = 50h
		in 1f2h = 0
		in 1f3h = 0
		in 1f4h = 0
		in 1f5h = 1
	`)
}

func TestRegistersChangedInTheMiddleOfAWrite(t *testing.T) {
	b, m := newBoard(t)
	want := bytes.Clone(m.data)
	b.buffer = make([]byte, sectorSize)
	b.run("out 1f2h, 1\nout 1f3h, 8\nout 1f6h, e0h\nout 1f7h, 30h\nout 1f5h, ffh\noutsw 100h\nirq = 1\nin 1f7h = 51h\nin 1f1h = 10h")
	assert.True(t, bytes.Equal(want, m.data))
}

// What there is of a transfer over the end of the disk is moved.
func TestTransferOverTheEnd(t *testing.T) {
	b, m := newBoard(t)
	at := "out 1f2h, 4\nout 1f3h, beh\nout 1f4h, 0fh\nout 1f6h, e0h\n" // two sectors left
	after := "in 1f1h = 10h\nin 1f2h = 2\nin 1f3h = c0h\nin 1f4h = 0fh\n"
	b.run(at + "out 1f7h, c4h\nin 1f7h = 58h\ninsw 200h\nirq = 1\nin 1f7h = 51h\n" + after)
	assert.Equal(t, m.sectors(4030, 2), b.buffer)
	b.buffer = make([]byte, 1024)
	b.run(at + "out 1f7h, 30h\noutsw 200h\nirq = 1\nin 1f7h = 51h\n" + after)
	assert.Equal(t, make([]byte, 1024), m.sectors(4030, 2))
	b.run(at + "out 1f7h, 40h\nirq = 1\nin 1f7h = 51h\n" + after)
}

func TestHostErrors(t *testing.T) {
	at := "out 1f2h, 4\nout 1f3h, 8\nout 1f6h, e0h\n"
	t.Run("read", func(t *testing.T) {
		b, m := newBoard(t)
		m.bad[10] = true
		b.run(at + `
			out 1f7h, c4h
			in 1f7h = 58h
			insw 200h       ; the two good ones
			irq = 1
			in 1f7h = 51h
			in 1f1h = 40h
			in 1f2h = 2
			in 1f3h = 0ah`)
		assert.Equal(t, m.sectors(8, 2), b.buffer)
	})
	t.Run("verify", func(t *testing.T) {
		b, m := newBoard(t)
		m.bad[10] = true
		b.run(at + "out 1f7h, 40h\nin 1f7h = 51h\nin 1f1h = 40h\nin 1f2h = 2\nin 1f3h = 0ah")
		b.run("out 1f2h, 0\nout 1f3h, 0bh\nout 1f7h, 41h\nirq = 1\nin 1f7h = 50h\nin 1f2h = 0")
		b.run("out 1f2h, 2\nout 1f2h, 0\nout 1f3h, 0\nout 1f3h, 0bh\nout 1f4h,0\nout 1f4h,0\nout 1f5h,0\nout 1f5h,0\nout 1f7h, 42h\nin 1f7h = 50h")
	})
	t.Run("write", func(t *testing.T) {
		b, m := newBoard(t)
		m.bad[10] = true
		b.buffer = make([]byte, 4*sectorSize)
		b.run(at + `
			out 1f7h, c5h
			outsw 400h
			irq = 1
			in 1f7h = 71h   ; device fault
			in 1f1h = 04h
			in 1f2h = 2
			in 1f3h = 0ah`)
		assert.Equal(t, make([]byte, 2*sectorSize), m.sectors(8, 2))
	})
	t.Run("read-only", func(t *testing.T) {
		b, m := newBoard(t)
		m.readOnly = true
		b.run(at + "out 1f7h, 30h\nirq = 1\nin 1f7h = 51h\nin 1f1h = 04h")
	})
	t.Run("read-only in the middle of a write", func(t *testing.T) {
		b, m := newBoard(t)
		b.run(at + "out 1f7h, 30h")
		m.readOnly = true
		b.buffer = make([]byte, sectorSize)
		b.run("outsw 100h\nirq = 1\nin 1f7h = 71h")
		assert.NotEqual(t, make([]byte, sectorSize), m.sectors(8, 1))
	})
	t.Run("flush", func(t *testing.T) {
		b, m := newBoard(t)
		b.run("out 1f7h, e7h\nin 1f7h = 50h\nout 1f7h, eah\nin 1f7h = 50h")
		assert.Equal(t, 2, m.syncs)
		m.syncErr = errors.New("no")
		b.run("out 1f7h, e7h\nirq = 1\nin 1f7h = 71h\nin 1f1h = 04h")
	})
}

func TestOddSizedImages(t *testing.T) {
	m := patterned(2)
	m.data = m.data[:sectorSize+100]
	b := emptyBoard(t)
	require.NoError(t, b.AttachDisk(0, m, Geometry{}))
	second := "out 1f2h, 1\nout 1f3h, 1\nout 1f6h, e0h\n"
	b.run(second + "out 1f7h, 20h\ninsw 100h\nin 1f7h = 50h")
	assert.Equal(t, append(m.data[sectorSize:len(m.data):len(m.data)], make([]byte, sectorSize-100)...), b.buffer)
	b.buffer = bytes.Repeat([]byte{7}, sectorSize)
	b.run(second + "out 1f7h, 30h\noutsw 100h\nin 1f7h = 50h")
	assert.Equal(t, bytes.Repeat([]byte{7}, sectorSize), m.data[sectorSize:], "a write completes the sector")

	for _, m := range []*memory{{}, {data: make([]byte, 1)}} {
		b := emptyBoard(t)
		require.NoError(t, b.AttachDisk(0, m, Geometry{}))
		b.run(second + "out 1f7h, 20h\nin 1f7h = 51h\nin 1f1h = 10h\nout 1f7h, f8h\nin 1f3h = 0")
	}
}

func TestReadNativeMax(t *testing.T) {
	b, _ := newBoard(t)
	b.run(`
		out 1f6h, e0h
		out 1f7h, f8h
		irq = 1
		in 1f7h = 50h
		in 1f3h = bfh
		in 1f4h = 0fh
		in 1f5h = 0
		in 1f6h = e0h
		out 1f6h, a0h
		out 1f7h, f8h   ; CHS 3/15/63
		in 1f3h = 3fh
		in 1f4h = 3
		in 1f6h = afh
	`)
	huge := &sparse{size: 0x123456789 * sectorSize}
	require.NoError(t, b.AttachDisk(0, huge, Geometry{}))
	b.run(`
		out 1f6h, e0h
		out 1f7h, f8h   ; as far as 28 bits reach
		in 1f3h = feh
		in 1f4h = ffh
		in 1f5h = ffh
		in 1f6h = efh
		out 1f6h, 40h
		out 1f7h, 27h
		in 1f3h = 88h
		in 1f4h = 67h
		in 1f5h = 45h
		out 3f6h, 80h
		in 1f3h = 23h
		in 1f4h = 01h
		in 1f5h = 00h
		out 3f6h, 00h
		out 1f6h, a0h
		out 1f7h, f8h   ; CHS 16382/15/63
		in 1f3h = 3fh
		in 1f4h = feh
		in 1f5h = 3fh
	`)
	b.run(`
		out 1f2h, 0
		out 1f2h, 1
		out 1f3h, 23h
		out 1f3h, 88h
		out 1f4h, 01h
		out 1f4h, 67h
		out 1f5h, 0
		out 1f5h, 45h
		out 1f6h, 40h
		out 1f7h, 24h
		insw 100h
		in 1f7h = 50h
	`)
	assert.EqualValues(t, 0x123456788*sectorSize, huge.last)
}

// sparse is a disk of zeros that notes where it was read.
type sparse struct {
	size, last int64
}

func (s *sparse) Size() int64                            { return s.size }
func (s *sparse) ReadOnly() bool                         { return false }
func (s *sparse) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

func (s *sparse) ReadAt(p []byte, at int64) (int, error) {
	s.last = at
	clear(p)
	return len(p), nil
}

func TestInitializeDeviceParameters(t *testing.T) {
	b, m := newBoard(t)
	b.run(`
		out 1f2h, 11h   ; 17 sectors
		out 1f6h, a3h   ; 4 heads
		out 1f7h, 91h
		irq = 1
		in 1f7h = 50h
		out 1f2h, 1
		out 1f3h, 2
		out 1f4h, 3
		out 1f6h, a1h
		out 1f7h, 20h
		insw 100h
	`)
	assert.Equal(t, m.sectors((3*4+1)*17+1, 1), b.buffer)
	b.run(`
		out 1f3h, 12h   ; 18
		out 1f7h, 20h
		in 1f1h = 10h
		out 1f3h, 1
		out 1f6h, a4h   ; head 4
		out 1f7h, 20h
		in 1f1h = 10h
		out 1f7h, ech
		insw 100h
	`)
	assert.Equal(t, []int{4, 16, 63}, words(b.buffer, 1, 3, 6), "the default translation stays")
	assert.Equal(t, []int{59, 4, 17, 59 * 4 * 17, 0}, words(b.buffer, 54, 55, 56, 57, 58))
	b.run(`
		out 1f2h, 0
		out 1f7h, 91h
		in 1f7h = 51h
		in 1f1h = 04h
		out 3f6h, 04h
		out 3f6h, 00h   ; the default comes back
		out 1f7h, ech
		insw 100h
	`)
	assert.Equal(t, []int{4, 16, 63}, words(b.buffer, 54, 55, 56))
}

func TestGeometry(t *testing.T) {
	for sectors, want := range map[int64]Geometry{
		0:         {1, 16, 63},
		1440:      {1, 16, 63},
		4032:      {4, 16, 63},
		1024128:   {1016, 16, 63},
		16514064:  {16383, 16, 63},
		100000000: {16383, 16, 63},
	} {
		assert.Equal(t, want, GeometryOf(sectors), "%d sectors", sectors)
	}
	b := emptyBoard(t)
	require.NoError(t, b.AttachDisk(0, patterned(306*4*17), Geometry{306, 4, 17}))
	b.run("out 1f7h, ech\ninsw 100h")
	assert.Equal(t, []int{306, 4, 17, 306, 4, 17}, words(b.buffer, 1, 3, 6, 54, 55, 56))
	assert.ErrorContains(t, b.AttachDisk(0, nil, Geometry{}), "without a medium")
	for _, g := range []Geometry{{0, 1, 1}, {65536, 1, 1}, {1, 0, 1}, {1, 17, 1}, {1, 1, 0}, {1, 1, 256}} {
		assert.ErrorContains(t, b.AttachDisk(0, patterned(1), g), "at most 65535, 16 and 255")
	}
}

func words(block []byte, at ...int) []int {
	var ws []int
	for _, i := range at {
		ws = append(ws, int(block[2*i])|int(block[2*i+1])<<8)
	}
	return ws
}
