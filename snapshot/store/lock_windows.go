package store

import (
	"os"

	"golang.org/x/sys/windows"
)

// Lock locks a byte far behind the end: what is locked nobody else can read.
func (f *osFile) Lock() (bool, error) {
	far := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &far)
	if err == windows.ERROR_LOCK_VIOLATION {
		return false, nil
	}
	if err != nil {
		return false, &os.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	return true, nil
}

// syncDirectory does nothing: Windows cannot sync a directory.
func syncDirectory(string) error { return nil }
