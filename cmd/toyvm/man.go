package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"toyvm/cmd/toyvm/internal/manual"
)

//go:generate go run . man ../../docs/man

// manCommand writes the pages for man.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the pages for man to a directory",
		Long: `Write a page for man about each command to a directory. man looks for those of its
first section in directories called man1, such as ~/.local/share/man/man1.`,
		Example: `  toyvm man ~/.local/share/man/man1
  man toyvm-run`,
		Args: arguments(1, 1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			for name, text := range manual.Pages(c.Root()) {
				if err := os.WriteFile(filepath.Join(args[0], name), []byte(text), 0o644); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
