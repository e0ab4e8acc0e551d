package machine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/roms"
)

func TestConfigThatMakesNoMachine(t *testing.T) {
	port := func(p uint16) Config { return Config{DebugConsoles: []DebugConsole{{p, func(byte) {}}}} }
	for want, c := range map[string]Config{
		`there is no CPU model "286"`:                                                           {CPU: "286"},
		"memory of -4096 bytes: it must be from 64 KiB to 3 GiB":                                {Memory: -4096},
		"memory of 61440 bytes: it must be from 64 KiB to 3 GiB":                                {Memory: 60 << 10},
		"memory of 3221229568 bytes: it must be from 64 KiB to 3 GiB":                           {Memory: 3<<30 + 4096},
		"memory of 65537 bytes: it must be a multiple of 4 KiB":                                 {Memory: 64<<10 + 1},
		"memory of 1050624 bytes: it must be a multiple of 4 KiB":                               {Memory: 1<<20 + 2048},
		"video memory of 131072 bytes: it must be a power of two from 256 KiB to 256 MiB":       {VideoMemory: 128 << 10},
		"video memory of 3145728 bytes: it must be a power of two from 256 KiB to 256 MiB":      {VideoMemory: 3 << 20},
		"video memory of 536870912 bytes: it must be a power of two from 256 KiB to 256 MiB":    {VideoMemory: 512 << 20},
		"BIOS of 0 bytes: it must be a multiple of 64 KiB, up to 16 MiB":                        {BIOS: []byte{}},
		"BIOS of 65535 bytes: it must be a multiple of 64 KiB, up to 16 MiB":                    {BIOS: make([]byte, 65535)},
		"BIOS of 98304 bytes: it must be a multiple of 64 KiB, up to 16 MiB":                    {BIOS: make([]byte, 96<<10)},
		"BIOS of 16842752 bytes: it must be a multiple of 64 KiB, up to 16 MiB":                 {BIOS: make([]byte, 16<<20+64<<10)},
		"VGA BIOS of 131073 bytes: it must be up to 128 KiB":                                    {VGABIOS: make([]byte, 128<<10+1)},
		"rate of 9999 instructions per second: it must be from 10000 to 1000000000000":          {Rate: 9999},
		"rate of 1000000000001 instructions per second: it must be from 10000 to 1000000000000": {Rate: 1e12 + 1},
		"5 serial ports: there can be up to 4":                                                  {Serial: make([]func(byte), 5)},
		`boot order "b": it must be of the letters a, c and d, each once`:                       {Boot: "b"},
		`boot order "aca": it must be of the letters a, c and d, each once`:                     {Boot: "aca"},
		`boot order "a\xff": it must be of the letters a, c and d, each once`:                   {Boot: "a\xff"},
		"drive 1: a hard disk needs an image":                                                   {Drives: [4]Drive{1: {Kind: HardDisk}}},
		"debug console at port 60h: i8042 is there":                                             port(0x60),
		"debug console at port 3f8h: serial is there":                                           port(0x3f8),
		"debug console at port e9h: debugcon is there":                                          {DebugConsoles: append(port(0xe9).DebugConsoles, port(0xe9).DebugConsoles...)},
	} {
		m, err := New(c)
		assert.EqualError(t, err, want)
		assert.Nil(t, m, want)
	}
}

func TestConfigDefaults(t *testing.T) {
	m, err := New(Config{Floppies: [2]Floppy{1: {Medium: numberedFloppy()}}})
	require.NoError(t, err)
	c := m.Config()
	assert.Equal(t, "486", c.CPU)
	assert.Equal(t, 16<<20, c.Memory)
	assert.Equal(t, 8<<20, c.VideoMemory)
	assert.EqualValues(t, 100e6, c.Rate)
	assert.Equal(t, roms.BIOS, c.BIOS)
	assert.Equal(t, roms.VGABIOS, c.VGABIOS)
	assert.Equal(t, "acd", c.Boot)
	assert.Len(t, m.UARTs, 2)
	assert.True(t, c.Floppies[0].Present, "drive A is always there")
	assert.True(t, c.Floppies[1].Present, "a floppy is in a drive")
}

func TestConfigLimitsAreIncluded(t *testing.T) {
	for name, c := range map[string]Config{
		"least":    {Memory: 64 << 10, VideoMemory: 256 << 10, Rate: 10_000, BIOS: make([]byte, 64<<10), VGABIOS: []byte{}},
		"greatest": {Memory: 3 << 30, VideoMemory: 256 << 20, Rate: 1e12, BIOS: make([]byte, 16<<20), VGABIOS: make([]byte, 128<<10), Serial: make([]func(byte), 4)},
	} {
		_, err := c.complete() // without the memory itself
		assert.NoError(t, err, name)
	}
}
