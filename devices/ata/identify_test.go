package ata

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// text is the ASCII of words from to to.
func text(block []byte, from, to int) string {
	var s strings.Builder
	for i := from; i <= to; i++ {
		s.WriteByte(block[2*i+1])
		s.WriteByte(block[2*i])
	}
	return strings.TrimRight(s.String(), " ")
}

func TestIdentifyDevice(t *testing.T) {
	b, _ := newBoard(t)
	b.run(`
		out 1f7h, ech
		irq = 1
		in 1f7h = 58h
		insw 100h
		in 1f7h = 50h
		irq = 0
	`)
	for word, want := range map[int]int{
		0: 0x0040, 1: 4, 3: 16, 4: 63 * 512, 5: 512, 6: 63, 20: 3, 21: 256, 22: 4,
		47: 0x8010, 48: 1, 49: 0x0a00, 50: 0x4000, 51: 0x0200, 53: 3,
		54: 4, 55: 16, 56: 63, 57: 4032, 58: 0, 59: 0x0110, 60: 4032, 61: 0, 63: 0,
		64: 3, 67: 120, 68: 120, 80: 0x7e, 82: 0x0068, 83: 0x7400, 84: 0x4000,
		85: 0x0068, 86: 0x3400, 87: 0x4000, 88: 0, 100: 4032, 101: 0, 102: 0, 103: 0, 255: 0,
	} {
		assert.Equal(t, []int{want}, words(b.buffer, word), "word %d", word)
	}
	assert.Equal(t, "TV00001", text(b.buffer, 10, 19))
	assert.Equal(t, "1.0", text(b.buffer, 23, 26))
	assert.Equal(t, "TOYVM HARDDISK", text(b.buffer, 27, 46))
}

func TestIdentifyHugeDisk(t *testing.T) {
	b := emptyBoard(t)
	assert.NoError(t, b.AttachDisk(1, &sparse{size: 0x123456789 * sectorSize}, Geometry{}))
	b.run("out 1f6h, b0h\nout 1f7h, ech\ninsw 100h")
	assert.Equal(t, []int{16383, 16, 63, 0xffff, 0x0fff}, words(b.buffer, 1, 3, 6, 60, 61))
	assert.Equal(t, []int{0x6789, 0x2345, 0x0001, 0}, words(b.buffer, 100, 101, 102, 103))
	assert.Equal(t, "TV00002", text(b.buffer, 10, 19))
}

func TestIdentifyShowsMultiple(t *testing.T) {
	b, _ := newBoard(t)
	b.run("out 1f2h, 8\nout 1f7h, c6h\nout 1f7h, ech\ninsw 100h")
	assert.Equal(t, []int{0x0108}, words(b.buffer, 59))
	b.run("out 1f2h, 2\nout 1f7h, c6h\nout 1f7h, ech\ninsw 100h")
	assert.Equal(t, []int{0x0102}, words(b.buffer, 59))
}

func TestIdentifyPacketDevice(t *testing.T) {
	b, _ := newCDBoard(t)
	b.run(`
		out 1f7h, a1h
		irq = 1
		in 1f7h = 58h
		insw 100h
		in 1f7h = 50h
	`)
	for word, want := range map[int]int{
		0: 0x85c0, 48: 1, 49: 0x0a00, 50: 0x4000, 51: 0x0200, 53: 2, 64: 3, 67: 120, 68: 120,
		80: 0x1e, 82: 0x0218, 83: 0x4000, 84: 0x4000, 85: 0x0218, 86: 0, 87: 0x4000,
	} {
		assert.Equal(t, []int{want}, words(b.buffer, word), "word %d", word)
	}
	assert.Equal(t, "TOYVM CD-ROM", text(b.buffer, 27, 46))
}

func TestSetFeatures(t *testing.T) {
	enabled := func(b *board) int {
		b.run("out 1f7h, ech\ninsw 100h")
		return words(b.buffer, 85)[0]
	}
	b, _ := newBoard(t)
	for _, test := range []struct {
		name   string
		script string
		want   int
	}{
		{"write cache off", "out 1f1h, 82h\nout 1f7h, efh\nin 1f7h = 50h", 0x0048},
		{"look-ahead off", "out 1f1h, 55h\nout 1f7h, efh\nin 1f7h = 50h", 0x0008},
		{"write cache on", "out 1f1h, 02h\nout 1f7h, efh\nin 1f7h = 50h", 0x0028},
		{"SRST reverts", "out 3f6h, 4\nout 3f6h, 0", 0x0068},
		{"look-ahead off again", "out 1f1h, 55h\nout 1f7h, efh\nin 1f7h = 50h", 0x0028},
		{"keep settings", "out 1f1h, 66h\nout 1f7h, efh\nout 3f6h, 4\nout 3f6h, 0", 0x0028},
		{"look-ahead on", "out 1f1h, aah\nout 1f7h, efh\nin 1f7h = 50h", 0x0068},
		{"off, and revert settings", "out 1f1h, 55h\nout 1f7h, efh\nout 1f1h, cch\nout 1f7h, efh\nout 3f6h, 4\nout 3f6h, 0", 0x0068},
	} {
		b.run(test.script)
		assert.Equal(t, test.want, enabled(b), test.name)
	}
	for mode, status := range map[string]string{
		"00": "50h", "01": "50h", "02": "51h", "08": "50h", "0ch": "50h", "0dh": "51h", "20h": "51h", "42h": "51h",
	} {
		b.run("out 1f1h, 03\nout 1f2h, " + mode + "\nout 1f7h, efh\nirq = 1\nin 1f7h = " + status)
	}
	b.run("out 1f1h, 05\nout 1f7h, efh\nin 1f7h = 51h\nin 1f1h = 04") // APM

	b.AttachCDROM(1, nil)
	b.run(`
		out 1f6h, b0h
		out 1f1h, 02
		out 1f7h, efh   ; a CD-ROM has no write cache
		in 1f7h = 41h
		out 1f1h, 03
		out 1f2h, 0ch
		out 1f7h, efh
		in 1f7h = 50h
	`)
}

// SRST keeps the block itself, a reset of the board makes a new one.
func TestResetForgetsSettings(t *testing.T) {
	b, _ := newBoard(t)
	b.run("out 1f1h, 66h\nout 1f7h, efh\nout 1f2h, 4\nout 1f7h, c6h\nout 3f6h, 4\nout 3f6h, 0\nout 1f7h, ech\ninsw 100h")
	assert.Equal(t, []int{0x0104, 1}, words(b.buffer, 59, wordKeepSettings))
	b.Reset()
	b.run("out 1f7h, ech\ninsw 100h")
	assert.Equal(t, []int{0x0110, 0}, words(b.buffer, 59, wordKeepSettings))
}
