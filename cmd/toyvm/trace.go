package main

import (
	"fmt"
	"io"
	"strings"

	"toyvm/machine"
)

// A tracer prints an event whenever it happens.
type tracer struct {
	name, help string
	install    func(c *machine.Config, print func(format string, args ...any))
}

var tracers = []tracer{
	{"post", "codes that the firmware writes to port 80h", func(c *machine.Config, print func(string, ...any)) {
		c.ShowPOST = func(code uint8) { print("post %02x", code) }
	}},
	{"input", "keys, bytes and media that reach the machine", func(c *machine.Config, print func(string, ...any)) {
		c.OnInput = func(e machine.Event) { print("input at tick %d: %T %+v", e.At, e.Action, e.Action) }
	}},
}

func traceNames() string {
	var names []string
	for _, t := range tracers {
		names = append(names, t.name+" ("+t.help+")")
	}
	return strings.Join(names, ", ")
}

// installTracers makes a machine print the events with these names.
func installTracers(c *machine.Config, names []string, w io.Writer) error {
	print := func(format string, args ...any) { fmt.Fprintf(w, "trace: "+format+"\n", args...) }
next:
	for _, name := range names {
		for _, t := range tracers {
			if t.name == name {
				t.install(c, print)
				continue next
			}
		}
		return usageError{fmt.Errorf("there is no event %q to trace; there are %s", name, traceNames())}
	}
	return nil
}
