package main

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stopped is a process with a machine that ran for a while and stands still.
func stopped(t *testing.T, args ...string) *machineProcess {
	t.Helper()
	p := startMachine(t, args...)
	p.do("wait serial 0004")
	p.do("stop")
	return p
}

// refused gives a command that must fail with an error, and leave the machine
// and its disk as they are.
func refused(t *testing.T, p *machineProcess, command, want string) {
	t.Helper()
	before := p.do("info hash")
	assert.Equal(t, "Error: "+want+"\n", p.do(command))
	assert.Equal(t, before, p.do("info hash"), "the machine has changed")
}

// saved is a disk with a snapshot base of a machine with 4 MiB.
func saved(t *testing.T, args ...string) (disk string) {
	t.Helper()
	disk = writerDisk(t)
	_, errs, status := runs("wait serial 0002\nsavevm base\n", append(args, "--script", "-", "-m", "4", disk)...)
	require.Equal(t, 0, status, errs)
	return disk
}

func TestLoadvmOfWhatDoesNotFitChangesNothing(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		change func(t *testing.T, disk string)
		want   string // DISK stands for the disk
	}{
		{"no such snapshot", nil, func(t *testing.T, disk string) { ok(t, "rm", disk, "base") },
			`snapshot "base": there is no such snapshot in DISK.snapshots`},
		{"another name", nil, func(t *testing.T, disk string) { commands(t, disk, "savevm bass"); ok(t, "rm", disk, "base") },
			`snapshot "base": there is no such snapshot in DISK.snapshots; did you mean bass?`},
		{"memory", []string{"-m", "8"}, nil,
			`snapshot "base": the snapshot's machine has memory=4194304, this one has memory=8388608`},
		{"processor", []string{"--cpu", "386"}, nil,
			`snapshot "base": the snapshot's machine has cpu=486, this one has cpu=386`},
		{"newer format", nil, newerFormat,
			`snapshot "base": tag-base.snap: format 2, this program reads format 1: use a newer toyvm`},
		{"another size", nil, func(t *testing.T, disk string) { require.NoError(t, os.Truncate(disk, 17<<20)) },
			`snapshot "base": ide0-hd0: DISK has 17825792 bytes, and had 16777216 when the snapshot was taken`},
		{"read-only image", nil, func(t *testing.T, disk string) { require.NoError(t, os.Chmod(disk, 0o444)) },
			`snapshot "base": ide0-hd0: DISK is read-only, and its contents must be restored; --ephemeral keeps them in memory`},
	} {
		t.Run(test.name, func(t *testing.T) {
			disk := saved(t)
			if test.change != nil {
				test.change(t, disk)
			}
			p := startMachine(t, append(test.args, disk)...)
			p.do("stop")
			refused(t, p, "loadvm base", strings.ReplaceAll(test.want, "DISK", disk))
		})
	}
}

// newerFormat makes the snapshot base one of the format 2.
func newerFormat(t *testing.T, disk string) {
	t.Helper()
	path := filepath.Join(disk+storeSuffix, "tag-base.snap")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	header := data[:64]
	binary.LittleEndian.PutUint32(header[8:], 2)
	clear(header[12:16])
	binary.LittleEndian.PutUint32(header[12:], crc32.Checksum(header, crc32.MakeTable(crc32.Castagnoli)))
	require.NoError(t, os.WriteFile(path, data, 0o644))
}

func TestCommandsAboutANewerFormat(t *testing.T) {
	disk := saved(t)
	newerFormat(t, disk)
	const newer = "format 2, this program reads format 1: use a newer toyvm"
	assert.Regexp(t, `(?m)^base .* -- +tag-base.snap: `+newer+`$`, ok(t, "ls", disk))
	for _, args := range [][]string{{"show", disk, "base"}, {"rm", disk, "base"}, {"export", disk, "base", "x"}} {
		_, errs, status := toyvm("", append([]string{"snapshot"}, args...)...)
		assert.Equal(t, exitTrouble, status, args)
		assert.Equal(t, "toyvm: snapshot \"base\": tag-base.snap: "+newer+"\n", errs)
	}
	assert.FileExists(t, filepath.Join(disk+storeSuffix, "tag-base.snap"))
}

func TestLoadvmOfADamagedSnapshotChangesNothing(t *testing.T) {
	disk := saved(t)
	p := stopped(t, disk)
	files, err := os.ReadDir(disk + storeSuffix)
	require.NoError(t, err)
	tried := 0
	for _, f := range files {
		path := filepath.Join(disk+storeSuffix, f.Name())
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		if f.Name() == "lock" {
			continue
		}
		for _, damage := range []func([]byte) []byte{
			func(data []byte) []byte { data[len(data)/2] ^= 0x40; return data },
			func(data []byte) []byte { data[10] ^= 0x40; return data },
			func(data []byte) []byte { return data[:len(data)-1] },
			func(data []byte) []byte { return nil },
			func(data []byte) []byte {
				return []byte("something else, and not short of a header's sixty-four bytes...!")
			},
		} {
			require.NoError(t, os.WriteFile(path, damage(append([]byte(nil), data...)), 0o644))
			other := stopped(t, "--ephemeral", "--store", disk+storeSuffix, writerDisk(t))
			before := other.do("info hash")
			said := other.do("loadvm base")
			assert.Regexp(t, `^Error: snapshot "base": .*(`+f.Name()+`|damaged).*\n$`, said)
			assert.Equal(t, before, other.do("info hash"))
			other.kill()
			tried++
		}
		require.NoError(t, os.WriteFile(path, data, 0o644))
	}
	t.Logf("%d damages", tried)
	assert.GreaterOrEqual(t, tried, 10)
	assert.Empty(t, p.do("loadvm base"))
}

func TestFloppiesThatChangedSinceTheSnapshot(t *testing.T) {
	first := guestImage(t, "floppy.img", floppy)
	second := guestImage(t, "keyboard.img", floppy)
	disk := saved(t, "--fda", first, "--boot", "c")
	want, err := os.ReadFile(first)
	require.NoError(t, err)
	run := []string{"--boot", "c", "--fda", second, disk}

	t.Run("another one is in the drive", func(t *testing.T) {
		require.NoError(t, os.WriteFile(first, make([]byte, floppy), 0o644))
		p := stopped(t, run...)
		assert.Empty(t, p.do("loadvm base"))
		assert.Contains(t, p.do("info block floppy0"), first)
		p.kill()
		now, err := os.ReadFile(first)
		require.NoError(t, err)
		assert.True(t, string(want) == string(now), "it has what it had")
	})
	t.Run("it has another size", func(t *testing.T) {
		require.NoError(t, os.WriteFile(first, make([]byte, 720<<10), 0o644))
		p := stopped(t, run...)
		refused(t, p, "loadvm base", `snapshot "base": floppy0: `+first+` has 737280 bytes, and had 1474560 when the snapshot was taken`)
		assert.Contains(t, p.do("info block floppy0"), second)
	})
	t.Run("another machine has it", func(t *testing.T) {
		require.NoError(t, os.WriteFile(first, want, 0o644))
		other := startMachine(t, "--fda", first, "--store", t.TempDir())
		other.do("stop")
		p := stopped(t, run...)
		refused(t, p, "loadvm base", `snapshot "base": floppy0: `+first+`: it is in use by another machine, or by another drive of this one`)
		assert.Contains(t, p.do("info block floppy0"), second)
	})
	t.Run("it is gone", func(t *testing.T) {
		require.NoError(t, os.Remove(first))
		p := stopped(t, run...)
		refused(t, p, "loadvm base", `snapshot "base": floppy0: `+first+`: there is no such file`)
		assert.Contains(t, p.do("info block floppy0"), second)
	})
}

func TestLoadvmOfAnImageThatWasChangedOrRenamed(t *testing.T) {
	disk := saved(t)
	want := ok(t, "extract", disk, "base", "disk")
	hash, errs, status := runs("", "--load", "base", "-S", "--ephemeral", "--script", scriptFile(t, "info hash"), disk)
	require.Equal(t, 0, status, errs)
	restored := func(t *testing.T, disk string, args ...string) {
		t.Helper()
		p := startMachine(t, append(args, disk)...)
		p.do("wait serial 0002")
		assert.Empty(t, p.do("stop")+p.do("loadvm base"))
		assert.Equal(t, hash, p.do("info hash"))
		p.kill()
		data, err := os.ReadFile(disk)
		require.NoError(t, err)
		assert.True(t, want == string(data), "the image is what it was")
	}
	t.Run("changed", func(t *testing.T) {
		data := []byte(want)
		for at := 1000; at < len(data); at += 100_000 {
			data[at] ^= 0xff
		}
		require.NoError(t, os.WriteFile(disk, data, 0o644))
		restored(t, disk)
	})
	renamed := filepath.Join(t.TempDir(), "other.img")
	t.Run("renamed", func(t *testing.T) {
		require.NoError(t, os.Rename(disk, renamed))
		restored(t, renamed, "--store", disk+storeSuffix)
	})
	t.Run("renamed with its snapshots", func(t *testing.T) {
		require.NoError(t, os.Rename(disk+storeSuffix, renamed+storeSuffix))
		restored(t, renamed)
	})
	t.Run("blank", func(t *testing.T) {
		require.NoError(t, os.Truncate(renamed, 512))
		require.NoError(t, os.Truncate(renamed, 16<<20))
		restored(t, renamed)
	})
}

func TestLoadvmPutsAFloppyBackThatWasTakenOut(t *testing.T) {
	first := guestImage(t, "floppy.img", floppy)
	p := stopped(t, "--boot", "c", "--fda", first, writerDisk(t))
	require.Empty(t, p.do("savevm base"))
	hash := p.do("info hash")
	require.Empty(t, p.do("eject floppy0"))
	assert.Empty(t, p.do("loadvm base"))
	assert.Contains(t, p.do("info block floppy0"), first)
	assert.Equal(t, hash, p.do("info hash"))
}

// A disk that cannot be written is not in the snapshot. All else is.
func TestSnapshotOfAReadOnlyDisk(t *testing.T) {
	disk := writerDisk(t)
	require.NoError(t, os.Chmod(disk, 0o444))
	store := t.TempDir()
	_, errs, status := runs("sleep 0.1\nsavevm base\n", "--script", "-", "--store", store, disk)
	require.Equal(t, 0, status, errs)
	assert.Contains(t, ok(t, "show", "--store", store, "base"), "\ndisk:         ide0-hd0: "+disk+", 16 MiB, read-only, not in the snapshot\n|   toyvm BIOS")
	ok(t, "export", "--store", store, "base", filepath.Join(t.TempDir(), "base.mig"))
	_, errs, status = toyvm("", "snapshot", "extract", "--store", store, "base", "disk", "ide0-hd0")
	assert.Equal(t, exitTrouble, status)
	assert.Equal(t, "toyvm: snapshot \"base\": ide0-hd0 is read-only, so that the snapshot does not hold it; it was "+disk+"\n", errs)
	_, errs, status = runs("", "--load", "base", "--store", store, "--script", scriptFile(t, "sleep 0.1"), disk)
	assert.Equal(t, 0, status, errs)
}
