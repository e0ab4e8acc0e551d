package terminal

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// helperVariable makes the test program show a screen instead of testing.
const helperVariable = "TOYVM_TERMINAL_HELPER"

// Exit statuses of the helper.
const (
	helperQuit = iota + 10
	helperSignal
	helperHungUp
	helperError
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperVariable); mode != "" {
		os.Exit(help(mode))
	}
	os.Exit(m.Run())
}

// help shows a screen and tells in the status line what is typed.
func help(mode string) int {
	t, err := Open(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return helperError
	}
	defer t.Close()
	columns, rows, err := t.Size()
	if err != nil {
		return helperError
	}
	text := textScreen(80, 25, "hello from the guest", "\xc9\xcd\xbb \x82 \x01")
	r := NewRenderer(t, DetectColours(os.Getenv), columns, rows)
	r.SetStatus("ready")
	if r.DrawText(text) != nil {
		return helperError
	}
	switch mode {
	case "panic":
		panic("as asked")
	case "panic elsewhere":
		go func() {
			defer t.RestoreOnPanic()
			panic("as asked")
		}()
		select {}
	case "stuck":
		select {}
	}
	return helperLoop(t, r, func() error { return r.DrawText(text) })
}

func helperLoop(t *Terminal, r *Renderer, draw func() error) int {
	var d Decoder
	typed := ""
	for draw() == nil {
		var events []Event
		var expired <-chan time.Time
		if at, due := d.Deadline(); due {
			expired = time.After(time.Until(at))
		}
		select {
		case b, ok := <-t.Bytes():
			if !ok {
				return helperHungUp
			}
			events = d.Decode(b, time.Now())
		case now := <-expired:
			events = d.Expire(now)
		case <-t.Resized():
			columns, rows, err := t.Size()
			if err != nil {
				return helperError
			}
			r.Resize(columns, rows)
			typed += fmt.Sprintf(" %dx%d", columns, rows)
		case <-t.Signals():
			return helperSignal
		}
		for _, e := range events {
			switch {
			case e.Command == CommandQuit:
				return helperQuit
			case e.Command == CommandMonitor:
				if t.LeaveScreen() != nil {
					return helperError
				}
				fmt.Fprint(t.Prompt(), "monitor> ")
				typed += " line:" + readLine(t, d.Rest())
				if t.ReturnToScreen() != nil {
					return helperError
				}
			case e.Pressed:
				typed += " " + e.Key.String()
			}
		}
		r.SetStatus("typed:" + strings.TrimSpace(typed))
	}
	return helperError
}

// readLine reads what is typed up to Enter.
func readLine(t *Terminal, line []byte) string {
	for !bytes.ContainsRune(line, '\r') {
		line = append(line, <-t.Bytes()...)
	}
	line, _, _ = bytes.Cut(line, []byte{'\r'})
	return string(line)
}
