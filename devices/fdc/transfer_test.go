package fdc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The data that reads ask for begins at cylinder 1, head 1, sector 3 unless
// stated otherwise: sector 18*3+2 of the disk.
const lba = 18*3 + 2

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		bytes   int
		result  string
		sectors []int
	}{
		"one sector":           {"46 04 01 01 03 02 12 1b ff", 512, "24 00 00 01 01 04 02", []int{lba}},
		"several":              {"46 04 01 01 03 02 12 1b ff", 1024, "24 00 00 01 01 05 02", []int{lba, lba + 1}},
		"with SK":              {"66 04 01 01 03 02 12 1b ff", 512, "24 00 00 01 01 04 02", []int{lba}},
		"to the end":           {"46 04 01 01 11 02 12 1b ff", 1024, "24 00 00 02 01 01 02", []int{lba + 14, lba + 15}},
		"beyond EOT":           {"46 04 01 01 03 02 04 1b ff", 1536, "64 80 00 02 01 01 02", []int{lba, lba + 1}},
		"beyond the track":     {"46 04 01 01 12 02 13 1b ff", 1536, "64 04 00 01 01 13 02", []int{lba + 15}},
		"EOT before the start": {"46 04 01 01 12 02 02 1b ff", 1536, "64 04 00 01 01 13 02", []int{lba + 15}},
		"multi-track":          {"c6 00 01 00 12 02 12 1b ff", 1024, "24 00 00 01 01 02 02", []int{18*2 + 17, 18 * 3}},
		"multi-track, side 0":  {"c6 00 01 00 12 02 12 1b ff", 512, "20 00 00 01 01 01 02", []int{18*2 + 17}},
		"multi-track, side 1":  {"c6 04 01 01 12 02 12 1b ff", 512, "24 00 00 02 00 01 02", []int{18*3 + 17}},
		"multi-track, too far": {"c6 00 01 00 12 02 12 1b ff", 512 * 20, "64 80 00 02 00 01 02", nil},
		"part of a sector":     {"46 04 01 01 03 02 12 1b ff", 100, "24 00 00 01 01 04 02", nil},
		"deleted":              {"4c 04 01 01 03 02 12 1b ff", 1024, "24 00 40 01 01 03 02", []int{lba}},
		"deleted, skipped":     {"6c 04 01 01 03 02 12 1b ff", 1024, "24 00 40 01 01 04 02", nil},
		"track":                {"42 04 01 01 03 02 12 1b ff", 1024, "24 00 00 01 01 03 02", []int{lba - 2, lba - 1}},
		"track, to EOT":        {"42 04 01 01 03 02 02 1b ff", 2048, "24 00 00 02 01 01 02", []int{lba - 2, lba - 1}},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			b.irq.Rises = 0
			b.dmaTo(0x46, c.bytes)
			b.command(c.command)
			b.interrupted(true)
			b.result(c.result)
			b.interrupted(false)
			assert.Equal(t, b.sectors(c.sectors...), b.memory(len(c.sectors)*sectorSize))
		})
	}
}

// Without an ID that matches there is no data (data sheet, READ DATA, and the
// status registers).
func TestNoSector(t *testing.T) {
	for name, c := range map[string]struct{ before, command, result string }{
		"sector 0":           {"", "46 00 00 00 00 02 12 1b ff", "40 04 00 00 00 00 02"},
		"sector 19":          {"", "46 00 00 00 13 02 12 1b ff", "40 04 00 00 00 13 02"},
		"other size":         {"", "46 00 00 00 01 03 12 1b ff", "40 04 00 00 00 01 03"},
		"other head":         {"", "46 00 00 01 01 02 12 1b ff", "40 04 00 00 01 01 02"},
		"cylinder 80":        {"", "46 00 50 00 01 02 12 1b ff", "60 01 00 50 00 01 02"},
		"single density":     {"", "06 00 00 00 01 02 12 1b ff", "40 01 00 00 00 01 02"},
		"data rate":          {"out 3f7h, 1", "46 00 00 00 01 02 12 1b ff", "40 01 00 00 00 01 02"},
		"no disk":            {"", "46 01 00 00 01 02 12 1b ff", "41 01 00 00 00 01 02"},
		"other cylinder":     {"out 3f5h, 13h\nout 3f5h, 0\nout 3f5h, 0\nout 3f5h, 0", "46 00 01 00 01 02 12 1b ff", "40 04 10 01 00 01 02"},
		"cylinder FFh":       {"out 3f5h, 13h\nout 3f5h, 0\nout 3f5h, 0\nout 3f5h, 0", "46 00 ff 00 01 02 12 1b ff", "40 04 12 ff 00 01 02"},
		"track":              {"", "42 01 00 00 01 02 12 1b ff", "41 01 00 00 00 01 02"},
		"verify":             {"", "56 00 00 00 13 02 12 1b ff", "40 04 00 00 00 13 02"},
		"deleted":            {"", "6c 00 00 00 13 02 12 1b ff", "40 04 00 00 00 13 02"},
		"format, no disk":    {"", "4d 01 02 12 54 e5", "41 01 00 00 00 00 02"},
		"format, rate":       {"out 3f7h, 3", "4d 00 02 12 54 e5", "40 01 00 00 00 00 02"},
		"format, in FM":      {"", "0d 00 02 12 54 e5", "40 01 00 00 00 00 02"},
		"write, other rate":  {"out 3f7h, 3", "45 00 00 00 01 02 12 1b ff", "40 01 00 00 00 01 02"},
		"scan, other sector": {"", "51 00 00 00 20 02 12 1b 01", "40 04 00 00 00 20 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			b.run(c.before)
			b.irq.Rises = 0
			b.dmaTo(0x46, 512)
			b.command(c.command)
			b.interrupted(true)
			b.result(c.result)
		})
	}
}

func TestRates(t *testing.T) {
	for size, rates := range map[int][]uint8{
		size360: {1, 2}, size720: {2}, 1228800: {0}, size1440: {0}, size2880: {3},
	} {
		for rate := range uint8(4) {
			b := ready(t)
			b.insert(size)
			b.FDC.Out(0x3f7, 1, uint32(rate))
			b.command("4a 00")
			b.run("wait 20ms")
			works := b.FDC.In(0x3f5, 1) == 0
			assert.Equal(t, strings.ContainsRune(string(rates), rune(rate)), works, "size %d, rate %d", size, rate)
		}
	}
}

func TestSingleSided(t *testing.T) {
	b := ready(t)
	b.insert(184320)
	b.run("out 3f7h, 2")
	b.dmaTo(0x46, 1024)
	b.command("46 00 27 00 08 02 09 1b ff")
	b.result("20 00 00 28 00 01 02")
	assert.Equal(t, b.sectors(358, 359), b.memory(1024))
	b.dmaTo(0x46, 1024)
	b.command("c6 00 27 00 09 02 09 1b ff")
	b.result("44 01 00 27 01 01 02")
}

func TestReadError(t *testing.T) {
	b := ready(t)
	b.a.broken = 512
	b.dmaTo(0x46, 1024)
	b.command("46 00 00 00 01 02 12 1b ff")
	b.result("40 20 20 00 00 02 02")
	assert.Equal(t, b.sectors(0), b.memory(512))
}

func TestWrite(t *testing.T) {
	for name, c := range map[string]struct{ command, result string }{
		"data":    {"45 04 01 01 03 02 12 1b ff", "24 00 00 01 01 05 02"},
		"deleted": {"49 04 01 01 03 02 12 1b ff", "24 00 00 01 01 05 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			data := strings.Repeat("toyvm...", 128)
			copy(b.ram[0x10000:], data)
			b.dmaTo(0x4a, 1024)
			b.irq.Rises = 0
			b.command(c.command)
			b.interrupted(true)
			b.result(c.result)
			assert.Equal(t, filled(lba-1)+data+filled(lba+2),
				b.a.sector(lba-1)+b.a.sector(lba)+b.a.sector(lba+1)+b.a.sector(lba+2))
		})
	}
}

func TestWritePartOfASector(t *testing.T) {
	b := ready(t)
	copy(b.ram[0x10000:], "hello")
	b.dmaTo(0x4a, 5)
	b.command("45 00 00 00 01 02 12 1b ff")
	b.result("00 00 00 00 00 02 02")
	assert.Equal(t, "hello"+string(make([]byte, 507)), b.a.sector(0), "the rest is zeros")
	assert.Equal(t, filled(1), b.a.sector(1))
}

func TestWriteErrors(t *testing.T) {
	b := ready(t)
	b.a.readOnly = true
	for command, result := range map[string]string{
		"45 00 00 00 01 02 12 1b ff": "40 02 00 00 00 01 02",
		"49 00 00 00 01 02 12 1b ff": "40 02 00 00 00 01 02",
		"4d 00 02 12 54 e5":          "40 02 00 00 00 00 02",
	} {
		b.dmaTo(0x4a, 512)
		b.command(command)
		b.result(result)
	}
	b.a.readOnly = false
	b.a.broken = 512
	b.dmaTo(0x4a, 1024)
	b.command("45 00 00 00 01 02 12 1b ff")
	b.result("50 00 00 00 00 02 02")
}

// What happens to a medium while a command is at work.
func TestChangeInTheMiddle(t *testing.T) {
	for name, c := range map[string]struct {
		change         func(*bench)
		command, write string
		result         string
	}{
		"ejected, read":           {func(b *bench) { b.Eject(0) }, "46 00 00 00 01 02 12 1b ff", "", "40 01 00 00 00 01 02"},
		"ejected, write":          {func(b *bench) { b.Eject(0) }, "45 00 00 00 01 02 12 1b ff", "x", "40 01 00 00 00 01 02"},
		"ejected, scan":           {func(b *bench) { b.Eject(0) }, "51 00 00 00 01 02 12 1b ff", "x", "40 01 00 00 00 01 02"},
		"ejected, format":         {func(b *bench) { b.Eject(0) }, "4d 00 02 12 54 e5", "x", "40 01 00 00 00 00 02"},
		"write-protected":         {func(b *bench) { b.a.readOnly = true }, "45 00 00 00 01 02 12 1b ff", "x", "40 02 00 00 00 01 02"},
		"write-protected, format": {func(b *bench) { b.a.readOnly = true }, "4d 00 02 12 54 e5", "x", "40 02 00 00 00 00 02"},
		"smaller":                 {func(b *bench) { b.insert(size720); b.run("out 3f7h, 2") }, "46 00 00 00 12 02 12 1b ff", "", "40 04 00 00 00 12 02"},
		"smaller, write":          {func(b *bench) { b.insert(size720); b.run("out 3f7h, 2") }, "45 00 00 00 12 02 12 1b ff", "x", "40 04 00 00 00 12 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			b.run("out 0ah, 6")
			b.command(c.command)
			b.run("in 3f4h = 10h\nin 8 = 40h")
			c.change(b)
			mode := uint8(0x46)
			if c.write != "" {
				mode = 0x4a
			}
			b.dmaTo(mode, 512)
			b.result(c.result)
			assert.EqualValues(t, 0, b.dma.In(8, 1)&0xf0, "no request is left")
		})
	}
}

func TestVerify(t *testing.T) {
	for name, c := range map[string]struct {
		command, result string
	}{
		"to EOT":                   {"56 00 00 00 03 02 12 1b ff", "00 00 00 01 00 01 02"},
		"both sides":               {"d6 00 00 00 03 02 12 1b ff", "04 00 00 01 00 01 02"},
		"counted":                  {"56 80 00 00 03 02 12 1b 04", "00 00 00 00 00 07 02"},
		"counted, both sides":      {"d6 80 00 00 12 02 12 1b 02", "04 00 00 00 01 02 02"},
		"counted, too many":        {"56 80 00 00 03 02 04 1b 04", "40 80 00 01 00 01 02"},
		"EOT beyond the track":     {"56 00 00 00 12 02 14 1b ff", "40 04 00 00 00 13 02"},
		"error":                    {"56 00 4f 00 03 02 12 1b ff", "60 20 20 4f 00 03 02"},
		"EOT before, never ending": {"56 00 00 00 03 02 01 1b ff", "40 04 00 00 00 13 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			b.a.broken = 79 * 36 * 512
			b.irq.Rises = 0
			b.command(c.command)
			b.interrupted(true)
			b.result(c.result)
		})
	}
}

func TestScan(t *testing.T) {
	low, high := strings.Repeat("\x00", 512), strings.Repeat("\xfe", 512)
	first := filled(1)
	for name, c := range map[string]struct {
		command, data, result string
	}{
		"equal":                {"51 00 00 00 02 02 12 1b 01", first, "00 00 08 00 00 03 02"},
		"equal, FFh":           {"51 00 00 00 02 02 12 1b 01", first[:500] + strings.Repeat("\xff", 12), "00 00 08 00 00 03 02"},
		"equal, in the second": {"51 00 00 00 02 02 12 1b 01", low + filled(2), "00 00 08 00 00 04 02"},
		"equal, alternate":     {"51 00 00 00 02 02 12 1b 02", low + filled(3), "00 00 08 00 00 05 02"},
		"equal, first bytes":   {"51 00 00 00 02 02 12 1b 01", first[:2], "00 00 08 00 00 03 02"},
		"equal, not found":     {"51 00 00 00 02 02 12 1b 01", low, "00 00 04 00 00 03 02"},
		"equal, not up to EOT": {"51 00 00 00 02 02 03 1b 01", low + low + low, "00 00 04 01 00 01 02"},
		"alternate, EOT":       {"51 00 00 00 02 02 03 1b 02", low + low + low, "00 00 04 01 00 01 02"},
		"low":                  {"59 00 00 00 02 02 12 1b 01", high, "00 00 00 00 00 03 02"},
		"low, not found":       {"59 00 00 00 02 02 12 1b 01", low, "00 00 04 00 00 03 02"},
		"high":                 {"5d 00 00 00 02 02 12 1b 01", low, "00 00 00 00 00 03 02"},
		"high, equal":          {"5d 00 00 00 02 02 12 1b 01", first, "00 00 08 00 00 03 02"},
		"high, not found":      {"5d 00 00 00 02 02 12 1b 01", high, "00 00 04 00 00 03 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			copy(b.ram[0x10000:], c.data)
			b.dmaTo(0x4a, len(c.data))
			b.irq.Rises = 0
			b.command(c.command)
			b.interrupted(true)
			b.result(c.result)
		})
	}
}

func TestFormatTrack(t *testing.T) {
	b := ready(t)
	var ids string
	for r := range 18 {
		ids += string([]byte{1, 1, byte(r*7%18 + 1), 2}) // interleaved
	}
	copy(b.ram[0x10000:], ids)
	b.dmaTo(0x4a, len(ids))
	b.command("0f 04 01")
	b.command("08")
	b.result("20 01")
	b.irq.Rises = 0
	b.command("4d 04 02 12 54 e5")
	b.interrupted(true)
	b.result("04 00 00 01 01 0d 02")
	assert.Equal(t, filled(53), b.a.sector(53))
	for n := 54; n < 72; n++ {
		assert.Equal(t, strings.Repeat("\xe5", 512), b.a.sector(n))
	}
	assert.Equal(t, filled(72), b.a.sector(72))
}

func TestFormatErrors(t *testing.T) {
	for name, c := range map[string]struct{ command, ids, result string }{
		"sector that there is not": {"4d 00 02 02 54 e5", "\x00\x00\x13\x02", "50 00 00 00 00 13 02"},
		"other cylinder":           {"4d 00 02 02 54 e5", "\x01\x00\x01\x02", "50 00 00 00 00 01 02"},
		"other size":               {"4d 00 03 02 54 e5", "\x00\x00\x01\x03", "50 00 00 00 00 01 02"},
		"disk":                     {"4d 00 02 02 54 e5", "\x00\x00\x01\x02\x00\x00\x05\x02", "50 00 00 00 00 05 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			b.a.broken = 4 * 512
			copy(b.ram[0x10000:], c.ids)
			b.dmaTo(0x4a, len(c.ids))
			b.command(c.command)
			b.result(c.result)
		})
	}
}

// The PC's BIOS verifies by reading into a DMA channel that only counts.
func TestReadForVerify(t *testing.T) {
	b := ready(t)
	b.dmaTo(0x42, 1024)
	b.command("46 04 01 01 03 02 12 1b ff")
	b.result("24 00 00 01 01 05 02")
	assert.Equal(t, string(make([]byte, 1024)), b.memory(1024))
}

// A channel programmed for the other direction moves nothing.
func TestWrongDirection(t *testing.T) {
	b := ready(t)
	b.dmaTo(0x4a, 512)
	b.command("46 00 00 00 01 02 12 1b ff")
	b.run("in 3f4h = 10h\nout 3f5h, 0\nin 3f5h = 0\nin 3f4h = 10h")
	b.dmaTo(0x46, 512)
	b.result("00 00 00 00 00 02 02")
}

// A DMA channel that does not answer makes the command fail when the disk has
// turned once (data sheet, status register 1, OR).
func TestOverrun(t *testing.T) {
	for name, c := range map[string]struct{ hold, command, result string }{
		"read, channel masked":      {"out 0ah, 6", "46 04 01 01 03 02 12 1b ff", "64 10 00 01 01 03 02"},
		"write, channel masked":     {"out 0ah, 6", "45 04 01 01 03 02 12 1b ff", "64 10 00 01 01 03 02"},
		"format, channel masked":    {"out 0ah, 6", "4d 04 02 12 54 e5", "44 10 00 00 01 00 02"},
		"controller off":            {"out 8, 4", "46 00 00 00 01 02 12 1b ff", "40 10 00 00 00 01 02"},
		"format with too few bytes": {"", "4d 00 02 12 54 e5", "40 10 00 00 00 01 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			copy(b.ram[0x10000:], "\x00\x00\x01\x02")
			b.dmaTo(0x4a, 4)
			b.run(c.hold)
			b.irq.Rises = 0
			b.command(c.command)
			b.run("wait 199ms\nin 3f4h = 10h")
			b.interrupted(false)
			b.reload()
			b.irq.Rises = 0
			b.run("wait 1ms")
			b.interrupted(true)
			b.result(c.result)
			b.run("wait 1s")
			b.interrupted(false)
			assert.Zero(t, b.dma.In(8, 1)>>4, "the request is withdrawn")
		})
	}
}

// Whatever comes before that is in time.
func TestNoOverrun(t *testing.T) {
	b := ready(t)
	b.run("out 0ah, 6")
	b.command("46 04 01 01 03 02 12 1b ff")
	b.run("wait 199ms")
	b.dmaTo(0x46, 512)
	b.run("wait 1s")
	b.result("24 00 00 01 01 04 02")
}

func TestSoftwareRequestWithoutATransfer(t *testing.T) {
	b := ready(t)
	b.dmaTo(0x46, 512)
	b.run("out 9, 6\nin 8 = 40h")
	b.dmaTo(0x4a, 512)
	b.run("in 8 = 40h")
}

func TestReadByHand(t *testing.T) {
	for name, set := range map[string]string{"SPECIFY": "out 3f2h, 1ch", "DOR": "out 3f5h, 3\nout 3f5h, 0dfh\nout 3f5h, 2\nout 3f2h, 14h"} {
		t.Run(name, func(t *testing.T) {
			b := byHand(t)
			b.run(set)
			b.irq.Rises = 0
			b.command("46 04 01 01 03 02 04 1b ff")
			var got []byte
			for i := range 1024 {
				b.run("in 3f4h = 0f0h")
				if i%512 == 0 {
					b.interrupted(true) // one a sector
				}
				got = append(got, byte(b.FDC.In(0x3f5, 1)))
			}
			assert.Equal(t, b.sectors(lba, lba+1), string(got))
			b.interrupted(true)
			b.result("64 80 00 02 01 01 02") // nobody gives a terminal count
		})
	}
}

func TestWriteByHand(t *testing.T) {
	b := byHand(t)
	b.irq.Rises = 0
	b.command("45 04 01 01 03 02 04 1b ff")
	for i := range 1024 {
		b.run("in 3f4h = 0b0h\nin 3f5h = 0") // reading is the wrong direction
		if i%512 == 0 {
			b.interrupted(true)
		}
		b.FDC.Out(0x3f5, 1, uint32('a'+i%13))
	}
	b.interrupted(true)
	b.result("64 80 00 02 01 01 02")
	assert.Equal(t, strings.Repeat("abcdefghijklm", 100)[:1024], b.a.sector(lba)+b.a.sector(lba+1))
}

func TestFormatByHand(t *testing.T) {
	b := byHand(t)
	b.irq.Rises = 0
	b.command("4d 00 02 02 54 f6")
	for _, v := range []uint32{0, 0, 1, 2, 0, 0, 9, 2} {
		b.run("in 3f4h = 0b0h")
		b.FDC.Out(0x3f5, 1, v)
	}
	b.result("00 00 00 00 00 0a 02")
	assert.Equal(t, 3, b.irq.Rises)
	assert.Equal(t, strings.Repeat("\xf6", 512), b.a.sector(8))
}

func TestReadErrorByHand(t *testing.T) {
	b := byHand(t)
	b.a.broken = 512
	b.command("46 00 00 00 02 02 04 1b ff")
	b.run("in 3f4h = 0f0h\nin 3f5h = 0")
	b.result("40 20 20 00 00 02 02")
}

func TestBeyondTheTrackByHand(t *testing.T) {
	b := byHand(t)
	b.command("46 00 00 00 12 02 13 1b ff")
	b.readSectors(0, 17, 1)
	b.run("in 3f4h = 0f0h\nin 3f5h = 0") // only now it looks for sector 19
	b.result("40 04 00 00 00 13 02")
}

func TestImagesOfOddSizes(t *testing.T) {
	b := ready(t)
	b.insert(512 * 100)
	assert.Equal(t, Format{40, 1, 8}, b.drives[0].format)
	b.run("out 3f7h, 2")
	b.dmaTo(0x46, 1024)
	b.command("46 00 0c 00 04 02 08 1b ff")
	b.result("20 00 00 0c 00 06 02")
	assert.Equal(t, filled(99)+string(make([]byte, 512)), b.memory(1024), "zeros behind the end")
	b.dmaTo(0x4a, 1024)
	b.command("45 00 0c 00 04 02 08 1b ff")
	b.result("50 00 00 0c 00 05 02")

	b.insert(512*99 + 100)
	b.dmaTo(0x46, 512)
	b.command("46 00 0c 00 04 02 08 1b ff")
	assert.Equal(t, filled(99)[:100]+string(make([]byte, 412)), b.memory(512))
}
