package chardev

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEscape(t *testing.T) {
	tests := []struct {
		typed  string
		before string
		key    byte
		rest   string
	}{
		{"", "", 0, ""},
		{"abc", "abc", 0, ""},
		{"a\x01\x01b", "a\x01b", 0, ""},
		{"a\x01cdef", "a", 'c', "def"},
		{"\x01x", "", 'x', ""},
		{"\x01\x01\x01h", "\x01", 'h', ""},
	}
	for _, test := range tests {
		var e Escape
		before, key, rest := e.Next([]byte(test.typed))
		assert.Equal(t, test.before, string(before), "%q", test.typed)
		assert.Equal(t, test.key, key, "%q", test.typed)
		assert.Equal(t, test.rest, string(rest), "%q", test.typed)
	}
	var e Escape
	_, key, _ := e.Next([]byte("\x01"))
	require.Zero(t, key)
	_, key, rest := e.Next([]byte("xy"))
	assert.Equal(t, byte('x'), key, "in two pieces")
	assert.Equal(t, "y", string(rest))
}

func TestMux(t *testing.T) {
	typed, keys := io.Pipe()
	defer keys.Close()
	target, err := Parse("stdio")
	require.NoError(t, err)
	d, err := Open(target, Host{Stdin: typed, Stdout: NewQueue(io.Discard)})
	require.NoError(t, err)
	var commands []string
	m := NewMux(d, func(key byte, onMonitor bool) { commands = append(commands, fmt.Sprintf("%c %t", key, onMonitor)) })
	go io.WriteString(keys, "to the port\x01cto the monitor\x01hand\x01Cback")

	var port, monitor string
	for end := time.Now().Add(20 * time.Second); port != "to the portback" && time.Now().Before(end); {
		port += string(m.Port().Receive(3))
		monitor += string(m.Monitor().Receive(64))
	}
	assert.Equal(t, "to the portback", port)
	assert.Equal(t, "to the monitorand", monitor)
	assert.Equal(t, []string{"c true", "h true", "C false"}, commands)
}

// TestMuxDoesNotTakeMoreThanItHolds leaves the rest where it comes from.
func TestMuxDoesNotTakeMoreThanItHolds(t *testing.T) {
	typed, keys := io.Pipe()
	defer keys.Close()
	target, err := Parse("stdio")
	require.NoError(t, err)
	d, err := Open(target, Host{Stdin: typed, Stdout: NewQueue(io.Discard)})
	require.NoError(t, err)
	m := NewMux(d, func(byte, bool) {})
	const n = 100_000
	go keys.Write(make([]byte, n))
	received := 0
	for end := time.Now().Add(20 * time.Second); received < n && time.Now().Before(end); {
		assert.Empty(t, m.Monitor().Receive(1))
		require.LessOrEqual(t, len(m.port.bytes), 2*muxLimit)
		received += len(m.Port().Receive(1000))
	}
	assert.Equal(t, n, received)
}

func TestWhenNothingMoreArrives(t *testing.T) {
	typed, keys := io.Pipe()
	target, err := Parse("stdio")
	require.NoError(t, err)
	arrived := make(chan struct{}, 10)
	d, err := Open(target, Host{Stdin: typed, Stdout: NewQueue(io.Discard), Arrived: func() { arrived <- struct{}{} }})
	require.NoError(t, err)
	io.WriteString(keys, "last")
	<-arrived
	keys.Close()
	<-arrived
	assert.False(t, d.Ended())
	assert.Equal(t, "last", string(d.Receive(100)))
	assert.True(t, d.Ended())
}
