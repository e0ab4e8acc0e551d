package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A killing is a series of processes that are killed, and what must be there
// whenever one is dead.
type killing struct {
	t      *testing.T
	random *rand.Rand
	disk   string
	// complete are the snapshots that were, with what their machines are.
	complete map[string]string
	taken    int
	usual    map[string]time.Duration // that a command takes
	finished map[string]int           // commands that were before the process was killed
	killed   map[string]int           // and those that were not
	resumed  int                      // loadvm that the next start completed
}

// TestKilledAtAnyMoment kills processes in the middle of savevm, loadvm and
// delvm. Whatever was complete before stays whole, and the disk is what it was
// before or what it was to become.
func TestKilledAtAnyMoment(t *testing.T) {
	k := &killing{
		t: t, random: rand.New(rand.NewSource(1)), disk: writerDisk(t),
		complete: map[string]string{}, usual: map[string]time.Duration{}, finished: map[string]int{}, killed: map[string]int{},
	}
	rounds := 12
	if testing.Short() {
		rounds = 4
	}
	for range rounds {
		k.save()
		k.load()
		k.delete()
	}
	for _, command := range []string{"savevm", "loadvm", "delvm"} {
		t.Logf("%s: killed %d times in the middle, %d times when it was done", command, k.killed[command], k.finished[command])
		assert.Equal(t, rounds, k.killed[command]+k.finished[command])
	}
	t.Logf("loadvm: completed by the next start %d times", k.resumed)
}

// during gives a command and kills the process at some moment of it. The
// command had finished if that is what it returns.
func (k *killing) during(p *machineProcess, command string) (finished bool) {
	k.t.Helper()
	name, _, _ := strings.Cut(command, " ")
	p.send(command)
	time.Sleep(time.Duration(k.random.Int63n(int64(k.usual[name]*3/2 + time.Millisecond))))
	p.cmd.Process.Kill()
	printed, finished := p.finished()
	p.kill()
	require.Empty(k.t, printed)
	if finished {
		k.finished[name]++
	} else {
		k.killed[name]++
	}
	return finished
}

// timed carries out a command and notes how long it takes.
func (k *killing) timed(p *machineProcess, command string) {
	k.t.Helper()
	name, _, _ := strings.Cut(command, " ")
	start := time.Now()
	require.Empty(k.t, p.do(command))
	k.usual[name] = time.Since(start)
}

// start starts a machine that goes on for a while.
func (k *killing) start() *machineProcess {
	k.t.Helper()
	p := startMachine(k.t, k.disk)
	p.do("wait serial 0010")
	time.Sleep(time.Duration(k.random.Intn(50)) * time.Millisecond)
	return p
}

func (k *killing) newTag() string {
	k.taken++
	return fmt.Sprintf("s%d", k.taken)
}

// save kills a process in savevm, while the guest writes to the disk.
func (k *killing) save() {
	k.t.Helper()
	p := k.start()
	tag := k.newTag()
	k.timed(p, "savevm "+tag)
	k.complete[tag] = ""
	tag = k.newTag()
	if k.during(p, "savevm "+tag) {
		k.complete[tag] = ""
	}
	k.check(tag)
}

// load kills a process in loadvm. The guest stands still before, so that the
// disk is known.
func (k *killing) load() {
	k.t.Helper()
	p := k.start()
	first, before := k.newTag(), k.newTag()
	require.Empty(k.t, p.do("savevm "+first))
	time.Sleep(20 * time.Millisecond)
	p.do("stop")
	require.Empty(k.t, p.do("savevm "+before))
	k.timed(p, "loadvm "+first)
	k.timed(p, "loadvm "+before)
	k.complete[first], k.complete[before] = "", ""
	after := k.any()
	finished := k.during(p, "loadvm "+after)
	k.check("")

	now := sha256.Sum256(k.read(k.disk))
	was, is := k.diskOf(before), k.diskOf(after)
	if finished {
		assert.Equal(k.t, is, now, "loadvm had finished")
	}
	assert.True(k.t, now == was || now == is, "the disk is neither as in %s, before loadvm, nor as in %s, which was loaded", before, after)
}

// delete kills a process in delvm.
func (k *killing) delete() {
	k.t.Helper()
	p := k.start()
	for len(k.complete) > 3 {
		tag := k.any()
		k.timed(p, "delvm "+tag)
		delete(k.complete, tag)
	}
	tag := k.any()
	delete(k.complete, tag)
	if k.during(p, "delvm "+tag) {
		assert.NotContains(k.t, k.tags(), tag)
	}
	k.check(tag)
}

// any is one of the snapshots that are complete.
func (k *killing) any() string {
	var tags []string
	for tag := range k.complete {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags[k.random.Intn(len(tags))]
}

func (k *killing) tags() (tags []string) {
	list := ok(k.t, "ls", k.disk)
	for line := range strings.Lines(list) {
		tags = append(tags, strings.Fields(line)[0])
	}
	return tags[1:]
}

// check starts the program again and looks at all snapshots. That with the tag
// unsure may be there or not, but if it is, it is whole.
func (k *killing) check(unsure string) {
	k.t.Helper()
	_, errs, status := runs("quit\n", "--script", "-", k.disk)
	require.Equal(k.t, 0, status, errs)
	if strings.Contains(errs, "was interrupted; its disks are now as they were in it") {
		k.resumed++
	}
	out, errs, status := toyvm("", "snapshot", "verify", k.disk)
	require.Equal(k.t, 0, status, out+errs)
	tags := k.tags()
	for tag := range k.complete {
		require.Contains(k.t, tags, tag)
	}
	for _, tag := range tags {
		before, known := k.complete[tag]
		require.True(k.t, known || tag == unsure, "snapshot %s is there again", tag)
		hash, errs, status := runs("", "--load", tag, "--ephemeral", "--script", scriptFile(k.t, "info hash"), k.disk)
		require.Equal(k.t, 0, status, errs)
		if before != "" {
			require.Equal(k.t, before, hash, "snapshot %s has changed", tag)
		}
		k.complete[tag] = hash
	}
}

func (k *killing) read(path string) []byte {
	k.t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(k.t, err)
	return data
}

// diskOf is the disk in a snapshot.
func (k *killing) diskOf(tag string) [32]byte {
	k.t.Helper()
	path := filepath.Join(k.t.TempDir(), "disk")
	ok(k.t, "extract", k.disk, tag, "disk", "-o", path)
	return sha256.Sum256(k.read(path))
}
