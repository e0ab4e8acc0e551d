package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const captures = "../../testdata/qemu/"

// toyvm runs the program and returns what it printed and its exit status.
func toyvm(stdin string, args ...string) (stdout, stderr string, status int) {
	var out, errs bytes.Buffer
	status = doMain(args, strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), status
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"help"}} {
		out, errs, status := toyvm("", args...)
		assert.Equal(t, 0, status)
		assert.Empty(t, errs)
		assert.Contains(t, out, "toyvm is a small x86 PC whose whole state is a value")
		assert.Contains(t, out, "\n  vmstate     Look into device state")
	}
	out, _, status := toyvm("", "help", "vmstate", "check")
	assert.Equal(t, 0, status)
	assert.Contains(t, out, "toyvm vmstate check OLD NEW")
}

func TestVersion(t *testing.T) {
	out, _, status := toyvm("", "--version")
	assert.Equal(t, 0, status)
	assert.Regexp(t, `^toyvm version \S+\n$`, out)
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		out, errs, status := toyvm("", "completion", shell)
		assert.Equal(t, 0, status, errs)
		assert.Contains(t, out, "toyvm")
	}
	for _, test := range []struct{ args, want string }{
		{"vm", "vmstate\t"},
		{"vmstate s", "show\t"},
		{"run --max", "--max-instructions\t"},
		{"run --display t", "terminal\n"},
		{"run --cpu p", "pentium\n"},
		{"run --serial mon", "mon:stdio\n"},
		{"run --trace p", "post\tcodes"},
		{"run --trace int,p", "int,post\tcodes"},
		{"completion f", "fish\n"},
		{"help vm", "vmstate\t"},
		{"help mo", "monitor\tCommands"},
		{"help vmstate s", "show\t"},
		{"help monitor sa", "savevm\n"},
		{"help monitor wait s", "screen\n"},
	} {
		out, _, status := toyvm("", append([]string{"__complete"}, strings.Fields(test.args)...)...)
		assert.Equal(t, 0, status)
		assert.Contains(t, "\n"+out, "\n"+test.want)
	}
}

func TestCompletionOfFiles(t *testing.T) {
	for args, directive := range map[string]string{
		"run":          ":0\n", // any file
		"run a.img":    ":4\n", // none
		"run --fda":    ":0\n",
		"run --store":  ":16\n", // directories
		"man":          ":16\n",
		"vmstate show": ":0\n",
	} {
		out, _, _ := toyvm("", append([]string{"__complete"}, append(strings.Fields(args), "")...)...)
		assert.Equal(t, directive, out, args)
	}
}

func TestCompletionOfTagsNeedsADisk(t *testing.T) {
	out, _, _ := toyvm("", "__complete", "run", "--load", "")
	assert.Equal(t, "_activeHelp_ name the disk image first, or the directory of its snapshots with --store\n:4\n", out)
}

func TestUsageErrors(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"vmstat"}, `toyvm: toyvm has no command "vmstat"; did you mean vmstate?`},
		{[]string{"vmstate", "shoe"}, `toyvm: toyvm vmstate has no command "shoe"; did you mean show?`},
		{[]string{"vmstate", "xyzzy"}, `toyvm: toyvm vmstate has no command "xyzzy"` + "\n"},
		{[]string{"help", "vmstate", "shoe"}, `toyvm: toyvm vmstate has no command "shoe"; did you mean show?`},
		{[]string{"help", "vmstat"}, `toyvm: toyvm has no command "vmstat"; did you mean vmstate?`},
		{[]string{"help", "run", "fast"}, `toyvm: toyvm run has no command "fast"` + "\n"},
		{[]string{"help", "monitor", "savevn"}, "toyvm: unknown command: 'savevn'; did you mean savevm?\n"},
		{[]string{"completion", "tcsh"}, "toyvm: nothing is known about tcsh; bash, zsh, fish and powershell are\n"},
		{[]string{"vmstate", "show"}, "toyvm: an argument is missing\nusage: toyvm vmstate show STREAM [PATH] [flags]\n"},
		{[]string{"vmstate", "check", "a", "b", "c"}, "toyvm: \"c\" is one argument too many\nusage: toyvm vmstate check OLD NEW"},
		{[]string{"vmstate", "show", "--jason", "x"}, "toyvm: unknown flag: --jason\nusage: "},
	}
	for _, test := range tests {
		out, errs, status := toyvm("", test.args...)
		assert.Equal(t, exitTrouble, status, test.args)
		assert.Empty(t, out)
		assert.True(t, strings.HasPrefix(errs, test.want), errs)
	}
}

func TestVmstateShow(t *testing.T) {
	out, errs, status := toyvm("", "vmstate", "show", captures+"irq.mig.gz")
	assert.Equal(t, 0, status, errs)
	assert.True(t, strings.HasPrefix(out, "machine isapc\nmemory pc.ram: 1024 KiB\n"), out[:100])
	assert.Contains(t, out, "\ni8254 (version 3)\n")

	out, _, _ = toyvm("", "vmstate", "show", captures+"irq.mig.gz", "i8254.channels[1].count")
	assert.Equal(t, "18\n", out)
	out, _, _ = toyvm("", "vmstate", "show", captures+"irq.mig.gz", "i8254.channels[1]")
	assert.True(t, strings.HasPrefix(out, "[1] (version 2)\n  count: 18\n"), out)
	out, _, _ = toyvm("", "vmstate", "show", "--json", captures+"irq.mig.gz", "serial[1].state.msr")
	assert.Equal(t, "176\n", out)
	out, _, _ = toyvm("", "vmstate", "show", "--json", captures+"irq.mig.gz")
	assert.Contains(t, out, `"name": "i8254"`)
}

func TestVmstateShowListsSectionsByTheirPaths(t *testing.T) {
	out, _, _ := toyvm("", "vmstate", "show", captures+"irq.mig.gz")
	listed := map[string]bool{}
	for _, line := range strings.Split(out, "\n") {
		name, _, isSection := strings.Cut(line, " (version ")
		if !isSection || strings.HasPrefix(line, " ") {
			continue
		}
		assert.False(t, listed[name], "%s is listed twice", name)
		listed[name] = true
		shown, errs, status := toyvm("", "vmstate", "show", captures+"irq.mig.gz", name)
		assert.Equal(t, 0, status, errs)
		assert.Contains(t, out, shown, name)
	}
	for _, name := range []string{"serial", "serial[1]", "i8259[1]", "isa-ide[1]"} {
		assert.Contains(t, listed, name)
	}
}

func TestVmstateShowReadsStandardInput(t *testing.T) {
	data, err := os.ReadFile(captures + "irq.mig.gz")
	require.NoError(t, err)
	out, _, status := toyvm(string(data), "vmstate", "show", "-", "port92.outport")
	assert.Equal(t, 0, status)
	assert.Equal(t, "0x00\n", out)
}

func TestVmstateShowSaysWhatIsWrong(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.gz")
	require.NoError(t, os.WriteFile(broken, []byte("\x1f\x8bnonsense"), 0o644))
	data, err := os.ReadFile(captures + "irq.mig.gz")
	require.NoError(t, err)
	cut := filepath.Join(t.TempDir(), "cut.gz")
	require.NoError(t, os.WriteFile(cut, data[:1000], 0o644))
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"missing.mig"}, "toyvm: open missing.mig: no such file or directory\n"},
		{[]string{"main.go"}, `toyvm: main.go: migration stream: not a migration stream: it begins with 2f2f2054, not with "QEVM" at offset 0x0` + "\n"},
		{[]string{broken}, "toyvm: " + broken + ": gzip: invalid header\n"},
		{[]string{cut}, "toyvm: " + cut + ": unexpected EOF\n"},
		{[]string{captures + "irq.mig.gz", "i8255"}, "toyvm: " + captures + "irq.mig.gz: nothing is called i8255; without a path, show lists what there is\n"},
	}
	for _, test := range tests {
		_, errs, status := toyvm("", append([]string{"vmstate", "show"}, test.args...)...)
		assert.Equal(t, exitTrouble, status)
		assert.Equal(t, test.want, errs)
	}
}

func TestVmstateDiff(t *testing.T) {
	out, _, status := toyvm("", "vmstate", "diff", captures+"paging.mig.gz", captures+"paging.mig.gz")
	assert.Equal(t, 0, status)
	assert.Empty(t, out)

	out, _, status = toyvm("", "vmstate", "diff", captures+"paging.mig.gz", captures+"paging-live.mig.gz")
	assert.Equal(t, exitDifferent, status)
	assert.Contains(t, out, "cpu.env.regs[4]: 0xc0003ff0 -> 0x00008fec\n")
	assert.Contains(t, out, "i8259.isr: 0x00 -> 0x01\n")
	assert.NotContains(t, out, "isa-ide", "both channels are paired")

	out, _, status = toyvm("", "vmstate", "diff", captures+"min-halt.mig.gz", captures+"halt.mig.gz")
	assert.Equal(t, exitDifferent, status)
	assert.Contains(t, out, "i8259[1]: none -> i8259 version 1\n")

	for _, args := range [][]string{{"missing", captures + "halt.mig.gz"}, {captures + "halt.mig.gz", "missing"}} {
		_, errs, status := toyvm("", append([]string{"vmstate", "diff"}, args...)...)
		assert.Equal(t, exitTrouble, status)
		assert.Contains(t, errs, "missing")
	}
}

func TestVmstateCheck(t *testing.T) {
	dump := captures + "isapc-dump-vmstate.json.gz"
	out, errs, status := toyvm("", "vmstate", "check", dump, dump)
	assert.Equal(t, 0, status, errs)
	assert.Empty(t, out)

	older, newer := filepath.Join(t.TempDir(), "old.json"), filepath.Join(t.TempDir(), "new.json")
	require.NoError(t, os.WriteFile(older, []byte(`{"vmschkmachine": {"Name": "toyvm"}, "pit": {"Name": "pit", "version_id": 2}}`), 0o644))
	require.NoError(t, os.WriteFile(newer, []byte(`{"vmschkmachine": {"Name": "toyvm"}, "pit": {"Name": "pit", "version_id": 1}}`), 0o644))
	out, _, status = toyvm("", "vmstate", "check", older, newer)
	assert.Equal(t, exitDifferent, status)
	assert.Equal(t, "pit: version_id went back from 2 to 1: snapshots of the older release are too new\n", out)

	out, errs, status = toyvm("", "vmstate", "dump")
	assert.Equal(t, 0, status, errs)
	ours := filepath.Join(t.TempDir(), "ours.json")
	require.NoError(t, os.WriteFile(ours, []byte(out), 0o644))
	out, errs, status = toyvm("", "vmstate", "check", ours, ours)
	assert.Equal(t, 0, status, errs)
	assert.Empty(t, out)
	out, _, status = toyvm("", "vmstate", "check", dump, ours)
	assert.Equal(t, exitDifferent, status)
	assert.Contains(t, out, "fw_cfg.fw_cfg/acpi_mr: the subsection is gone")
	assert.NotContains(t, out, "serial", "isa-serial has the same state")
	assert.NotContains(t, out, "the type is gone", "QEMU knows many devices that are not on this board")

	for _, args := range [][]string{{"main.go", dump}, {dump, "main.go"}, {"missing", dump}, {dump, "missing"}} {
		_, errs, status = toyvm("", append([]string{"vmstate", "check"}, args...)...)
		assert.Equal(t, exitTrouble, status)
		assert.Regexp(t, "^toyvm: (main.go|open missing): ", errs)
	}
}
