package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

// incoming is a machine as a capture of QEMU has it.
func incoming(t *testing.T, name string) (*machine.Machine, *migration.Stream) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(captures, name+".mig.gz"))
	require.NoError(t, err)
	data, err = unpack(name, data)
	require.NoError(t, err)
	stream, err := migration.Parse(data)
	require.NoError(t, err)
	var config machine.Config
	config.Serial = make([]func(byte), 2)
	require.NoError(t, fit(&config, stream))
	m, err := machine.New(config)
	require.NoError(t, err)
	skipped, err := stream.LoadInto(m)
	require.NoError(t, err)
	for _, name := range skipped {
		assert.Equal(t, "vga", name)
	}
	return m, stream
}

func memory32(m *machine.Machine, address uint32) uint32 {
	var p [4]byte
	m.Memory().ReadPhysical(address, p[:])
	return binary.LittleEndian.Uint32(p[:])
}

// The guests of these captures count ticks of the timer.
func TestAGuestThatQEMUSavedGoesOn(t *testing.T) {
	for _, name := range []string{"irq", "irq-icount", "paging", "paging-live"} {
		t.Run(name, func(t *testing.T) {
			const ready, ticks = 0x5f0, 0x5f4
			m, _ := incoming(t, name)
			require.Equal(t, "REDY", string(binary.LittleEndian.AppendUint32(nil, memory32(m, ready))))
			before := memory32(m, ticks)
			start := m.Clock().Now()
			assert.Equal(t, machine.Stop{}, m.Run(machine.Budget{Until: start + 100e6}))
			assert.InDelta(t, 100, memory32(m, ticks)-before, 1, "ticks of a millisecond in 100 ms")
		})
	}
}

// What was loaded from QEMU is saved as QEMU saved it.
func TestASectionOfQEMUSurvivesTheMachine(t *testing.T) {
	for _, name := range []string{"min-halt", "halt", "halt-icount", "irq", "irq-icount", "misc", "paging", "paging-live", "reset", "x87ide"} {
		t.Run(name, func(t *testing.T) {
			m, stream := incoming(t, name)
			ours, err := migration.Capture(m, "isapc")
			require.NoError(t, err)
			tree := func(devices []*vmstate.Node) *vmstate.Node {
				return (&migration.Stream{Devices: devices}).Tree()
			}
			before, after := tree(stream.Devices), tree(ours.Devices)
			for _, device := range before.Children {
				switch device.Name {
				case "vga":
					continue
				case "timer":
					// How QEMU counted instructions is of no use here.
					if counting := device.Child("timer/icount"); counting != nil {
						device.Remove(counting)
					}
				}
				changes := vmstate.Diff(device, after.Child(device.Name))
				assert.Empty(t, changes, device.Name)
			}
			for _, block := range stream.Blocks {
				i := slices.IndexFunc(ours.Memory, func(m snapshot.Memory) bool { return m.Name == block.Name })
				require.GreaterOrEqual(t, i, 0, block.Name)
				require.True(t, bytes.Equal(stream.Contents(block).Bytes(), ours.Memory[i].Bytes()), block.Name)
			}
		})
	}
}

// FuzzIncoming loads arbitrary streams. What is loaded must run: whatever the
// state, the machine neither crashes nor hangs.
func FuzzIncoming(f *testing.F) {
	for _, name := range []string{"min-halt", "irq", "misc", "paging-live", "x87ide"} {
		data, err := os.ReadFile(captures + name + ".mig.gz")
		require.NoError(f, err)
		data, err = unpack(name, data)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		stream, err := migration.Parse(data)
		if err != nil {
			return
		}
		config := machine.Config{NoReboot: true}
		if fit(&config, stream) != nil {
			return
		}
		const much = 64 << 20
		if config.Memory > much || config.VideoMemory > much {
			return
		}
		m, err := machine.New(config)
		if err != nil {
			return
		}
		if _, err := stream.LoadInto(m); err != nil {
			return
		}
		stop := m.Run(machine.Budget{Instructions: 20_000, Until: m.Clock().Now() + 100e6})
		require.NoError(t, stop.Err)
		m.Frame()
		if _, err := migration.Capture(m, "isapc"); err != nil {
			t.Fatalf("loaded, but is not saved: %v", err)
		}
	})
}

// A stream of ours is the whole machine: it goes on to the last bit as it would
// have without.
func TestAStreamOfOursIsTheWholeMachine(t *testing.T) {
	sector, err := os.ReadFile("../../testdata/guests/ticker.img")
	require.NoError(t, err)
	floppy := filepath.Join(t.TempDir(), "ticker.img")
	require.NoError(t, os.WriteFile(floppy, append(sector, make([]byte, 1440<<10-len(sector))...), 0o644))
	stream := filepath.Join(t.TempDir(), "ticker.mig")
	before, errs, status := runs("", "--fda", floppy, "--script",
		scriptFile(t, `wait serial "0010\n"`, "migrate '"+stream+"'", "info hash", "sleep 1", "info hash"))
	require.Equal(t, 0, status, errs)
	after, errs, status := runs("", "--fda", floppy, "--incoming", stream, "--script",
		scriptFile(t, "info hash", "sleep 1", "info hash"))
	require.Equal(t, 0, status, errs)
	assert.Empty(t, errs)
	assert.Equal(t, before, after)
}
