package main

import (
	"fmt"
	"strings"

	"toyvm/cmd/toyvm/internal/transfer"
	"toyvm/machine"
	"toyvm/snapshot/migration"
)

// receive reads the stream that the machine is to start from, and makes the
// machine's memory and ports fit it.
func (r *runner) receive() error {
	source := r.flags.incoming
	if source == "" {
		return nil
	}
	data, err := transfer.Read(source)
	if err != nil {
		return failure{fmt.Errorf("--incoming: %w", err)}
	}
	if data, err = unpack(source, data); err != nil {
		return failure{fmt.Errorf("--incoming: %w", err)}
	}
	if r.incoming, err = migration.Parse(data); err != nil {
		return failure{fmt.Errorf("--incoming %s: %w", source, err)}
	}
	memory := r.config.Memory
	fit(&r.config, r.incoming)
	if r.given("memory") && r.config.Memory != memory {
		return failure{fmt.Errorf("--incoming %s: that machine has %d KiB of memory, and --memory says %d", source, r.config.Memory>>10, memory>>10)}
	}
	return nil
}

// fit makes a configuration that of the machine in a stream. The two must agree
// in the end; loading finds what is still different.
func fit(c *machine.Config, s *migration.Stream) {
	for _, b := range s.Blocks {
		switch size := int(b.Size); b.Name {
		case "pc.ram":
			c.Memory = size
		case "vga.vram":
			c.VideoMemory = size
		case "pc.bios":
			if c.BIOS == nil && b.Size <= maxBIOS {
				c.BIOS = s.Contents(b).Bytes() // for the next reset
			}
		}
	}
	for _, body := range s.Bodies {
		if body.Name == "serial" && body.Instance >= len(c.Serial) && body.Instance < 4 {
			c.Serial = append(c.Serial, make([]func(byte), body.Instance+1-len(c.Serial))...)
		}
	}
	if n := s.Lookup("fdc.state.num_floppies"); n != nil && n.Value() == uint64(2) {
		c.Floppies[1].Present = true
	}
}

// load puts the stream into the machine.
func (r *runner) load(m *machine.Machine) error {
	if r.incoming == nil {
		return nil
	}
	skipped, err := r.incoming.LoadInto(m)
	if err != nil {
		return fmt.Errorf("--incoming %s: %w", r.flags.incoming, err)
	}
	if len(skipped) > 0 {
		fmt.Fprintf(r.stderr, "toyvm: warning: --incoming %s: not loaded: %s\n", r.flags.incoming, strings.Join(skipped, ", "))
	}
	return nil
}
