package main

import (
	"github.com/spf13/cobra"
)

// completionCommand prints what makes a shell complete command lines of toyvm.
func completionCommand() *cobra.Command {
	scripts := map[string]func(c *cobra.Command) error{
		"bash":       func(c *cobra.Command) error { return c.Root().GenBashCompletionV2(c.OutOrStdout(), true) },
		"zsh":        func(c *cobra.Command) error { return c.Root().GenZshCompletion(c.OutOrStdout()) },
		"fish":       func(c *cobra.Command) error { return c.Root().GenFishCompletion(c.OutOrStdout(), true) },
		"powershell": func(c *cobra.Command) error { return c.Root().GenPowerShellCompletionWithDesc(c.OutOrStdout()) },
	}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print what makes bash, zsh, fish or powershell complete toyvm's command lines",
		Long: `Print a script that makes a shell complete the commands and flags of toyvm, the
tags of snapshots, and whatever else has a name. Each shell has a place where it
looks for such scripts; the next one that you start knows it. bash needs the package
bash-completion.`,
		Example: `  toyvm completion bash > ~/.local/share/bash-completion/completions/toyvm
  toyvm completion zsh > "${fpath[1]}/_toyvm"
  toyvm completion fish > ~/.config/fish/completions/toyvm.fish
  toyvm completion powershell >> $PROFILE

  source <(toyvm completion bash)              for this shell only`,
		Args:              arguments(1, 1),
		ValidArgsFunction: cobra.FixedCompletions([]string{"bash", "zsh", "fish", "powershell"}, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(c *cobra.Command, args []string) error {
			script, known := scripts[args[0]]
			if !known {
				return usageError{unknownShell(args[0])}
			}
			return script(c)
		},
	}
}

type unknownShell string

func (s unknownShell) Error() string {
	return "nothing is known about " + string(s) + "; bash, zsh, fish and powershell are"
}
