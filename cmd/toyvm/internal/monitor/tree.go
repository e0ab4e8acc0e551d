package monitor

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// parseInfoTree shows what is where in memory and among the I/O ports.
func parseInfoTree([]string) (Action, error) {
	return func(c *Console) error {
		var ports []region
		for _, r := range c.Machine.Bus().Ports() {
			ports = append(ports, region{uint64(r.First), uint64(r.Last), 0, "i/o", r.Name})
		}
		printSpace(c.Out, "I/O", region{0, 0xffff, 0, "i/o", "io"}, ports)
		fmt.Fprintln(c.Out)

		var memory []region
		for _, r := range c.Machine.Memory().Ranges() {
			kind, priority := "ram", 0
			if r.Name == "vga" {
				kind = "i/o"
			}
			if slices.ContainsFunc(memory, func(o region) bool { return o.first <= uint64(r.Last) && uint64(r.First) <= o.last }) {
				priority = 1
			}
			memory = append(memory, region{uint64(r.First), uint64(r.Last), priority, kind, r.Name})
		}
		printSpace(c.Out, "memory", region{0, 1<<64 - 1, 0, "i/o", "system"}, memory)
		return nil
	}, nil
}

// A region is a run of addresses. Of two that overlap, the higher priority
// counts.
type region struct {
	first, last uint64
	priority    int
	kind, name  string
}

func (r region) String() string {
	return fmt.Sprintf("%016x-%016x (prio %d, %s): %s", r.first, r.last, r.priority, r.kind, r.name)
}

func printSpace(w io.Writer, name string, all region, regions []region) {
	fmt.Fprintf(w, "address-space: %s\n  %v\n", name, all)
	slices.SortStableFunc(regions, func(a, b region) int { return cmp.Compare(a.first, b.first) })
	for _, r := range regions {
		fmt.Fprintf(w, "    %v\n", r)
	}
}

// boardSections are no devices on the ISA bus, but have state.
var boardSections = []string{"timer", "cpu_common", "cpu", "toyvm/cpu", "toyvm/clock", "globalstate"}

// parseInfoDevices shows the devices, or with a name the state of one.
func parseInfoDevices(args []string) (Action, error) {
	return func(c *Console) error {
		if len(args) > 0 {
			return c.show(args[0])
		}
		root, err := c.state()
		if err != nil {
			return err
		}
		var board, isa []string
		for _, section := range root.Children {
			if slices.Contains(boardSections, section.Name) {
				board = append(board, section.Name)
			} else {
				isa = append(isa, section.Name)
			}
		}
		fmt.Fprintln(c.Out, "bus: main-system-bus\n  type System")
		for _, name := range board {
			fmt.Fprintf(c.Out, "  dev: %s, id \"\"\n", name)
		}
		fmt.Fprintln(c.Out, "  bus: isa.0\n    type ISA")
		for _, name := range isa {
			fmt.Fprintf(c.Out, "    dev: %s, id \"\"\n", name)
			c.printDrives(name)
		}
		return nil
	}, nil
}

// printDrives shows the drives at a controller.
func (c *Console) printDrives(controller string) {
	for _, d := range c.Drives.list {
		if d.controller() == controller {
			fmt.Fprintf(c.Out, "      dev: %s, id \"\"\n        drive = %q\n", d.kindName(), d.Name())
		}
	}
}
