package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writerDisk is a disk with the writer guest in a directory of its own.
func writerDisk(t testing.TB) string {
	t.Helper()
	boot, err := os.ReadFile("../../testdata/guests/writer.img")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "disk.img")
	require.NoError(t, os.WriteFile(path, boot, 0o644))
	require.NoError(t, os.Truncate(path, 16<<20))
	return path
}

// commands runs a machine with a script, which must go well.
func commands(t testing.TB, disk string, lines ...string) string {
	t.Helper()
	out, errs, status := runs(strings.Join(lines, "\n")+"\n", "--script", "-", disk)
	require.Equal(t, 0, status, errs)
	return out
}

// ok runs toyvm snapshot, which must go well and say nothing else.
func ok(t testing.TB, args ...string) string {
	t.Helper()
	out, errs, status := toyvm("", append([]string{"snapshot"}, args...)...)
	require.Equal(t, 0, status, "%v: %s", args, errs)
	require.Empty(t, errs)
	return out
}

// A history: base, later from it, and other from base, too.
func saveHistory(t *testing.T) (disk string) {
	disk = writerDisk(t)
	commands(t, disk, `wait serial "0003"`, `savevm base "three ticks"`, `wait serial "0005"`, "savevm later",
		"loadvm base", "sleep 0.1", "savevm other")
	return disk
}

func TestSnapshotLs(t *testing.T) {
	disk := saveHistory(t)
	want := `^TAG +VM SIZE +OWN +DATE +VM CLOCK +ICOUNT +PARENT +NOTE
base +\d+ KiB +\d\S* [KMiB]+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +00:00:00\.\d{3} +\d+ +-- +three ticks
later +\d+ KiB +\d\S* [KMiB]+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +00:00:00\.\d{3} +\d+ +base
other +\d+ KiB +\d\S* [KMiB]+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +00:00:00\.\d{3} +\d+ +base
$`
	assert.Regexp(t, want, ok(t, "ls", disk))
	assert.Equal(t, ok(t, "ls", disk), ok(t, "ls", "--store", disk+".snapshots"))

	var list []map[string]any
	require.NoError(t, json.Unmarshal([]byte(ok(t, "ls", "--json", disk)), &list))
	require.Len(t, list, 3)
	assert.Equal(t, "later", list[1]["tag"])
	assert.Equal(t, list[0]["id"], list[1]["parent_id"])
	assert.Equal(t, "486", list[1]["settings"].(map[string]any)["cpu"])
	assert.Greater(t, list[1]["size"], list[1]["own"])
}

func TestSnapshotLsWithoutAny(t *testing.T) {
	disk := writerDisk(t)
	assert.Equal(t, "There is no snapshot available.\n", ok(t, "ls", disk))
	assert.Equal(t, "[]\n", ok(t, "ls", "--json", disk))
	assert.Empty(t, ok(t, "tree", disk))
	assert.NoDirExists(t, disk+".snapshots")
}

func TestSnapshotShow(t *testing.T) {
	disk := saveHistory(t)
	out := ok(t, "show", disk, "base")
	for _, want := range []string{
		"tag:          base\nnote:         three ticks\ncreated:      ", "\nparent:       none\n", "\nsettings:     cpu=486 memory=16777216 ",
		"\nmemory:       pc.ram, 16 MiB\n", "\ndisk:         floppy0: empty\n", "\ndisk:         ide0-hd0: " + disk + ", 16 MiB\n",
		"\n| 0003\n", "\ni8254 (version 3)\n",
	} {
		assert.Contains(t, out, want)
	}
	assert.Contains(t, ok(t, "show", disk, "later"), "\nparent:       base\n")
	assert.Equal(t, "18\n", ok(t, "show", disk, "base", "i8254.channels[1].count"))
	assert.Equal(t, "18\n", ok(t, "show", "--json", disk, "base", "i8254.channels[1].count"))
	assert.Contains(t, ok(t, "show", disk, "base", "i8254.channels[1]"), "\n  count: 18\n")

	screen := ok(t, "show", "--screen", disk, "later")
	assert.True(t, strings.HasPrefix(screen, "  toyvm BIOS"), screen)
	assert.Contains(t, screen, "\n0005\n")

	var all struct {
		Tag      string
		Disks    []diskView
		Sections []struct {
			Name  string
			State map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(ok(t, "show", "--json", disk, "base")), &all))
	assert.Equal(t, "base", all.Tag)
	assert.Equal(t, []diskView{{Drive: "floppy0"}, {Drive: "ide0-hd0", Path: disk, Size: 16 << 20, Stored: true}}, all.Disks)
	assert.Equal(t, "timer", all.Sections[0].Name)
	assert.NotEmpty(t, all.Sections[0].State)
}

func TestSnapshotDiff(t *testing.T) {
	disk := saveHistory(t)
	out, errs, status := toyvm("", "snapshot", "diff", disk, "base", "later")
	assert.Equal(t, exitDifferent, status)
	assert.Empty(t, errs)
	assert.Regexp(t, `(?m)^timer.cpu_clock_offset: \d+ -> \d+$`, out)
	assert.Contains(t, out, "\nscreen:\n+ 0004\n+ 0005\npc.ram ")
	assert.Contains(t, out, "\npc.ram 0x8000: 511 bytes\n"+
		"- 00008000  03 00 03 00 03 00 03 00  03 00 03 00 03 00 03 00  |................|\n"+
		"+ 00008000  05 00 05 00 05 00 05 00  05 00 05 00 05 00 05 00  |................|\n")
	assert.Contains(t, out, "\n  … and 383 more bytes up to 0x81ff; --all prints them\n")
	assert.Regexp(t, `(?m)^ide0-hd0: 32 sectors: \d+, (\d+, ){14}\d+ and 16 more$`, out)

	all, _, status := toyvm("", "snapshot", "diff", "--all", disk, "base", "later")
	assert.Equal(t, exitDifferent, status)
	assert.NotContains(t, all, "more")
	assert.Contains(t, all, "\n+ 000081f0  05 00 05 00 05 00 05 00  05 00 05 00 05 00 05 00  |................|\n")
	assert.Regexp(t, `(?m)^ide0-hd0: 32 sectors: \d+, (\d+, ){30}\d+$`, all)

	out, errs, status = toyvm("", "snapshot", "diff", "-q", disk, "base", "later")
	assert.Equal(t, exitDifferent, status)
	assert.Empty(t, out+errs)
	assert.Empty(t, ok(t, "diff", disk, "base", "base"))

	out, _, status = toyvm("", "snapshot", "diff", "--json", disk, "base", "later")
	assert.Equal(t, exitDifferent, status)
	var d differenceJSON
	require.NoError(t, json.Unmarshal([]byte(out), &d))
	assert.Equal(t, "timer.cpu_ticks_offset", d.Devices[0].Path)
	assert.Equal(t, []screenChangeView{{"+", "0004"}, {"+", "0005"}}, d.Screen)
	require.Len(t, d.Disks, 1)
	assert.Len(t, d.Disks[0].Runs, 32)
	assert.Contains(t, d.Memory[0].Runs, runView{0x8000, 511})
}

type differenceJSON struct {
	Devices []struct{ Path string }
	Screen  []screenChangeView
	Memory  []runsView
	Disks   []runsView
}

func TestSnapshotDiffOfStreams(t *testing.T) {
	disk := saveHistory(t)
	base, later := filepath.Join(t.TempDir(), "base.mig"), filepath.Join(t.TempDir(), "later.mig.gz")
	ok(t, "export", disk, "base", base)
	ok(t, "export", disk, "later", "exec:gzip > '"+later+"'")
	assert.Empty(t, ok(t, "diff", disk, "base", base))
	assert.Empty(t, ok(t, "diff", disk, later, "later"))

	out, errs, status := toyvm("", "snapshot", "diff", base, later)
	assert.Equal(t, exitDifferent, status)
	assert.Empty(t, errs)
	assert.Contains(t, out, "\nscreen:\n+ 0004\n+ 0005\npc.ram ")
	assert.NotContains(t, out, "ide0-hd0")
	data, err := os.ReadFile(base)
	require.NoError(t, err)
	_, errs, status = toyvm(string(data), "snapshot", "diff", "-", base)
	assert.Equal(t, 0, status, errs)

	out, errs, status = toyvm("", "snapshot", "diff", captures+"paging.mig.gz", captures+"paging-live.mig.gz")
	assert.Equal(t, exitDifferent, status)
	assert.Empty(t, errs)
	assert.Contains(t, out, "i8259.isr: 0x00 -> 0x01\n")
	assert.NotContains(t, out, "screen:")
}

func TestSnapshotVerify(t *testing.T) {
	disk := saveHistory(t)
	assert.Equal(t, "no damage\n"+disk+" is as in snapshot \"other\"\n", ok(t, "verify", disk))
	assert.Regexp(t, `^no damage
\S+ is not as in snapshot "later": 16 sectors: \d+, (\d+, ){14}\d+
$`, ok(t, "verify", disk, "later"))

	file, err := os.OpenFile(disk, os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteAt([]byte("from outside"), 600)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	assert.Equal(t, "no damage\n"+disk+" is not as in snapshot \"other\": 1 sector: 1\n", ok(t, "verify", disk))

	renamed := filepath.Join(filepath.Dir(disk), "renamed.img")
	require.NoError(t, os.Rename(disk, renamed))
	require.NoError(t, os.Rename(disk+storeSuffix, renamed+storeSuffix))
	assert.Equal(t, "no damage\n"+renamed+" is not as in snapshot \"other\": 1 sector: 1\n", ok(t, "verify", renamed))
	assert.Equal(t, "no damage\nnot compared with snapshot \"other\": "+disk+": there is no such file\n", ok(t, "verify", "--store", renamed+storeSuffix))
}

func TestSnapshotVerifyTellsWhatDamageHits(t *testing.T) {
	disk := saveHistory(t)
	segments, err := filepath.Glob(disk + ".snapshots/*.seg")
	require.NoError(t, err)
	require.NotEmpty(t, segments)
	largest := segments[0]
	for _, s := range segments {
		if size(t, s) > size(t, largest) {
			largest = s
		}
	}
	data, err := os.ReadFile(largest)
	require.NoError(t, err)
	data[100] ^= 1
	require.NoError(t, os.WriteFile(largest, data, 0o644))
	out, errs, status := toyvm("", "snapshot", "verify", disk)
	assert.Equal(t, exitDifferent, status)
	assert.Regexp(t, `page 0: .*checksum .*\(hits snapshot "base": `, out)
	assert.NotContains(t, out, "no damage")
	assert.Empty(t, errs)
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}

func TestSnapshotRm(t *testing.T) {
	disk := saveHistory(t)
	_, errs, status := toyvm("", "snapshot", "rm", disk, "base", "latr")
	assert.Equal(t, exitTrouble, status)
	assert.Contains(t, errs, "did you mean later?")
	assert.Equal(t, 4, strings.Count(ok(t, "ls", disk), "\n"), "nothing is deleted")
	assert.Empty(t, ok(t, "rm", disk, "base", "later"))
	out := ok(t, "ls", disk)
	assert.Equal(t, 2, strings.Count(out, "\n"))
	assert.Regexp(t, `(?m)^\* other  .*  \(from base, which is gone\)$`, ok(t, "tree", disk))
}

func TestSnapshotImport(t *testing.T) {
	disk := saveHistory(t)
	stream := filepath.Join(t.TempDir(), "base.mig")
	ok(t, "export", disk, "base", stream)
	there := filepath.Join(t.TempDir(), "there.img")
	ok(t, "extract", disk, "base", "disk", "-o", there)
	ok(t, "import", there, stream, "again", "--note", "from a stream")
	assert.Regexp(t, `(?m)^again .* -- +from a stream$`, ok(t, "ls", there))
	hash := `info hash`
	want := commands(t, disk, "loadvm base", hash, "sleep 0.2", hash)
	assert.Equal(t, want, commands(t, there, "loadvm again", hash, "sleep 0.2", hash))

	_, errs, status := toyvm("", "snapshot", "import", "--store", t.TempDir(), stream, "again")
	assert.Equal(t, 0, status)
	assert.Equal(t, "toyvm: warning: "+stream+": the machine had ide0=disk, the snapshot has ide0=none\n", errs)

	_, errs, status = toyvm("", "snapshot", "import", there, stream, "again")
	assert.Equal(t, exitTrouble, status)
	assert.Equal(t, "toyvm: there is a snapshot \"again\" already; --force replaces it\n", errs)
	ok(t, "import", "--force", there, stream, "again")
}

func TestSnapshotImportFromQEMU(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	out, errs, status := toyvm("", "snapshot", "import", "--store", store, captures+"irq.mig.gz", "irq")
	require.Equal(t, 0, status, errs)
	assert.Empty(t, out)
	assert.Equal(t, "toyvm: warning: "+captures+"irq.mig.gz: not loaded: vga\n", errs)
	assert.Equal(t, "18\n", ok(t, "show", "--store", store, "irq", "i8254.channels[1].count"))
	assert.Contains(t, ok(t, "show", "--store", store, "irq"), "\nmemory:       pc.ram, 1.0 MiB\n")
}

func TestSnapshotExtract(t *testing.T) {
	disk := saveHistory(t)
	image, ram, picture := filepath.Join(t.TempDir(), "x.img"), filepath.Join(t.TempDir(), "ram"), filepath.Join(t.TempDir(), "x.png")
	ok(t, "extract", disk, "other", "disk", "-o", image)
	want, err := os.ReadFile(disk)
	require.NoError(t, err)
	got, err := os.ReadFile(image)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want, got), "the machine stopped there")
	assert.Equal(t, string(want), ok(t, "extract", disk, "other", "disk", "ide0-hd0"))

	ok(t, "extract", disk, "base", "ram", "-o", ram)
	memory, err := os.ReadFile(ram)
	require.NoError(t, err)
	assert.Len(t, memory, 16<<20)
	assert.Equal(t, want[:3], memory[0x7c00:0x7c03], "the boot sector")

	assert.Equal(t, ok(t, "show", "--screen", disk, "base"), ok(t, "extract", disk, "base", "screen"))
	ok(t, "extract", disk, "base", "screen", "-o", picture)
	data, err := os.ReadFile(picture)
	require.NoError(t, err)
	assert.Equal(t, "\x89PNG", string(data[:4]))
}

func TestSnapshotCommandsSayWhatIsWrong(t *testing.T) {
	disk := saveHistory(t)
	empty := writerDisk(t)
	dir, store := filepath.Dir(disk), disk+storeSuffix
	notThere := "there is no such snapshot in " + store
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"ls", "missing.img"}, "missing.img: there is no such file, and no missing.img.snapshots either\n"},
		{[]string{"ls", dir}, dir + ": it is a directory, not a disk image; --store " + dir + " takes the snapshots in it\n"},
		{[]string{"ls", "--store", "missing"}, "--store missing: there is no such directory\n"},
		{[]string{"ls", "--store", disk}, disk + ": it is a file, not a directory with snapshots\n"},
		{[]string{"ls"}, "an argument is missing\nusage: toyvm snapshot ls {DISK | --store DIR}"},
		{[]string{"show", disk, "bas"}, `snapshot "bas": ` + notThere + "; did you mean base?\n"},
		{[]string{"show", disk, "xyzzy"}, `snapshot "xyzzy": ` + notThere + "\n"},
		{[]string{"show", empty, "base"}, "; there are none yet, savevm at the monitor takes one\n"},
		{[]string{"show", disk, "base", "i8255"}, `snapshot "base": nothing is called i8255; without a path, show lists what there is` + "\n"},
		{[]string{"show", disk, "base", "cpu", "--screen"}, "--screen shows the screen, not cpu; leave one of them out\nusage: "},
		{[]string{"diff", disk, "base", "latr"}, `snapshot "latr": ` + notThere + "; did you mean later?; and there is no such file\n"},
		{[]string{"diff", disk, "base"}, disk + " has snapshots: say which two are to be compared\nusage: toyvm snapshot diff [DISK | --store DIR] A B"},
		{[]string{"diff", disk, "base", disk}, disk + ": migration stream: not a migration stream: it begins with "},
		{[]string{"diff", "missing.mig", "main.go"}, "open missing.mig: no such file or directory\n"},
		{[]string{"verify", disk, "bas"}, "; did you mean base?\n"},
		{[]string{"export", disk, "bas", "x"}, "; did you mean base?\n"},
		{[]string{"export", disk, "base", "/nowhere/x"}, "open /nowhere/x: no such file or directory\n"},
		{[]string{"export", disk, "base", "x", "--serial", "5"}, "--serial 5: a machine has up to 4\nusage: "},
		{[]string{"export", disk, "base"}, "an argument is missing\nusage: "},
		{[]string{"import", disk, "main.go", "x"}, "main.go: migration stream: not a migration stream"},
		{[]string{"import", disk, captures + "irq.mig.gz", "x\n"}, `the name of a snapshot must be printable, "x\n" contains U+000A`},
		{[]string{"extract", disk, "base", "disc"}, `a snapshot has no part "disc": it can be disk, ram or screen` + "\nusage: "},
		{[]string{"extract", disk, "base", "ram", "ide0-hd0"}, `"ide0-hd0" is one argument too many`},
		{[]string{"extract", disk, "base", "disk", "ide0-hd1"}, `snapshot "base": there is no drive ide0-hd1; did you mean ide0-hd0?` + "\n"},
		{[]string{"extract", disk, "base", "disk", "floppy0"}, `snapshot "base": floppy0 is empty` + "\n"},
		{[]string{"extract", disk, "base", "screen", "-o", "x.gif"}, `"x.gif": the name must end with .txt, .ans, .png or .ppm` + "\n"},
	}
	for _, test := range tests {
		out, errs, status := toyvm("", append([]string{"snapshot"}, test.args...)...)
		assert.Equal(t, exitTrouble, status, test.args)
		assert.Empty(t, out, test.args)
		assert.Contains(t, errs, test.want)
		assert.True(t, strings.HasPrefix(errs, "toyvm: "), errs)
	}
}

func TestSnapshotCompletion(t *testing.T) {
	disk := saveHistory(t)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"rm", disk, ""}, "base\tthree ticks\nlater\nother\n:4\n"},
		{[]string{"rm", disk, "base", ""}, "later\nother\n:4\n"},
		{[]string{"rm", "--store", disk + storeSuffix, "base", "other", ""}, "later\n:4\n"},
		{[]string{"show", disk, "b"}, "base\tthree ticks\nlater\nother\n:4\n"},
		{[]string{"diff", disk, "base", "other", ""}, ":0\n"},
		{[]string{"diff", disk, "base", ""}, "later\nother\n:0\n"},
		{[]string{"export", disk, "base", ""}, ":0\n"},
		{[]string{"extract", disk, "base", ""}, "disk\nram\nscreen\n:4\n"},
		{[]string{"extract", disk, "base", "disk", ""}, "ide0-hd0\n:4\n"},
		{[]string{"ls", ""}, ":0\n"},
		{[]string{"ls", disk, ""}, ":4\n"},
	} {
		out, _, status := toyvm("", append([]string{"__complete", "snapshot"}, test.args...)...)
		assert.Equal(t, 0, status)
		assert.Equal(t, test.want, out, test.args)
	}
	for _, args := range [][]string{{disk, "--load", ""}, {"--hda", disk, "--load", ""}} {
		out, _, status := toyvm("", append([]string{"__complete", "run"}, args...)...)
		assert.Equal(t, 0, status)
		assert.Equal(t, "base\tthree ticks\nlater\nother\n:4\n", out, args)
	}
}

// A stream of ours tells what kind of machine it is, and what is connected to
// the one that takes it stays so.
func TestAStreamHasItsSettings(t *testing.T) {
	disk := writerDisk(t)
	out, errs, status := runs("wait serial 0002\nsavevm base\ninfo hash\n", "--script", "-", "--cpu", "386", "-m", "5", "--fdb", guestImage(t, "floppy.img", floppy), disk)
	require.Equal(t, 0, status, errs)
	stream := filepath.Join(t.TempDir(), "base.mig")
	ok(t, "export", disk, "base", stream)
	extra := filepath.Join(t.TempDir(), "extra.img")
	require.NoError(t, os.WriteFile(extra, make([]byte, 1<<20), 0o644))
	for _, more := range [][]string{nil, {"--hdd", extra, "--serial", "null"}} {
		_, errs, status := runs("", append(more, "--incoming", stream, "--script", scriptFile(t, "sleep 0.2"), disk)...)
		assert.Equal(t, 0, status, errs)
	}
	ok(t, "import", disk, stream, "again")
	assert.Contains(t, ok(t, "show", disk, "again"), "cpu=386 memory=5242880 video-memory=8388608 serial=2 floppy-drives=2 ide0=disk")
	assert.NotEmpty(t, out)
}

// The states that releases have left behind, amid transfers and exceptions, are
// whole in a stream, too.
func TestReleasedSnapshotsAreWholeAsStreams(t *testing.T) {
	store := "../../testdata/snapshots/1/store"
	var list []entryView
	require.NoError(t, json.Unmarshal([]byte(ok(t, "ls", "--json", "--store", store)), &list))
	require.NotEmpty(t, list)
	for _, e := range list {
		stream := filepath.Join(t.TempDir(), e.Tag+".mig")
		ok(t, "export", "--store", store, e.Tag, stream)
		assert.Empty(t, ok(t, "diff", "--store", store, e.Tag, stream), e.Tag)
	}
}
