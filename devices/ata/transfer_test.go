package ata

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// InBlock and OutBlock are the same as single accesses, whatever the size and
// wherever they begin and end.
func TestBlocksEqualSingleAccesses(t *testing.T) {
	const read = "out 1f2h, 3\nout 1f3h, 8\nout 1f6h, e0h\nout 1f7h, 20h"
	for _, size := range []int{1, 2, 4} {
		for _, n := range []int{0, 1, 2, 3, 4, 510, 511, 512, 514, 1026, 1536, 2000} {
			t.Run(fmt.Sprintf("%d bytes by %d", n, size), func(t *testing.T) {
				a, _ := newBoard(t)
				b, _ := newBoard(t)
				a.run(read)
				b.run(read)
				one, block := make([]byte, n), make([]byte, n)
				for i := 0; i+size <= n; i += size {
					v := a.In(0x1f0, size)
					for k := range size {
						one[i+k] = byte(v >> (8 * k))
					}
				}
				b.InBlock(0x1f0, size, block)
				assert.Equal(t, one, block)
				assert.Equal(t, a.irq, b.irq)
				assert.True(t, a.drives[0].transfer == b.drives[0].transfer, "transfer")
				assert.Equal(t, a.In(0x3f6, 1), b.In(0x3f6, 1))
			})
			t.Run(fmt.Sprintf("write of %d bytes by %d", n, size), func(t *testing.T) {
				a, am := newBoard(t)
				b, bm := newBoard(t)
				const write = "out 1f2h, 3\nout 1f3h, 8\nout 1f6h, e0h\nout 1f7h, 30h"
				a.run(write)
				b.run(write)
				src := make([]byte, n)
				for i := range src {
					src[i] = byte(i * 7)
				}
				for i := 0; i+size <= n; i += size {
					var v uint32
					for k := range size {
						v |= uint32(src[i+k]) << (8 * k)
					}
					a.Out(0x1f0, size, v)
				}
				b.OutBlock(0x1f0, size, src)
				assert.Equal(t, a.irq, b.irq)
				assert.True(t, a.drives[0].transfer == b.drives[0].transfer, "transfer")
				assert.True(t, bytes.Equal(am.data, bm.data), "disk")
			})
		}
	}
}

func TestDataPortWithoutData(t *testing.T) {
	b, _ := newBoard(t)
	assert.EqualValues(t, 0xffff, b.In(0x1f0, 2))
	b.Out(0x1f0, 2, 0x1234)
	b.run("out 1f7h, 30h")
	assert.EqualValues(t, 0xffff, b.In(0x1f0, 2), "a write asks for data")
	b.run("in 1f7h = 58h\nout 1f3h, 1\nout 1f2h, 1\nout 1f7h, 20h")
	b.Out(0x1f0, 2, 0x1234)
	assert.EqualValues(t, 0x0000, b.In(0x1f0, 2), "a read offers data")
	assert.EqualValues(t, 0x0200_0100, b.In(0x1f0, 4))
	assert.EqualValues(t, 0x00, b.In(0x1f0, 1), "a byte takes its word along")
	assert.EqualValues(t, 0x0400, b.In(0x1f0, 2))
}

func TestNoAllocationPerAccess(t *testing.T) {
	b, _ := newBoard(t)
	dst := make([]byte, 16*sectorSize)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		b.Out(0x1f6, 1, 0xe0)
		b.Out(0x1f2, 1, 32)
		b.Out(0x1f7, 1, 0xc4)
		b.InBlock(0x1f0, 2, dst)
		for range len(dst) / 4 {
			b.In(0x1f0, 4)
		}
	}))
}

// BenchmarkRead is the data port by blocks, as REP INSW uses it.
func BenchmarkRead(b *testing.B) {
	board, _ := newBoard(b)
	dst := make([]byte, sectorSize)
	b.SetBytes(sectorSize)
	for b.Loop() {
		board.Out(0x1f6, 1, 0xe0)
		board.Out(0x1f2, 1, 1)
		board.Out(0x1f3, 1, 1)
		board.Out(0x1f7, 1, 0x20)
		board.InBlock(0x1f0, 2, dst)
	}
}

// BenchmarkReadWord is the data port word by word.
func BenchmarkReadWord(b *testing.B) {
	board, _ := newBoard(b)
	b.SetBytes(sectorSize)
	for b.Loop() {
		board.Out(0x1f6, 1, 0xe0)
		board.Out(0x1f2, 1, 1)
		board.Out(0x1f3, 1, 1)
		board.Out(0x1f7, 1, 0x20)
		for range sectorSize / 2 {
			board.In(0x1f0, 2)
		}
	}
}
