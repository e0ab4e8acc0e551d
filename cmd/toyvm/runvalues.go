package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// memorySize is a size of memory in bytes.
type memorySize int

func (m *memorySize) String() string {
	switch n := int(*m); {
	case n%(1<<30) == 0:
		return fmt.Sprintf("%dG", n>>30)
	case n%(1<<20) == 0:
		return fmt.Sprintf("%dM", n>>20)
	default:
		return fmt.Sprintf("%dK", n>>10)
	}
}

func (*memorySize) Type() string { return "SIZE" }

// Set implements pflag.Value. A number without a suffix counts mebibytes, as
// it does for QEMU.
func (m *memorySize) Set(text string) error {
	const least, most = 64 << 10, 3 << 30
	digits, shift := text, 20
	if text != "" {
		if i := strings.IndexByte("KMG", text[len(text)-1]&^0x20); i >= 0 {
			digits, shift = text[:len(text)-1], 10*(i+1)
		}
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if size := n << shift; err != nil || size < least || size > most || size%4096 != 0 {
		return fmt.Errorf("it must be from 64K to 3G, such as 640K or 16M")
	}
	*m = memorySize(n << shift)
	return nil
}

// speed is how fast the machine runs.
type speed struct {
	text     string
	realtime bool
	rate     uint64 // instructions per second of guest time; 0 is the usual
}

func (s *speed) String() string { return s.text }

func (*speed) Type() string { return "SPEED" }

// Set implements pflag.Value.
func (s *speed) Set(text string) error {
	const least, most = 0.01, 1e6
	*s = speed{text: text, realtime: text != "max"}
	if text == "max" || text == "realtime" {
		return nil
	}
	mips, err := strconv.ParseFloat(text, 64)
	if err != nil || !(mips >= least && mips <= most) {
		return fmt.Errorf("it must be max, realtime, or a number of MIPS from 0.01 to 1000000")
	}
	s.rate = uint64(mips * 1e6)
	return nil
}

// clockStart is what the real-time clock shows at the start.
type clockStart struct {
	text string
	time time.Time // for a time that was given
}

func (c *clockStart) String() string { return c.text }

func (*clockStart) Type() string { return "TIME" }

// Set implements pflag.Value.
func (c *clockStart) Set(text string) error {
	*c = clockStart{text: text}
	if text == "host" || text == "utc" {
		return nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1970 {
			c.time = t
			return nil
		}
	}
	return fmt.Errorf("it must be host, utc, or a time from 1970 on such as 1994-05-31T12:00:00")
}

// repeatable is the time of machines that nobody looks at.
var repeatable = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// seconds is what the clock shows, as seconds since 1970 if it showed UTC.
func (c *clockStart) seconds(watched bool) int64 {
	now := time.Now()
	switch {
	case c.text == "host" || c.text == "" && watched:
		_, offset := now.Zone()
		return now.Unix() + int64(offset)
	case c.text == "utc":
		return now.Unix()
	case c.text == "":
		return repeatable.Unix()
	default:
		return c.time.Unix()
	}
}
