package snapshot_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/snaptest"
	"toyvm/snapshot/store"
	"toyvm/vmstate"
)

const (
	releases = "../testdata/snapshots"

	// presentFormat is the format of the store, whose folder -update writes.
	presentFormat = "1"

	// onwards is how far the machines of the present format go on.
	onwards = 300_000

	endOf = "-end" // behind the tag of a snapshot that was taken there
)

// A released snapshot is a line of a manifest.
type released struct {
	tag     string
	onwards uint64 // instructions
	hash    string // at the end
}

// TestReleasedSnapshots does with every snapshot of every format what users do.
// With -update it writes those of the present format first.
func TestReleasedSnapshots(t *testing.T) {
	if snaptest.Updating() {
		writeReleases(t, filepath.Join(releases, presentFormat))
	}
	formats, err := filepath.Glob(releases + "/*/manifest.txt")
	require.NoError(t, err)
	require.NotEmpty(t, formats)
	for _, manifest := range formats {
		dir := filepath.Dir(manifest)
		t.Run("format "+filepath.Base(dir), func(t *testing.T) {
			assertFormat(t, dir)
			s := store.Open(filepath.Join(dir, "store"))
			images := map[string]*snapshot.Image{}
			for _, r := range readManifest(t, manifest) {
				images[r.tag] = loaded(t, s, r.tag)
				t.Run(r.tag, func(t *testing.T) {
					image := images[r.tag]
					assertFields(t, filepath.Join(dir, r.tag+".txt"), image.Tree())
					goesOn(t, r, image, loaded(t, s, r.tag+endOf))
					bootsAgain(t, image)
				})
			}
			assertAllDiffer(t, images)
			damages, err := s.Verify(context.Background(), nil)
			require.NoError(t, err)
			assert.Empty(t, damages)
		})
	}
}

func readManifest(t *testing.T, path string) (list []released) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		var r released
		_, err := fmt.Sscanf(line, "%d %s", &r.onwards, &r.hash)
		require.NoError(t, err, line)
		r.tag = strings.SplitN(strings.TrimSpace(line), " ", 3)[2]
		list = append(list, r)
	}
	require.NotEmpty(t, list)
	return list
}

// assertFormat checks that the files in a folder have the format of its name.
func assertFormat(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(dir + "/store/*.snap")
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, filepath.Base(dir), fmt.Sprint(binary.LittleEndian.Uint32(data[8:])), file)
	}
}

func loaded(t *testing.T, s *store.Store, tag string) *snapshot.Image {
	t.Helper()
	sn, err := s.Load(context.Background(), tag, nil)
	require.NoError(t, err)
	return sn.Image
}

// fields lists all values in a form that only this test decides about.
func fields(tree *vmstate.Node) string {
	var b strings.Builder
	tree.Walk(func(path string, n *vmstate.Node) bool {
		switch {
		case n.Kind != vmstate.KindLeaf:
		case len(n.Data) > 32:
			fmt.Fprintf(&b, "%s %s, %d bytes of SHA-256 %x\n", path, n.Type, len(n.Data), sha256.Sum256(n.Data))
		default:
			fmt.Fprintf(&b, "%s %s %x\n", path, n.Type, n.Data)
		}
		return true
	})
	return b.String()
}

// assertFields checks that a snapshot shows what it always did.
func assertFields(t *testing.T, golden string, tree *vmstate.Node) {
	t.Helper()
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), fields(tree))
	var printed bytes.Buffer
	require.NoError(t, tree.Print(&printed))
	for _, section := range tree.Children {
		assert.Contains(t, printed.String(), "\n  "+section.Name)
	}
}

// goesOn checks that a machine has all that was saved, and gets to where it got
// then.
func goesOn(t *testing.T, r released, from, end *snapshot.Image) {
	t.Helper()
	m := snaptest.FromImage(t, from).Fork(t)
	assertKept(t, from, m)
	m.Until(snaptest.Instructions(r.onwards))
	hash, err := m.PC().Hash()
	require.NoError(t, err)
	if r.hash != fmt.Sprintf("%x", hash) {
		more := assertKept(t, end, m)
		assert.True(t, more, "the hash is %x, and nothing tells why", hash)
	}
}

// assertKept checks that a machine has everything as in an image. It may have
// more than that: sections grow. Then it has another hash, too.
func assertKept(t *testing.T, image *snapshot.Image, m *snaptest.Machine) (more bool) {
	t.Helper()
	d, err := snapshot.Compare(image, m.Snapshot().Image(t))
	require.NoError(t, err)
	for _, c := range d.Devices {
		if c.Old != nil {
			t.Errorf("%s: %v is %v", c.Path, c.Old, c.New)
		}
	}
	assert.Empty(t, d.Memory)
	assert.Empty(t, d.Disks)
	return !d.Empty()
}

// bootsAgain resets a machine: its firmware starts the guest.
func bootsAgain(t *testing.T, from *snapshot.Image) {
	t.Helper()
	m := snaptest.FromImage(t, from).Fork(t)
	require.NoError(t, m.PC().Do(machine.ResetAction{}))
	m.Until(snaptest.PortWrite(phasePort, phaseFloppy).Within(10 * time.Second))
}

// assertAllDiffer compares each image with itself and with all others.
func assertAllDiffer(t *testing.T, images map[string]*snapshot.Image) {
	t.Helper()
	for a, before := range images {
		for b, after := range images {
			d, err := snapshot.Compare(before, after)
			require.NoError(t, err)
			assert.Equal(t, a == b, d.Empty(), "%q and %q", a, b)
		}
	}
}

// writeReleases makes the folder of a format.
func writeReleases(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.Mkdir(dir, 0o755))
	s := store.Open(filepath.Join(dir, "store"))
	save := func(tag string, m *snaptest.Machine) {
		meta := store.Meta{Created: time.Unix(0, 0).UTC(), Note: "a guest of testdata/guests/phases.asm", Screen: m.Screen()}
		_, err := s.Save(context.Background(), tag, m.Snapshot().Image(t), meta, nil)
		require.NoError(t, err)
	}
	var manifest strings.Builder
	m := snaptest.Boot(t, phases(t))
	for _, moment := range moments {
		m.Until(snaptest.PortWrite(phasePort, moment.phase).Within(5 * time.Second))
		if moment.reach != nil {
			moment.reach(m)
		}
		save(moment.name, m)
		golden := filepath.Join(dir, moment.name+".txt")
		require.NoError(t, os.WriteFile(golden, []byte(fields(m.Snapshot().Image(t).Tree())), 0o644))

		end := snaptest.FromImage(t, m.Snapshot().Image(t)).Fork(t)
		end.Until(snaptest.Instructions(onwards))
		save(moment.name+endOf, end)
		hash, err := end.PC().Hash()
		require.NoError(t, err)
		fmt.Fprintf(&manifest, "%d %x %s\n", onwards, hash, moment.name)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "manifest.txt"), []byte(manifest.String()), 0o644))
	require.NoError(t, os.Remove(filepath.Join(dir, "store", "lock")))
}
