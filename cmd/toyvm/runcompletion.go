package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"toyvm/snapshot/store"
)

// completeFlags tells shells what flags can be where that is not a file.
func (f *runFlags) completeFlags(c *cobra.Command) {
	register := func(flag string, complete cobra.CompletionFunc) {
		// It fails only for a flag that there is not, or twice for one.
		if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err)
		}
	}
	for flag, values := range map[string][]string{
		"cpu":     {"386", "486", "pentium", "686"},
		"memory":  {"1M", "4M", "16M", "64M", "256M"},
		"rtc":     {"host\tlocal time", "utc"},
		"display": {"auto", "window", "terminal", "none"},
		"speed":   {"max\tas fast as it goes", "realtime"},
	} {
		register(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
	}
	// More may follow these.
	for flag, values := range map[string][]string{
		"boot":     {"a\tfloppy", "c\thard disk", "d\tCD-ROM"},
		"monitor":  {"none", "stdio", "pty", "pipe:", "unix:", "tcp:"},
		"serial":   {"stdio", "mon:stdio", "null", "pty", "file:", "pipe:", "unix:", "tcp:"},
		"debugcon": {"stdio", "null", "pty", "file:", "pipe:", "unix:", "tcp:"},
	} {
		register(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
	}
	register("max-instructions", cobra.NoFileCompletions)
	register("trace", completeTrace)
	register("load", f.completeTags)
	register("store", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	})
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault
	}
}

// completeTrace lists the events that are not in the list yet.
func completeTrace(_ *cobra.Command, _ []string, word string) (list []string, _ cobra.ShellCompDirective) {
	before := word[:strings.LastIndexByte(word, ',')+1]
	given := strings.Split(before, ",")
	for _, t := range tracers {
		if !slices.Contains(given, t.name) {
			list = append(list, before+t.name+"\t"+t.help)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeTags lists the snapshots of the disks that the command line names so
// far.
func (f *runFlags) completeTags(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir := f.storeDir(strings.Join(args, ""))
	if dir == "" {
		return cobra.AppendActiveHelp(nil, "name the disk image first, or the directory of its snapshots with --store"), cobra.ShellCompDirectiveNoFileComp
	}
	s := &snapshots{store: store.Open(dir)}
	return s.completeTags(nil), cobra.ShellCompDirectiveNoFileComp
}
