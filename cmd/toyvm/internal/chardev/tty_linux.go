package chardev

import "golang.org/x/sys/unix"

// keyByKey switches a terminal's line editing and echo off.
func keyByKey(fd int, signals bool) (restore func(), err error) {
	old, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, err
	}
	raw := *old
	raw.Iflag &^= unix.ICRNL | unix.INLCR | unix.IGNCR | unix.IXON | unix.ISTRIP
	raw.Lflag &^= unix.ICANON | unix.ECHO | unix.IEXTEN
	if !signals {
		raw.Lflag &^= unix.ISIG
	}
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &raw); err != nil {
		return nil, err
	}
	return once(func() { unix.IoctlSetTermios(fd, unix.TCSETS, old) }), nil
}
