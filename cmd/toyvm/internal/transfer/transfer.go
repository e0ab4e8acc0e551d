// Package transfer opens what a machine's stream is read from and written to,
// in the spelling of QEMU's -incoming and migrate: file:PATH or just PATH,
// exec:COMMAND, unix:PATH and tcp:HOST:PORT.
package transfer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Spelling is how targets are written, for help.
const Spelling = "PATH, file:PATH, exec:COMMAND, unix:PATH or tcp:HOST:PORT"

// split takes a target apart into its kind and the rest.
func split(target string) (kind, rest string) {
	for _, kind := range []string{"file", "exec", "unix", "tcp"} {
		if rest, ok := strings.CutPrefix(target, kind+":"); ok {
			return kind, rest
		}
	}
	return "file", target
}

// Read returns all that comes from a target. Sockets wait for one sender.
func Read(target string) ([]byte, error) {
	kind, rest := split(target)
	switch kind {
	case "exec":
		command := shell(rest)
		command.Stderr = os.Stderr
		data, err := command.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", target, err)
		}
		return data, nil
	case "unix", "tcp":
		listener, err := net.Listen(kind, rest)
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		sender, err := listener.Accept()
		if err != nil {
			return nil, err
		}
		defer sender.Close()
		return io.ReadAll(sender)
	default:
		return os.ReadFile(rest)
	}
}

// Write opens a target, has it filled by write, and closes it. If that fails, a
// file that was there before is still as it was.
func Write(target string, write func(io.Writer) error) error {
	kind, rest := split(target)
	switch kind {
	case "exec":
		return pipeInto(rest, write)
	case "unix", "tcp":
		receiver, err := net.Dial(kind, rest)
		if err != nil {
			return err
		}
		if err := write(receiver); err != nil {
			receiver.Close()
			return err
		}
		return receiver.Close()
	default:
		return replace(rest, write)
	}
}

func shell(command string) *exec.Cmd { return exec.Command("/bin/sh", "-c", command) }

func pipeInto(command string, write func(io.Writer) error) error {
	c := shell(command)
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("exec:%s: %w", command, err)
	}
	failed := write(in)
	in.Close()
	if err := c.Wait(); err != nil {
		return fmt.Errorf("exec:%s: %w", command, err)
	}
	return failed
}

// replace writes a file beside the one that is wanted and then takes its name.
func replace(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return into(path, write) // a device or pipe cannot be replaced
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if failed := new(fs.PathError); errors.As(err, &failed) {
		failed.Path = path // the name that the user knows
	}
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // fails once it has its name
	err = write(file)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if e := file.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func into(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
