package monitor

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"toyvm/machine"
)

const (
	waitTime = 60 * second
	// poll is how often waiting looks.
	poll = 10 * millisecond
)

// parseSeconds reads a time of the guest.
func parseSeconds(text string) (int64, error) {
	const most = 1e6
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(s) || s < 0 || s > most {
		return 0, fmt.Errorf("%q seconds: it must be a number from 0 to a million", text)
	}
	return int64(s * second), nil
}

func parseSleep(args []string) (Action, error) {
	ns, err := parseSeconds(args[0])
	return func(c *Console) error { return c.sleep(ns) }, err
}

func parseWaitScreen(args []string) (Action, error) {
	return parseWait(args, func(c *Console, text string) bool { return strings.Contains(c.Screen(), text) })
}

func parseWaitSerial(args []string) (Action, error) {
	return parseWait(args, func(c *Console, text string) bool { return c.Serial.Find(text) })
}

func parseWait(args []string, there func(c *Console, text string) bool) (Action, error) {
	text, limit := args[0], int64(waitTime)
	if text == "" {
		return nil, fmt.Errorf("a text to wait for is missing")
	}
	if len(args) > 1 {
		var err error
		if limit, err = parseSeconds(args[1]); err != nil {
			return nil, err
		}
	}
	return func(c *Console) error {
		end := c.Machine.Clock().Now() + limit
		for !there(c, text) {
			now := c.Machine.Clock().Now()
			if now >= end {
				return fmt.Errorf("not there after %v s", float64(limit)/second)
			}
			if err := c.Run(machine.Budget{Until: min(now+poll, end)}); err != nil {
				if there(c, text) {
					return nil
				}
				return err
			}
		}
		return nil
	}, nil
}

func parseWaitInstructions(args []string) (Action, error) {
	n, err := strconv.ParseUint(args[0], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%q instructions: it must be a number", args[0])
	}
	return func(c *Console) error {
		done := c.Machine.CPU.Instructions()
		if done >= n {
			return nil
		}
		return c.Run(machine.Budget{Instructions: n - done})
	}, nil
}
