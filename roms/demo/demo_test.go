package demo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"toyvm/machine"
	"toyvm/roms/demo"
	"toyvm/snapshot/snaptest"
)

// TestCommands boots the demo once. Each command is given to a fork that stands
// at the prompt, from the keyboard and over COM1.
func TestCommands(t *testing.T) {
	m := snaptest.Boot(t, machine.Config{Floppies: [2]machine.Floppy{snaptest.Floppy(demo.Image)}})
	m.Until(snaptest.Serial(0, "here or on COM1.\r\n> "))
	prompt := m.Snapshot()
	for command, answer := range map[string]string{
		"help":                    "Numbers are hex, ADDR is SEG:OFF or linear",
		"mem":                     "00100000-00FFFFFF  15360 KiB memory",
		"d 7df0":                  "00 00 55 AA",
		"d 0:7dfe":                "0000:7DFE  55 AA",
		`s 7c00 200 "this" 55 aa`: "> ",
		"s 7c00 200 55 aa":        "00007DFE",
		"i 61":                    "> ",
		"r":                       "EIP=00007C00",
		"cpu":                     "486",
		"time":                    "ticks of 55 ms since midnight",
		"colours":                 "> ",
		"colour":                  `"colour" is no command; help lists what there is`,
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			answered := snaptest.Serial(0, answer).Within(5 * time.Second)
			m := prompt.Fork(t)
			m.Send(0, command+"\r")
			m.Until(answered)

			m = prompt.Fork(t)
			m.Type(command + "\n")
			m.Until(answered)
		})
	}
	t.Run("off", func(t *testing.T) {
		m := prompt.Fork(t)
		m.Type("off 20\n")
		m.Until(snaptest.Exit(0x41))
	})
	t.Run("halt", func(t *testing.T) {
		m := prompt.Fork(t)
		m.Type("halt\n")
		m.Until(snaptest.Halted())
		assert.Contains(t, m.Screen(), "The processor has halted, with interrupts off.")
	})
	t.Run("reboot", func(t *testing.T) {
		m := prompt.Fork(t)
		m.Type("e 90000 48 69 \"!\"\n")
		assert.Equal(t, "Hi!", string(m.Read(0x90000, 3)))
		m.Type("reboot\n")
		m.Until(snaptest.Serial(0, "This is the toyvm demo."))
		m.Until(snaptest.Serial(0, "> "))
		m.Send(0, "r\r")
		m.Until(snaptest.Serial(0, "EIP=00007C00"))
	})
}
