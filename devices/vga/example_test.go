package vga_test

import (
	"fmt"

	"toyvm/devices/devicetest"
	"toyvm/devices/vga"
)

// What the board, the guest and a front end do with an adapter.
func Example() {
	// The board makes it over the RAM block of video memory, and gives it
	// vga.Ports, vga.VBEPorts and the window of memory.
	adapter := vga.New(&devicetest.Clock{}, make([]byte, 8<<20))
	adapter.NotifyRemap(func() {
		if m := adapter.Mapping(); m.Mem != nil {
			fmt.Printf("%d KiB at %X are plain memory now\n", len(m.Mem)>>10, vga.WindowStart+m.Offset)
		}
	})

	// The guest sets a text mode of 40 columns and 2 rows, and writes to it.
	out := func(port uint16, values ...uint8) {
		for _, b := range values {
			adapter.Out(port, 1, uint32(b))
		}
	}
	registers := func(port uint16, values map[uint8]uint8) {
		for index, b := range values {
			out(port, index)
			out(port+1, b)
		}
	}
	out(0x3c2, 0x67)
	registers(0x3c4, map[uint8]uint8{2: 0x03, 4: 0x02})
	registers(0x3ce, map[uint8]uint8{5: 0x10, 6: 0x0e, 8: 0xff})
	registers(0x3d4, map[uint8]uint8{0x01: 39, 0x06: 40, 0x09: 0x4f, 0x12: 31, 0x13: 20, 0x17: 0xa3, 0x18: 0xff})
	adapter.In(0x3da, 1)
	out(0x3c0, 0x20)
	for i, char := range "Hello, \x02" {
		adapter.WriteMem(0xb8000-vga.WindowStart+uint32(2*i), 2, 0x0700|uint32(char))
	}

	// A front end pulls the picture as often as it likes, and redraws what is
	// newer than what it has.
	text, seen := adapter.Text(), uint64(0)
	for row := range text.Rows {
		if text.Lines[row] > seen {
			fmt.Printf("row %d is new\n", row)
		}
	}
	fmt.Print(text)
	frame := adapter.Frame()
	fmt.Println(frame.Width, "x", frame.Height, "dots")
	// Output:
	// row 0 is new
	// row 1 is new
	// Hello, ☻
	//
	// 360 x 32 dots
}
