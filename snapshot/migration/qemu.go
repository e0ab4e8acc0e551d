package migration

import (
	"math"
	"strconv"
	"strings"

	"toyvm/vmstate"
)

// QEMU is the isapc that a stream is meant for.
type QEMU struct {
	// Serial is its number of serial ports. It refuses a stream with more.
	Serial int
	// RTCShift is how far its host's clock, on which its real-time clock
	// counts, is ahead of that of the machine, in ns.
	RTCShift int64
}

// Adapt makes of the sections of a machine those that QEMU loads. It changes
// the trees. What QEMU has no place for is left out:
//
//   - sections and subsections that only toyvm has;
//   - the display adapter: QEMU writes its section over the wrong memory;
//   - the second disk channel: QEMU loads both of that name into the first.
//
// QEMU always has two floppy drives.
func (q QEMU) Adapt(devices []*vmstate.Node) []*vmstate.Node {
	var kept []*vmstate.Node
	disks := 0
	for _, d := range devices {
		switch d.Name {
		case "vga":
			continue
		case "isa-ide":
			if disks++; disks > 1 {
				continue
			}
		case "serial":
			if d.Instance >= q.Serial {
				continue
			}
		case "fdc":
			set(d, "state.num_floppies", 2)
		case "mc146818rtc":
			for _, field := range []string{"periodic_timer", "next_periodic_time", "last_update", "update_timer", "next_alarm_time"} {
				shift(d, field, q.RTCShift)
			}
		}
		if !ours(d.Name) {
			dropOurs(d)
			kept = append(kept, d)
		}
	}
	return kept
}

// ours tells whether a section or subsection is one that QEMU never had.
func ours(name string) bool { return strings.Contains(name, "toyvm") }

func dropOurs(n *vmstate.Node) {
	for i := len(n.Children) - 1; i >= 0; i-- {
		if c := n.Children[i]; c.Kind == vmstate.KindSubsection && ours(c.Name) {
			n.Remove(c)
		} else {
			dropOurs(c)
		}
	}
}

// set changes a field to another number, if there is such a field.
func set(device *vmstate.Node, field string, value int64) {
	if n := device.Lookup(field); n != nil {
		n.Set(strconv.FormatInt(value, 10))
	}
}

// shift moves a time, unless it is one that never comes.
func shift(device *vmstate.Node, field string, by int64) {
	n := device.Lookup(field)
	if n == nil {
		return
	}
	switch at := n.Value().(type) {
	case int64:
		if at != int64(vmstate.NotArmed) {
			n.Set(strconv.FormatInt(at+by, 10))
		}
	case uint64:
		if at != math.MaxUint64 {
			n.Set(strconv.FormatUint(at+uint64(by), 10))
		}
	}
}
