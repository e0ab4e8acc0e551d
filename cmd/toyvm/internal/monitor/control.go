package monitor

import (
	"fmt"
	"strconv"
	"strings"

	"toyvm/cpu"
)

func parseStop([]string) (Action, error) {
	return func(c *Console) error {
		c.Machine.SetPaused(true)
		return nil
	}, nil
}

func parseCont([]string) (Action, error) {
	return func(c *Console) error {
		c.Machine.SetPaused(false)
		return nil
	}, nil
}

func parseQuit(args []string) (Action, error) {
	status := 0
	if len(args) > 0 {
		var err error
		if status, err = strconv.Atoi(args[0]); err != nil || status < 0 || status > 255 {
			return nil, fmt.Errorf("exit status %q: it must be from 0 to 255", args[0])
		}
	}
	return func(*Console) error { return Quit{status} }, nil
}

func parseInfoStatus([]string) (Action, error) {
	return func(c *Console) error {
		status := "running"
		if c.Machine.Paused() {
			status = "paused"
		}
		_, err := fmt.Fprintf(c.Out, "VM status: %s\n", status)
		return err
	}, nil
}

func parseInfoCPUs([]string) (Action, error) {
	return func(c *Console) error {
		p, halted := c.Machine.CPU, ""
		if p.Halted() {
			halted = " (halted)"
		}
		_, base, _, _ := p.Segment(cpu.CS)
		_, err := fmt.Fprintf(c.Out, "* CPU #0: model=%s pc=0x%08x%s\n", c.Machine.Config().CPU, base+p.EIP(), halted)
		return err
	}, nil
}

func parseInfoName([]string) (Action, error) {
	return func(c *Console) error {
		if c.About.Name != "" {
			fmt.Fprintln(c.Out, c.About.Name)
		}
		return nil
	}, nil
}

func parseInfoVersion([]string) (Action, error) {
	return func(c *Console) error {
		_, err := fmt.Fprintln(c.Out, c.About.Version)
		return err
	}, nil
}

func parseInfoChardev([]string) (Action, error) {
	return func(c *Console) error {
		for _, l := range c.About.Lines {
			fmt.Fprintf(c.Out, "%s: filename=%s\n", l.Name, l.Target)
		}
		return nil
	}, nil
}

func parseHelp(args []string) (Action, error) {
	list, err := HelpOn(args)
	if err != nil {
		return nil, err
	}
	return func(c *Console) error {
		for _, command := range list {
			fmt.Fprintf(c.Out, "%s -- %s\n", command.Usage(), command.Help)
		}
		return nil
	}, nil
}

// HelpOn lists the commands that begin with a name: all of them, if it is empty.
func HelpOn(name []string) (list []Command, err error) {
	if len(name) == 0 {
		return Commands(), nil
	}
	name = fullLine(name)
	for _, c := range Commands() {
		if words := strings.Fields(c.Name); len(name) == 1 && strings.EqualFold(words[0], name[0]) {
			list = append(list, c)
		}
	}
	if list != nil {
		return list, nil
	}
	c, rest, err := find(name)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%q is one word too many", rest[0])
	}
	return []Command{*c}, nil
}
