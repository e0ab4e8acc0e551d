package store

import (
	"errors"
	"fmt"
)

// ErrNotFound is what errors about snapshots that do not exist are.
var ErrNotFound = errors.New("there is no such snapshot")

// ErrDamaged is what errors about files are that do not hold what was written.
var ErrDamaged = errors.New("damaged")

// damageError is an ErrDamaged with its own words.
type damageError string

func (e damageError) Error() string        { return string(e) }
func (e damageError) Is(target error) bool { return target == ErrDamaged }

func damaged(format string, args ...any) error { return damageError(fmt.Sprintf(format, args...)) }

// A BusyError reports that another process is changing the store.
type BusyError struct {
	Dir string
	PID string // empty if it is not known
}

func (e *BusyError) Error() string {
	who := "another process"
	if e.PID != "" {
		who = "process " + e.PID
	}
	return fmt.Sprintf("%s is being changed by %s: try again when it is done", e.Dir, who)
}

// inSnapshot says which snapshot an error is about.
func inSnapshot(tag string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("snapshot %q: %w", tag, err)
}
