package i8254

import (
	"fmt"

	"toyvm/devices"
	"toyvm/vmstate"
)

// State is the state of the chip. The counters travel as the time they began,
// so that restoring them needs the virtual clock to be restored, too.
//
// count_load_time says more than in QEMU if it is negative: see Channel.start.
// QEMU takes such a counter for one that has been counting since power-on.
//
// Version 3: as QEMU's, with irq_disabled. Version 2: without.
var State = vmstate.Description[PIT]{
	Name:       "i8254",
	Version:    3,
	MinVersion: 2,
	PreLoad:    (*PIT).preLoad,
	PostLoad:   (*PIT).postLoad,
	PreSave:    (*PIT).preSave,
	Fields: vmstate.Fields[PIT]{
		vmstate.Uint32("channels[0].irq_disabled", func(p *PIT) *uint32 { return &p.irqDisabled }).Since(3),
		vmstate.Array("channels", (*PIT).all, vmstate.StructOf(&channelState)).Since(2),
		vmstate.Int64("channels[0].next_transition_time", func(p *PIT) *int64 { return &p.channels[0].next }),
	},
	Subsections: []*vmstate.Description[PIT]{&reloadState},
}

var channelState = vmstate.Description[Channel]{
	Name:       "pit channel",
	Version:    2,
	MinVersion: 2,
	Fields: vmstate.Fields[Channel]{
		vmstate.Int32("count", func(c *Channel) *int32 { return &c.count }),
		vmstate.Uint16("latched_count", func(c *Channel) *uint16 { return &c.latchedCount }),
		vmstate.Uint8("count_latched", func(c *Channel) *uint8 { return &c.countLatched }),
		devices.Flag8("status_latched", func(c *Channel) *bool { return &c.statusLatched }),
		vmstate.Uint8("status", func(c *Channel) *uint8 { return &c.status }),
		vmstate.Uint8("read_state", func(c *Channel) *uint8 { return &c.readState }),
		vmstate.Uint8("write_state", func(c *Channel) *uint8 { return &c.writeState }),
		vmstate.Uint8("write_latch", func(c *Channel) *uint8 { return &c.writeLatch }),
		vmstate.Uint8("rw_mode", func(c *Channel) *uint8 { return &c.access }),
		vmstate.Uint8("mode", func(c *Channel) *uint8 { return &c.mode }),
		devices.Flag8("bcd", func(c *Channel) *bool { return &c.bcd }),
		devices.Flag8("gate", func(c *Channel) *bool { return &c.gate }),
		vmstate.Int64("count_load_time", func(c *Channel) *int64 { return &c.start }),
		vmstate.Int64("next_transition_time", func(c *Channel) *int64 { return &c.next }),
	},
}

// reloadState is sent while a count waits for the current one to end. QEMU,
// where it would not wait, does not know it and refuses the section.
var reloadState = vmstate.Description[PIT]{
	Name:       "i8254/toyvm_reload",
	Version:    1,
	MinVersion: 1,
	Needed: func(p *PIT) bool {
		return p.channels[0].reload != 0 || p.channels[1].reload != 0 || p.channels[2].reload != 0
	},
	Fields: vmstate.Fields[PIT]{
		vmstate.Array("channels", (*PIT).all, vmstate.StructOf(&vmstate.Description[Channel]{
			Name:       "pit channel reload",
			Version:    1,
			MinVersion: 1,
			Fields: vmstate.Fields[Channel]{
				vmstate.Int32("count", func(c *Channel) *int32 { return &c.reload }),
				vmstate.Int64("time", func(c *Channel) *int64 { return &c.reloadAt }),
			},
		})),
	},
}

// Section is the chip's part of a snapshot.
func (p *PIT) Section() *vmstate.Section { return vmstate.NewSection(&State, p, 0) }

func (p *PIT) all() []Channel { return p.channels[:] }

// preSave takes over what is due, for the same state to be saved as the same
// bytes whether or not the guest has looked.
func (p *PIT) preSave() error {
	for i := range p.channels {
		p.channels[i].now()
	}
	return nil
}

func (p *PIT) preLoad() error {
	p.irqDisabled = 0
	for i := range p.channels {
		p.channels[i].reload, p.channels[i].reloadAt = 0, 0
	}
	return nil
}

func (p *PIT) postLoad(int) error {
	for i := range p.channels {
		if c := &p.channels[i]; c.count < 1 || c.count > wholeCount || c.reload < 0 || c.reload > wholeCount {
			return fmt.Errorf("channels[%d]: counts %d and %d, which must be up to %d", i, c.count, c.reload, wholeCount)
		}
	}
	first := &p.channels[0]
	first.timer.SetExpiry(max(first.next, -1))
	return nil
}
