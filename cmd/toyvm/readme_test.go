package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExamplesOfTheReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	roms, err := filepath.Abs("../../roms")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, os.Symlink(roms, "roms"))
	const prompt = `wait screen "> "`
	assert.Greater(t, page{t, prompt}.carryOut(string(text)), 18)
	assert.FileExists(t, "result.png")
	trace, err := os.ReadFile("trace.txt")
	require.NoError(t, err)
	assert.Contains(t, string(trace), "disk ide0 read sector 0 count 1")
}

// TestGoTestOfTheReadme runs the test that the README shows, in a module beside
// this one.
func TestGoTestOfTheReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, code, found := strings.Cut(string(text), "```go\n")
	require.True(t, found)
	code, _, _ = strings.Cut(code, "```\n")
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	for name, content := range map[string]string{
		"kernel_test.go": code,
		"go.mod":         "module kernel\n\ngo 1.26.0\n",
		"go.work":        "go 1.26.0\n\nuse (\n\t.\n\t" + root + "\n)\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	c := exec.Command("go", "test", "-v", ".")
	c.Dir = dir
	c.Env = append(os.Environ(), "GOWORK="+filepath.Join(dir, "go.work"), "GOFLAGS=")
	out, err := c.CombinedOutput()
	assert.NoError(t, err, string(out))
	assert.Contains(t, string(out), "--- PASS: TestCommands/mem")
}
