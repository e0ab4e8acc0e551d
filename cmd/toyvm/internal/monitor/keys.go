package monitor

import (
	"fmt"
	"strconv"

	"toyvm/cmd/toyvm/internal/terminal"
	"toyvm/machine"
)

// How long keys take, in ns of guest time: slow enough for guests that look
// for keys now and then, fast enough not to be repeated.
const (
	millisecond = 1_000_000
	second      = 1000 * millisecond

	keyTime  = 10 * millisecond
	holdTime = 100
)

func parseType(args []string) (Action, error) {
	for _, r := range args[0] {
		if len(terminal.Type(string(r))) == 0 {
			return nil, fmt.Errorf("the keyboard has no way to type %q", r)
		}
	}
	events := terminal.Type(args[0])
	return func(c *Console) error { return c.press(events, keyTime) }, nil
}

func parseSendKey(args []string) (Action, error) {
	events, err := terminal.SendKey(args[0])
	if err != nil {
		return nil, err
	}
	hold := holdTime
	if len(args) > 1 {
		if hold, err = strconv.Atoi(args[1]); err != nil || hold < 1 || hold > 10000 {
			return nil, fmt.Errorf("%q milliseconds: it must be from 1 to 10000", args[1])
		}
	}
	half := len(events) / 2
	return func(c *Console) error {
		if err := c.press(events[:half], keyTime); err != nil {
			return err
		}
		if err := c.sleep(int64(hold) * millisecond); err != nil {
			return err
		}
		return c.press(events[half:], keyTime)
	}, nil
}

// press presses and releases keys one after the other.
func (c *Console) press(events []terminal.KeyEvent, pause int64) error {
	for _, e := range events {
		c.Machine.Key(e.Key, e.Pressed)
		if err := c.sleep(pause); err != nil {
			return err
		}
	}
	return nil
}

// sleep lets the machine run for a time. To one that has halted for good
// nothing happens in it.
func (c *Console) sleep(ns int64) error {
	err := c.Run(machine.Budget{Until: c.Machine.Clock().Now() + ns})
	if err == ErrHalted {
		return nil
	}
	return err
}
