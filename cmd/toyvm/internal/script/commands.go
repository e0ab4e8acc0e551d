package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"toyvm/cmd/toyvm/internal/transfer"
)

// A Command is a command by name.
type Command struct {
	Name string // one or two words
	Args string // what goes behind it
	Help string // what it does, in a sentence
	// Least and most arguments.
	least, most int
	parse       func(args []string) (Action, error)
}

// Usage is how the command is written.
func (c *Command) Usage() string { return strings.TrimSpace(c.Name + " " + c.Args) }

// Commands lists all commands in the order in which help shows them.
func Commands() []Command {
	return []Command{
		{"type", `"TEXT"`, `Type a text on the keyboard; \n is Enter.`, 1, 1, parseType},
		{"sendkey", "KEYS [MILLISECONDS]", "Press keys together, such as ctrl-alt-delete or f1, for 100 ms.", 1, 2, parseSendKey},
		{"sleep", "SECONDS", "Let the guest run for a time.", 1, 1, parseSleep},
		{"wait screen", `"TEXT" [SECONDS]`, "Run until the text is on the screen, or fail after 60 seconds.", 1, 2, parseWaitScreen},
		{"wait serial", `"TEXT" [SECONDS]`, "Run until the guest has sent the text to COM1 since the last wait, or fail after 60 seconds.", 1, 2, parseWaitSerial},
		{"wait instructions", "N", "Run until the guest has executed N instructions since power-on.", 1, 1, parseWaitInstructions},
		{"screen", "", "Print the text on the screen.", 0, 0, parseScreen},
		{"screendump", "FILE", "Write the screen to a file: its text to .txt, its picture to .png or .ppm.", 1, 1, parseScreendump},
		{"info registers", "", "Print the registers of the processor.", 0, 0, parseInfoRegisters},
		{"info vmstate", "[PATH]", "Print the state of a device or a field, such as i8254.channels[1].count, or what sections there are.", 0, 1, parseInfoState},
		{"info pic", "", "Print the interrupt controllers.", 0, 0, parseInfoPIC},
		{"info irq", "", "Print which devices are at which interrupt.", 0, 0, parseInfoIRQ},
		{"info mtree", "", "Print what is where in memory and among the I/O ports.", 0, 0, parseInfoTree},
		{"info hash", "", "Print a digest of the whole machine and its disks: equal runs end with the same.", 0, 0, parseInfoHash},
		{"x", "[/FORMAT] ADDRESS", "Print memory at a linear address: /, a count, one of x d u o c or i for instructions, and b h w g for the size.", 1, 2, parseExamine(readLinear)},
		{"xp", "[/FORMAT] ADDRESS", "Print memory at a physical address.", 1, 2, parseExamine(readPhysical)},
		{"print", "[/FORMAT] VALUE", "Print a number, such as $esp+4.", 1, 2, parsePrint},
		{"i", "[/SIZE] PORT", "Read an I/O port: /b, /h or /w for 1, 2 or 4 bytes.", 1, 2, parseIn},
		{"o", "[/SIZE] PORT VALUE", "Write an I/O port.", 2, 3, parseOut},
		{"memsave", "ADDRESS SIZE FILE", "Write memory at a linear address to a file.", 3, 3, parseSave(readLinear)},
		{"pmemsave", "ADDRESS SIZE FILE", "Write memory at a physical address to a file.", 3, 3, parseSave(readPhysical)},
		{"system_reset", "", "Press the reset button.", 0, 0, parseReset},
		{"nmi", "", "Cause a non-maskable interrupt.", 0, 0, parseNMI},
		{"migrate", "TARGET", "Write the machine as a stream that QEMU's isapc loads, to " + transfer.Spelling + ".", 1, 1, parseMigrate},
		{"help", "[COMMAND]", "Print what there is, or what a command does.", 0, 2, parseHelp},
		{"quit", "[STATUS]", "End the run with an exit status, or 0.", 0, 1, parseQuit},
	}
}

// Parse reads a command with its arguments. The action is nil if there is
// nothing but a comment.
func Parse(line string) (Action, error) {
	list, err := words(line)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	// A format may stand right behind the command, as in x/4i.
	if i := strings.IndexByte(list[0], '/'); i > 0 {
		list = slices.Insert(list, 1, list[0][i:])
		list[0] = list[0][:i]
	}
	command, args, err := find(list)
	switch {
	case err != nil:
		return nil, err
	case len(args) < command.least:
		return nil, fmt.Errorf("an argument is missing: %s", command.Usage())
	case len(args) > command.most:
		return nil, fmt.Errorf("%q is one argument too many: %s", args[command.most], command.Usage())
	}
	return command.parse(args)
}

// shortNames are what monitors know commands by, too.
var shortNames = map[string]string{"p": "print", "q": "quit"}

// find finds the command that a line begins with.
func find(line []string) (c *Command, args []string, err error) {
	if name := shortNames[line[0]]; name != "" {
		line = append([]string{name}, line[1:]...)
	}
	var family []string
	for _, c := range Commands() {
		name := strings.Fields(c.Name)
		switch {
		case len(line) >= len(name) && strings.EqualFold(strings.Join(line[:len(name)], " "), c.Name):
			return &c, line[len(name):], nil
		case strings.EqualFold(name[0], line[0]):
			family = append(family, c.Usage())
		}
	}
	if family != nil {
		return nil, nil, fmt.Errorf("there is %s", strings.Join(family, ", "))
	}
	return nil, nil, fmt.Errorf("there is no command %q; help lists them", line[0])
}

func parseHelp(args []string) (Action, error) {
	list := Commands()
	if len(args) > 0 {
		c, rest, err := find(args)
		if err != nil {
			return nil, err
		}
		if len(rest) > 0 {
			return nil, fmt.Errorf("%q is one word too many", rest[0])
		}
		list = []Command{*c}
	}
	return func(c *Console) error {
		for _, command := range list {
			fmt.Fprintf(c.Out, "%-36s %s\n", command.Usage(), command.Help)
		}
		return nil
	}, nil
}

func parseQuit(args []string) (Action, error) {
	status := 0
	if len(args) > 0 {
		var err error
		if status, err = strconv.Atoi(args[0]); err != nil || status < 0 || status > 255 {
			return nil, fmt.Errorf("exit status %q: it must be from 0 to 255", args[0])
		}
	}
	return func(*Console) error { return Quit{status} }, nil
}
