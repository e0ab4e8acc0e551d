package snapshot_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cpu"
	"toyvm/devices/i8042"
	"toyvm/machine"
	"toyvm/roms/demo"
	"toyvm/snapshot"
	"toyvm/snapshot/disk"
	"toyvm/snapshot/migration"
	"toyvm/snapshot/snaptest"
	"toyvm/snapshot/spawn"
	"toyvm/snapshot/store"
)

// A way leads from a machine to one that stands where it did.
type way struct {
	name string
	take func(t *testing.T, m *machine.Machine) *machine.Machine
}

var ways = []way{
	{"Capture and Return", func(t *testing.T, m *machine.Machine) *machine.Machine {
		i := whole(t, m)
		m.Run(machine.Budget{Instructions: 20_000})
		var disks []disk.Change
		for n, medium := range media(m) {
			if medium != nil {
				disks = append(disks, disk.Change{Disk: medium.(*disk.Disk), To: i.Disks[n].Contents})
			}
		}
		require.NoError(t, disk.RestoreAll(disks, "", nil))
		require.NoError(t, i.Return(m))
		return m
	}},
	{"spawn", func(t *testing.T, m *machine.Machine) *machine.Machine { return spawned(t, whole(t, m)) }},
	{"Fork", func(t *testing.T, m *machine.Machine) *machine.Machine {
		f, err := m.Fork()
		require.NoError(t, err)
		return f
	}},
	{"store", func(t *testing.T, m *machine.Machine) *machine.Machine {
		dir := t.TempDir()
		_, err := store.Open(dir).Save(context.Background(), "x", whole(t, m), store.Meta{}, nil)
		require.NoError(t, err)
		sn, err := store.Open(dir).Load(context.Background(), "x", nil)
		require.NoError(t, err)
		return spawned(t, sn.Image)
	}},
	{"migration", func(t *testing.T, m *machine.Machine) *machine.Machine {
		captured, err := migration.Capture(m, "isapc")
		require.NoError(t, err)
		require.NoError(t, migration.QEMU{Serial: 1}.Adapt(captured))
		var stream bytes.Buffer
		require.NoError(t, captured.Write(&stream))
		parsed, err := migration.Parse(stream.Bytes())
		require.NoError(t, err)
		// Another machine, with what is in the drives.
		to, err := m.Fork()
		require.NoError(t, err)
		require.NoError(t, to.Do(machine.ResetAction{}))
		to.Run(machine.Budget{Instructions: 1000})
		skipped, err := parsed.LoadInto(to)
		require.NoError(t, err)
		require.Empty(t, skipped)
		return to
	}},
}

func whole(t *testing.T, m *machine.Machine) *snapshot.Image {
	t.Helper()
	i, err := spawn.Capture(m)
	require.NoError(t, err)
	return i
}

func spawned(t *testing.T, i *snapshot.Image) *machine.Machine {
	t.Helper()
	m, err := spawn.Machine(i, nil)
	require.NoError(t, err)
	return m
}

// media is what is in the drives, in the order of an image's.
func media(m *machine.Machine) (list []machine.Medium) {
	c := m.Config()
	for _, f := range c.Floppies {
		if f.Present {
			list = append(list, f.Medium)
		}
	}
	for _, d := range c.Drives {
		if d.Kind != machine.NoDrive {
			list = append(list, d.Media)
		}
	}
	return list
}

// A reference is a guest, and what happens to it in milliseconds of its time.
type reference struct {
	name   string
	config func(t testing.TB) machine.Config
	until  int64 // ms
	events map[int64]machine.Action
	saves  int // about how many, if more than usual
}

// small is a machine with a guest of the firmware's on a floppy.
func small(guest string) func(t testing.TB) machine.Config {
	return func(t testing.TB) machine.Config {
		t.Helper()
		data, err := os.ReadFile("../roms/testdata/" + guest)
		require.NoError(t, err)
		return machine.Config{Memory: 2 << 20, VideoMemory: 256 << 10, Floppies: [2]machine.Floppy{snaptest.Floppy(data)}}
	}
}

// hardDisk moves the floppy to a hard disk, and tells the guest its size.
func hardDisk(t testing.TB) machine.Config {
	c := small("disk.img")(t)
	const size, parameter = 3 << 20, 440
	data := make([]byte, 2048)
	_, err := c.Floppies[0].Medium.ReadAt(data, 0)
	require.NoError(t, err)
	data[parameter], data[parameter+1] = size/512&0xff, size/512>>8&0xff
	c.Floppies[0].Medium, c.Drives[0] = nil, snaptest.HardDisk(size, data)
	return c
}

// compactDisc is a CD-ROM that is booted from without emulation.
func compactDisc(t testing.TB) machine.Config {
	guest, err := os.ReadFile("../roms/testdata/cdrom.img")
	require.NoError(t, err)
	const sector = 2048
	iso := make([]byte, 21*sector)
	copy(iso[16*sector:], "\x01CD001\x01")
	copy(iso[17*sector:], "\x00CD001\x01EL TORITO SPECIFICATION")
	iso[17*sector+0x47] = 19 // the catalog
	copy(iso[18*sector:], "\xffCD001\x01")
	copy(iso[19*sector:], "\x01")
	copy(iso[19*sector+0x1c:], "\xaa\x55\x55\xaa")
	copy(iso[19*sector+0x20:], "\x88\x00\x00\x00\x00\x00\x04\x00\x14")
	copy(iso[20*sector:], guest)
	cd := machine.Drive{Kind: machine.CDROM, Media: disk.Over(disk.FromBytes(int64(len(iso)), iso))}
	return machine.Config{Memory: 2 << 20, VideoMemory: 256 << 10, Drives: [4]machine.Drive{2: cd}}
}

var references = []reference{
	{"no system", func(testing.TB) machine.Config { return machine.Config{Memory: 1 << 20, VideoMemory: 256 << 10} }, 2500,
		map[int64]machine.Action{1500: machine.KeyAction{Key: i8042.KeySpc, Pressed: true}}, 0},
	{"floppy", small("floppy.img"), 20000, nil, 0},
	{"hard disk", hardDisk, 20000, nil, 0},
	{"CD-ROM", compactDisc, 20000, nil, 0},
	{"system", small("system.img"), 20000, nil, 0},
	{"video", small("video.img"), 20000, nil, 0},
	{"graphics", small("graphics.img"), 3000, nil, 0},
	{"protected mode", small("protected.img"), 20000, nil, 0},
	{"keyboard", small("keyboard.img"), 3000, map[int64]machine.Action{
		1000: machine.KeyAction{Key: i8042.KeyA, Pressed: true},
		1050: machine.KeyAction{Key: i8042.KeyA},
		1100: machine.KeyAction{Key: i8042.KeyB, Pressed: true},
		1900: machine.KeyAction{Key: i8042.KeyB}, // typematic
		2000: machine.MouseAction{DX: 5, DY: -3, Press: 1},
		2200: machine.NMIAction{},
		2300: machine.ResetAction{},
	}, 0},
	{"mouse", small("mouse.img"), 2000, map[int64]machine.Action{
		800:  machine.MouseAction{DX: 5, DY: -3, Press: 1},
		1000: machine.MouseAction{DX: -50, DY: 30, Release: 1},
	}, 0},
	{"demo", func(testing.TB) machine.Config {
		return machine.Config{Memory: 1 << 20, VideoMemory: 256 << 10, Floppies: [2]machine.Floppy{snaptest.Floppy(demo.Image)}}
	}, 3000, map[int64]machine.Action{
		500:  machine.SerialAction{Data: []byte("mem\rd 7df0\r")},
		1000: machine.SerialAction{Data: []byte("mode 13\r")},
	}, 0},
	{"phases", phases, 4000, map[int64]machine.Action{
		300: machine.KeyAction{Key: i8042.KeyA, Pressed: true},
		350: machine.MouseAction{DX: 1, DY: 2},
	}, 400},
}

// usualSaves is about how often a guest is saved.
const usualSaves = 80

// TestSavedMachinesGoOnAlike saves machines at many points of their run, in
// every way there is, and compares each with one that was never saved where the
// next save is due, by field and page.
func TestSavedMachinesGoOnAlike(t *testing.T) {
	var (
		mu    sync.Mutex
		total int
		seen  = map[string]int{}
	)
	t.Run("guests", func(t *testing.T) {
		for i, r := range references {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				saves, during := r.run(t, rand.New(rand.NewSource(int64(i))))
				mu.Lock()
				defer mu.Unlock()
				total += saves
				for what, n := range during {
					seen[what] += n
				}
			})
		}
	})
	t.Logf("%d saves: %v", total, seen)
	assert.Greater(t, total, 500)
	for _, what := range []string{"HLT", "REP", "interrupt shadow", "IDE transfer", "floppy command", "page fault", "interrupt"} {
		assert.GreaterOrEqual(t, seen[what], 2, what)
	}
}

func (r *reference) run(t *testing.T, random *rand.Rand) (saves int, seen map[string]int) {
	l := r.life(t)
	a, b := r.build(t), r.build(t)
	seen = map[string]int{}
	var times []int64
	for at := range r.events {
		times = append(times, at*1e6)
	}
	slices.Sort(times)
	times = append(times, r.until*1e6)
	var stop machine.Stop
	for _, end := range times {
		for stop.Reason == machine.StopBudget && a.Time() < end {
			budget := l.next(random, a, end)
			stop = a.Run(budget)
			require.Equal(t, stop, b.Run(budget))
			i := whole(t, a)
			require.Empty(t, difference(t, i, b), "after %d saves, %d instructions", saves, a.Instructions())
			if a.Waiting() {
				continue // for the guest to take what is not in it yet
			}
			w := ways[saves%len(ways)]
			b = w.take(t, b)
			saves++
			require.Empty(t, difference(t, i, b), "%s, %d instructions", w.name, a.Instructions())
			for _, what := range activities(a, i, l.marks) {
				seen[what]++
			}
		}
		if action, ok := r.events[end/1e6]; ok {
			require.NoError(t, a.Do(action))
			require.NoError(t, b.Do(action))
		}
	}
	return saves, seen
}

// difference is how a machine is not what it was in an image.
func difference(t *testing.T, want *snapshot.Image, m *machine.Machine) string {
	t.Helper()
	d, err := snapshot.Compare(want, whole(t, m))
	require.NoError(t, err)
	if d.Empty() {
		return ""
	}
	return fmt.Sprint(d)
}

func (r *reference) build(t *testing.T) *machine.Machine {
	t.Helper()
	m, err := machine.New(r.config(t))
	require.NoError(t, err)
	return m
}

// A mark is an instruction at which something happens.
type mark struct {
	at   uint64
	what string
}

// A life is what is known of a guest from a first run.
type life struct {
	marks        []mark
	instructions uint64
	time         int64 // ns
	saves        int64
}

// life runs the guest and notes its interrupts, page faults and phases.
func (r *reference) life(t *testing.T) life {
	m := r.build(t)
	var marks []mark
	note := func(what string) { marks = append(marks, mark{m.Instructions(), what}) }
	m.SetTrace(machine.Trace{
		Interrupt: func(i cpu.Interrupt) {
			if i.Kind == cpu.Exception && i.Vector == 14 {
				note("page fault")
			} else if i.Kind == cpu.External {
				note("interrupt")
			}
		},
		IO: func(a machine.IOAccess) {
			if a.Write && a.Port == phasePort && a.Value >= phaseFloppy {
				note("phase")
				if a.Value == phaseShadow {
					marks = append(marks, mark{m.Instructions() + 2, "shadow"})
				}
			}
		},
	})
	for at := range r.until {
		if at++; at%50 == 0 || r.events[at] != nil {
			if m.Run(machine.Budget{Until: at * 1e6}).Reason != machine.StopBudget {
				break
			}
		}
		if action := r.events[at]; action != nil {
			require.NoError(t, m.Do(action))
		}
	}
	return life{marks, m.Instructions(), m.Time(), int64(max(r.saves, usualSaves))}
}

// next decides when to save: at a mark or soon behind it, after a few
// instructions or many, or at a time, which may be in HLT.
func (l *life) next(random *rand.Rand, m *machine.Machine, end int64) machine.Budget {
	b := machine.Budget{Until: end}
	switch random.Intn(7) {
	case 0, 1, 2:
		if at := l.ahead(random, m.Instructions()); at != 0 {
			b.Instructions = at - m.Instructions() + uint64(random.Intn(3))
			return b
		}
		fallthrough
	case 3:
		b.Instructions = 1 + uint64(random.Intn(3))
	case 4:
		b.Instructions = 1 + uint64(random.Intn(10_000))
	case 5:
		b.Instructions = 1 + uint64(random.Int63n(int64(l.instructions)*2/l.saves))
	default:
		b.Until = min(end, m.Time()+1+random.Int63n(l.time*2/l.saves))
	}
	return b
}

// ahead is one of the next marks of some kind, or 0.
func (l *life) ahead(random *rand.Rand, now uint64) uint64 {
	next, _ := slices.BinarySearchFunc(l.marks, now+1, func(k mark, at uint64) int { return cmp.Compare(k.at, at) })
	what, left := []string{"page fault", "phase", "shadow", "interrupt"}[random.Intn(4)], random.Intn(2)
	for _, k := range l.marks[next:] {
		if k.what == what {
			if left == 0 {
				return k.at
			}
			left--
		}
	}
	return 0
}

// activities are what goes on in a machine beside plain instructions.
func activities(m *machine.Machine, i *snapshot.Image, marks []mark) (list []string) {
	const (
		ideBusy, ideData = 0x80, 0x08 // of the alternate status
		fdcCommand       = 0x10       // CB of the main status
		inhibitIRQ       = 8          // of the hidden flags
	)
	add := func(what string, is bool) {
		if is {
			list = append(list, what)
		}
	}
	in := func(port uint16) uint32 { return m.Bus().In(port, 1) }
	add("IDE transfer", in(0x3f6)&(ideBusy|ideData) == ideData || in(0x376)&(ideBusy|ideData) == ideData)
	add("floppy command", in(0x3f4)&fdcCommand != 0)
	add("HLT", m.CPU.Halted())
	_, base, _, _ := m.CPU.Segment(cpu.CS)
	code := make([]byte, 2)
	m.CPU.ReadLinear(base+m.CPU.EIP(), code)
	add("REP", code[0] == 0xf2 || code[0] == 0xf3 || code[0] == 0x67 && code[1] == 0xf3)
	flags, _ := i.Tree().Lookup("cpu.env.hflags").Value().(uint64)
	add("interrupt shadow", flags&inhibitIRQ != 0)
	for _, what := range []string{"page fault", "interrupt"} {
		add(what, slices.ContainsFunc(marks, func(k mark) bool {
			return k.what == what && k.at <= m.Instructions() && m.Instructions() <= k.at+2
		}))
	}
	return list
}
