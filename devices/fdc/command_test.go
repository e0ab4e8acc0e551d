package fdc

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReset(t *testing.T) {
	b := newBench(t)
	b.run(`
		in 3f0h = 0ffh
		in 3f1h = 0c0h
		in 3f2h = 0ch
		in 3f3h = 0
		in 3f4h = 80h
		in 3f5h = 0
		in 3f6h = 0ffh`)
	b.interrupted(false)
	assert.Zero(t, b.sra)
	assert.EqualValues(t, sraNoDrive2, New(&b.clock, &b.irq, &b.irq, 1).sra)
}

// A reset by the DOR ends with an interrupt, for each of four drives one to
// be sensed (data sheet, 4.2 and 5.2.3).
func TestResetByDOR(t *testing.T) {
	b := newBench(t)
	b.run(`
		out 3f2h, 0
		in 3f4h = 0    ; held in reset
		out 3f5h, 8    ; nobody listens
		in 3f5h = 0
		out 3f4h, 2
		out 3f2h, 1ch
		in 3f4h = 80h
		in 3f2h = 1ch`)
	b.interrupted(true)
	for drive := range 4 {
		b.command("08")
		assert.False(t, b.irq.Level)
		b.result(fmt.Sprintf("%02x 00", 0xc0|drive))
	}
	b.command("08")
	b.result("80")
	b.interrupted(false)
}

func TestResetByDSR(t *testing.T) {
	b := ready(t)
	b.irq.Rises = 0
	b.run(`
		out 3f5h, 46h
		out 3f4h, 81h
		in 3f4h = 80h`)
	b.interrupted(true)
	assert.EqualValues(t, 1, b.dsr, "the reset bit clears itself")
	b.command("08")
	b.result("c0 00")
}

func TestPowerDownEnds(t *testing.T) {
	for name, script := range map[string]string{
		"MSR":        "in 3f4h = 80h",
		"FIFO":       "out 3f5h, 8",
		"FIFO, read": "in 3f5h = 0",
		"reset":      "out 3f2h, 0\nout 3f2h, 0ch",
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			b.run("out 3f4h, 41h")
			assert.EqualValues(t, 0x41, b.dsr)
			b.run(script)
			assert.EqualValues(t, 1, b.dsr)
		})
	}
}

func TestPlainRegisters(t *testing.T) {
	b := newBench(t)
	b.run(`
		out 3f2h, 3dh
		in 3f2h = 3dh
		in 3f1h = 0e3h ; both motors, drive 1
		out 3f2h, 0ch
		in 3f1h = 0c0h
		out 3f3h, 0ffh
		in 3f3h = 3
		out 3f0h, 0ffh
		in 3f0h = 0ffh`)
	b.run("out 3f7h, 2")
	assert.EqualValues(t, 2, b.dsr)
}

func TestVersion(t *testing.T) {
	b := ready(t)
	b.command("10")
	b.result("90")
	b.interrupted(true) // that of ready
}

func TestInvalidCommands(t *testing.T) {
	b := ready(t)
	for _, c := range []string{"00", "01", "18", "2e", "33", "87", "48", "45", "90"} {
		b.command(c)
		if c != "45" {
			b.result("80")
			continue
		}
		b.run("out 3f2h, 0\nout 3f2h, 1ch") // a WRITE DATA in double density
	}
}

func TestSeek(t *testing.T) {
	b := ready(t)
	b.irq.Rises = 0
	b.command("0f 04 20")
	b.interrupted(true)
	b.command("08")
	b.result("20 20")
	assert.False(t, b.irq.Level)

	b.command("8f 00 08")
	b.command("08")
	b.result("20 18")
	b.command("cf 00 09")
	b.command("08")
	b.result("20 21")
	b.command("8f 00 ff")
	b.command("08")
	b.result("20 00")
	b.command("cf 00 ff")
	b.command("cf 00 ff")
	b.command("08")
	b.result("20 ff")

	b.command("07 00")
	b.command("08")
	b.result("20 00")
	b.command("08")
	b.result("80")
}

func TestSeekOfBothDrives(t *testing.T) {
	b := ready(t)
	b.command("0f 01 05")
	b.command("08")
	b.result("21 05")
	b.run("in 3f2h = 1dh")
	b.command("0e")
	b.result("00 05 00 00 df 02 00 00 60 00")
}

func TestDriveThatIsNotInstalled(t *testing.T) {
	b := ready(t)
	b.command("07 03")
	b.command("08")
	b.result("73 00") // no track 0
	b.command("04 02")
	b.result("2a")
	b.command("46 02 00 00 01 02 12 1b ff")
	b.result("42 01 00 00 00 01 02")
	b.run("in 3f7h = 0")
}

func TestSenseDriveStatus(t *testing.T) {
	b := ready(t)
	b.command("04 04")
	b.result("3c")
	b.a.readOnly = true
	b.command("04 00")
	b.result("78")
	b.command("0f 00 01")
	b.command("04 00")
	b.result("68")
	b.command("08")
	b.result("20 01") // sensing a drive does not take the interrupt away
}

func TestConfigureAndLock(t *testing.T) {
	b := ready(t)
	b.command("13 00 57 28")
	b.command("0e")
	b.result("00 00 00 00 df 02 00 00 57 28")
	b.run("out 3f4h, 80h") // unlocked, a reset restores the defaults
	b.command("0e")
	b.result("00 00 00 00 df 02 00 00 70 00")
	b.command("13 00 57 28")
	b.command("94")
	b.result("10")
	b.run("out 3f4h, 80h")
	b.command("0e")
	b.result("00 00 00 00 df 02 00 80 57 28")
	b.command("14")
	b.result("00")
	b.command("94")
	b.result("10")
	b.Reset()
	assert.Zero(t, b.lock, "the reset line unlocks")
}

func TestPerpendicularMode(t *testing.T) {
	b := ready(t)
	b.command("12 8a") // drive 1, GAP
	b.command("0e")
	b.result("00 00 00 00 df 02 00 0a 60 00")
	b.command("12 05") // without OW the drives stay
	b.command("0e")
	b.result("00 00 00 00 df 02 00 09 60 00")
	b.command("12 84")
	b.command("0e")
	b.result("00 00 00 00 df 02 00 04 60 00")
}

func TestReadID(t *testing.T) {
	b := ready(t)
	b.irq.Rises = 0
	b.command("4a 04")
	b.run("in 3f4h = 10h\nwait 19ms\nin 3f4h = 10h\nwait 1ms")
	b.interrupted(true)
	b.result("04 00 00 00 01 02 02")
	assert.False(t, b.irq.Level)
	b.drives[0].sector = 18
	b.command("4a 00")
	b.run("wait 20ms")
	b.result("00 00 00 00 00 01 02")

	for name, c := range map[string]struct{ before, command, result string }{
		"single density": {"", "0a 00", "40 01 00 00 00 01 02"},
		"rate":           {"out 3f7h, 2", "4a 00", "40 01 00 00 00 01 02"},
		"no disk":        {"", "4a 01", "41 01 00 00 00 00 02"},
	} {
		t.Run(name, func(t *testing.T) {
			b := ready(t)
			b.run(c.before)
			b.command(c.command)
			b.run("wait 20ms")
			b.result(c.result)
		})
	}

	b.command("4a 00")
	b.run("out 3f2h, 0\nout 3f2h, 1ch\nwait 20ms\nin 3f4h = 80h") // a reset ends it
}

func TestDiskChange(t *testing.T) {
	b := ready(t)
	b.run("in 3f7h = 80h")
	b.command("0f 00 01") // steps
	b.run("in 3f7h = 0")
	b.insert(size720)
	assert.Same(t, b.a, b.Medium(0))
	b.run("in 3f7h = 80h")
	b.command("0f 00 01") // does not step
	b.run("in 3f7h = 80h")
	b.command("0f 00 02")
	b.run("in 3f7h = 0")
	b.Eject(0)
	b.command("0f 00 03")
	b.run(`
		in 3f7h = 80h  ; stays without a disk
		out 3f2h, 1dh
		in 3f7h = 80h  ; never had one
		out 3f2h, 1eh
		in 3f7h = 0`)
}
