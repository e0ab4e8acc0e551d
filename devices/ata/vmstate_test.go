package ata

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/snapshot/migration"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

var someDisk, someDisc = patterned(4032), patterned(1200)

// newMixed is a channel with a disk and a CD-ROM, always the same.
func newMixed() *Channel {
	c := New(Primary, &devicetest.Line{})
	if err := c.AttachDisk(0, someDisk, Geometry{}); err != nil {
		panic(err)
	}
	c.AttachCDROM(1, someDisc)
	return c
}

// on makes a state of what a guest does.
func on(t testing.TB, script string) func(*Channel) {
	return func(c *Channel) { (&board{Channel: c, t: t}).run(script) }
}

// subject has the states without a transfer; moving those with one, in which
// there is a whole buffer.
func subject(t testing.TB) (s, moving vmstatetest.Subject[Channel]) {
	s = vmstatetest.Subject[Channel]{
		Description: &channelState,
		New:         newMixed,
		States: map[string]func(*Channel){
			"registers": on(t, "out 3f6h, 82h\nout 1f2h, 1\nout 1f2h, 2\nout 1f3h, 3\nout 1f3h, 4\nout 1f4h, 5\nout 1f4h, 6\n"+
				"out 1f5h, 7\nout 1f5h, 8\nout 1f1h, 9\nout 1f1h, ah\nout 1f6h, f3h"),
			"SRST": on(t, "out 3f6h, 04h"),
			"settings": on(t, "out 1f2h, 4\nout 1f7h, c6h\nout 1f2h, 11h\nout 1f6h, a3h\nout 1f7h, 91h\n"+
				"out 1f1h, 82h\nout 1f7h, efh\nout 1f1h, 66h\nout 1f7h, efh"),
			"check":  on(t, "out 1f6h, b0h\npacket ffh"),
			"locked": on(t, "out 1f6h, b0h\npacket 1eh 0 0 0 1"),
			"change": func(c *Channel) {
				_ = c.Eject(1, true)
				_ = c.Insert(1, someDisc)
			},
		},
	}
	moving = s
	moving.States = map[string]func(*Channel){
		"IDENTIFY":  on(t, "out 1f7h, ech\ninsw 10h"),
		"READ":      on(t, "out 1f2h, 9\nout 1f3h, 5\nout 1f6h, e0h\nout 1f7h, c4h\ninsw 123h"),
		"WRITE":     on(t, "out 1f2h, 9\nout 1f3h, 5\nout 1f6h, e0h\nout 1f7h, c5h"),
		"PACKET":    on(t, "out 1f6h, b0h\nout 1f7h, a0h"),
		"reply":     on(t, "out 1f6h, b0h\npacket 12h 0 0 0 24h\ninsw 3"),
		"one block": on(t, "out 1f6h, b0h\npacket 28h 0 0 0 0 0 0 0 1\ninsw 3"),
		"blocks":    on(t, "out 1f6h, b0h\npacket 28h 0 0 0 0 0 0 0 8\ninsw 3"),
		"many raw":  on(t, "out 1f6h, b0h\npacket beh 0 0 0 0 0 0 0 ffh f8h\ninsw 3"),
	}
	return s, moving
}

func TestState(t *testing.T) {
	s, moving := subject(t)
	vmstatetest.Run(t, s)
	vmstatetest.Coverage(t, moving)
	vmstatetest.RoundTrip(t, moving)
	vmstatetest.SecondGeneration(t, moving)
}

// A transfer that was cut off does not load, whether it is in the fields
// around the buffer or in the buffer, and a whole one loads afterwards.
func TestTruncatedTransfer(t *testing.T) {
	c := newMixed()
	on(t, "out 1f6h, b0h\npacket beh 0 0 0 0 0 0 0 ffh f8h")(c)
	body, fields := save(t, c), len(save(t, newMixed()))
	withoutRead := len(body) - (2 + len(cdReadState.Name) + 4 + 9)
	for cut := 0; cut < len(body); cut++ {
		if cut == 100 {
			cut = len(body) - 100
		}
		c := newMixed()
		err := c.Section(0).Unmarshal(body[:cut], 3)
		if cut == fields {
			require.NoError(t, err, "all subsections are optional")
			b := &board{Channel: c, t: t}
			b.run("in 1f7h = 41h\nin 1f1h = 04h\nout 1f7h, a1h\nin 1f7h = 58h")
			continue
		}
		if cut == withoutRead {
			require.NoError(t, err, "all subsections are optional")
			continue
		}
		require.Error(t, err, "%d of %d bytes", cut, len(body))
		if cut%10 == 0 {
			require.NoError(t, c.Section(0).Unmarshal(body, 3))
			require.Equal(t, body, save(t, c))
		}
	}
}

func FuzzState(f *testing.F) {
	s, moving := subject(f)
	maps.Copy(s.States, moving.States)
	vmstatetest.Fuzz(f, s)
}

func TestConforms(t *testing.T) {
	const captures = "../../testdata/qemu"
	vmstatetest.Conforms(t, captures, func() *vmstate.Section { return New(Primary, &devicetest.Line{}).Section(0) })
	vmstatetest.Conforms(t, captures, func() *vmstate.Section {
		b, _ := newBoard(t)
		return b.Section(0)
	})
}

// captured are the bodies of the section in a stream of QEMU, in order.
func captured(t testing.TB, file string) []migration.Body {
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(z)
	require.NoError(t, err)
	stream, err := migration.Parse(data)
	require.NoError(t, err)
	var bodies []migration.Body
	for _, b := range stream.Bodies {
		if b.Name == "isa-ide" {
			bodies = append(bodies, b)
		}
	}
	require.Len(t, bodies, 2)
	return bodies
}

func save(t testing.TB, c *Channel) []byte {
	body, err := channelState.Marshal(c)
	require.NoError(t, err)
	return body
}

func TestPowerOnEqualsQEMU(t *testing.T) {
	for _, body := range captured(t, "../../testdata/qemu/reset.mig.gz") {
		assert.Equal(t, body.Data, save(t, New(Primary, &devicetest.Line{})))
	}
}

// The streams in testdata/qemu were written by
//
//	qemu-system-i386 -M isapc -cpu 486 -m 1M \
//		-drive if=ide,index=0,format=raw,file=DISK \
//		-drive if=ide,index=2,media=cdrom,format=raw,file=DISC
//
// after the same accesses, with patterned media of 2048 and 1200 sectors.
func TestEqualsQEMU(t *testing.T) {
	for _, test := range []struct{ name, disk, cdrom string }{
		{"cdrom-reset", "", ""},
		{"cdrom", `
			out 1f2h, 0
			out 1f2h, 2
			out 1f3h, 0
			out 1f3h, 7
			out 1f4h, 0
			out 1f4h, 0
			out 1f5h, 0
			out 1f5h, 0
			out 1f6h, 40h
			out 1f7h, 24h
			in 1f7h = 58h
			insw 100h
			in 1f7h = 58h
			insw 10h`, `
			out 1f6h, a0h
			packet 1eh 0 0 0 1
			in 1f7h = 50h
			out 1f4h, 0
			out 1f5h, 2
			out 1f7h, a0h
			words 28h 0 0 0 0 5 0 0 1 0 0 0
			in 1f7h = 58h
			insw 180h
			in 1f7h = 58h`},
		{"cdrom-read", `
			out 1f2h, 2
			out 1f3h, 7
			out 1f6h, e0h
			out 1f7h, 20h
			in 1f7h = 58h`, `
			out 1f6h, a0h
			packet 28h 0 0 0 0 5 0 0 3
			in 1f7h = 58h
			insw 100h`},
	} {
		t.Run(test.name, func(t *testing.T) {
			bodies := captured(t, "testdata/qemu/"+test.name+".mig.gz")
			withDisk, withCDROM := emptyBoard(t), emptyBoard(t)
			require.NoError(t, withDisk.AttachDisk(0, patterned(2048), Geometry{}))
			withCDROM.AttachCDROM(0, patterned(1200))
			for i, b := range []*board{withDisk, withCDROM} {
				b.run([]string{test.disk, test.cdrom}[i])
				clear(b.drives[0].transfer.buffer[cdSectorSize:]) // QEMU reads a block at a time
				ours, err := b.Section(0).Values()
				require.NoError(t, err)
				drive := ours.Lookup("bus.ifs[0]")
				if read := drive.Child(cdReadState.Name); read != nil {
					drive.Remove(read) // QEMU has no such thing
				}
				var e vmstate.Encoder
				require.NoError(t, ours.Save(&e))
				require.True(t, bytes.Equal(bodies[i].Data, e.Bytes()), "channel %d", i)

				loaded := emptyBoard(t)
				loaded.drives[0].kind, loaded.drives[0].media = b.drives[0].kind, b.drives[0].media
				require.NoError(t, loaded.Section(0).Unmarshal(bodies[i].Data, bodies[i].Version))
				require.True(t, bytes.Equal(bodies[i].Data, save(t, loaded.Channel)), "channel %d saved again", i)
			}
		})
	}
}

// The primary channel of the capture has a disk of 2048 sectors, and in it a
// read of sectors 5 and 6, of which 130 words were taken. Sector 5 was written
// before.
func TestContinueTransferOfPrimary(t *testing.T) {
	b := emptyBoard(t)
	m := patterned(2048)
	require.NoError(t, b.AttachDisk(0, m, Geometry{}))
	body := captured(t, "../../testdata/qemu/x87ide.mig.gz")[0]
	require.NoError(t, b.Section(0).Unmarshal(body.Data, body.Version))

	b.run("in 1f7h = 58h\ninsw 7eh")
	for i, w := range words(b.buffer, 0, 1, 0x7d) {
		assert.Equal(t, 0xa000+130+[]int{0, 1, 0x7d}[i], w)
	}
	b.run("irq = 1\nin 1f7h = 58h\ninsw 100h\nin 1f7h = 50h\nirq = 0\nin 1f2h = 0\nin 1f3h = 7")
	assert.Equal(t, m.sectors(6, 1), b.buffer)

	b.run("out 1f7h, ech\ninsw 100h")
	assert.Equal(t, "QEMU HARDDISK", text(b.buffer, 27, 46), "what the drive said it is stays")
	assert.Equal(t, []int{0x0108}, words(b.buffer, 59), "and the multiple setting is in force")
}

// The secondary has a read of CHS 0/0/10, of which 3 words were taken, and
// interrupts turned off.
func TestContinueTransferOfSecondary(t *testing.T) {
	var irq devicetest.Line
	c := New(Secondary, &irq)
	m := patterned(2048)
	require.NoError(t, c.AttachDisk(0, m, Geometry{}))
	body := captured(t, "../../testdata/qemu/x87ide.mig.gz")[1]
	require.NoError(t, c.Section(0).Unmarshal(body.Data, body.Version))

	rest := make([]byte, sectorSize-6)
	assert.EqualValues(t, 0x58, c.In(0x177, 1))
	c.InBlock(0x170, 2, rest)
	assert.Equal(t, m.sectors(9, 1)[6:], rest)
	assert.EqualValues(t, 0x50, c.In(0x177, 1))
	assert.EqualValues(t, 0x0b, c.In(0x173, 1))
	c.Out(0x177, 1, 0xec)
	assert.Zero(t, irq.Rises)
}

// Whatever is interrupted by a save and a load goes on as if it was not.
func TestContinueAnything(t *testing.T) {
	for name, script := range map[string]string{
		"READ MULTIPLE":  "out 1f2h, 28h\nout 1f3h, 5\nout 1f6h, e0h\nout 1f7h, c4h",
		"READ CHS":       "out 1f2h, 11h\nout 1f6h, a3h\nout 1f7h, 91h\nout 1f2h, 28h\nout 1f3h, 5\nout 1f6h, a1h\nout 1f7h, 20h",
		"READ EXT":       "out 1f2h, 0\nout 1f2h, 28h\nout 1f3h, 0\nout 1f3h, 5\nout 1f6h, 40h\nout 1f7h, 24h",
		"READ(10)":       "out 1f6h, b0h\npacket 28h 0 0 0 0 0 0 0 fh",
		"READ(10), long": "out 1f6h, b0h\npacket 28h 0 0 0 0 0 0 0 64h",
		"READ CD":        "out 1f6h, b0h\npacket beh 0 0 0 0 0 0 0 64h f8h",
		"READ TOC":       "out 1f6h, b0h\npacket 43h 0 0 0 0 0 0 0 ffh",
	} {
		t.Run(name, func(t *testing.T) {
			still, moved := newMixed(), newMixed()
			on(t, script)(still)
			on(t, script)(moved)
			for part := 1; still.In(0x3f6, 1)&statusDRQ != 0; part++ {
				want, got := make([]byte, 2*(part*377%1500+1)), make([]byte, 2*(part*377%1500+1))
				still.InBlock(0x1f0, 2, want)
				moved.InBlock(0x1f0, 2, got)
				require.Equal(t, want, got)
				next := newMixed()
				require.NoError(t, next.Section(0).Unmarshal(save(t, moved), 3))
				moved = next
				require.Equal(t, save(t, still), save(t, moved))
			}
		})
	}
}

// QEMU does not save where a read of a CD goes on.
func TestReadOfCDFromQEMU(t *testing.T) {
	for _, test := range []struct {
		name   string
		blocks string
		status string
		words  int
	}{
		{"the rest of a block is in the buffer", "1", "50h", 512},
		{"the next block is not", "2", "41h", 512},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &board{Channel: newMixed(), t: t}
			b.run("out 1f6h, b0h\npacket 28h 0 0 0 0 0 0 0 " + test.blocks)
			d := &b.drives[1]
			d.transfer.replyLeft += d.transfer.length - 1024 // as if the host took 1024 bytes at a time
			d.transfer.length = 1024
			section := b.Section(0)
			tree, err := section.Values()
			require.NoError(t, err)
			if sub := tree.Lookup("bus.ifs[1].ide_drive/toyvm/cd_read"); sub != nil {
				tree.Lookup("bus.ifs[1]").Remove(sub)
			}
			var e vmstate.Encoder
			require.NoError(t, tree.Save(&e))
			b.Channel = newMixed()
			require.NoError(t, b.Section(0).Unmarshal(e.Bytes(), 3))
			b.insw(test.words)
			if test.blocks == "1" {
				b.run("in 1f7h = 58h")
				b.insw(test.words)
			}
			b.run("in 1f7h = " + test.status)
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	const disk, cd = "out 1f2h, 9\nout 1f3h, 5\nout 1f6h, e0h\nout 1f7h, c4h", "out 1f6h, b0h\npacket 28h 0 0 0 0 0 0 0 9"
	for _, test := range []struct {
		name, script string
		spoil        func(*Channel)
		message      string
	}{
		{"selected drive", "", func(c *Channel) { c.selected = 2 }, "post-load"},
		{"offset", disk, func(c *Channel) { c.drives[0].transfer.offset = -1 }, "at -1 of the buffer"},
		{"length", disk, func(c *Channel) { c.drives[0].transfer.length = 0 }, "0 bytes at"},
		{"end", disk, func(c *Channel) { c.drives[0].transfer.offset = bufferSize }, "of the buffer"},
		{"step", disk, func(c *Channel) { c.drives[0].transfer.step = 6 }, "unknown end"},
		{"disk step in a CD-ROM", cd, func(c *Channel) { c.drives[1].transfer.step = stepWrite }, "of a disk"},
		{"packet step in a disk", disk, func(c *Channel) { c.drives[0].transfer.step = stepReply }, "a packet"},
		{"block", disk, func(c *Channel) { c.drives[0].transfer.block = 257 }, "a block of 257"},
		{"burst", cd, func(c *Channel) { c.drives[1].transfer.burstLeft = 1 << 16 }, "65536 bytes"},
		{"answer", cd, func(c *Channel) { c.drives[1].transfer.replyLeft = -1 }, "-1 of an answer"},
		{"filled", cd, func(c *Channel) { c.drives[1].read.filled = bufferSize + 1 }, "in a buffer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newMixed()
			on(t, test.script)(c)
			test.spoil(c)
			body := save(t, c)
			assert.ErrorContains(t, newMixed().Section(0).Unmarshal(body, 3), test.message)
		})
	}
}

// A sender that waits for its host to recover has a busy drive.
func TestLoadGivesUpWhatWasBusy(t *testing.T) {
	c := newMixed()
	c.drives[0].status = statusBSY
	c.retry = retry{status: 0x30, sector: 5, count: 1}
	body := save(t, c)
	assert.Contains(t, string(body), "ide_bus/error")
	b := emptyBoard(t)
	b.Channel = newMixed()
	require.NoError(t, b.Section(0).Unmarshal(body, 3))
	b.run("in 1f7h = 51h\nin 1f1h = 04h")
	assert.NotContains(t, string(save(t, b.Channel)), "ide_bus/error")
}
