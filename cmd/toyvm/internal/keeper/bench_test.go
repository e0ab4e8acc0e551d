package keeper

import (
	"context"
	"fmt"
	"iter"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
	"toyvm/snapshot/store"
)

// noDrives are the drives of a machine without any disks.
type noDrives struct{}

func (noDrives) Inside() iter.Seq2[string, *media.Image] {
	return func(yield func(string, *media.Image) bool) { yield("floppy0", nil) }
}
func (noDrives) Open(string, string) (*media.Image, error)        { panic("not reached") }
func (noDrives) Put(*machine.Machine, string, *media.Image) error { panic("not reached") }

// BenchmarkPause is how long the guest stands still for savevm: the first one,
// and those that have a parent, with some memory written in between.
func BenchmarkPause(b *testing.B) {
	for _, mib := range []int{16, 256} {
		m, err := machine.New(machine.Config{Memory: mib << 20})
		require.NoError(b, err)
		m.Run(machine.Budget{Instructions: 1_000_000})
		page := make([]byte, 4096)
		random := rand.New(rand.NewSource(1))
		for at := uint32(1 << 20); at < uint32(mib)<<20; at += 4096 {
			random.Read(page)
			m.Memory().WritePhysical(at, page)
		}
		k := New(m, noDrives{}, store.Open(b.TempDir()))
		save := func(b *testing.B, tag string) {
			b.StartTimer()
			s, err := k.Save(context.Background(), tag, "")
			b.StopTimer()
			require.NoError(b, err)
			require.NoError(b, s.Wait())
		}
		b.Run(fmt.Sprintf("first/%dMiB", mib), func(b *testing.B) {
			b.StopTimer()
			for range b.N {
				k = New(m, noDrives{}, store.Open(b.TempDir()))
				save(b, "x")
			}
		})
		b.Run(fmt.Sprintf("parent/%dMiB", mib), func(b *testing.B) {
			b.StopTimer()
			k = New(m, noDrives{}, store.Open(b.TempDir()))
			for i := range b.N {
				for at := uint32(0); at < 256; at++ {
					m.Memory().WritePhysical(0x100000+at<<12, []byte{byte(i), byte(i >> 8), byte(i >> 16), 1})
				}
				save(b, fmt.Sprint("y", i%2))
			}
		})
	}
}

// BenchmarkPreview is what a picture of the screen costs behind the guest's back.
func BenchmarkPreview(b *testing.B) {
	m, err := machine.New(machine.Config{})
	require.NoError(b, err)
	m.Run(machine.Budget{Instructions: 1_000_000})
	k := New(m, noDrives{}, nil)
	image, err := k.capture()
	require.NoError(b, err)
	for b.Loop() {
		_, picture := preview(image)
		b.ReportMetric(float64(len(picture)), "bytes")
	}
}
