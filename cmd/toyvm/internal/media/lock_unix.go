//go:build unix

package media

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file until it is closed: for one machine alone, or against
// others that want it alone. File systems without locks have none.
func lock(file *os.File, alone bool) error {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	err := syscall.Flock(int(file.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrInUse
	}
	return nil
}
