package machine

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSettingsMakeAMachineOfTheSameKind(t *testing.T) {
	disk := func() *image { return &image{data: make([]byte, 1<<20)} }
	m, err := New(Config{CPU: "pentium", Memory: 3 << 20, VideoMemory: 1 << 20, Serial: make([]func(byte), 3),
		Floppies: [2]Floppy{1: {Present: true}}, Drives: [4]Drive{1: {HardDisk, disk()}, 2: {Kind: CDROM}}})
	require.NoError(t, err)
	var c Config
	for name, value := range m.Settings() {
		require.NoError(t, c.Set(name, value))
	}
	c.Drives[1].Media = disk()
	again, err := New(c)
	require.NoError(t, err)
	assert.Equal(t, maps.Collect(m.Settings()), maps.Collect(again.Settings()))

	for setting, want := range map[[2]string]string{
		{"memory", "much"}:  "memory=much: it must be a number",
		{"memory", "-1"}:    "memory=-1: it must be a number",
		{"ide7", "disk"}:    "ide7=disk: there is no such setting",
		{"ide0", "drum"}:    "ide0=drum: there is no such setting",
		{"colour", "green"}: "colour=green: there is no such setting",
	} {
		assert.EqualError(t, c.Set(setting[0], setting[1]), want)
	}
}

func TestFirmwareOfAnotherMachine(t *testing.T) {
	m, err := New(Config{})
	require.NoError(t, err)
	bios := make([]byte, len(m.config.BIOS))
	bios[len(bios)-16] = 0xf4 // HLT
	require.NoError(t, m.SetFirmware("bios", bios))
	m.Reset()
	assert.Equal(t, StopHalted, m.Run(Budget{}).Reason)
	assert.ErrorContains(t, m.SetFirmware("bios", bios[1:]), "this machine has one of")
	assert.ErrorContains(t, m.SetFirmware("vgabios", make([]byte, 1<<20)), "it must be up to 128 KiB")
	require.NoError(t, m.SetFirmware("vgabios", []byte{1, 2, 3}))
	assert.Equal(t, []byte{1, 2, 3}, maps.Collect(m.Firmware())["vgabios"])
}
