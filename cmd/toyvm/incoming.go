package main

import (
	"fmt"
	"strings"

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
	var err error
	if r.incoming, err = receiveStream(r.stdin, source); err != nil {
		return failure{fmt.Errorf("--incoming: %w", err)}
	}
	memory, model := r.config.Memory, r.config.CPU
	if err := fit(&r.config, r.incoming); err != nil {
		return failure{fmt.Errorf("--incoming %s: %w", source, err)}
	}
	if r.given("cpu") {
		r.config.CPU = model
	}
	if r.given("memory") && r.config.Memory != memory {
		return failure{fmt.Errorf("--incoming %s: that machine has %d KiB of memory, and --memory says %d", source, r.config.Memory>>10, memory>>10)}
	}
	return nil
}

// fit makes a configuration that of the machine in a stream. The two must agree
// in the end; loading finds what is still different. What is connected stays so,
// and a hard disk needs an image, which only the user can give.
func fit(c *machine.Config, s *migration.Stream) error {
	connected := *c
	for _, setting := range s.Settings {
		switch {
		case setting.Value == machine.HardDisk.String():
			continue
		case setting.Name == "memory" || setting.Name == "video-memory":
			continue // the blocks tell, and are all there
		}
		if err := c.Set(setting.Name, setting.Value); err != nil {
			return err
		}
	}
	for i, d := range connected.Drives {
		if d.Kind != machine.NoDrive {
			c.Drives[i] = d
		}
	}
	if len(c.Serial) < len(connected.Serial) {
		c.Serial = connected.Serial
	}
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
	if n := s.Lookup("fdc.state.num_floppies"); len(s.Settings) == 0 && n != nil && n.Value() == uint64(2) {
		c.Floppies[1].Present = true
	}
	return nil
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
