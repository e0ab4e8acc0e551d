package snaptest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cpu"
	"toyvm/devices/i8042"
	"toyvm/machine"
	"toyvm/roms/demo"
	"toyvm/snapshot/migration"
	"toyvm/snapshot/snaptest"
	"toyvm/snapshot/store"
)

// t is what the examples have for a test.
var t testing.TB = &failing{}

// failing is a test that keeps how it failed.
type failing struct {
	testing.TB
	message string
	dir     string
}

func (f *failing) Helper()             {}
func (f *failing) Name() string        { return "TestOfOthers" }
func (f *failing) TempDir() string     { return f.dir }
func (f *failing) Logf(string, ...any) {}

func (f *failing) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)
	if f.dir == "" {
		panic(f.message) // in an example
	}
	runtime.Goexit()
}

// failure is how a test fails.
func failure(t *testing.T, test func(tb testing.TB)) string {
	t.Helper()
	f, done := &failing{dir: t.TempDir()}, make(chan struct{})
	go func() {
		defer close(done)
		test(f)
	}()
	<-done
	require.NotEmpty(t, f.message, "the test passed")
	return f.message
}

// config is a machine with a guest that answers.
func config() machine.Config {
	return machine.Config{Memory: 1 << 20, VideoMemory: 256 << 10, Floppies: [2]machine.Floppy{snaptest.Floppy(demo.Image)}}
}

func ready(t testing.TB) *snaptest.Machine {
	t.Helper()
	m := snaptest.Boot(t, config())
	m.Until(snaptest.Serial(0, "\n> "))
	return m
}

// halting is a guest of some code in a boot sector.
func halting(tb testing.TB, code ...byte) *snaptest.Machine {
	sector := append(code, make([]byte, 512-len(code))...)
	sector[510], sector[511] = 0x55, 0xaa
	c := config()
	c.Floppies[0] = snaptest.Floppy(sector)
	return snaptest.Boot(tb, c)
}

func TestForksGoOnFromTheSameInstant(t *testing.T) {
	m := ready(t)
	at := m.Snapshot()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			m := at.Fork(t)
			m.Same(at)
			address := fmt.Sprintf("%x", 0x90000+16*i)
			m.Send(0, "e "+address+" 4d 79 20 "+fmt.Sprintf("%x", '0'+i)+"\r")
			m.Until(snaptest.Serial(0, "\n> "))
			assert.Equal(t, fmt.Sprint("My ", i), string(m.Read(uint32(0x90000+16*i), 4)))
			assert.Equal(t, make([]byte, 4), m.Read(uint32(0x90000+16*((i+1)%8)), 4), "another fork wrote there")
			assert.Contains(t, m.Sent(0), "This is the toyvm demo", "what was sent before the fork")
		})
	}
}

func TestKeysReachTheGuest(t *testing.T) {
	m := ready(t)
	m.Type("e 90000 \"Az_~\" 1B\b\b\b 7\n")
	m.Until(snaptest.Func("bytes in memory", func(m *snaptest.Machine) bool { return m.Read(0x90000, 5)[4] == 7 }))
	assert.Equal(t, "Az_~\x07", string(m.Read(0x90000, 5)))
	m.Press("ctrl-alt-delete")
	m.Until(snaptest.Serial(0, "This is the toyvm demo"))
	assert.Contains(t, failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Type("Käse") }), `the keyboard has no key for 'ä'`)
	assert.Contains(t, failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Press("ctrl-any") }), `there is no key "any"`)
}

func TestConditions(t *testing.T) {
	at := ready(t).Snapshot()
	fork := func() *snaptest.Machine { return at.Fork(t) }

	m := fork()
	before := m.PC().Instructions()
	m.Until(snaptest.Instructions(12345))
	assert.EqualValues(t, before+12345, m.PC().Instructions())

	m = fork()
	now := m.Time()
	m.Until(snaptest.Elapsed(3 * time.Millisecond))
	assert.InDelta(t, now+3*time.Millisecond, m.Time(), 10)

	m = fork()
	m.Send(0, "o 80 a7\r")
	m.Until(snaptest.PortWrite(0x80, 0xa7))
	assert.EqualValues(t, 0xa7, m.PC().POST.Last())
	_, base, _, _ := m.PC().CPU.Segment(cpu.CS)
	assert.Equal(t, []byte{0xee}, m.Read(base+m.PC().CPU.EIP()-1, 1), "it stands behind OUT DX, AL")

	m = fork()
	m.Send(0, "cpu\r")
	m.Until(snaptest.Serial(0, "c"))
	assert.True(t, strings.HasSuffix(m.Sent(0), "\n> c"), "it stands when the byte is sent")
	m.Until(snaptest.Screen("> cpu"))

	m = fork()
	m.Send(0, "off 4\r")
	m.Until(snaptest.Exit(9))

	m = fork()
	m.Type("off 4\n") // it ends before anybody waits
	m.Until(snaptest.Exit(9))

	m = fork()
	m.Send(0, "halt\r")
	m.Until(snaptest.Halted())
}

func TestFailuresShowTheMachine(t *testing.T) {
	at := ready(t).Snapshot()
	message := failure(t, func(tb testing.TB) {
		m := at.Fork(tb)
		m.Send(0, "mem\r")
		m.Until(snaptest.Screen("Kilroy").Within(time.Second))
	})
	assert.Contains(t, message, `not within 1s of guest time: "Kilroy" on the screen`)
	assert.Contains(t, message, "toyvm")
	assert.Regexp(t, `(?s)--- screen after .*--- registers\nEAX=.*--- COM1, the last of \d+ bytes\n.*639 KiB memory`, message)

	message = failure(t, func(tb testing.TB) {
		m := at.Fork(tb)
		m.Send(0, "halt\r")
		m.Until(snaptest.Screen("Kilroy"))
	})
	assert.Contains(t, message, `the machine stopped (halted) before: "Kilroy" on the screen`)

	message = failure(t, func(tb testing.TB) {
		m := at.Fork(tb)
		m.Send(0, "off 3\r")
		m.Until(snaptest.Exit(9))
	})
	assert.Contains(t, message, "the machine stopped (debug exit, status 7) before: the guest ended with status 9")

	message = failure(t, func(tb testing.TB) {
		m := at.Fork(tb)
		m.Send(0, "mode 13\r")
		m.Until(snaptest.Serial(0, "A key ends it."))
		m.Until(snaptest.Exit(3).Within(100 * time.Millisecond))
	})
	assert.Contains(t, message, "(graphics of 320x200)")

	assert.Contains(t, failure(t, func(tb testing.TB) { at.Fork(tb).Send(7, "x") }), "there is no COM8")
	assert.Contains(t, failure(t, func(tb testing.TB) { at.Fork(tb).Sent(2) }), "there is no COM3: the machine has 2 serial ports")
	assert.Contains(t, failure(t, func(tb testing.TB) { snaptest.Boot(tb, machine.Config{CPU: "8088"}) }), `there is no CPU model "8088"`)
}

func saved(t *testing.T, s *snaptest.Snapshot, tag string) (dir string) {
	dir = t.TempDir()
	_, err := store.Open(dir).Save(context.Background(), tag, s.Image(t), store.Meta{}, nil)
	require.NoError(t, err)
	return dir
}

func TestStoredSnapshotsAreStartedFrom(t *testing.T) {
	at := ready(t).Snapshot()
	dir := saved(t, at, "prompt")
	for _, s := range []*snaptest.Snapshot{
		snaptest.Load(t, dir, "prompt"),
		snaptest.LoadFS(t, os.DirFS(dir), "prompt"),
		snaptest.FromImage(t, at.Image(t)),
	} {
		m := s.Fork(t)
		m.Same(at)
		m.Send(0, "cpu\r")
		m.Until(snaptest.Serial(0, "486"))
	}
	assert.Contains(t, failure(t, func(tb testing.TB) { snaptest.Load(tb, dir, "other") }), `snapshot "other"`)
	assert.Contains(t, failure(t, func(tb testing.TB) { snaptest.LoadFS(tb, os.DirFS(dir+"/none"), "prompt") }), `load "prompt"`)
}

func TestExportedFilesAreStartedFrom(t *testing.T) {
	m := ready(t)
	exported, err := migration.Capture(m.PC(), "isapc")
	require.NoError(t, err)
	require.NoError(t, migration.QEMU{Serial: 2}.Adapt(exported))
	var stream bytes.Buffer
	require.NoError(t, exported.Write(&stream))

	c := config()
	c.Memory, c.VideoMemory = 0, 0
	again := snaptest.Import(t, stream.Bytes(), c)
	again.Same(m.Snapshot())
	again.Send(0, "mem\r")
	again.Until(snaptest.Serial(0, "639 KiB memory"))
	assert.Contains(t, failure(t, func(tb testing.TB) { snaptest.Import(tb, []byte("QEVM"), c) }), "import: ")
	c.Memory = 2 << 20
	assert.Contains(t, failure(t, func(tb testing.TB) { snaptest.Import(tb, stream.Bytes(), c) }), `memory block "pc.ram"`)
}

func TestSnapshotsHaveTheDisks(t *testing.T) {
	c := config()
	c.Drives[0] = snaptest.HardDisk(1<<20, []byte("hard"))
	m := snaptest.Boot(t, c)
	at := m.Snapshot()
	_, err := m.PC().Config().Drives[0].Media.WriteAt([]byte("soft"), 0)
	require.NoError(t, err)
	p := make([]byte, 4)
	for s, want := range map[*snaptest.Snapshot]string{at: "hard", m.Snapshot(): "soft"} {
		for _, f := range []*snaptest.Machine{s.Fork(t), snaptest.FromImage(t, s.Image(t)).Fork(t)} {
			_, err := f.PC().Config().Drives[0].Media.ReadAt(p, 0)
			require.NoError(t, err)
			assert.Equal(t, want, string(p))
		}
	}
	assert.Contains(t, failure(t, func(tb testing.TB) { at.Fork(tb).Same(m.Snapshot()) }), "ide0-hd0: sectors 0 to 0\n")
}

func TestDifferencesAreNamedByPath(t *testing.T) {
	at := ready(t).Snapshot()
	m := at.Fork(t)
	m.PC().Do(machine.OutAction{Port: 0x3fb, Size: 1, Value: 0x1b})
	m.PC().Memory().WritePhysical(0x90ffe, []byte("abc"))
	message := failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Same(at) })
	assert.Contains(t, message, "the machine is not as in the snapshot:\n"+
		"serial.state.lcr: 0x03 -> 0x1b\npc.ram[0x90ffe:0x91001]: 00 00 00 -> 61 62 63\n--- screen")
	m.Same(at, "serial", "pc.ram[0x90ffe:0x91001]")
	m.Same(at, "serial.state.lcr", "pc.ram")
	for _, tooLittle := range [][]string{{"serial.state.lc", "pc.ram"}, {"serial"}, {"serial", "pc.ram[0x90ffe:0x91000]"}, {"serial", "pc.ram[0x90fff:0x91001]"}} {
		failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Same(at, tooLittle...) })
	}
}

func TestGoldenSnapshots(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "golden")
	m := ready(t)
	assert.Contains(t, failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Golden(dir, "prompt") }),
		"go test -run '^TestOfOthers$' -update writes it")
	updating := func(test func()) {
		snaptest.SetUpdating(true)
		defer snaptest.SetUpdating(false)
		test()
	}
	updating(func() { m.Golden(dir, "prompt") })
	m.Golden(dir, "prompt")
	first, err := store.Open(dir).Info("prompt")
	require.NoError(t, err)

	m.Until(snaptest.Elapsed(time.Second))
	message := failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Golden(dir, "prompt") })
	assert.Contains(t, message, "\ntimer.cpu_clock_offset: ")
	m.PC().Memory().WritePhysical(0x90000, []byte("x"))
	changing := []string{"timer", "cpu", "toyvm/cpu", "toyvm/clock", "i8254", "i8259", "mc146818rtc", "serial", "cpu_common", "pc.ram[0x400:0xa000]"}
	message = failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Golden(dir, "prompt", changing...) })
	assert.Contains(t, message, "\nvga.cr[0xe:0x10]: 00 00 -> 04 14\n", "the cursor")
	assert.Contains(t, message, "pc.ram[0x90000:0x90001]: 00 -> 78\n")
	updating(func() { m.Golden(dir, "prompt", append(changing, "pc.ram", "vga", "vga.vram")...) })
	same, err := store.Open(dir).Info("prompt")
	require.NoError(t, err)
	assert.Equal(t, first.ID, same.ID, "what did not differ was written")
	updating(func() { m.Golden(dir, "prompt") })
	m.Golden(dir, "prompt")
}

func TestAnotherMachineDiffers(t *testing.T) {
	at := ready(t).Snapshot()
	c := config()
	c.CPU = "386"
	m := snaptest.Boot(t, c)
	message := failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Same(at) })
	assert.Contains(t, message, "the machine is not as in the snapshot:\nsettings.cpu: 486 -> 386\n")
	assert.Contains(t, message, "\n… and ")
	message = failure(t, func(tb testing.TB) { m.Snapshot().Fork(tb).Same(at, "settings.cpu") })
	assert.NotContains(t, message, "settings.cpu")
}

// Guests that loop have no reason to stop.
func TestAGuestThatLoopsReachesTheLimit(t *testing.T) {
	message := failure(t, func(tb testing.TB) {
		halting(tb, 0xeb, 0xfe).Until(snaptest.Halted().Within(300 * time.Millisecond))
	})
	assert.Contains(t, message, "not within 300ms of guest time: the machine halted for good")
	m := halting(t, 0xfa, 0xf4) // CLI, HLT
	m.Until(snaptest.Halted())
	assert.True(t, m.PC().CPU.Halted())
}

func TestMachinesRunSideBySide(t *testing.T) {
	at := ready(t).Snapshot()
	want := at.Fork(t)
	want.Send(0, "mem\r")
	want.Until(snaptest.Elapsed(200 * time.Millisecond))
	end := want.Snapshot()
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			m := at.Fork(t)
			m.Send(0, "mem\r")
			m.Until(snaptest.Elapsed(time.Duration(i) * 10 * time.Millisecond))
			m = m.Snapshot().Fork(t)
			m.Until(snaptest.Elapsed(time.Duration(20-i) * 10 * time.Millisecond))
			m.Same(end)
		})
	}
}

func TestKeysThatWaitAreInTheSnapshot(t *testing.T) {
	m := ready(t)
	for range 30 {
		m.PC().Key(i8042.KeyA, true)
		m.PC().Key(i8042.KeyA, false)
	}
	require.True(t, m.PC().Waiting())
	f := m.Snapshot().Fork(t)
	f.Until(snaptest.Screen("> " + strings.Repeat("a", 30)))
}

func TestFieldsLeftOutMustBeRanges(t *testing.T) {
	at := ready(t).Snapshot()
	m := at.Fork(t)
	m.Same(at, "pc.ram[1]", "pc.ram[2:", "pc.ram[5:1]", "pc.ram[0:0x7fffffffffff]", "none[0:1]", "pc.ram[-1:4]", "")
}

func BenchmarkFork(b *testing.B) {
	m := ready(b)
	at := m.Snapshot()
	b.ReportAllocs()
	for b.Loop() {
		at.Fork(b)
	}
}
