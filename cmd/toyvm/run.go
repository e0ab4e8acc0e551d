package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"toyvm/cmd/toyvm/internal/chardev"
	"toyvm/cmd/toyvm/internal/transfer"
)

// runFlags are the flags of toyvm run as they were given.
type runFlags struct {
	fda, fdb, hda, hdb, hdc, hdd, cdrom string
	ephemeral                           bool

	memory        memorySize
	cpu, boot     string
	bios, vgabios string
	rtc           clockStart
	noReboot      bool
	paused        bool
	incoming      string
	store, load   string

	serial, debugcon []string
	monitor          string
	display          string
	speed            speed

	script          string
	maxInstructions uint64
	trace           []string
	traceFile       string
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [flags] [DISK]",
		Short: "Run a machine from a disk image, or the built-in demo",
		Long: `Run a PC with the disk image DISK in the drive where it belongs: an image of a
floppy's size in drive A, an ISO image in the CD-ROM drive, anything else as the
first hard disk. It is what the machine starts from, unless --boot says otherwise.
What the guest writes goes to the image, unless there is --ephemeral.

Without any disk the machine starts the built-in demo from drive A: it shows what
the machine is, and has a small monitor to look around in it. Where nobody can see
or reach it, that is without a terminal, a script and lines to the outside, its
first screen is printed and the run ends. --boot c keeps the demo from starting.

The exit status is 0 if all went well, 1 if an image, a script or a wait failed,
2 if the command line makes no sense, and what the guest asks for if it writes to
the debug exit port 501h or F4h: twice the value, plus one.`,
		Example: `  toyvm run                                    the demo
  toyvm run freedos.img                        see it in this terminal
  toyvm run --hda disk.img --cdrom install.iso --boot d
  toyvm run --display none --serial stdio kernel.img
  toyvm run --display none --script check.txt --ephemeral disk.img

A script has a command on each line, and runs in the time of the guest:
  wait screen "A:\\>" 30
  type "ver\n"
  wait screen "FreeDOS"
  screendump result.png
  sendkey ctrl-alt-delete`,
		Args: arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			disk := ""
			if len(args) > 0 {
				disk = args[0]
			}
			return run(c, &f, disk)
		},
	}
	f.define(c)
	f.completeFlags(c)
	return c
}

func (f *runFlags) define(c *cobra.Command) {
	flags := c.Flags()
	flags.SortFlags = false
	f.defineDisks(flags)
	flags.BoolVar(&f.ephemeral, "ephemeral", false, "keep what the guest writes to disks in memory, and forget it")
	flags.StringVar(&f.boot, "boot", "", "boot `ORDER` of a (floppy), c (hard disk), d (CD-ROM); default: DISK, then acd")

	f.memory = 16 << 20
	flags.VarP(&f.memory, "memory", "m", "memory: a number of MiB, or with suffix K, M or G; 64K to 3G")
	flags.StringVar(&f.cpu, "cpu", "486", "processor `MODEL`: 386, 486, pentium or 686")
	flags.StringVar(&f.bios, "bios", "", "`FILE` with another BIOS")
	flags.StringVar(&f.vgabios, "vgabios", "", "`FILE` with another VGA BIOS")
	flags.Var(&f.rtc, "rtc", "real-time clock at the start: host (local time), utc, or a time such as 1994-05-31T12:00:00; default: host if somebody looks, else 2000-01-01, so that runs are alike")
	flags.BoolVar(&f.noReboot, "no-reboot", false, "end the run when the guest resets the machine")

	flags.BoolVarP(&f.paused, "paused", "S", false, "start paused; the monitor's cont lets it go on")
	flags.StringVar(&f.incoming, "incoming", "", "start as the machine in a migration stream, one of QEMU's isapc or our own, from `SOURCE`: "+transfer.Spelling)

	flags.StringVar(&f.load, "load", "", "start as the machine in the snapshot with `TAG`, with its disks; what the command line leaves open is as it was there")
	flags.StringVar(&f.store, "store", "", "`DIR` to keep snapshots in; default: IMAGE.snapshots beside the disk image")

	flags.StringArrayVar(&f.serial, "serial", nil, "`TARGET` of COM1, then of COM2, …: "+chardev.Spelling+"; with mon: before it, it shares the line with the monitor, and Ctrl-A c goes from one to the other")
	flags.StringVar(&f.monitor, "monitor", "none", "`TARGET` of a monitor, spelled the same; in a terminal display Ctrl-A c leads to one in any case")
	flags.StringArrayVar(&f.debugcon, "debugcon", nil, "`[PORT=]TARGET` of a debug console; the I/O port is E9h if there is none")
	flags.StringVar(&f.display, "display", "auto", "`WHERE` to show the screen: window, terminal, none, or auto, which is a window if this build has it and there is a display, else this terminal if it is one")
	flags.Var(&f.speed, "speed", "max, realtime, or a number of MIPS for realtime with such a processor; default: realtime if somebody looks, else max, which skips the time in which the guest waits")

	flags.StringVar(&f.script, "script", "", "carry out the commands in `FILE`, or with - on standard input; with no display the run ends with them")
	flags.Uint64Var(&f.maxInstructions, "max-instructions", 0, "end the run after `N` instructions, or when the guest has idled for as long as they take")
	flags.StringSliceVar(&f.trace, "trace", nil, "print `EVENTS`, separated by commas, of "+traceNames()+"; help explains them")
	flags.StringVar(&f.traceFile, "trace-file", "", "`FILE` to print them to; default: standard error")
}

// defineDisks defines the flags that put disks into drives.
func (f *runFlags) defineDisks(flags *pflag.FlagSet) {
	flags.StringVar(&f.fda, "fda", "", "plain `IMAGE` of a floppy for drive A")
	flags.StringVar(&f.fdb, "fdb", "", "`IMAGE` of a floppy for drive B")
	flags.StringVar(&f.hda, "hda", "", "`IMAGE` of the first hard disk, master of the first channel")
	flags.StringVar(&f.hdb, "hdb", "", "`IMAGE` of a hard disk, slave of the first channel")
	flags.StringVar(&f.hdc, "hdc", "", "`IMAGE` of a hard disk, master of the second channel")
	flags.StringVar(&f.hdd, "hdd", "", "`IMAGE` of a hard disk, slave of the second channel")
	flags.StringVar(&f.cdrom, "cdrom", "", "`IMAGE` of a CD-ROM, in the place of hdc")
}
