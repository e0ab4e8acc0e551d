package machine

import (
	"fmt"
	"slices"

	"toyvm/vmstate"
)

// clockState is the clock as QEMU's section has it: two counters as they stand.
type clockState struct {
	clock   *Clock `vmstate:"transient"`
	tsc, ns int64
	icount  icountState
}

// timerState is the virtual clock.
//
// Version 2: as QEMU's. Version 1: without the time in ns.
var timerState = vmstate.Description[clockState]{
	Name: "timer", Version: 2, MinVersion: 1,
	PreSave: func(s *clockState) error {
		s.tsc, s.ns = int64(s.clock.timeStamp()), s.clock.Now()
		return nil
	},
	PreLoad: func(s *clockState) error {
		s.ns = 0
		return nil
	},
	PostLoad: func(s *clockState, _ int) error {
		if s.ns < 0 {
			return fmt.Errorf("virtual clock at %d ns", s.ns)
		}
		s.clock.set(s.ns)
		s.clock.tsc = uint64(s.tsc) - s.clock.ticks()
		return nil
	},
	Fields: vmstate.Fields[clockState]{
		vmstate.Int64("cpu_ticks_offset", func(s *clockState) *int64 { return &s.tsc }),
		vmstate.Unused[clockState](8),
		vmstate.Int64("cpu_clock_offset", func(s *clockState) *int64 { return &s.ns }).Since(2),
	},
	Subsections: []*vmstate.Description[clockState]{{
		// A QEMU that counts instructions adds how. The time itself is above.
		Name: "timer/icount", Version: 1, MinVersion: 1,
		Needed: func(*clockState) bool { return false },
		Fields: vmstate.Fields[clockState]{
			vmstate.Int64("qemu_icount_bias", func(s *clockState) *int64 { return &s.icount.bias }),
			vmstate.Int64("qemu_icount", func(s *clockState) *int64 { return &s.icount.count }),
		},
		Subsections: []*vmstate.Description[clockState]{{
			Name: "timer/icount/warp_timer", Version: 1, MinVersion: 1,
			Fields: vmstate.Fields[clockState]{
				vmstate.Int64("vm_clock_warp_start", func(s *clockState) *int64 { return &s.icount.warpStart }),
				vmstate.Timer("icount_warp_timer", func(s *clockState) vmstate.Alarm { return &s.icount.warp }),
			},
		}, {
			Name: "timer/icount/timers", Version: 1, MinVersion: 1,
			Fields: vmstate.Fields[clockState]{
				vmstate.Timer("icount_rt_timer", func(s *clockState) vmstate.Alarm { return &s.icount.rt }),
				vmstate.Timer("icount_vm_timer", func(s *clockState) vmstate.Alarm { return &s.icount.vm }),
			},
		}, {
			Name: "timer/icount/shift", Version: 2, MinVersion: 2,
			Fields: vmstate.Fields[clockState]{
				vmstate.Int16("icount_time_shift", func(s *clockState) *int16 { return &s.icount.shift }),
				vmstate.Int64("last_delta", func(s *clockState) *int64 { return &s.icount.delta }),
			},
		}},
	}},
}

// icountState is read and forgotten.
type icountState struct {
	bias, count, warpStart, delta int64
	warp, rt, vm                  vmstate.Deadline
	shift                         int16
}

// clockExtraState makes a clock go on exactly as the one that was saved.
//
// Version 1: the first.
var clockExtraState = vmstate.Description[Clock]{
	Name: "toyvm/clock", Version: 1, MinVersion: 1,
	PostLoad: func(c *Clock, _ int) error {
		if c.rate < minRate || c.rate > maxRate {
			return fmt.Errorf("rate of %d instructions per second", c.rate)
		}
		c.setRate(c.rate)
		return nil
	},
	Fields: vmstate.Fields[Clock]{
		vmstate.Uint64("rate", func(c *Clock) *uint64 { return &c.rate }),
		vmstate.Uint64("skipped", func(c *Clock) *uint64 { return &c.skipped }),
		vmstate.Int64("offset", func(c *Clock) *int64 { return &c.offset }),
		vmstate.Uint64("tsc", func(c *Clock) *uint64 { return &c.tsc }),
	},
}

// Names of run states, which are QEMU's.
const (
	stateRunning = "running"
	statePaused  = "paused"
)

var runStates = []string{
	stateRunning, statePaused, "prelaunch", "shutdown", "suspended", "guest-panicked", "internal-error",
	"postmigrate", "debug", "inmigrate", "io-error", "finish-migrate", "restore-vm", "save-vm", "watchdog", "colo", "preconfig",
}

// stateName is the run state on its way.
type stateName struct {
	run  *runState `vmstate:"transient"`
	size uint32
	name [100]byte
}

// globalState tells whether the machine was running.
//
// Version 1: as QEMU's.
var globalState = vmstate.Description[stateName]{
	Name: "globalstate", Version: 1, MinVersion: 1,
	PreSave: func(s *stateName) error {
		name := s.run.name()
		s.size, s.name = uint32(len(name)+1), [100]byte{}
		copy(s.name[:], name)
		return nil
	},
	PostLoad: func(s *stateName, _ int) error {
		end := slices.Index(s.name[:], 0)
		if end < 0 || !slices.Contains(runStates, string(s.name[:end])) {
			return fmt.Errorf("no such run state: %q", s.name[:max(end, 0)])
		}
		s.run.state = string(s.name[:end])
		return nil
	},
	Fields: vmstate.Fields[stateName]{
		vmstate.Uint32("size", func(s *stateName) *uint32 { return &s.size }),
		vmstate.Buffer("runstate", func(s *stateName) []byte { return s.name[:] }),
	},
}

func (r *runState) name() string {
	if r.state == "" {
		return stateRunning
	}
	return r.state
}

// Paused tells whether the machine is meant to stand still. That is for front
// ends to respect: Run runs.
func (m *Machine) Paused() bool { return m.run.name() != stateRunning }

// SetPaused pauses the machine, or lets it go on.
func (m *Machine) SetPaused(paused bool) {
	m.run.state = stateRunning
	if paused {
		m.run.state = statePaused
	}
}
