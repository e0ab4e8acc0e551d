package monitor

import (
	"fmt"
	"slices"
	"strings"
)

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
	if len(list) == 1 && list[0] == "info" {
		list = []string{"help", "info"}
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
var shortNames = map[string]string{"p": "print", "q": "quit", "c": "cont", "s": "stop", "?": "help"}

// fullLine has the full name of the command at the beginning of a line.
func fullLine(line []string) []string {
	if name := shortNames[line[0]]; name != "" {
		return append([]string{name}, line[1:]...)
	}
	return line
}

// An unknownError is a line that begins with no command.
type unknownError struct{ line, hint string }

func (e unknownError) Error() string { return fmt.Sprintf("unknown command: '%s'%s", e.line, e.hint) }

// find finds the command that a line begins with.
func find(line []string) (c *Command, args []string, err error) {
	line = fullLine(line)
	var names, family []string
	for _, c := range Commands() {
		name := strings.Fields(c.Name)
		if len(line) >= len(name) && strings.EqualFold(strings.Join(line[:len(name)], " "), c.Name) {
			return &c, line[len(name):], nil
		}
		if strings.EqualFold(name[0], line[0]) {
			family = append(family, name[1])
		}
		names = append(names, name[0])
	}
	switch {
	case family == nil:
		hint := DidYouMean(line[0], names)
		if hint == "" {
			hint = "; help lists them"
		}
		return nil, nil, unknownError{line[0], hint}
	case len(line) == 1:
		return nil, nil, fmt.Errorf("a word is missing: %s and one of %s", line[0], strings.Join(family, ", "))
	}
	hint := DidYouMean(line[1], family)
	if hint == "" {
		hint = fmt.Sprintf("; there is %s with %s", line[0], strings.Join(family, ", "))
	}
	return nil, nil, unknownError{line[0] + " " + line[1], hint}
}
