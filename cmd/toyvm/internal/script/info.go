package script

import (
	"fmt"
	"strings"

	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

func parseInfoRegisters([]string) (Action, error) {
	return func(c *Console) error {
		fmt.Fprintln(c.Out, c.Machine.Registers())
		return nil
	}, nil
}

// state is the machine's whole state as a tree: a child for each section.
func (c *Console) state() (*vmstate.Node, error) {
	var s migration.Stream
	for _, section := range c.Machine.Sections() {
		tree, err := section.Values()
		if err != nil {
			return nil, err
		}
		s.Devices = append(s.Devices, tree)
	}
	return s.Tree(), nil
}

func parseInfoState(args []string) (Action, error) {
	return func(c *Console) error {
		root, err := c.state()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			for _, section := range root.Children {
				fmt.Fprintln(c.Out, section.Name)
			}
			return nil
		}
		node := root.Lookup(args[0])
		if node == nil {
			return fmt.Errorf("nothing is called %s; info vmstate lists the sections", args[0])
		}
		if node.Kind == vmstate.KindLeaf {
			_, err := fmt.Fprintln(c.Out, node)
			return err
		}
		return node.Print(c.Out)
	}, nil
}

// parseInfoPIC shows the interrupt controllers in a line each.
func parseInfoPIC([]string) (Action, error) {
	return func(c *Console) error {
		root, err := c.state()
		if err != nil {
			return err
		}
		for i, name := range []string{"i8259", "i8259[1]"} {
			pic := root.Lookup(name)
			field := func(name string) any { return pic.Child(name).Value() }
			fmt.Fprintf(c.Out, "pic%d: irr=%02x imr=%02x isr=%02x hprio=%d irq_base=%02x rr_sel=%d elcr=%02x fnm=%d\n", i,
				field("irr"), field("imr"), field("isr"), field("priority_add"), field("irq_base"),
				field("read_reg_select"), field("elcr"), field("special_fully_nested_mode"))
		}
		return nil
	}, nil
}

// parseInfoHash shows whether two machines are the same, however large they are.
func parseInfoHash([]string) (Action, error) {
	return func(c *Console) error {
		sum, err := c.Machine.Hash()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Out, "%x\n", sum)
		return err
	}, nil
}

func parseInfoIRQ([]string) (Action, error) {
	return func(c *Console) error {
		for n, devices := range c.Machine.IRQs() {
			if len(devices) > 0 {
				fmt.Fprintf(c.Out, "%2d: %s\n", n, strings.Join(devices, ", "))
			}
		}
		return nil
	}, nil
}

// parseInfoTree shows what is where in memory and among the I/O ports.
func parseInfoTree([]string) (Action, error) {
	return func(c *Console) error {
		fmt.Fprintln(c.Out, "memory")
		for _, r := range c.Machine.Memory().Ranges() {
			fmt.Fprintf(c.Out, "  %v\n", r)
		}
		fmt.Fprintln(c.Out, "I/O")
		for _, r := range c.Machine.Bus().Ports() {
			fmt.Fprintf(c.Out, "  %v\n", r)
		}
		return nil
	}, nil
}
