package main

import (
	"iter"
	"strings"

	"toyvm/cmd/toyvm/internal/monitor"
)

const demoSize = 1440 << 10

// noDisk tells whether the command line names no disk, nor a machine that has
// started before, so that the machine gets the demo.
func (f *runFlags) noDisk(disk string) bool {
	return disk+f.fda+f.fdb+f.hda+f.hdb+f.hdc+f.hdd+f.cdrom+f.incoming+f.load == ""
}

// leftAlone tells whether a machine that nobody sees would wait in the demo for
// ever: nothing can reach it, and nothing ends the run.
func (r *runner) leftAlone(disk string) bool {
	f := r.flags
	starts := f.noDisk(disk) && (f.boot == "" || strings.Contains(f.boot, "a"))
	return starts && r.commands == nil && f.maxInstructions == 0 && len(f.serial)+len(f.debugcon) == 0 && !r.lines.hasMonitor()
}

// glimpse is a script that shows the demo instead.
func glimpse() iter.Seq2[monitor.Step, error] {
	return monitor.Lines("demo", strings.NewReader("wait screen \"> \"\nscreen\n"))
}

const glimpseNote = "toyvm: this is how the demo starts. Run it in a terminal, or reach it with --script FILE or --serial stdio."
