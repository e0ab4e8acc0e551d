package i8257

import (
	"fmt"

	"toyvm/vmstate"
)

// state is QEMU's i8257. Its dack and eop are never used there; here they hold
// what the status register shows, which QEMU forgets.
//
// Version 1: QEMU 0.9.
var state = vmstate.Description[Controller]{
	Name: "dma", Version: 1, MinVersion: 1,
	PostLoad: (*Controller).postLoad,
	Fields: vmstate.Fields[Controller]{
		vmstate.Uint8("command", func(c *Controller) *uint8 { return &c.command }),
		vmstate.Uint8("mask", func(c *Controller) *uint8 { return &c.mask }),
		vmstate.Uint8("flip_flop", func(c *Controller) *uint8 { return &c.flipFlop }),
		vmstate.Int32("dshift", func(c *Controller) *int32 { return &c.dshift }),
		vmstate.Array("regs", func(c *Controller) []channel { return c.channels[:] }, vmstate.StructOf(&channelState)),
	},
}

var channelState = vmstate.Description[channel]{
	Name: "dma_regs", Version: 1, MinVersion: 1,
	Fields: vmstate.Fields[channel]{
		vmstate.Array("now", func(ch *channel) []int32 { return ch.now[:] }, vmstate.Int32),
		vmstate.Array("base", func(ch *channel) []uint16 { return ch.base[:] }, vmstate.Uint16),
		vmstate.Uint8("mode", func(ch *channel) *uint8 { return &ch.mode }),
		vmstate.Uint8("page", func(ch *channel) *uint8 { return &ch.page }),
		vmstate.Uint8("pageh", func(ch *channel) *uint8 { return &ch.pageHigh }),
		vmstate.Uint8("dack", func(ch *channel) *uint8 { return &ch.request }),
		vmstate.Uint8("eop", func(ch *channel) *uint8 { return &ch.terminal }),
	},
}

// Section is the controller's part of a machine's state.
func (c *Controller) Section(instance int) *vmstate.Section {
	return vmstate.NewSection(&state, c, instance)
}

// postLoad refuses the state of the other controller. What was being moved
// waits for the peripheral, which is loaded later.
func (c *Controller) postLoad(int) error {
	if c.dshift != c.width {
		return fmt.Errorf("dshift %d in a controller whose dshift is %d", c.dshift, c.width)
	}
	return nil
}
