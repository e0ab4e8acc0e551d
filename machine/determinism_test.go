package machine

import (
	"bytes"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cpu"
	"toyvm/devices/i8042"
	"toyvm/vmstate"
)

// A scenario is a guest and what happens to it from outside.
type scenario struct {
	name   string
	config func(t testing.TB) Config
	events []Event // in ms of guest time
	until  int64   // ns
}

// small keeps the memory small that is compared.
func small(c Config) Config {
	c.Memory, c.VideoMemory = 1<<20, 256<<10
	return c
}

var scenarios = []scenario{
	{"no system", func(testing.TB) Config { return small(Config{}) }, []Event{{1500, KeyAction{i8042.KeySpc, true}}}, 4e9},
	{"floppy", func(t testing.TB) Config { return small(floppyGuest(t, "floppy.img")) }, nil, 60e9},
	{"hard disk", func(t testing.TB) Config { return small(diskGuest(t)) }, nil, 60e9},
	{"CD-ROM", func(t testing.TB) Config { return small(cdGuest(t)) }, nil, 60e9},
	{"system", func(t testing.TB) Config { return withMemory(small(floppyGuest(t, "system.img")), 2<<20) }, nil, 60e9},
	{"video", func(t testing.TB) Config { return small(floppyGuest(t, "video.img")) }, nil, 60e9},
	{"protected mode", func(t testing.TB) Config { return small(floppyGuest(t, "protected.img")) }, nil, 60e9},
	{"keyboard", func(t testing.TB) Config { return small(floppyGuest(t, "keyboard.img")) }, []Event{
		{1000, KeyAction{i8042.KeyA, true}},
		{1050, KeyAction{i8042.KeyA, false}},
		{1100, KeyAction{i8042.KeyShift, true}},
		{1101, KeyAction{i8042.KeyB, true}},
		{1900, KeyAction{i8042.KeyB, false}}, // typematic
		{1900, KeyAction{i8042.KeyShift, false}},
		{2000, MouseAction{DX: 5, DY: -3, Press: 1}},
		{2100, SerialAction{0, []byte("a text that waits")}},
		{2200, NMIAction{}},
		{2300, ResetAction{}},
		{3500, KeyAction{i8042.KeyC, true}},
	}, 4e9},
}

// begin builds the machine of a scenario and schedules what happens to it.
func (s *scenario) begin(t testing.TB) *Machine {
	t.Helper()
	m, err := New(s.config(t))
	require.NoError(t, err)
	for _, e := range s.events {
		m.Schedule(Event{m.clock.tickOf(int64(e.At) * 1e6), e.Action})
	}
	return m
}

func hashOf(t testing.TB, m *Machine) [32]byte {
	t.Helper()
	sum, err := m.Hash()
	require.NoError(t, err)
	return sum
}

func TestRunsAreAlike(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			a, b := s.begin(t), s.begin(t)
			assert.Equal(t, hashOf(t, a), hashOf(t, b), "before the first instruction")
			stop := a.Run(Budget{Until: s.until})
			assert.Equal(t, stop, b.Run(Budget{Until: s.until}))
			require.NotEqual(t, StopCrash, stop.Reason, stop.Err)
			assert.Equal(t, hashOf(t, a), hashOf(t, b), "at the end")
		})
	}
}

// TestStepsDoNotMatter runs in one go and in steps of any size, looking at the
// screen in between.
func TestStepsDoNotMatter(t *testing.T) {
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			random := rand.New(rand.NewSource(int64(i)))
			a, b := s.begin(t), s.begin(t)
			want := a.Run(Budget{Until: s.until})
			var stop Stop
			for stop.Reason == StopBudget && b.clock.Now() < s.until {
				switch random.Intn(4) {
				case 0:
					stop = b.Run(Budget{Instructions: 1 + uint64(random.Intn(3)), Until: s.until})
				case 1:
					stop = b.Run(Budget{Instructions: 1 + uint64(random.Intn(300_000)), Until: s.until})
				case 2:
					stop = b.Run(Budget{Until: min(s.until, b.clock.Now()+int64(random.Intn(20e6)))})
				default:
					b.Text()
					b.Frame()
				}
			}
			assert.Equal(t, want, stop)
			assert.Equal(t, a.CPU.Instructions(), b.CPU.Instructions())
			assertSame(t, a, b)
		})
	}
}

// assertSame compares two machines, and says where they differ.
func assertSame(t testing.TB, a, b *Machine) {
	t.Helper()
	if hashOf(t, a) == hashOf(t, b) {
		return
	}
	other := b.Sections()
	for i, s := range a.Sections() {
		x, err := s.Values()
		require.NoError(t, err)
		y, err := other[i].Values()
		require.NoError(t, err)
		for _, change := range vmstate.Diff(x, y) {
			t.Errorf("%s: %v", s.Name, change)
		}
	}
	blocks := b.Blocks()
	for i, block := range a.Blocks() {
		x, y := contents(block), contents(blocks[i])
		for k := range x {
			if x[k] != y[k] {
				t.Errorf("%s differs at %x: %02x, %02x", block.Name, k, x[k], y[k])
				break
			}
		}
	}
	t.Fatal("the machines differ")
}

// TestTracingChangesNothing has everything told, which also makes the processor
// execute one instruction at a time.
func TestTracingChangesNothing(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			until := min(s.until, 200e6)
			a, b := s.begin(t), s.begin(t)
			a.Run(Budget{Until: until})
			told := map[string]int{}
			b.SetTrace(Trace{
				POST:        func(uint8) { told["post"]++ },
				Input:       func(Event) { told["input"]++ },
				Instruction: func() { told["instruction"]++ },
				Interrupt:   func(cpu.Interrupt) { told["interrupt"]++ },
				IRQ:         func(int, string, bool) { told["irq"]++ },
				IO:          func(IOAccess) { told["io"]++ },
				Reset:       func(string) { told["reset"]++ },
				Disk:        func(DiskAccess) { told["disk"]++ },
				Timer:       func(string, int64) { told["timer"]++ },
			})
			b.Run(Budget{Until: until})
			assertSame(t, a, b)
			t.Log(told)
			for _, event := range []string{"post", "instruction", "interrupt", "irq", "io"} {
				assert.NotZero(t, told[event], event)
			}
		})
	}
}

func TestHashSeesEverything(t *testing.T) {
	m := (&scenario{config: scenarios[1].config}).begin(t)
	m.Run(Budget{Until: 800e6})
	last := hashOf(t, m)
	assert.Equal(t, last, hashOf(t, m), "looking changes nothing")
	changed := func(what string, change func()) {
		t.Helper()
		change()
		now := hashOf(t, m)
		assert.NotEqual(t, last, now, what)
		last = now
	}
	changed("an instruction", func() { m.Run(Budget{Instructions: 1}) })
	changed("a byte of memory", func() { m.memory.WritePhysical(0x90000, []byte{0x5a}) })
	changed("a byte of video memory", func() { m.memory.video.Write(0x30000, []byte{0x5a}) })
	changed("a byte of a disk", func() { m.config.Floppies[0].Medium.WriteAt([]byte{0x5a}, 70000) })
	changed("a register of a chip", func() { m.bus.Out(0x3ff, 1, 0x5a) })
	changed("another floppy", func() { m.InsertFloppy(0, &image{data: bytes.Repeat([]byte{1}, floppySize)}) })
	changed("no floppy", func() { m.InsertFloppy(0, nil) })
}

// TestRecordedInputRepeatsTheRun lets things happen between two slices, as a
// front end does, also while the guest sleeps, and schedules what was recorded
// for another machine.
func TestRecordedInputRepeatsTheRun(t *testing.T) {
	for _, s := range scenarios {
		if s.events == nil {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			var recorded []Event
			a, err := New(s.config(t))
			require.NoError(t, err)
			a.SetTrace(Trace{Input: func(e Event) { recorded = append(recorded, e) }})
			for _, e := range s.events {
				require.Equal(t, StopBudget, a.Run(Budget{Until: int64(e.At) * 1e6}).Reason)
				require.NoError(t, a.Do(e.Action))
			}
			a.Run(Budget{Until: s.until})

			b, err := New(s.config(t))
			require.NoError(t, err)
			for _, e := range recorded {
				b.Schedule(e)
			}
			b.Run(Budget{Until: s.until})
			assert.Len(t, recorded, len(s.events))
			assertSame(t, a, b)
		})
	}
}

// contents is a copy of a block.
func contents(b Block) []byte {
	p := make([]byte, b.Size)
	b.RAM.Read(0, p)
	return p
}
