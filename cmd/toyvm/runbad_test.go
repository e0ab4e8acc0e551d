package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// file writes a file for a test of bad input.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

func TestBadInput(t *testing.T) {
	empty, odd, image := file(t, ""), file(t, "odd"), file(t, strings.Repeat("\x00", disk))
	tests := []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"missing.img"}, exitFailed, "missing.img: there is no such file"},
		{[]string{"--hdb", "."}, exitFailed, ".: it is a directory, not a disk image"},
		{[]string{empty}, exitFailed, empty + ": it is empty"},
		{[]string{odd}, exitFailed, odd + ": its 3 bytes are not a whole number of sectors"},
		{[]string{"--fda", file(t, strings.Repeat("\x00", 4<<20))}, exitFailed, "do not fit on a floppy"},
		{[]string{"--hda", image, image}, exitFailed, "it is in use by another machine, or by another drive of this one"},
		{[]string{"--hda", image, file(t, strings.Repeat("\x00", disk))}, exitTrouble, "looks like a hard disk, but its place is taken by --hda " + image},
		{[]string{"--hdc", image, "--cdrom", image}, exitTrouble, "--cdrom and --hdc are the same place"},
		{[]string{"a", "b"}, exitTrouble, `"b" is one argument too many`},
		{[]string{"-m", "63K"}, exitTrouble, "it must be from 64K to 3G, such as 640K or 16M"},
		{[]string{"-m", "4G"}, exitTrouble, "it must be from 64K to 3G"},
		{[]string{"-m", ""}, exitTrouble, "it must be from 64K to 3G"},
		{[]string{"-m", "99999999999G"}, exitTrouble, "it must be from 64K to 3G"},
		{[]string{"--cpu", "8086"}, exitTrouble, `there is no CPU model "8086"`},
		{[]string{"--boot", "ax"}, exitTrouble, `boot order "ax": it must be of the letters a, c and d`},
		{[]string{"--bios", "missing.bin"}, exitFailed, "--bios: open missing.bin: no such file or directory"},
		{[]string{"--bios", empty}, exitFailed, "--bios " + empty + ": it has 0 bytes, and must have a multiple of 65536"},
		{[]string{"--bios", odd}, exitFailed, "--bios " + odd + ": it has 3 bytes, and must have a multiple of 65536"},
		{[]string{"--vgabios", image}, exitFailed, ": it has more than 128 KiB"},
		{[]string{"--rtc", "noon"}, exitTrouble, "it must be host, utc, or a time from 1970 on"},
		{[]string{"--speed", "fast"}, exitTrouble, "it must be max, realtime, or a number of MIPS"},
		{[]string{"--speed", "0"}, exitTrouble, "it must be max, realtime, or a number of MIPS"},
		{[]string{"--display", "oculus"}, exitTrouble, "--display oculus: it can be auto, window, terminal or none"},
		{[]string{"--serial", "com1"}, exitTrouble, `--serial "com1": a line goes to stdio, null`},
		{[]string{"--serial", "stdio", "--serial", "stdio"}, exitTrouble, "two lines go to stdio"},
		{strings.Fields("--serial null --serial null --serial null --serial null --serial null"), exitTrouble, "--serial is given 5 times"},
		{[]string{"--serial", "file:/nowhere/x"}, exitFailed, "COM1: file:/nowhere/x: no such file or directory"},
		{[]string{"--debugcon", "99=stdio"}, exitTrouble, `--debugcon "99=stdio": I/O port "99": write it as 0x402`},
		{[]string{"--debugcon", "0x60=stdio"}, exitTrouble, "debug console at port 60h: i8042 is there"},
		{[]string{"--script", "missing.txt"}, exitFailed, "--script: open missing.txt: no such file or directory"},
		{[]string{"--script", file(t, "quit now\n")}, exitFailed, `:1: quit now: exit status "now"`},
		{[]string{"--script", "-", "--serial", "stdio"}, exitTrouble, "both read standard input"},
		{[]string{"--trace", "nothing"}, exitTrouble, `--trace: there is no event "nothing"; there are post, input, int, irq, io, exec, reset, disk, timer`},
		{[]string{"--trace-file", "x"}, exitTrouble, "--trace-file needs --trace, which says what to write to it"},
		{[]string{"--max-instructions", "many"}, exitTrouble, "invalid argument"},
	}
	for _, test := range tests {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			out, errs, status := toyvm("", append([]string{"run", "--max-instructions", "1000"}, test.args...)...)
			assert.Equal(t, test.status, status)
			assert.Empty(t, out)
			assert.Contains(t, errs, test.want)
			assert.Equal(t, test.status == exitTrouble, strings.Contains(errs, "\nusage: toyvm run [flags] [DISK]"), errs)
		})
	}
}
