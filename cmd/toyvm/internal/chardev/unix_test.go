//go:build unix

package chardev

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "com1")
	target, _ := Parse("pipe:" + path)
	_, err := Open(target, Host{})
	assert.ErrorContains(t, err, "mkfifo")

	require.NoError(t, syscall.Mkfifo(path+".in", 0o600))
	require.NoError(t, syscall.Mkfifo(path+".out", 0o600))
	d, arrived := line(t, "pipe:"+path, Host{})
	in, err := os.OpenFile(path+".in", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.Open(path + ".out")
	require.NoError(t, err)
	defer out.Close()
	in.WriteString("to the machine")
	receive(t, d, arrived, "to the machine")
	send(d, "from it")
	got := make([]byte, 7)
	_, err = io.ReadFull(out, got)
	require.NoError(t, err)
	assert.Equal(t, "from it", string(got))
}

func TestPTY(t *testing.T) {
	d, arrived := line(t, "pty", Host{})
	name, found := strings.CutPrefix(d.Note(), "at ")
	require.True(t, found)
	for range 2 {
		terminal, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOCTTY, 0)
		require.NoError(t, err)
		talk(t, d, arrived, terminal)
		terminal.Close()
	}
}
