package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/manual"
	"toyvm/cmd/toyvm/internal/monitor"
)

// allCommands are a command and all below it.
func allCommands(c *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{c}
	for _, below := range c.Commands() {
		list = append(list, allCommands(below)...)
	}
	return list
}

// root is the program's command as it is when it runs.
func root() *cobra.Command {
	root := rootCommand()
	root.InitDefaultHelpCmd()
	return root
}

func TestEveryCommandIsExplained(t *testing.T) {
	for _, c := range allCommands(root()) {
		path := strings.Fields(c.CommandPath())[1:]
		help, errs, status := toyvm("", append([]string{"help"}, path...)...)
		assert.Equal(t, 0, status, errs)
		assert.NotEmpty(t, c.Long, path)
		assert.True(t, strings.HasPrefix(help, c.Long), path)
		assert.NotRegexp(t, `\.$`, c.Short, path)
		for line := range strings.Lines(c.Long) {
			assert.LessOrEqual(t, len([]rune(line)), 90, line)
		}
		if c.Runnable() && !c.HasSubCommands() {
			assert.Contains(t, c.Example, c.CommandPath())
		}
		flag, _, _ := toyvm("", append(path, "--help")...)
		assert.Equal(t, help, flag, path)
	}
}

// TestExamplesInHelpMakeSense reads the command lines that help shows, without
// carrying them out.
func TestExamplesInHelpMakeSense(t *testing.T) {
	// Redirections outside quotes, or a note behind three blanks.
	behind := regexp.MustCompile(`^((?:[^"]|"[^"]*")*?)(?: [>|&]|   ).*`)
	tried := 0
	for _, c := range allCommands(root()) {
		for line := range strings.Lines(c.Example) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "toyvm ") {
				continue
			}
			tried++
			line = behind.ReplaceAllString(line, "$1")
			words, err := exec.Command("sh", "-c", "printf '%s\\n' "+line).Output()
			require.NoError(t, err, line)
			found, args, err := root().Find(strings.Split(strings.TrimSpace(string(words)), "\n")[1:])
			require.NoError(t, err, line)
			assert.NoError(t, found.ParseFlags(args), line)
			assert.NoError(t, found.ValidateArgs(found.Flags().Args()), line)
		}
	}
	assert.Greater(t, tried, 20)
}

func TestHelpOnTheMonitor(t *testing.T) {
	out, errs, status := toyvm("", "help", "monitor")
	assert.Equal(t, 0, status, errs)
	for _, c := range monitor.Commands() {
		assert.Contains(t, out, "\n  "+c.Usage()+"\n")
	}
	out, _, _ = toyvm("", "help", "savevm")
	assert.True(t, strings.HasPrefix(out, "At the monitor and in scripts:\n\n  savevm [TAG] [NOTE]\n        Take a snapshot"), out)
	for _, args := range [][]string{{"wait"}, {"monitor", "wait"}} {
		out, _, _ = toyvm("", append([]string{"help"}, args...)...)
		assert.Contains(t, out, "  wait screen ")
		assert.Contains(t, out, "  wait serial ")
		assert.NotContains(t, out, "savevm")
	}
}

func TestManPagesAreCurrent(t *testing.T) {
	pages := manual.Pages(root())
	const dir, remedy = "../../docs/man/", "%s: go generate ./cmd/toyvm writes it anew"
	for name, text := range pages {
		have, err := os.ReadFile(dir + name)
		assert.NoErrorf(t, err, remedy, name)
		assert.Equalf(t, text, string(have), remedy, name)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, file := range files {
		assert.Contains(t, pages, file.Name(), "there is no such command any more")
	}
}

func TestManWritesPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	out, errs, status := toyvm("", "man", dir)
	require.Equal(t, 0, status, errs)
	assert.Empty(t, out)
	page, err := os.ReadFile(filepath.Join(dir, "toyvm-run.1"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "\n.TP\n\\fB\\-m\\fR, \\fB\\-\\-memory\\fR \\fISIZE\\fR\nmemory: ")
	assert.Contains(t, string(page), "\n"+`type "ver\en"`+"\n", "the backslash is no request")

	_, errs, status = toyvm("", "man", filepath.Join(dir, "toyvm-run.1"))
	assert.Equal(t, exitTrouble, status)
	assert.Contains(t, errs, "not a directory")
}

func TestManPagesAreWellFormed(t *testing.T) {
	if _, err := exec.LookPath("groff"); err != nil {
		t.Skip("there is no groff")
	}
	pages, err := filepath.Glob("../../docs/man/*.1")
	require.NoError(t, err)
	for _, page := range pages {
		warnings, err := exec.Command("groff", "-ww", "-man", "-Tutf8", "-Kutf8", "-z", page).CombinedOutput()
		assert.NoError(t, err)
		assert.Empty(t, string(warnings), page)
	}
}

// TestCompletionInBash asks bash as Tab does. The function stands for that of
// the package bash-completion, which need not be installed.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("disk.img", make([]byte, floppy), 0o644))
	commands(t, "disk.img", "savevm fresh", "savevm later")
	page{t: t}.install()
	for line, want := range map[string]string{
		"toyvm run disk.img --load ":                       "fresh later",
		"toyvm run disk.img --load f":                      "fresh",
		"toyvm run --cpu p":                                "pentium",
		"toyvm snapshot rm disk.img fresh ":                "later",
		"toyvm snapshot show --store disk.img.snapshots l": "later",
		"toyvm help monitor savev":                         "savevm",
		"toyvm vmst":                                       "vmstate",
	} {
		script := `_get_comp_words_by_ref() { cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD; }
source <(toyvm completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
read -ra COMP_WORDS <<< "$1"
[[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_toyvm 2>/dev/null
echo ${COMPREPLY[@]%% *}`
		out, err := exec.Command(bash, "-c", script, "bash", line).CombinedOutput()
		assert.NoError(t, err)
		assert.Equal(t, want+"\n", string(out), line)
	}
}
