package main

import (
	"context"
	"image"
	"iter"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/cmd/toyvm/internal/window"
	"toyvm/machine"
	"toyvm/snapshot/store"
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

// noDrives are the drives of a machine without disks.
type noDrives struct{ keeper.Drives }

func (noDrives) Inside() iter.Seq2[string, *media.Image] {
	return func(func(string, *media.Image) bool) {}
}

func TestTheMenuHasTheSnapshotsOfTheStore(t *testing.T) {
	m, err := machine.New(machine.Config{})
	require.NoError(t, err)
	k := keeper.New(m, noDrives{}, store.Open(t.TempDir()))
	for i, tag := range []string{"one", "two"} {
		m.Run(machine.Budget{Until: int64(i+1) * 1e9})
		saving, err := k.Save(context.Background(), tag, "number "+tag)
		require.NoError(t, err)
		require.NoError(t, saving.Wait())
	}
	list, err := windowSnapshots(k)
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, "two", list[0].Tag, "the newest first")
	assert.Equal(t, "one", list[1].Tag)
	for _, s := range list {
		assert.Equal(t, "number "+s.Tag, s.Note)
		assert.Equal(t, image.Pt(720, 400), s.Thumbnail.Bounds().Size())
		assert.False(t, s.Date.IsZero())
	}
}
