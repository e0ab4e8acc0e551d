package ata

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices"
)

var (
	_ devices.PortDevice = (*Channel)(nil)
	_ Media              = (*memory)(nil)
)

func TestNobodyDrivesTheBusOfAnEmptyChannel(t *testing.T) {
	b := emptyBoard(t)
	b.run(`
		in 1f7h = ffh
		in 3f6h = ffh
		in 1f2h = ffh
		out 1f2h, 55h
		in 1f2h = ffh
		out 1f7h, ech
		out 1f7h, 90h
		irq = 0
	`)
	assert.EqualValues(t, 0xffffffff, b.In(0x1f0, 4))
	assert.EqualValues(t, 0xffff, b.In(0x1f6, 2))
	b.Out(0x1f0, 4, 0)
}

// ATA/ATAPI-4 9.16.1: device 0 answers for an absent device 1 with status 0.
func TestAbsentDrive1(t *testing.T) {
	b, _ := newBoard(t)
	b.run(`
		out 1f6h, b0h
		in 1f7h = 00
		in 3f6h = 00
		out 1f2h, 55h
		in 1f2h = 55h
		in 1f6h = b0h
		out 1f7h, ech   ; nobody executes it
		in 1f7h = 00
		irq = 0
		out 1f6h, a0h
		in 1f7h = 50h
	`)
}

func TestAbsentDrive0(t *testing.T) {
	b := emptyBoard(t)
	require.NoError(t, b.AttachDisk(1, patterned(10), Geometry{}))
	b.run(`
		in 1f7h = ffh
		out 1f7h, ech
		irq = 0
		out 1f6h, b0h
		in 1f7h = 50h
		out 1f7h, ech
		in 1f7h = 58h
	`)
}

func TestSignatures(t *testing.T) {
	b, _ := newBoard(t)
	b.AttachCDROM(1, nil)
	const both = `
		out 1f6h, a0h
		in 1f1h = 01
		in 1f2h = 01
		in 1f3h = 01
		in 1f4h = 00
		in 1f5h = 00
		in 1f7h = 50h
		out 1f6h, b0h
		in 1f1h = 01
		in 1f2h = 01
		in 1f3h = 01
		in 1f4h = 14h
		in 1f5h = ebh
		in 1f7h = 00`
	scribble := "out 1f2h, 7\nout 1f3h, 7\nout 1f4h, 7\nout 1f5h, 7\nout 1f6h, 77h\n"
	b.run("in 1f1h = 0\nin 1f7h = 50h\nout 1f6h, b0h\nin 1f4h = 14h\nin 1f5h = ebh\nin 1f1h = 0\nin 1f7h = 50h")
	b.run(scribble + `
		out 1f7h, 90h   ; EXECUTE DEVICE DIAGNOSTIC, whichever is selected
		irq = 1
		in 1f6h = a0h   ; drive 0 is selected afterwards
		in 1f7h = 50h
		irq = 0` + both)
	b.run(scribble + `
		out 3f6h, 04h
		in 1f7h = 80h
		in 1f2h = 80h   ; busy: every register is the status
		out 1f2h, 55h   ; ignored
		out 1f7h, ech   ; ignored
		out 3f6h, 00h
		irq = 0
		in 1f6h = a0h` + both)
}

func TestHOBShowsTheWriteBefore(t *testing.T) {
	b, _ := newBoard(t)
	b.run(`
		out 1f1h, 11h
		out 1f1h, 12h
		out 1f2h, 21h
		out 1f2h, 22h
		out 1f3h, 31h
		out 1f3h, 32h
		out 1f4h, 41h
		out 1f4h, 42h
		out 1f5h, 51h
		out 1f5h, 52h
		out 3f6h, 80h
		in 1f1h = 11h
		in 1f2h = 21h
		in 1f3h = 31h
		in 1f4h = 41h
		in 1f5h = 51h
		in 1f6h = a0h
		out 1f6h, e0h   ; any write to the command block clears HOB
		in 1f1h = 00
		in 1f2h = 22h
		in 1f3h = 32h
		in 1f4h = 42h
		in 1f5h = 52h
	`)
}

func TestInterrupts(t *testing.T) {
	b, _ := newBoard(t)
	b.run(`
		out 1f7h, e0h
		irq = 1
		in 3f6h = 50h   ; Alternate Status leaves it alone
		irq = 1
		in 1f7h = 50h
		irq = 0
		out 1f7h, e0h
		irq = 1
		out 3f6h, 02h   ; nIEN
		irq = 0
		out 1f7h, e0h
		irq = 0
		out 3f6h, 00h
		out 1f7h, e0h
		irq = 1
		out 1f7h, ffh   ; the next command ends it, and raises its own
		irq = 1
	`)
	assert.Equal(t, 4, b.irq.Rises)
}

func TestWideAccessesToByteRegisters(t *testing.T) {
	b, _ := newBoard(t)
	b.Out(0x1f2, 4, 0x44332211)
	b.run("in 1f2h = 11h\nin 1f3h = 22h\nin 1f4h = 33h\nin 1f5h = 44h")
	assert.EqualValues(t, 0x44332211, b.In(0x1f2, 4))
	assert.EqualValues(t, 0xff50, b.In(0x1f7, 2), "there is nothing behind the status")
	b.Out(0x1f6, 4, 0x0000e0a0) // STANDBY IMMEDIATE
	b.run("irq = 1")
	assert.Equal(t, Primary, b.Ports())

	dst := make([]byte, 5)
	b.InBlock(0x1f2, 2, dst)
	assert.Equal(t, []byte{0x11, 0x22, 0x11, 0x22, 0}, dst)
	b.OutBlock(0x1f3, 2, []byte{1, 2, 3, 4, 5})
	assert.EqualValues(t, 0x0403, b.In(0x1f3, 2))
}

func TestSimpleCommands(t *testing.T) {
	for _, test := range []struct {
		name                string
		opcode              uint32
		status, cdromStatus uint32
	}{
		{"NOP", 0x00, 0x51, 0x41},
		{"RECALIBRATE", 0x10, 0x50, 0x41},
		{"RECALIBRATE, last rate", 0x1f, 0x50, 0x41},
		{"READ DMA", 0xc8, 0x51, 0x41},
		{"SMART", 0xb0, 0x51, 0x41},
		{"FORMAT TRACK", 0x50, 0x51, 0x41},
		{"STANDBY IMMEDIATE", 0xe0, 0x50, 0x50},
		{"STANDBY IMMEDIATE, old", 0x94, 0x50, 0x50},
		{"IDLE IMMEDIATE", 0xe1, 0x50, 0x50},
		{"IDLE IMMEDIATE, old", 0x95, 0x50, 0x50},
		{"STANDBY", 0xe2, 0x50, 0x50},
		{"STANDBY, old", 0x96, 0x50, 0x50},
		{"IDLE", 0xe3, 0x50, 0x50},
		{"IDLE, old", 0x97, 0x50, 0x50},
		{"SLEEP", 0xe6, 0x50, 0x50},
		{"SLEEP, old", 0x99, 0x50, 0x50},
		{"CHECK POWER MODE, old", 0x98, 0x50, 0x50},
		{"FLUSH CACHE", 0xe7, 0x50, 0x41},
		{"FLUSH CACHE EXT", 0xea, 0x50, 0x41},
		{"READ SECTORS EXT", 0x24, 0x58, 0x41},
		{"IDENTIFY PACKET DEVICE", 0xa1, 0x51, 0x58},
		{"PACKET", 0xa0, 0x51, 0x58},
		{"unknown", 0xff, 0x51, 0x41},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, _ := newBoard(t)
			b.AttachCDROM(1, nil)
			for dev, want := range []uint32{test.status, test.cdromStatus} {
				b.Out(0x1f6, 1, uint32(0xe0|dev<<4))
				b.Out(0x1f7, 1, test.opcode)
				assert.Equal(t, test.opcode != 0xa0 || dev == 0, b.irq.Level, "interrupt")
				assert.Equal(t, want, b.In(0x1f7, 1), "drive %d", dev)
				if want&statusERR != 0 {
					b.run("in 1f1h = 04h")
				}
				b.run("out 3f6h, 04h\nout 3f6h, 00h")
			}
		})
	}
}

// ATA/ATAPI-4, Power Management feature set: what stops the disk, and what
// starts it again.
func TestPowerModes(t *testing.T) {
	const active, standby = "in 1f2h = ffh", "in 1f2h = 00"
	const checkPower = "\nout 1f7h, e5h\nin 1f7h = 50h\n"
	const one = "out 1f2h, 1\nout 1f3h, 1\nout 1f4h, 0\nout 1f5h, 0\nout 1f6h, e0h\n"
	for _, stop := range []string{"e0h", "94h", "e2h", "96h", "e6h", "99h"} {
		for name, c := range map[string]struct{ script, mode string }{
			"nothing else":    {"", standby},
			"IDENTIFY DEVICE": {"out 1f7h, ech\ninsw 100h", standby},
			"SRST":            {"out 3f6h, 04h\nout 3f6h, 00h", standby},
			"IDLE IMMEDIATE":  {"out 1f7h, e1h", active},
			"IDLE":            {"out 1f7h, 97h", active},
			"READ SECTORS":    {one + "out 1f7h, 20h\ninsw 100h", active},
			"READ VERIFY":     {one + "out 1f7h, 40h", active},
			"SEEK":            {one + "out 1f7h, 70h", active},
			"RECALIBRATE":     {"out 1f7h, 10h", active},
		} {
			t.Run(stop+" "+name, func(t *testing.T) {
				b, _ := newBoard(t)
				b.run(checkPower + active)
				b.run("out 1f7h, " + stop + "\nirq = 1\nin 1f7h = 50h\n" + c.script + checkPower + c.mode)
				b.Reset()
				b.run(checkPower + active)
			})
		}
	}
}

func TestPowerModesOfACDROM(t *testing.T) {
	b, _ := newCDBoard(t)
	b.run(`
		out 1f7h, e0h
		out 1f7h, e5h
		in 1f2h = 00
		packet 28h 0 0 0 0 0 0 0 1
		insw 400h
		out 1f7h, e5h
		in 1f2h = ffh
	`)
}

// A drive that stands in the middle of a transfer takes the next command.
func TestCommandAbandonsTransfer(t *testing.T) {
	b, m := newBoard(t)
	b.run(`
		out 1f7h, ech
		insw 10h
		in 1f7h = 58h
		out 1f2h, 01
		out 1f3h, 03
		out 1f6h, e0h
		out 1f7h, 20h
		insw 100h
		in 1f7h = 50h
	`)
	assert.Equal(t, m.sectors(3, 1), b.buffer)
}

func TestDeviceReset(t *testing.T) {
	b, _ := newCDBoard(t)
	b.run(`
		out 1f7h, a0h
		in 1f7h = 58h
		out 1f7h, 08h
		irq = 0
		in 1f7h = 00
		in 1f4h = 14h
		in 1f5h = ebh
	`)
	b, _ = newBoard(t)
	b.run("out 1f7h, 08h\nin 1f7h = 51h\nin 1f1h = 04")
}

// ATA/ATAPI-4 9.1: a packet device aborts these and shows its signature.
func TestPacketDeviceSignsWhatLooksForDisks(t *testing.T) {
	for _, opcode := range []string{"20h", "21h", "ech"} {
		b, _ := newCDBoard(t)
		b.run(`
			out 1f4h, 0
			out 1f5h, 0
			out 1f7h, ` + opcode + `
			in 1f7h = 41h
			in 1f1h = 04h
			in 1f4h = 14h
			in 1f5h = ebh
			in 1f2h = 01
			in 1f3h = 01
		`)
	}
}
