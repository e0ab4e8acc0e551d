package main

import (
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/monitor"
)

// TestScriptsInTheDocumentation runs the examples of docs/scripting.md as it
// says.
func TestScriptsInTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/scripting.md")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	assert.Equal(t, 6, page{t: t}.carryOut(string(text)))
	for name, size := range map[string]image.Point{"demo.png": {X: 720, Y: 400}, "plasma1.png": {X: 640, Y: 400}, "plasma3.png": {X: 640, Y: 400}} {
		file, err := os.Open(name)
		require.NoError(t, err)
		picture, err := png.Decode(file)
		file.Close()
		require.NoError(t, err)
		assert.Equal(t, size, picture.Bounds().Size(), name)
	}
}

// TestMonitorInTheDocumentation types what docs/monitor.md shows typed at the
// prompt, and compares what comes.
func TestMonitorInTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/monitor.md")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	for _, name := range []string{"disk.img", "disk2.img"} {
		require.NoError(t, os.WriteFile(name, make([]byte, floppy), 0o644))
	}
	const command, prompt = "$ toyvm run --display none --monitor stdio disk.img\n", "(toyvm) "
	blocks := strings.Split(string(text), "```console\n")
	tried := 0
	for _, block := range blocks[1:] {
		session, _, _ := strings.Cut(block, "```\n")
		if !strings.Contains(session, prompt) {
			continue
		}
		tried++
		session, whole := strings.CutPrefix(session, command)
		typed, want := "", ""
		for line := range strings.Lines(session) {
			if entered, ok := strings.CutPrefix(line, prompt); ok {
				typed, line = typed+entered, prompt // which is not shown to a pipe
			}
			want += line
		}
		out, errs, status := toyvm(typed+"quit\n", strings.Fields(command)[2:]...)
		require.Equal(t, 0, status, errs)
		out = strings.Replace(out, version(), "v1.0.0", 1)
		if !whole {
			_, out, _ = strings.Cut(out, "\n") // the banner
		}
		assert.True(t, strings.HasPrefix(out, want), "%q\n%q", want, out)
	}
	assert.Equal(t, 2, tried)
}

func TestDocumentationHasAllCommands(t *testing.T) {
	text, err := os.ReadFile("../../docs/monitor.md")
	require.NoError(t, err)
	for _, command := range monitor.Commands() {
		assert.Truef(t, strings.Contains(string(text), "\n| `"+command.Usage()+"` | "), "%q has no row", command.Usage())
	}
}

func TestDocumentationHasNoOtherCommands(t *testing.T) {
	known := map[string]bool{}
	for _, command := range monitor.Commands() {
		known[command.Usage()] = true
	}
	for _, page := range []string{"monitor.md", "scripting.md"} {
		text, err := os.ReadFile("../../docs/" + page)
		require.NoError(t, err)
		tables := strings.Split(string(text), "| command | what it does |\n|---|---|\n")
		require.Greater(t, len(tables), 1)
		for _, table := range tables[1:] {
			table, _, _ = strings.Cut(table, "\n\n")
			for row := range strings.Lines(table) {
				usage, _, _ := strings.Cut(strings.TrimPrefix(row, "| `"), "` | ")
				assert.True(t, known[usage], "%s: %s", page, usage)
			}
		}
	}
}
