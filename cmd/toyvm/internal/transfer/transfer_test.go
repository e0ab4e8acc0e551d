package transfer

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func hello(w io.Writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

func TestFilesAreWrittenAndRead(t *testing.T) {
	for _, prefix := range []string{"", "file:"} {
		path := filepath.Join(t.TempDir(), "stream")
		require.NoError(t, os.WriteFile(path, []byte("much older"), 0o600))
		require.NoError(t, Write(prefix+path, hello))
		data, err := Read(prefix + path)
		require.NoError(t, err)
		assert.Equal(t, "hello", string(data))
	}
}

func TestAFailureLeavesTheOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stream")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	wrong := errors.New("wrong")
	err := Write(path, func(w io.Writer) error {
		hello(w)
		return wrong
	})
	assert.ErrorIs(t, err, wrong)
	assert.Equal(t, "old", contents(t, path))
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing is left behind")
}

func TestDevicesAreNotReplaced(t *testing.T) {
	require.NoError(t, Write(os.DevNull, hello))
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	assert.False(t, info.Mode().IsRegular())
}

func TestCommandsAreFedAndHeard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "copy")
	require.NoError(t, Write("exec:cat > '"+path+"'", hello))
	assert.Equal(t, "hello", contents(t, path))
	data, err := Read("exec:cat '" + path + "'")
	require.NoError(t, err)
	assert.Equal(t, "hello", string(data))

	assert.EqualError(t, Write("exec:exit 3", func(io.Writer) error { return nil }), "exec:exit 3: exit status 3")
	_, err = Read("exec:exit 3")
	assert.EqualError(t, err, "exec:exit 3: exit status 3")
}

func TestSocketsConnectTwoMachines(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	free.Close()
	for _, target := range []string{"unix:" + filepath.Join(t.TempDir(), "s"), "tcp:" + free.Addr().String()} {
		received := make(chan string)
		go func() {
			data, err := Read(target)
			assert.NoError(t, err)
			received <- string(data)
		}()
		for Write(target, hello) != nil { // until somebody listens
		}
		assert.Equal(t, "hello", <-received)
	}
}

func TestWhatCannotBeOpenedIsNamed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such")
	assert.EqualError(t, Write(missing, hello), "open "+missing+": no such file or directory")
	_, err := Read(missing)
	assert.ErrorContains(t, err, missing)
	assert.ErrorContains(t, Write("unix:"+missing, hello), missing)
	assert.ErrorContains(t, Write("tcp:127.0.0.1", hello), "missing port")
}
