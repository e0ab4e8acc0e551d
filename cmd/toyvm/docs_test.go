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

// TestScriptInTheDocumentation runs the example of docs/scripting.md as it says.
func TestScriptInTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/scripting.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "```toyvm\n")
	require.True(t, found)
	example, rest, found := strings.Cut(rest, "```\n")
	require.True(t, found)
	require.Contains(t, rest, "$ toyvm run --display none --script demo.txt\n")

	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("demo.txt", []byte(example), 0o644))
	out, errs, status := toyvm("", "run", "--display", "none", "--script", "demo.txt")
	assert.Equal(t, 0, status, errs)
	assert.Empty(t, out)
	assert.Empty(t, errs)
	file, err := os.Open("demo.png")
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	assert.Equal(t, image.Pt(720, 400), picture.Bounds().Size())
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
