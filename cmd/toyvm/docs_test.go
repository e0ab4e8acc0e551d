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

func TestDocumentationHasAllScriptCommands(t *testing.T) {
	text, err := os.ReadFile("../../docs/scripting.md")
	require.NoError(t, err)
	for _, command := range monitor.Commands() {
		assert.Contains(t, string(text), "\n| `"+command.Usage()+"` | ")
	}
}
