package session

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/machine"
)

// A sheet is what a prompt writes.
type sheet struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *sheet) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *sheet) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// watched is a session with a monitor, whose lines come from a pipe.
func watched(t *testing.T) (*Session, *monitor.Prompt, *sheet) {
	t.Helper()
	s := session(t)
	wake := make(chan struct{}, 1)
	s.Wake = wake
	out := new(sheet)
	prompt := monitor.NewPrompt(monitor.Config{Out: out, Woken: func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}})
	prompt.Show(true)
	s.Monitors = []Monitor{{Prompt: prompt}}
	s.Console = monitor.Console{Serial: new(monitor.Transcript)}
	t.Cleanup(prompt.End)
	return s, prompt, out
}

func TestCommandsAreCarriedOutMeanwhile(t *testing.T) {
	s, prompt, out := watched(t)
	prompt.Feed([]byte("wait instructions 1000000\ninfo registers\nnonsense\nquit 5\n"))
	err := s.Run(t.Context(), machine.Budget{})
	assert.Equal(t, monitor.Quit{Status: 5}, err)
	assert.Contains(t, out.String(), "instructions=")
	assert.Contains(t, out.String(), "unknown command: 'nonsense'")
	assert.GreaterOrEqual(t, s.Machine.CPU.Instructions(), uint64(1000000))
}

func TestPausedMachinesStandStill(t *testing.T) {
	s, prompt, out := watched(t)
	s.Machine.SetPaused(true)
	prompt.Feed([]byte("info status\nsleep 1\ntype \"a\"\ninfo status\nquit\n"))
	assert.Equal(t, monitor.Quit{}, s.Run(t.Context(), machine.Budget{Until: 1e9}))
	assert.Equal(t, 2, strings.Count(out.String(), "VM status: paused\n"))
	assert.Equal(t, 2, strings.Count(out.String(), "Error: the machine is paused; cont lets it go on\n"))
	assert.Zero(t, s.Machine.CPU.Instructions())
}

func TestPausedMachinesGoOn(t *testing.T) {
	s, prompt, _ := watched(t)
	prompt.Feed([]byte("stop\ncont\n"))
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: 1e9}))
	for s.Machine.Paused() {
		require.NoError(t, s.Run(t.Context(), machine.Budget{Until: s.Machine.Clock().Now() + 1e6}))
	}
	assert.GreaterOrEqual(t, s.Machine.Clock().Now(), int64(1e9))
}

func TestPausedForEver(t *testing.T) {
	s := session(t)
	s.Machine.SetPaused(true)
	assert.Equal(t, monitor.ErrPaused, s.Run(t.Context(), machine.Budget{}), "nobody is there to let it go on")
}

func TestAHaltedMachineCanBeLookedAt(t *testing.T) {
	s, prompt, out := watched(t)
	s.Machine.Memory().WritePhysical(0x1000, []byte{0xfa, 0xf4}) // cli; hlt
	s.Machine.CPU.SetSegment(1, 0, 0, 0xffff, 0x9b00)
	s.Machine.CPU.SetEIP(0x1000)
	prompt.Feed([]byte("wait screen never\ninfo cpus\nquit\n"))
	assert.Equal(t, monitor.Quit{}, s.Run(t.Context(), machine.Budget{}))
	assert.Contains(t, out.String(), "Error: "+monitor.ErrHalted.Error())
	assert.Contains(t, out.String(), "pc=0x00001002 (halted)")
}

func TestAWaitIsInterrupted(t *testing.T) {
	s, prompt, out := watched(t)
	keys := monitor.NewPrompt(monitor.Config{Out: out, Raw: true, Woken: func() {}})
	keys.Show(true)
	t.Cleanup(keys.End)
	s.Monitors = append(s.Monitors, Monitor{Prompt: keys})
	keys.Feed([]byte("sleep 100000\r"))
	asked := false
	s.Display = display(func() {
		if s.attending && !asked {
			asked = true
			keys.Feed([]byte("\x03"))
			prompt.Feed([]byte("quit\n"))
		}
	})
	s.Realtime = true
	assert.Equal(t, monitor.Quit{}, s.Run(t.Context(), machine.Budget{}))
	assert.Contains(t, out.String(), "Error: interrupted\r\n")
	assert.Less(t, s.Machine.Clock().Now(), int64(100000e9))
}

// A display does something whenever it is refreshed.
type display func()

func (d display) Refresh(time.Time) (time.Duration, error) {
	d()
	return 10 * time.Millisecond, nil
}

func (d display) Tell(string) {}

// TestACrashCanBeLookedAt has the emulator fail when the guest sends a byte.
func TestACrashCanBeLookedAt(t *testing.T) {
	s, prompt, out := watched(t)
	m, err := machine.New(machine.Config{Serial: []func(byte){func(byte) { panic("a mistake") }}})
	require.NoError(t, err)
	m.Memory().WritePhysical(0x1000, []byte{0xba, 0xf8, 0x03, 0xee, 0xeb, 0xfe}) // mov dx, 3f8h; out dx, al; jmp $
	m.CPU.SetSegment(1, 0, 0, 0xffff, 0x9b00)
	m.CPU.SetEIP(0x1000)
	s.Machine = m
	crashed := false
	s.Display = display(func() {
		if m.Paused() && !crashed {
			crashed = true
			prompt.Feed([]byte("info status\nx/i 0x1004\nsystem_reset\ncont\nsleep 0.001\nquit\n"))
		}
	})
	assert.Equal(t, monitor.Quit{}, s.Run(t.Context(), machine.Budget{}))
	assert.Contains(t, out.String(), "the emulator crashed: a mistake\n")
	assert.Contains(t, out.String(), "VM status: paused\n")
	assert.Contains(t, out.String(), "0x00001004:  eb fe")
	assert.NotContains(t, out.String(), "Error")
	assert.NotZero(t, m.CPU.Instructions())

	// A script does not wait for somebody to come.
	s, _, _ = watched(t)
	m.CPU.SetSegment(1, 0, 0, 0xffff, 0x9b00)
	m.CPU.SetEIP(0x1000)
	s.Machine = m
	assert.ErrorContains(t, s.Run(t.Context(), machine.Budget{Until: m.Clock().Now() + 1e9}), "the emulator crashed")
}
