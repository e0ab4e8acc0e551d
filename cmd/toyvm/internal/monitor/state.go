package monitor

import (
	"fmt"

	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

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

// show prints what a path leads to, such as i8254.channels[1].count.
func (c *Console) show(path string) error {
	root, err := c.state()
	if err != nil {
		return err
	}
	node := root.Lookup(path)
	if node == nil {
		return fmt.Errorf("nothing is called %s; info vmstate lists the sections", path)
	}
	if node.Kind == vmstate.KindLeaf {
		_, err := fmt.Fprintln(c.Out, node)
		return err
	}
	return node.Print(c.Out)
}

func parseInfoState(args []string) (Action, error) {
	return func(c *Console) error {
		if len(args) > 0 {
			return c.show(args[0])
		}
		root, err := c.state()
		if err != nil {
			return err
		}
		for _, section := range root.Children {
			fmt.Fprintln(c.Out, section.Name)
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
