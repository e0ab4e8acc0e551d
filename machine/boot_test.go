package machine

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGuestsOfTheFirmware boots the guests that check the firmware. What they
// say of it is about the board, too.
func TestGuestsOfTheFirmware(t *testing.T) {
	for name, config := range map[string]Config{
		"floppy":                 floppyGuest(t, "floppy.img"),
		"hard disk":              diskGuest(t),
		"CD-ROM":                 cdGuest(t),
		"system":                 floppyGuest(t, "system.img"),
		"video":                  floppyGuest(t, "video.img"),
		"protected mode":         floppyGuest(t, "protected.img"),
		"floppy of 720 KiB":      {Floppies: [2]Floppy{{Medium: guestImage(t, "protected.img", 720<<10)}}},
		"floppy on a 386":        withCPU(floppyGuest(t, "floppy.img"), "386"),
		"floppy on a Pentium":    withCPU(floppyGuest(t, "floppy.img"), "pentium"),
		"hard disk on a 686":     withCPU(diskGuest(t), "686"),
		"hard disk after a CD":   {Boot: "dc", Drives: [4]Drive{diskGuest(t).Drives[0], {}, {Kind: CDROM}}},
		"floppy before a disk":   {Floppies: floppyGuest(t, "floppy.img").Floppies, Drives: diskGuest(t).Drives},
		"guest in little memory": withMemory(floppyGuest(t, "floppy.img"), 256<<10),
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, config)
			stop := g.Run(Budget{Until: 60e9})
			require.Equal(t, StopExit, stop.Reason, "%s\n%s", g.screen(), g.serial)
			assert.EqualValues(t, 0x10<<1|1, stop.Status)
			assert.Contains(t, g.serial.String(), "PASS ")
			assert.True(t, strings.HasSuffix(g.serial.String(), "DONE\r\n"))
			assert.NotContains(t, g.serial.String(), "FAIL ")
		})
	}
}

func withCPU(c Config, model string) Config {
	c.CPU = model
	return c
}

func withMemory(c Config, size int) Config {
	c.Memory = size
	return c
}

func TestNoSystem(t *testing.T) {
	g := start(t, Config{})
	g.waitScreen("No bootable")
	assert.Equal(t, "", g.serial.String())
}

func TestBootOrder(t *testing.T) {
	// Each boot sector sends its letter to the debug console and stops.
	sector := func(letter byte) *image {
		return bootSector(0xb0, letter, 0xe6, 0xe9, 0xfa, 0xf4).Floppies[0].Medium.(*image)
	}
	for order, want := range map[string]string{"": "a", "ac": "a", "ca": "c", "c": "c", "dca": "c"} {
		var out strings.Builder
		g := start(t, Config{
			Boot:          order,
			Floppies:      [2]Floppy{{Medium: sector('a')}},
			Drives:        [4]Drive{{Kind: HardDisk, Media: sector('c')}},
			DebugConsoles: []DebugConsole{{0xe9, func(b byte) { out.WriteByte(b) }}},
		})
		assert.Equal(t, StopHalted, g.Run(Budget{Until: 60e9}).Reason)
		assert.Equal(t, want, out.String(), "order %q", order)
	}
}
