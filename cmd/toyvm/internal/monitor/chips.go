package monitor

import (
	"fmt"
	"strings"
)

// parseInfoPIC shows the interrupt controllers in a line each.
func parseInfoPIC([]string) (Action, error) {
	return func(c *Console) error {
		root, err := c.state()
		if err != nil {
			return err
		}
		for i, name := range []string{"i8259[1]", "i8259"} {
			pic := root.Lookup(name)
			field := func(name string) any { return pic.Child(name).Value() }
			fmt.Fprintf(c.Out, "pic%d: irr=%02x imr=%02x isr=%02x hprio=%d irq_base=%02x rr_sel=%d elcr=%02x fnm=%d\n", 1-i,
				field("irr"), field("imr"), field("isr"), field("priority_add"), field("irq_base"),
				field("read_reg_select"), field("elcr"), field("special_fully_nested_mode"))
		}
		return nil
	}, nil
}

// parseInfoIRQ shows how often devices have asked for an interrupt.
func parseInfoIRQ([]string) (Action, error) {
	return func(c *Console) error {
		fmt.Fprintln(c.Out, "IRQ statistics for isa-i8259:")
		for n, irq := range c.Machine.IRQs() {
			if len(irq.Devices) > 0 {
				fmt.Fprintf(c.Out, "%2d: %d %s\n", n, irq.Raised, strings.Join(irq.Devices, ", "))
			}
		}
		return nil
	}, nil
}

// parseInfoPIT shows the channels of the timer in a line each.
func parseInfoPIT([]string) (Action, error) {
	return func(c *Console) error {
		root, err := c.state()
		if err != nil {
			return err
		}
		for i, purpose := range []string{"irq 0", "refresh", "speaker"} {
			channel := root.Lookup(fmt.Sprintf("i8254.channels[%d]", i))
			field := func(name string) any { return channel.Child(name).Value() }
			fmt.Fprintf(c.Out, "channel %d: mode=%d count=%d rw=%d bcd=%d gate=%d latched=%d loaded=%d ns (%s)\n", i,
				field("mode"), field("count"), field("rw_mode"), field("bcd"), field("gate"),
				field("count_latched"), field("count_load_time"), purpose)
		}
		return nil
	}, nil
}
