package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/snapshot"
)

// machines are those that are measured: a size of memory, and what is in it.
// All have a video memory of 8 MiB.
var machines = []struct {
	name  string
	shape shape
}{
	{"16M/zero", shape{ram: 16 << 20, vram: 8 << 20}},
	{"16M/random", shape{ram: 16 << 20, vram: 8 << 20, random: 100}},
	{"256M/zero", shape{ram: 256 << 20, vram: 8 << 20}},
	{"256M/random", shape{ram: 256 << 20, vram: 8 << 20, random: 100}},
	{"256M/text", shape{ram: 256 << 20, vram: 8 << 20, text: 100}},
}

// BenchmarkPlainWrite is what the others are measured by.
func BenchmarkPlainWrite(b *testing.B) {
	for _, size := range []int{16 << 20, 256 << 20} {
		data := make([]byte, size)
		rand.NewChaCha8([32]byte{}).Read(data)
		b.Run(fmt.Sprintf("%dM", size>>20), func(b *testing.B) {
			b.SetBytes(int64(size))
			name := filepath.Join(b.TempDir(), "x")
			for b.Loop() {
				f, err := os.Create(name)
				require.NoError(b, err)
				_, err = f.Write(data)
				require.NoError(b, err)
				require.NoError(b, f.Sync())
				require.NoError(b, f.Close())
				b.StopTimer()
				require.NoError(b, os.Remove(name))
				b.StartTimer()
			}
		})
	}
}

// BenchmarkFirstSave is a save into a store that is empty.
func BenchmarkFirstSave(b *testing.B) {
	for _, m := range machines {
		b.Run(m.name, func(b *testing.B) {
			image := imageOf(b, m.shape)
			b.SetBytes(int64(m.shape.ram))
			for b.Loop() {
				b.StopTimer()
				dir := b.TempDir() + "/s"
				s := Open(dir)
				b.StartTimer()
				save(b, s, "x", image)
				b.StopTimer()
				require.NoError(b, os.RemoveAll(dir))
				b.StartTimer()
			}
		})
	}
}

// BenchmarkNextSave is a save of a machine of which 100 pages changed since the
// last one.
func BenchmarkNextSave(b *testing.B) {
	for _, m := range machines {
		b.Run(m.name, func(b *testing.B) {
			image := imageOf(b, m.shape)
			s := Open(b.TempDir() + "/s")
			save(b, s, "x", image)
			var next []*snapshot.Image
			for i := range 64 {
				next = append(next, changed(image, i, 100))
			}
			i := 0
			for b.Loop() {
				save(b, s, "y", next[i%len(next)])
				i++
			}
		})
	}
}

// BenchmarkLoad is a load by a process that did not use the store before.
func BenchmarkLoad(b *testing.B) {
	for _, m := range machines {
		b.Run(m.name, func(b *testing.B) {
			s := Open(b.TempDir() + "/s")
			save(b, s, "x", imageOf(b, m.shape))
			b.SetBytes(int64(m.shape.ram))
			for b.Loop() {
				load(b, Open(s.dir), "x")
			}
		})
	}
}

// BenchmarkReload is a load of what this process has loaded before.
func BenchmarkReload(b *testing.B) {
	for _, m := range machines {
		b.Run(m.name, func(b *testing.B) {
			s := Open(b.TempDir() + "/s")
			save(b, s, "x", imageOf(b, m.shape))
			load(b, s, "x")
			b.SetBytes(int64(m.shape.ram))
			for b.Loop() {
				load(b, s, "x")
			}
		})
	}
}

// hundred fills a store with a hundred snapshots of a guest that changes 50
// pages from one to the next, most of them the same ones each time.
func hundred(t testing.TB, s *Store) (one int64) {
	image := imageOf(t, shape{ram: 16 << 20, vram: 8 << 20, disk: 20 << 20, random: 5, text: 25, alike: 64, seed: 4})
	for i := range 100 {
		save(t, s, fmt.Sprintf("after %d s", i), image)
		if i == 0 {
			one = sizeOf(t, s.dir)
		}
		image = active(image, i)
	}
	return one
}

// active is an image after a second in which the guest wrote some words into 50
// pages.
func active(i *snapshot.Image, second int) *snapshot.Image {
	c := *i
	c.Memory = append([]snapshot.Memory(nil), i.Memory...)
	c.Clock += 1e9
	random := rand.New(rand.NewPCG(uint64(second), 5))
	for n := range 50 {
		m := &c.Memory[0]
		at := 200 + n
		switch {
		case n < 5: // the screen
			m, at = &c.Memory[1], n
		case n < 15: // new data
			at = random.IntN(len(m.Pages))
		}
		m.Pages = append([]*snapshot.Page(nil), m.Pages...)
		page := orZeros(m.Pages[at])
		for range 20 {
			page[random.IntN(pageSize)] = byte(random.IntN(256))
		}
		m.Pages[at] = &page
	}
	return &c
}

func BenchmarkList(b *testing.B) {
	s := Open(b.TempDir() + "/s")
	hundred(b, s)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			_, err := Open(s.dir).List()
			require.NoError(b, err)
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			_, err := s.List()
			require.NoError(b, err)
		}
	})
}

// BenchmarkSpace tells how much more space a hundred snapshots take than one.
func BenchmarkSpace(b *testing.B) {
	for b.Loop() {
		s := Open(b.TempDir() + "/s")
		one := hundred(b, s)
		all := sizeOf(b, s.dir)
		manifests := int64(0)
		names, err := s.files.Names()
		require.NoError(b, err)
		for _, name := range names {
			if isManifest(name) {
				info, err := os.Stat(filepath.Join(s.dir, name))
				require.NoError(b, err)
				manifests += info.Size()
			}
		}
		b.ReportMetric(float64(all)/float64(one), "times-one")
		b.ReportMetric(float64(one), "bytes-one")
		b.ReportMetric(float64(manifests)/100, "bytes-a-manifest")
	}
}
