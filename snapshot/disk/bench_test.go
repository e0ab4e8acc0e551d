package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchDisk is a disk of an image file that is a hole.
func benchDisk(b *testing.B, size int64, c Config) (*Disk, *os.File) {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "disk.img"))
	require.NoError(b, err)
	require.NoError(b, f.Truncate(size))
	b.Cleanup(func() { f.Close() })
	c.Name, c.Size = f.Name(), size
	return New(f, c), f
}

func BenchmarkCapture(b *testing.B) {
	for _, size := range []int64{512 << 20, 10 << 30, 2 << 40} {
		b.Run(fmt.Sprint(size>>20, "MiB"), func(b *testing.B) {
			d, _ := benchDisk(b, size, Config{})
			for b.Loop() {
				d.Capture()
			}
		})
	}
}

// The cost of a sector that the guest writes, by what was captured. The plain
// file is what to compare with.
func BenchmarkWrite(b *testing.B) {
	const size = 512 << 20
	sector := make([]byte, 4096)
	write := func(b *testing.B, w interface {
		WriteAt(p []byte, at int64) (int, error)
	}, capture func()) {
		for i := 0; b.Loop(); i++ {
			if i%(size/ClusterSize) == 0 {
				capture()
			}
			sector[0]++
			if _, err := w.WriteAt(sector, int64(i%(size/ClusterSize))*ClusterSize); err != nil {
				b.Fatal(err)
			}
		}
	}
	fullDisk := func(b *testing.B, c Config) (*Disk, *os.File) {
		d, f := benchDisk(b, size, c)
		ones := make([]byte, ClusterSize)
		ones[1] = 1
		for at := int64(0); at < size; at += ClusterSize {
			f.WriteAt(ones, at)
		}
		return d, f
	}
	b.Run("plain file", func(b *testing.B) {
		_, f := fullDisk(b, Config{})
		write(b, f, func() {})
	})
	b.Run("disk", func(b *testing.B) {
		d, _ := fullDisk(b, Config{})
		write(b, d, func() {})
	})
	b.Run("captured", func(b *testing.B) {
		d, _ := fullDisk(b, Config{})
		var c *Contents
		write(b, d, func() { c = d.Capture() })
		_ = c
	})
	b.Run("stored", func(b *testing.B) {
		d, _ := fullDisk(b, Config{})
		write(b, d, func() { d.Capture().StoredIn(bytesSource(nil)) })
	})
	b.Run("ephemeral", func(b *testing.B) {
		d, _ := fullDisk(b, Config{Ephemeral: true})
		write(b, d, func() {})
	})
}

func BenchmarkRead(b *testing.B) {
	d, f := benchDisk(b, 512<<20, Config{})
	p := make([]byte, 512)
	b.Run("plain file", func(b *testing.B) {
		for i := int64(0); b.Loop(); i++ {
			f.ReadAt(p, i%(1<<20)*512)
		}
	})
	b.Run("disk", func(b *testing.B) {
		for i := int64(0); b.Loop(); i++ {
			d.ReadAt(p, i%(1<<20)*512)
		}
	})
	b.Run("source", func(b *testing.B) {
		d := Over(FromBytes(512<<20, nil))
		for i := int64(0); b.Loop(); i++ {
			d.ReadAt(p, i%(1<<20)*512)
		}
	})
}

// A hundred clusters are written, and restored. With the write it is what a test
// pays that begins at the same place again and again.
func BenchmarkWriteAndRestore(b *testing.B) {
	const dirty = 100
	sector := make([]byte, 512)
	for name, c := range map[string]Config{"image": {}, "ephemeral": {Ephemeral: true}} {
		b.Run(name, func(b *testing.B) {
			d, _ := benchDisk(b, 512<<20, c)
			before := d.Capture()
			for b.Loop() {
				sector[0]++
				sector[0] |= 1
				for k := range int64(dirty) {
					if _, err := d.WriteAt(sector, k*50*ClusterSize); err != nil {
						b.Fatal(err)
					}
				}
				if err := d.Restore(before); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
