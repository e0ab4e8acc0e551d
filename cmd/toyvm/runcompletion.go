package main

import (
	"strings"

	"github.com/spf13/cobra"

	"toyvm/snapshot/store"
)

// completeFlags tells shells what flags can be where that is not a file.
func (f *runFlags) completeFlags(c *cobra.Command) {
	var traces []string
	for _, t := range tracers {
		traces = append(traces, t.name+"\t"+t.help)
	}
	for flag, values := range map[string][]string{
		"cpu":      {"386", "486", "pentium", "686"},
		"boot":     {"a\tfloppy", "c\thard disk", "d\tCD-ROM"},
		"rtc":      {"host", "utc"},
		"display":  {"auto", "window", "terminal", "none"},
		"speed":    {"max", "realtime"},
		"monitor":  {"none", "stdio", "pty", "pipe:", "unix:", "tcp:"},
		"serial":   {"stdio", "mon:stdio", "null", "pty", "file:", "pipe:", "unix:", "tcp:"},
		"debugcon": {"stdio", "null", "pty", "file:", "pipe:", "unix:", "tcp:"},
		"trace":    traces,
	} {
		// It fails only for a flag that there is not, or twice for one.
		if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)); err != nil {
			panic(err)
		}
	}
	if err := c.RegisterFlagCompletionFunc("load", f.completeLoad); err != nil {
		panic(err)
	}
}

// completeLoad lists the tags of the snapshots there are.
func (f *runFlags) completeLoad(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir := f.storeDir(strings.Join(args, ""))
	if dir == "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s := &snapshots{store: store.Open(dir)}
	return s.completeTags(nil), cobra.ShellCompDirectiveNoFileComp
}
