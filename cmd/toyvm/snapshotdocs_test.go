package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSnapshotsDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/snapshots.md")
	require.NoError(t, err)
	dir := filepath.Dir(writerDisk(t))
	bios, err := os.ReadFile("../../roms/bios.bin")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bios.bin"), bios, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data.img"), make([]byte, floppy), 0o644))
	t.Chdir(dir)
	const greeted = "wait serial 0002"
	assert.Greater(t, page{t, greeted}.carryOut(string(text)), 25)
}
