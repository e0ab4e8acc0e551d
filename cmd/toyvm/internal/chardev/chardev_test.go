package chardev

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// line opens a device, with a channel that tells of input.
func line(t *testing.T, text string, host Host) (*Device, chan struct{}) {
	t.Helper()
	target, err := Parse(text)
	require.NoError(t, err)
	arrived := make(chan struct{}, 1)
	host.Arrived = func() {
		select {
		case arrived <- struct{}{}:
		default:
		}
	}
	d, err := Open(target, host)
	require.NoError(t, err)
	t.Cleanup(func() { d.Close() })
	return d, arrived
}

func send(d *Device, text string) {
	for _, b := range []byte(text) {
		d.Send(b)
	}
}

// receive waits for a text from the host.
func receive(t *testing.T, d *Device, arrived chan struct{}, want string) {
	t.Helper()
	var got []byte
	for len(got) < len(want) {
		select {
		case <-arrived:
			got = append(got, d.Receive(100)...)
		case <-time.After(10 * time.Second):
			t.Fatalf("only %q arrived, not %q", got, want)
		}
	}
	assert.Equal(t, want, string(got))
}

func TestParse(t *testing.T) {
	for _, text := range []string{"stdio", "null", "none", "pty", "file:a=b", "pipe:x", "unix:/s", "unix:/s,server=on,wait=off", "tcp:localhost:1", "tcp::4000,server,nowait"} {
		_, err := Parse(text)
		assert.NoError(t, err, text)
	}
	tests := []struct{ text, want string }{
		{"", `"": a line goes to stdio, null, file:PATH`},
		{"serial", "a line goes to stdio"},
		{"stdio:x", "stdio takes nothing behind it"},
		{"file:", "a path is missing, as in file:/tmp/com1"},
		{"unix:", "a path is missing"},
		{"unix:x,sever", `unknown option "sever"; there are server and nowait`},
		{"unix:x,nowait", "nowait is for a server"},
		{"tcp:localhost", "a port is missing, as in tcp:localhost:4000"},
	}
	for _, test := range tests {
		_, err := Parse(test.text)
		assert.ErrorContains(t, err, test.want, test.text)
	}
}

func TestParsePort(t *testing.T) {
	for text, want := range map[string]uint16{"stdio": 0xe9, "0x402=stdio": 0x402, "402h=null": 0x402, "E9H=file:x": 0xe9, "file:a=b": 0xe9} {
		port, _, err := ParsePort(text, 0xe9)
		assert.NoError(t, err, text)
		assert.Equal(t, want, port, text)
	}
	for text, want := range map[string]string{
		"402=stdio":     `I/O port "402": write it as 0x402 or 402h`,
		"0x10000=stdio": "I/O port 0x10000: the last one is 0xffff",
		"0xe9=nobody":   "a line goes to",
	} {
		_, _, err := ParsePort(text, 0xe9)
		assert.ErrorContains(t, err, want)
	}
}

func TestCheckDistinct(t *testing.T) {
	targets := func(texts ...string) (list []Target) {
		for _, text := range texts {
			target, err := Parse(text)
			require.NoError(t, err)
			list = append(list, target)
		}
		return list
	}
	assert.NoError(t, CheckDistinct(targets("null", "null", "pty", "pty", "stdio", "file:a", "file:b")))
	assert.EqualError(t, CheckDistinct(targets("stdio", "null", "stdio")), "two lines go to stdio")
	assert.EqualError(t, CheckDistinct(targets("file:a", "file:a")), "two lines go to file:a")
}

func TestStdioKeepsOrder(t *testing.T) {
	var out bytes.Buffer
	queue := NewQueue(&out)
	d, arrived := line(t, "stdio", Host{Stdin: strings.NewReader("typed"), Stdout: queue})
	receive(t, d, arrived, "typed")
	var want strings.Builder
	for range 1000 {
		send(d, "guest ")
		queue.Write([]byte("program "))
		want.WriteString("guest program ")
	}
	require.NoError(t, queue.Flush())
	assert.Equal(t, want.String(), out.String())
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "com1")
	d, _ := line(t, "file:"+path, Host{})
	send(d, strings.Repeat("line\n", 10000))
	assert.Empty(t, d.Receive(1))
	require.NoError(t, d.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("line\n", 10000), string(data))

	target, _ := Parse("file:/nowhere/com1")
	_, err = Open(target, Host{})
	assert.EqualError(t, err, "file:/nowhere/com1: no such file or directory")
}

// broken takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAQueueTellsWhatWentWrong(t *testing.T) {
	queue := NewQueue(broken{})
	queue.Write([]byte("text"))
	assert.EqualError(t, queue.Close(), "disk full")
	queue.Write([]byte("text"))
	assert.EqualError(t, queue.Flush(), "disk full")
}

// talk sends and receives on a connection.
func talk(t *testing.T, d *Device, arrived chan struct{}, conn io.ReadWriter) {
	t.Helper()
	_, err := conn.Write([]byte("to the machine"))
	require.NoError(t, err)
	receive(t, d, arrived, "to the machine")
	send(d, "from it")
	got := make([]byte, 7)
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	assert.Equal(t, "from it", string(got))
}

func TestServerTakesOnePartnerAfterTheOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	d, arrived := line(t, "unix:"+path+",server,nowait", Host{})
	send(d, "to nobody")
	require.NoError(t, d.output.Flush())
	for range 2 {
		conn, err := net.Dial("unix", path)
		require.NoError(t, err)
		talk(t, d, arrived, conn)
		conn.Close()
	}
}

func TestServerReplacesASocketWithoutAServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	require.NoError(t, err)
	target, _ := Parse("unix:" + path + ",server,nowait")
	_, err = Open(target, Host{})
	assert.ErrorContains(t, err, "address already in use")
	listener.SetUnlinkOnClose(false)
	listener.Close()
	line(t, "unix:"+path+",server,nowait", Host{})
}

func TestClient(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	d, arrived := line(t, "tcp:"+listener.Addr().String(), Host{})
	conn, err := listener.Accept()
	require.NoError(t, err)
	defer conn.Close()
	talk(t, d, arrived, conn)
	send(d, "the end")
	require.NoError(t, d.Close())
	rest, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Equal(t, "the end", string(rest))

	target, _ := Parse("unix:/nowhere/socket")
	_, err = Open(target, Host{})
	assert.ErrorContains(t, err, "unix:/nowhere/socket: ")
}
