package monitor

import (
	"strings"

	"toyvm/cmd/toyvm/internal/transfer"
)

// A Command is a command by name.
type Command struct {
	Name string // one or two words
	// Args is what goes behind it. The words in capitals say what an argument
	// is, for completion, too.
	Args string
	Help string // what it does, in a sentence
	// Least and most arguments.
	least, most int
	parse       func(args []string) (Action, error)
}

// Usage is how the command is written.
func (c *Command) Usage() string { return strings.TrimSpace(c.Name + " " + c.Args) }

// many is how many arguments an expression may be split into by blanks.
const many = 64

// Commands lists all commands in the order in which help shows them.
func Commands() []Command {
	return []Command{
		{"stop", "", "Pause the machine.", 0, 0, parseStop},
		{"cont", "", "Let a paused machine go on.", 0, 0, parseCont},
		{"system_reset", "", "Press the reset button.", 0, 0, parseReset},
		{"nmi", "", "Cause a non-maskable interrupt.", 0, 0, parseNMI},
		{"quit", "[STATUS]", "End the run with an exit status, or 0.", 0, 1, parseQuit},

		{"type", `"TEXT"`, `Type a text on the keyboard; \n is Enter.`, 1, 1, parseType},
		{"sendkey", "KEYS [MILLISECONDS]", "Press keys together, such as ctrl-alt-delete or f1, for 100 ms.", 1, 2, parseSendKey},
		{"sleep", "SECONDS", "Let the guest run for a time.", 1, 1, parseSleep},
		{"wait screen", `"TEXT" [SECONDS]`, "Run until the text is on the screen, or fail after 60 seconds.", 1, 2, parseWaitScreen},
		{"wait serial", `"TEXT" [SECONDS]`, "Run until the guest has sent the text to COM1 since the last wait, or fail after 60 seconds.", 1, 2, parseWaitSerial},
		{"wait instructions", "N", "Run until the guest has executed N instructions since power-on.", 1, 1, parseWaitInstructions},
		{"screen", "", "Print the text on the screen.", 0, 0, parseScreen},
		{"screendump", "FILE", "Write the screen to a file: its text to .txt, or with colours for terminals to .ans, its picture to .png or .ppm.", 1, 1, parseScreendump},

		{"info status", "", "Print whether the machine runs.", 0, 0, parseInfoStatus},
		{"info registers", "", "Print the registers of the processor.", 0, 0, parseInfoRegisters},
		{"info cpus", "", "Print the processor and where it is.", 0, 0, parseInfoCPUs},
		{"info mem", "", "Print the pages that the guest has mapped, as runs with equal rights.", 0, 0, walking(infoMem)},
		{"info tlb", "", "Print each page that the guest has mapped.", 0, 0, walking(infoTLB)},
		{"info pic", "", "Print the interrupt controllers.", 0, 0, parseInfoPIC},
		{"info irq", "", "Print how often devices have asked for an interrupt.", 0, 0, parseInfoIRQ},
		{"info pit", "", "Print the channels of the timer.", 0, 0, parseInfoPIT},
		{"info block", "[DEVICE]", "Print the drives, and what is in them.", 0, 1, parseInfoBlock},
		{"info chardev", "", "Print where the serial ports and monitors are connected.", 0, 0, parseInfoChardev},
		{"info mtree", "", "Print what is where in memory and among the I/O ports.", 0, 0, parseInfoTree},
		{"info qtree", "[SECTION]", "Print the devices, or the state of one.", 0, 1, parseInfoDevices},
		{"info vmstate", "[SECTION]", "Print the state of a device or a field, such as i8254.channels[1].count, or what sections there are.", 0, 1, parseInfoState},
		{"info hash", "", "Print a digest of the whole machine and its disks: equal runs end with the same.", 0, 0, parseInfoHash},
		{"info name", "", "Print the name of the machine.", 0, 0, parseInfoName},
		{"info version", "", "Print the version of toyvm.", 0, 0, parseInfoVersion},

		{"x", "[/FORMAT] ADDRESS", "Print memory at a linear address: /, a count, one of x d u o c or i for instructions, and b h w g for the size.", 1, many, parseExamine(linear)},
		{"xp", "[/FORMAT] ADDRESS", "Print memory at a physical address.", 1, many, parseExamine(physical)},
		{"print", "[/FORMAT] VALUE", "Print a number, such as $esp+4.", 1, many, parsePrint},
		{"sum", "ADDRESS SIZE", "Print the checksum of memory at a physical address.", 2, 2, parseSum},
		{"memsave", "ADDRESS SIZE FILE", "Write memory at a linear address to a file.", 3, 3, parseSave(linear)},
		{"pmemsave", "ADDRESS SIZE FILE", "Write memory at a physical address to a file.", 3, 3, parseSave(physical)},
		{"i", "[/SIZE] PORT", "Read an I/O port: /b, /h or /w for 1, 2 or 4 bytes.", 1, 2, parseIn},
		{"o", "[/SIZE] PORT VALUE", "Write an I/O port.", 2, 3, parseOut},

		{"change", "DEVICE [-f] FILE [FORMAT] [MODE]", "Put an image into a floppy or CD-ROM drive: raw is the only format, the mode may be read-only; -f opens a tray that the guest has locked.", 2, 5, parseChange},
		{"eject", "[-f] DEVICE", "Take the image out of a floppy or CD-ROM drive; -f opens a tray that the guest has locked.", 1, 2, parseEject},
		{"savevm", "[TAG] [NOTE]", "Take a snapshot of the machine and its disks; the default tag is made of the time.", 0, many, parseSaveVM},
		{"loadvm", "TAG", "Make the machine and its disks what they were in a snapshot.", 1, 1, parseLoadVM},
		{"delvm", "TAG", "Delete a snapshot.", 1, 1, parseDelVM},
		{"info snapshots", "", "Print what snapshots there are.", 0, 0, parseInfoSnapshots},
		{"migrate", "TARGET", "Write the machine as a stream that QEMU's isapc loads, to " + transfer.Spelling + ".", 1, 1, parseMigrate},

		{"help", "[COMMAND]", "Print what there is, or what a command does.", 0, 2, parseHelp},
	}
}
