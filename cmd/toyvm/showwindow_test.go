package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/window"
)

func TestABuildWithoutAWindowSaysHowToGetOne(t *testing.T) {
	if window.Available {
		t.Skip("this build has a window")
	}
	t.Setenv("DISPLAY", ":0")
	_, errs, status := toyvm("", "run", "--display", "window")
	assert.Equal(t, exitFailed, status)
	assert.Contains(t, errs, "\n  go install -tags window ./cmd/toyvm\n")
	assert.Contains(t, errs, "\n  apt install libgl1-mesa-dev ")

	out, errs, status := toyvm("", "run", "--display", "auto")
	assert.Equal(t, 0, status, errs)
	assert.Contains(t, out, "whose whole state is a value", "nobody looks")
}

// TestOnlyTheWindowImportsItsLibrary, as a program that has it needs headers to
// be built and a display to run.
func TestOnlyTheWindowImportsItsLibrary(t *testing.T) {
	importers := func(system, tags string) (list []string) {
		cmd := exec.Command("go", "list", "-deps", "-tags", tags, "-f", `{{.ImportPath}} {{join .Imports " "}}`, ".")
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64")
		out, err := cmd.Output()
		require.NoError(t, err)
		for line := range strings.Lines(string(out)) {
			if path, imports, _ := strings.Cut(line, " "); strings.HasPrefix(path, "toyvm/") && strings.Contains(imports, "ebiten") {
				list = append(list, path)
			}
		}
		return list
	}
	only := []string{"toyvm/cmd/toyvm/internal/window"}
	assert.Empty(t, importers("linux", ""))
	assert.Equal(t, only, importers("linux", "window"))
	assert.Equal(t, only, importers("windows", ""))
}
