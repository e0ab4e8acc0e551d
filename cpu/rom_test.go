package cpu

import (
	"bytes"
	"fmt"
	"os"
	"testing"
)

type postBus struct {
	post []uint32
	text bytes.Buffer
}

func (b *postBus) In(port uint16, size int) uint32 { return 0xFFFFFFFF }
func (b *postBus) Out(port uint16, size int, v uint32) {
	switch port {
	case 0x190:
		b.post = append(b.post, v)
	case 0xE9:
		b.text.WriteByte(byte(v))
	}
}
func (b *postBus) Acknowledge() uint8 { return 8 }

// TestROM runs a diagnostic ROM named by TOYVM_ROM, such as test386.asm built
// with OUT_PORT E9h: it reports progress on port 190h, FFh at the end, and text
// on port E9h, which goes to the file named by TOYVM_ROM_TEXT.
func TestROM(t *testing.T) {
	path := os.Getenv("TOYVM_ROM")
	if path == "" {
		t.Skip("TOYVM_ROM does not name a diagnostic ROM")
	}
	rom, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	model := os.Getenv("TOYVM_ROM_MODEL")
	if model == "" {
		model = "386"
	}
	bus := &postBus{}
	mem, ram, r := NewMemory(), NewRAM(4<<20), NewRAM(len(rom))
	mem.MapRAM(0, ram, 0, 4<<20)
	r.Write(0, rom)
	mem.MapROM(0x100000-uint32(len(rom)), r, 0, len(rom))
	mem.MapROM(-uint32(len(rom)), r, 0, len(rom))
	c := New(model, mem, bus)
	reason := c.Run(200_000_000)
	last := uint32(0)
	if len(bus.post) > 0 {
		last = bus.post[len(bus.post)-1]
	}
	fmt.Printf("POST %02X after %d instructions (%v), %d bytes of text\n", last, c.Instructions(), reason, bus.text.Len())
	if out := os.Getenv("TOYVM_ROM_TEXT"); out != "" {
		if err := os.WriteFile(out, bus.text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if last != 0xFF {
		t.Errorf("stopped at POST %02X; %s", last, dumpState(c))
	}
}
