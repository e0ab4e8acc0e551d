package script

import (
	"fmt"
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

// find finds the command that a line begins with.
func find(line []string) (c *Command, args []string, err error) {
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

func parseInfoRegisters([]string) (Action, error) {
	return func(c *Console) error {
		fmt.Fprintln(c.Out, c.Machine.Registers())
		return nil
	}, nil
}
