// Package monitor lets a user or a script command a machine: run and stop it,
// look at it, type, change disks. The commands are a table with a text of help
// for each. QEMU's users know most of them, and what they print.
//
// A Prompt is where a user types them, with editing, history and completion. A
// script is a file of them, one a line; it is how tests drive a machine, too.
//
// All times are the guest's: a script does the same on every host.
package monitor

import (
	"errors"
	"fmt"
	"io"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/machine"
)

// A Console is a machine under command.
type Console struct {
	Machine *machine.Machine
	// Run lets the machine run until the budget is used up. An error is why it
	// cannot go on; ErrHalted if the guest has halted and nothing will wake it.
	Run func(machine.Budget) error
	// Serial is what the guest sends to COM1.
	Serial *Transcript
	// Drives are those of the machine.
	Drives *Drives
	// Snapshots are those of the machine.
	Snapshots *keeper.Keeper
	// Live tells that a user waits at a prompt, rather than a script.
	Live bool
	// About is what else there is to know.
	About About
	// Out takes what commands print.
	Out io.Writer
}

// About is what is known of a machine beside what it knows itself.
type About struct {
	Version string // of the program
	Name    string // of the machine; may be empty
	Lines   []Line // to the host
}

// A Line is a line to the host.
type Line struct {
	Name   string // such as serial0
	Target string // such as stdio
}

// ErrHalted tells that the guest has halted for good.
var ErrHalted = errors.New("the guest has halted with interrupts off")

// ErrPaused tells that the machine is to stand still, so that its time does
// not pass.
var ErrPaused = errors.New("the machine is paused; cont lets it go on")

// Quit is the error by which the quit command ends a script.
type Quit struct{ Status int }

func (q Quit) Error() string { return fmt.Sprintf("quit with status %d", q.Status) }

// An Action is a command with its arguments.
type Action func(*Console) error
