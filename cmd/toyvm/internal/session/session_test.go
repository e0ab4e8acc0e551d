package session

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/machine"
	"toyvm/snapshot"
)

// session is a machine without a disk: it starts, then waits for a key.
func session(t *testing.T) *Session {
	t.Helper()
	m, err := machine.New(machine.Config{})
	require.NoError(t, err)
	return &Session{Machine: m}
}

func TestBudgets(t *testing.T) {
	s := session(t)
	require.NoError(t, s.Run(t.Context(), machine.Budget{Instructions: 12345}))
	assert.EqualValues(t, 12345, s.Machine.CPU.Instructions())
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: 2e9}))
	assert.InDelta(t, 2e9, s.Machine.Clock().Now(), 1e6)
}

func TestLimit(t *testing.T) {
	s := session(t)
	s.MaxInstructions = 20000
	assert.Equal(t, ErrLimit, s.Run(t.Context(), machine.Budget{}))
	assert.EqualValues(t, 20000, s.Machine.CPU.Instructions())
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	assert.Equal(t, ErrInterrupted, session(t).Run(ctx, machine.Budget{}))
}

func TestHaltedForGood(t *testing.T) {
	s := session(t)
	s.Machine.Memory().WritePhysical(0x1000, []byte{0xfa, 0xf4}) // cli; hlt
	s.Machine.CPU.SetSegment(1, 0, 0, 0xffff, 0x9b00)
	s.Machine.CPU.SetEIP(0x1000)
	assert.Equal(t, monitor.ErrHalted, s.Run(t.Context(), machine.Budget{}))
}

func TestRealtimeIsNeverAhead(t *testing.T) {
	s := session(t)
	s.Realtime = true
	start := time.Now()
	for s.Machine.Clock().Now() < 200e6 {
		require.NoError(t, s.Run(t.Context(), machine.Budget{Until: s.Machine.Clock().Now() + 7e6}))
		assert.LessOrEqual(t, s.Machine.Clock().Now(), int64(time.Since(start))+1e5)
	}
	assert.Less(t, time.Since(start), 5*time.Second)
}

func TestAnIdleMachineDozes(t *testing.T) {
	s := session(t)
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: 5e9}))
	s.Realtime = true
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: 5.2e9}))
	assert.True(t, s.Machine.CPU.Halted())
	assert.True(t, s.dozing())
}

// TestTurbo: a minute of the guest's does not take one, and is not waited for
// afterwards.
func TestTurbo(t *testing.T) {
	s := session(t)
	s.Realtime, s.Turbo = true, true
	start := time.Now()
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: 60e9}))
	s.Turbo = false
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: 60.05e9}))
	assert.Less(t, time.Since(start), 30*time.Second)
}

// TestTimeThatJumps puts a machine into the state of one that has run longer.
func TestTimeThatJumps(t *testing.T) {
	later := session(t)
	require.NoError(t, later.Run(t.Context(), machine.Budget{Until: 1000e9}))
	image, err := snapshot.Capture(later.Machine)
	require.NoError(t, err)
	s := session(t)
	s.Realtime = true
	start := time.Now()
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: 10e6}))
	require.NoError(t, image.Return(s.Machine))
	now := s.Machine.Clock().Now()
	require.GreaterOrEqual(t, now, int64(1000e9))
	require.NoError(t, s.Run(t.Context(), machine.Budget{Until: now + 10e6}))
	assert.Less(t, time.Since(start), 100*time.Second, "it does not wait until then")
}
