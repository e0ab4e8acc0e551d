package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/monitor"
)

const monitorName = "monitor"

// helpCommand explains commands, those of the monitor as well.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command, be it one of the monitor",
		Long: `Explain a command of toyvm, or of the monitor of a running machine, which are those
of scripts, too.`,
		Example: `  toyvm help run
  toyvm help vmstate diff
  toyvm help monitor
  toyvm help wait`,
		ValidArgsFunction: completeHelp,
		RunE: func(c *cobra.Command, args []string) error {
			found, rest := findTopic(c.Root(), args)
			if len(rest) == 0 {
				found.InitDefaultHelpFlag()
				found.InitDefaultVersionFlag()
				return found.Help()
			}
			if found.HasParent() && found.Name() != monitorName {
				return unknownCommand(found, rest[0])
			}
			list, err := monitor.HelpOn(rest)
			switch {
			case err != nil && found.HasParent():
				return usageError{err}
			case err != nil:
				return unknownCommand(found, rest[0])
			}
			fmt.Fprintf(c.OutOrStdout(), "At the monitor and in scripts:\n\n%s", commandList(list))
			return nil
		},
	}
}

// findTopic finds a command, and what is left of its name.
func findTopic(root *cobra.Command, name []string) (*cobra.Command, []string) {
	found, rest, err := root.Find(name)
	if err != nil {
		return root, name
	}
	return found, rest
}

// completeHelp lists what there is help about.
func completeHelp(c *cobra.Command, args []string, _ string) (list []string, _ cobra.ShellCompDirective) {
	found, rest := findTopic(c.Root(), args)
	switch {
	case found.Name() == monitorName:
		list = monitor.CommandWords(rest)
	case len(rest) == 0:
		for _, c := range found.Commands() {
			list = append(list, c.Name()+"\t"+c.Short)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// monitorTopic is not a command, but something that there is help about.
func monitorTopic() *cobra.Command {
	return &cobra.Command{
		Use:   monitorName,
		Short: "Commands of the monitor, and of scripts",
		Long: `Commands for a machine that runs. Ctrl-A c in the terminal leads to the monitor,
and so does --monitor stdio without one. A file with a command on each line is a
script for "toyvm run --script FILE".

` + strings.TrimSuffix(commandList(monitor.Commands()), "\n"),
	}
}

// commandList is help about commands of the monitor.
func commandList(list []monitor.Command) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "  %s\n", c.Usage())
		for _, line := range wrap(c.Help, 72) {
			fmt.Fprintf(&b, "        %s\n", line)
		}
	}
	return b.String()
}

// wrap breaks a text into lines of at most so many characters.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
