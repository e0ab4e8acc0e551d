package monitor

import (
	"fmt"
	"strings"

	"toyvm/machine"
)

func parseReset([]string) (Action, error) {
	return func(c *Console) error { return c.Machine.Do(machine.ResetAction{}) }, nil
}

func parseNMI([]string) (Action, error) {
	return func(c *Console) error { return c.Machine.Do(machine.NMIAction{}) }, nil
}

// accessSize is the size in bytes that a format for ports asks for.
func accessSize(text string) (int, error) {
	size := map[string]int{"/b": 1, "/h": 2, "/w": 4}[strings.ToLower(text)]
	if size == 0 {
		return 0, fmt.Errorf("format %q: it is /b, /h or /w for 1, 2 or 4 bytes", text)
	}
	return size, nil
}

// portArgs takes apart the arguments of i and o: maybe a size, the port, and
// maybe more.
func portArgs(args []string) (size int, numbers []number, err error) {
	size = 1
	if strings.HasPrefix(args[0], "/") {
		if size, err = accessSize(args[0]); err != nil {
			return 0, nil, err
		}
		args = args[1:]
	}
	for _, arg := range args {
		n, err := parseNumber(arg)
		if err != nil {
			return 0, nil, err
		}
		numbers = append(numbers, n)
	}
	return size, numbers, nil
}

func parseIn(args []string) (Action, error) {
	size, numbers, err := portArgs(args)
	if err == nil && len(numbers) != 1 {
		err = fmt.Errorf("one port is due, such as 0x60")
	}
	return func(c *Console) error {
		at, err := numbers[0](c)
		if err != nil {
			return err
		}
		port, value := uint16(at), uint32(0)
		if err := c.Machine.Do(machine.InAction{Port: port, Size: size, To: &value}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Out, "port%c[0x%04x] = 0x%0*x\n", "bw?l"[size-1], port, 2*size, value)
		return err
	}, err
}

func parseOut(args []string) (Action, error) {
	size, numbers, err := portArgs(args)
	if err == nil && len(numbers) != 2 {
		err = fmt.Errorf("a port and a value are due, such as 0x80 0x55")
	}
	return func(c *Console) error {
		port, err := numbers[0](c)
		if err != nil {
			return err
		}
		value, err := numbers[1](c)
		if err != nil {
			return err
		}
		return c.Machine.Do(machine.OutAction{Port: uint16(port), Size: size, Value: value})
	}, err
}
