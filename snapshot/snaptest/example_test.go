package snaptest_test

import (
	"fmt"
	"time"

	"toyvm/machine"
	"toyvm/roms/demo"
	"toyvm/snapshot/snaptest"
)

// The demo is booted once, and each of ten tests begins with its prompt.
func Example() {
	m := snaptest.Boot(t, machine.Config{Memory: 2 << 20, Floppies: [2]machine.Floppy{snaptest.Floppy(demo.Image)}})
	m.Until(snaptest.Serial(0, "\n> "))
	ready := m.Snapshot()

	for _, test := range []struct{ command, answer string }{
		{"help", "Numbers are hex"},
		{"mem", "00100000-001FFFFF  1024 KiB memory"},
		{"d 7df0", "55 AA"},
		{"e 9000 48 69", "> "},
		{"s 7c00 200 55 aa", "00007DFE"},
		{"i 61", "> "},
		{"r", "EIP=00007C00"},
		{"cpu", "486"},
		{"time", "ticks of 55 ms since midnight"},
		{"colour", "is no command"},
	} {
		// In a test this is t.Run, with t.Parallel in it.
		m := ready.Fork(t)
		m.Type(test.command + "\n")
		m.Until(snaptest.Serial(0, test.answer).Within(5 * time.Second))
		fmt.Println(test.command)
	}
	// Output:
	// help
	// mem
	// d 7df0
	// e 9000 48 69
	// s 7c00 200 55 aa
	// i 61
	// r
	// cpu
	// time
	// colour
}
