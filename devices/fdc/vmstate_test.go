package fdc

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
	"toyvm/snapshot/migration"
	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

// blank is a disk that is never written.
var blank = &disk{data: make([]byte, size1440)}

// captures are streams of QEMU with the controller in the middle of commands,
// a disk like newDisk's in drive A.
const captures = "testdata/qemu"

// alone is a controller on which nothing is connected.
func alone() *FDC {
	f := New(&devicetest.Clock{}, &devicetest.Line{}, &devicetest.Line{}, 2)
	f.Insert(0, blank)
	return f
}

func give(f *FDC, bytes ...uint8) {
	for _, v := range bytes {
		f.Out(0x3f5, 1, uint32(v))
	}
}

var states = map[string]func(*FDC){
	"after a reset":         func(f *FDC) { f.Out(0x3f2, 1, 0); f.Out(0x3f2, 1, 0x1c) },
	"within a command":      func(f *FDC) { give(f, 0x03, 0xdf) },
	"DMA transfer":          func(f *FDC) { give(f, 0xe6, 0, 1, 0, 1, 2, 0x12, 0x1b, 0xff) },
	"DMA transfer, halved":  func(f *FDC) { give(f, 0x46, 0, 0, 0, 1, 2, 4, 0x1b, 0xff); f.DMARead(make([]byte, 700), false) },
	"by hand":               func(f *FDC) { give(f, 3, 0, 1, 0x45, 0, 0, 0, 1, 2, 4, 0x1b, 0xff, 1, 2, 3) },
	"format":                func(f *FDC) { give(f, 3, 0, 1, 0x4d, 0, 2, 4, 0x54, 0xe5, 0, 0, 1, 2, 0) },
	"read id":               func(f *FDC) { give(f, 0x4a, 0) },
	"half a result":         func(f *FDC) { give(f, 0x0e); f.In(0x3f5, 1) },
	"perpendicular, lock":   func(f *FDC) { give(f, 0x12, 0x8f, 0x94) },
	"stepped, then changed": func(f *FDC) { give(f, 0x0f, 0, 5); f.Eject(0); f.Insert(0, blank) },
	"stepped":               func(f *FDC) { give(f, 0x0f, 0, 5) },
	"phase":                 func(f *FDC) { f.phase = phaseExecution },
}

var subject = vmstatetest.Subject[FDC]{Description: &state, New: alone, States: states}

func TestState(t *testing.T) { vmstatetest.Run(t, subject) }
func FuzzState(f *testing.F) { vmstatetest.Fuzz(f, subject) }

func TestQEMU(t *testing.T) {
	for _, folder := range []string{"../../testdata/qemu", captures} {
		vmstatetest.Conforms(t, folder, func() *vmstate.Section { return alone().Section() })
	}
}

func TestSchemaAgreesWithQEMU(t *testing.T) {
	devicetest.AgreesWithQEMU(t, "../../testdata/qemu/isapc-dump-vmstate.json.gz", "isa-fdc", alone().Section(), "fdc.state.fdc/toyvm_overrun")
}

func TestRefusesAnotherNumberOfDrives(t *testing.T) {
	f := alone()
	f.driveCount = 1
	body, err := state.Marshal(f)
	require.NoError(t, err)
	assert.ErrorContains(t, alone().Section().Unmarshal(body, 2), "num_floppies")
}

// reload replaces the controller by a new one with its state. The levels of
// its lines are the state of the chips at their other ends, but the DMA
// controller has forgotten the request, as QEMU's does.
func (b *bench) reload() {
	b.t.Helper()
	body, err := state.Marshal(b.FDC)
	require.NoError(b.t, err)
	media, irq := [2]Medium{b.Medium(0), b.Medium(1)}, b.irq
	b.stop() // the timers of the one that goes
	b.FDC = New(&b.clock, &b.irq, b.dma.Request(DRQ), 2)
	b.dma.Connect(DRQ, b.FDC)
	for i, m := range media {
		if m != nil {
			b.Insert(i, m)
		}
	}
	require.NoError(b.t, b.Section().Unmarshal(body, 2))
	b.irq = irq
	again, err := state.Marshal(b.FDC)
	require.NoError(b.t, err)
	require.Equal(b.t, body, again)
}

// A transfer that waits for its DMA channel goes on after a load.
func TestTransferGoesOn(t *testing.T) {
	b := ready(t)
	b.run("out 0ah, 6")
	b.command("46 04 01 01 03 02 12 1b ff")
	b.reload()
	b.run("in 8 = 0\nwait 0\nin 8 = 40h")
	b.dmaTo(0x46, 512)
	b.result("24 00 00 01 01 04 02")
	assert.Equal(t, b.sectors(lba), b.memory(512))
}

// One that QEMU had begun when its channel was ready does, too.
func TestTransferGoesOnAtOnce(t *testing.T) {
	b := ready(t)
	b.run("out 0ah, 6")
	b.command("46 04 01 01 03 02 12 1b ff")
	b.reload()
	b.dmaTo(0x46, 512)
	b.irq.Rises = 0
	b.run("in 3f4h = 10h\nwait 0")
	b.interrupted(true)
	b.result("24 00 00 01 01 04 02")
}

// fromQEMU is a bench in the state of a capture.
func fromQEMU(t *testing.T, capture string) *bench {
	t.Helper()
	file, err := os.Open(filepath.Join(captures, capture+".mig.gz"))
	require.NoError(t, err)
	defer file.Close()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	data, err := io.ReadAll(z)
	require.NoError(t, err)
	stream, err := migration.Parse(data)
	require.NoError(t, err)

	b := newBench(t)
	b.insert(size1440)
	for _, body := range stream.Bodies {
		for _, section := range []*vmstate.Section{b.dma.Section(), b.Section()} {
			if body.Name == section.Name && body.Instance == section.Instance {
				require.NoError(t, section.Unmarshal(body.Data, body.Version))
			}
		}
	}
	b.irq.Set(b.sra&sraInterrupt != 0)
	b.irq.Rises = 0
	return b
}

// Commands that QEMU began are carried on.
func TestGoesOnFromQEMU(t *testing.T) {
	t.Run("dma", func(t *testing.T) {
		b := fromQEMU(t, "dma")
		b.run("wait 0\nin 3f4h = 10h\nin 8 = 40h\nout 0ah, 2")
		b.interrupted(true)
		b.result("24 00 00 01 01 05 02")
		assert.Equal(t, b.sectors(lba, lba+1), b.memory(1024))
	})
	t.Run("read-by-hand", func(t *testing.T) {
		b := fromQEMU(t, "read-by-hand")
		b.readSectors(700, 18*2+16, 20)
		b.result("64 80 00 02 00 01 02")
	})
	t.Run("read-by-hand-boundary", func(t *testing.T) {
		b := fromQEMU(t, "read-by-hand-boundary")
		b.readSectors(512, 18*2+16, 20)
		b.result("64 80 00 02 00 01 02")
	})
	t.Run("write-by-hand", func(t *testing.T) {
		b := fromQEMU(t, "write-by-hand")
		for i := 700; i < 512*16; i++ {
			b.FDC.Out(0x3f5, 1, uint32(i))
		}
		b.result("64 80 00 02 01 01 02")
		assert.Equal(t, filled(lba), b.a.sector(lba), "QEMU wrote the first")
		for n := 1; n < 16; n++ {
			sector := b.a.sector(lba + n)
			assert.EqualValues(t, 0, sector[0])
			assert.EqualValues(t, 255, sector[511])
		}
	})
	t.Run("read-id", func(t *testing.T) {
		b := fromQEMU(t, "read-id")
		b.run("in 3f4h = 10h\nwait 1s")
		b.result("04 00 00 05 01 02 02")
	})
	t.Run("dumpreg", func(t *testing.T) {
		b := fromQEMU(t, "dumpreg")
		b.result("00 00 00 0d 03 12 10 60 00")
		b.command("08")
		b.result("20 09")
		b.run("in 3f7h = 0")
	})
}

// readSectors reads the rest of n sectors of which the guest has the first
// done bytes.
func (b *bench) readSectors(done, first, n int) {
	b.t.Helper()
	for i := done; i < n*sectorSize; i++ {
		want := filled(first + i/sectorSize)[i%sectorSize]
		if got := b.FDC.In(0x3f5, 1); got != uint32(want) {
			b.t.Fatalf("byte %d of sector %d is %02x", i%sectorSize, first+i/sectorSize, got)
		}
	}
}

// FuzzPorts drives two controllers, two bytes of input a step, one of them
// saved and loaded into a new one halfway: nothing may tell them apart.
func FuzzPorts(f *testing.F) {
	for _, commands := range [][]byte{
		{0x46, 0, 0, 0, 1, 2, 0x12, 0x1b, 0xff},
		{3, 0xdf, 3, 0x46, 4, 1, 1, 0x12, 2, 0x12, 0x1b, 0xff},
		{3, 0xdf, 3, 0x4d, 0, 2, 2, 0x54, 0xe5, 0, 0, 1, 2},
		{0x51, 0, 0, 0, 1, 2, 0x12, 0x1b, 2},
		{0xd6, 0x80, 0, 0, 1, 2, 0x12, 0x1b, 9},
		{0x4a, 0, 8, 0x0f, 0, 9, 8},
	} {
		var steps []byte
		for _, v := range commands {
			steps = append(steps, 5, v)
		}
		f.Add(append(steps, 0x15, 0, 0x25, 0, 0x35, 0, 5, 7, 5, 8), uint8(len(commands)))
	}
	f.Fuzz(func(t *testing.T, steps []byte, half uint8) {
		benches := [2]*bench{ready(t), ready(t)}
		for i := 0; i+1 < len(steps); i += 2 {
			if i/2 == int(half) {
				benches[1].fuzzReload()
			}
			var seen [2]uint32
			for k, b := range benches {
				seen[k] = b.fuzzStep(steps[i], steps[i+1])
			}
			require.Equal(t, seen[0], seen[1], "step %d", i/2)
			require.Equal(t, benches[0].irq.Level, benches[1].irq.Level, "step %d", i/2)
		}
		assert.Equal(t, benches[0].a.data, benches[1].a.data)
		assert.Equal(t, benches[0].memory(0x8000), benches[1].memory(0x8000))
	})
}

// fuzzReload saves and loads; the clock stands still, but timers that are due
// have their turn before the next instruction.
func (b *bench) fuzzReload() {
	b.reload()
	b.clock.Advance(0)
}

var fuzzSizes = [...]int{512, size360, size720, size1440}

func (b *bench) fuzzStep(op, v uint8) uint32 {
	switch op >> 4 & 7 {
	case 1:
		b.dmaTo(0x42+v&0xc, 512+int(v))
	case 2:
		b.clock.Advance(int64(v) << 20)
	case 3:
		for range int(v) * 8 {
			b.FDC.In(0x3f5, 1)
		}
	case 4:
		for range int(v) * 8 {
			b.FDC.Out(0x3f5, 1, uint32(op))
		}
	case 5:
		b.insert(fuzzSizes[v%4])
		b.a.readOnly = v&4 != 0
		b.a.broken = int64(v >> 3)
	case 6:
		b.Eject(int(v & 1))
	case 7:
		return b.FDC.In(Ports+uint16(v&7), 1)
	default:
		b.FDC.Out(Ports+uint16(op&7), 1, uint32(v))
	}
	return 0
}

// FuzzLoadedPorts drives a controller that came from anywhere: whatever a
// stream makes of it, the guest can do no harm.
func FuzzLoadedPorts(f *testing.F) {
	for _, bring := range states {
		c := alone()
		bring(c)
		body, err := state.Marshal(c)
		require.NoError(f, err)
		f.Add(body, []byte{0x15, 0x46, 0x35, 0, 0x25, 0x40, 5, 8, 0x35, 1, 0x45, 70, 0x60, 0, 0x15, 0x4a, 0x45, 70})
	}
	f.Fuzz(func(t *testing.T, body, steps []byte) {
		b := newBench(t)
		b.insert(size1440)
		if b.Section().Unmarshal(body, 2) != nil {
			return
		}
		for i := 0; i+1 < len(steps); i += 2 {
			b.fuzzStep(steps[i], steps[i+1])
		}
		b.run("out 3f2h, 0\nout 3f2h, 0ch\nin 3f4h = 80h\nout 3f5h, 8\nin 3f5h = 0c0h")
	})
}
