// Package manual writes the help of commands as pages for man.
package manual

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Pages are the pages of a command and of all below it, by their file names.
func Pages(c *cobra.Command) map[string]string {
	pages := map[string]string{name(c) + ".1": page(c)}
	for _, below := range c.Commands() {
		for name, text := range Pages(below) {
			pages[name] = text
		}
	}
	return pages
}

// name is that of a command's page.
func name(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// page is the page of a command.
func page(c *cobra.Command) string {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	program := c.Root().Name()
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" %s \"%[2]s manual\"\n", escape(strings.ToUpper(name(c))), program)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", escape(name(c)), escape(c.Short))
	if c.Runnable() {
		rest := strings.TrimPrefix(c.UseLine(), c.CommandPath())
		if c.HasSubCommands() {
			rest = " COMMAND"
		}
		fmt.Fprintf(&b, ".SH SYNOPSIS\n\\fB%s\\fR%s\n", escape(c.CommandPath()), escape(rest))
	}
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s", paragraphs(c.Long))
	if c.HasSubCommands() {
		b.WriteString(".SH COMMANDS\n")
		for _, below := range c.Commands() {
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fR(1)\n%s\n", escape(name(below)), escape(below.Short))
		}
	}
	if c.Runnable() {
		b.WriteString(".SH OPTIONS\n")
		c.Flags().VisitAll(func(f *pflag.Flag) { b.WriteString(option(f)) })
	}
	if c.HasExample() {
		fmt.Fprintf(&b, ".SH EXAMPLES\n%s", paragraphs(c.Example))
	}
	if c.HasParent() {
		fmt.Fprintf(&b, ".SH SEE ALSO\n\\fB%s\\fR(1)\n", escape(name(c.Parent())))
	}
	return b.String()
}

// paragraphs sets text. What is indented stays as it stands.
func paragraphs(text string) string {
	var b strings.Builder
	verbatim := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		indented := strings.HasPrefix(line, " ")
		switch {
		case line == "" && verbatim:
			b.WriteString("\n")
			continue
		case line == "":
			b.WriteString(".PP\n")
			continue
		case indented && !verbatim:
			b.WriteString(".RS 2\n.nf\n")
		case !indented && verbatim:
			b.WriteString(".fi\n.RE\n")
		}
		verbatim = indented
		b.WriteString(escape(strings.TrimPrefix(line, "  ")) + "\n")
	}
	if verbatim {
		b.WriteString(".fi\n.RE\n")
	}
	return b.String()
}

// option explains a flag.
func option(f *pflag.Flag) string {
	value, usage := pflag.UnquoteUsage(f)
	names := "\\fB" + escape("--"+f.Name) + "\\fR"
	if f.Shorthand != "" {
		names = "\\fB" + escape("-"+f.Shorthand) + "\\fR, " + names
	}
	if value != "" {
		names += " \\fI" + escape(value) + "\\fR"
	}
	switch f.DefValue {
	case "", "false", "0", "[]":
	default:
		usage += "; default: " + f.DefValue
	}
	return fmt.Sprintf(".TP\n%s\n%s\n", names, escape(usage))
}

// escape keeps a line of text from being a request or having some in it.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
