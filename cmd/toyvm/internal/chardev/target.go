package chardev

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Target names the host's side of a line, spelled as QEMU does.
type Target struct {
	text   string
	kind   string
	path   string // or address
	server bool   // wait for others to connect, instead of connecting
	wait   bool   // with the start of the machine, too, until one has
}

// Spelling lists what Parse understands.
const Spelling = "stdio, null, file:PATH, pipe:PATH, unix:PATH[,server][,nowait], tcp:HOST:PORT[,server][,nowait] or pty"

func (t Target) String() string { return t.text }

// Stdio tells whether the target is standard input and output.
func (t Target) Stdio() bool { return t.kind == "stdio" }

// Server tells whether the target waits for others to connect.
func (t Target) Server() bool { return t.server }

// Shared tells whether several lines may have this target.
func (t Target) Shared() bool { return t.kind == "null" || t.kind == "pty" }

// Parse reads a target.
func Parse(text string) (Target, error) {
	kind, rest, colon := strings.Cut(text, ":")
	t := Target{text: text, kind: kind, path: rest, wait: true}
	switch kind {
	case "none":
		t.kind = "null"
		fallthrough
	case "stdio", "null", "pty":
		if colon {
			return t, fmt.Errorf("%q: %s takes nothing behind it", text, kind)
		}
		return t, nil
	case "file", "pipe":
		if rest == "" {
			return t, fmt.Errorf("%q: a path is missing, as in %s:/tmp/com1", text, kind)
		}
		return t, nil
	case "unix", "tcp":
		return t, t.parseSocket()
	}
	return t, fmt.Errorf("%q: a line goes to %s", text, Spelling)
}

func (t *Target) parseSocket() error {
	address, options, _ := strings.Cut(t.path, ",")
	t.path = address
	for _, option := range strings.FieldsFunc(options, func(r rune) bool { return r == ',' }) {
		switch option {
		case "server", "server=on":
			t.server = true
		case "nowait", "wait=off":
			t.wait = false
		case "server=off", "wait", "wait=on":
		default:
			return fmt.Errorf("%q: unknown option %q; there are server and nowait", t.text, option)
		}
	}
	if !t.server && !t.wait {
		return fmt.Errorf("%q: nowait is for a server: add server, or leave out nowait", t.text)
	}
	if t.kind == "unix" && address == "" {
		return fmt.Errorf("%q: a path is missing, as in unix:/tmp/com1", t.text)
	}
	if colon := strings.LastIndexByte(address, ':'); t.kind == "tcp" && (colon < 0 || colon == len(address)-1) {
		return fmt.Errorf("%q: a port is missing, as in tcp:localhost:4000", t.text)
	}
	return nil
}

// ParsePort reads [PORT=]TARGET, where PORT is an I/O port such as 0x402 or
// 402h.
func ParsePort(text string, usual uint16) (port uint16, t Target, err error) {
	name, target, found := strings.Cut(text, "=")
	if !found || strings.Contains(name, ":") {
		t, err = Parse(text)
		return usual, t, err
	}
	if port, err = parsePortNumber(name); err != nil {
		return 0, t, fmt.Errorf("%q: %w", text, err)
	}
	t, err = Parse(target)
	return port, t, err
}

func parsePortNumber(name string) (uint16, error) {
	lower := strings.ToLower(name)
	digits, hex := strings.CutPrefix(lower, "0x")
	if !hex {
		digits, hex = strings.CutSuffix(lower, "h")
	}
	n, err := strconv.ParseUint(digits, 16, 16)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("I/O port %s: the last one is 0xffff", name)
	case err != nil || !hex:
		return 0, fmt.Errorf("I/O port %q: write it as 0x402 or 402h", name)
	}
	return uint16(n), nil
}

// CheckDistinct finds two lines that would get into each other's way.
func CheckDistinct(targets []Target) error {
	for i, t := range targets {
		if !t.Shared() && slices.ContainsFunc(targets[:i], func(o Target) bool { return o.kind == t.kind && o.path == t.path }) {
			return fmt.Errorf("two lines go to %s", t)
		}
	}
	return nil
}
