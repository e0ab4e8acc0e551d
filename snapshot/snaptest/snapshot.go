package snaptest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/migration"
	"toyvm/snapshot/spawn"
	"toyvm/snapshot/store"
)

// A Snapshot is a machine at one instant. Any number of tests may start from it
// at the same time.
type Snapshot struct {
	mu     sync.Mutex
	pc     *machine.Machine // never runs
	serial []output
}

// Snapshot is the machine as it stands.
func (m *Machine) Snapshot() *Snapshot {
	m.tb.Helper()
	return &Snapshot{pc: fork(m.tb, m.pc), serial: cloned(m.serial)}
}

// Fork makes a machine that goes on from the snapshot.
func (s *Snapshot) Fork(tb testing.TB) *Machine {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return test(tb, fork(tb, s.pc), cloned(s.serial))
}

func fork(tb testing.TB, m *machine.Machine) *machine.Machine {
	tb.Helper()
	f, err := m.Fork()
	if err != nil {
		tb.Fatalf("fork: %v", err)
	}
	return f
}

// Image is the snapshot as a value, to be saved or compared.
func (s *Snapshot) Image(tb testing.TB) *snapshot.Image {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := spawn.Capture(s.pc)
	if err != nil {
		tb.Fatalf("image: %v", err)
	}
	return i
}

// FromImage is an image as a snapshot. Media that the image does not contain are
// missing.
func FromImage(tb testing.TB, i *snapshot.Image) *Snapshot {
	tb.Helper()
	pc, err := spawn.Machine(i, nil)
	if err != nil {
		tb.Fatalf("snapshot: %v", err)
	}
	return &Snapshot{pc: pc, serial: make([]output, len(pc.UARTs))}
}

// Load is the snapshot with a tag from the store in a directory.
func Load(tb testing.TB, dir, tag string) *Snapshot {
	tb.Helper()
	return FromImage(tb, load(tb, storeIn(dir), tag))
}

// LoadFS is [Load] from a store that is, for instance, embedded in the program.
func LoadFS(tb testing.TB, fsys fs.FS, tag string) *Snapshot {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "store")
	if err := os.CopyFS(dir, fsys); err != nil {
		tb.Fatalf("load %q: %v", tag, err)
	}
	return FromImage(tb, load(tb, store.Open(dir), tag))
}

func load(tb testing.TB, s *store.Store, tag string) *snapshot.Image {
	tb.Helper()
	sn, err := s.Load(context.Background(), tag, nil)
	if err != nil {
		tb.Fatalf("load: %v", err)
	}
	return sn.Image
}

// stores are those that are open, by directory: two of one process would get in
// each other's way when they write.
var stores sync.Map

func storeIn(dir string) *store.Store {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	s, _ := stores.LoadOrStore(dir, store.Open(dir))
	return s.(*store.Store)
}

// Import is a machine that goes on from an exported file, which is a migration
// stream as QEMU has it. Disks are not in there: they, and all else that the
// stream does not tell, come from c.
func Import(tb testing.TB, stream []byte, c machine.Config) *Machine {
	tb.Helper()
	s, err := migration.Parse(stream)
	if err != nil {
		tb.Fatalf("import: %v", err)
	}
	for _, b := range s.Blocks {
		switch {
		case b.Name == "pc.ram" && c.Memory == 0:
			c.Memory = int(b.Size)
		case b.Name == "vga.vram" && c.VideoMemory == 0:
			c.VideoMemory = int(b.Size)
		}
	}
	pc, err := machine.New(c)
	if err != nil {
		tb.Fatalf("import: %v", err)
	}
	skipped, err := s.LoadInto(pc)
	if err != nil {
		tb.Fatalf("import: %v", err)
	}
	if len(skipped) > 0 {
		tb.Logf("import: the machine has no place for %q", skipped)
	}
	return test(tb, pc, make([]output, len(pc.UARTs)))
}
