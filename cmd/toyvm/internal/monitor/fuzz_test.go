package monitor

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
)

// looking are the commands that only look, and not for long.
var looking = []string{"info", "x", "xp", "print", "help", "screen"}

// FuzzCommand parses lines. Those that only look at the machine are carried
// out, and must leave it as it is.
func FuzzCommand(f *testing.F) {
	for _, c := range Commands() {
		f.Add(c.Usage())
	}
	for _, line := range []string{
		"x/4i $pc", "x/3xg 0xfffffffe", "xp/65536c -1", "p (1+$eax)*-~3%($cs.base-$ds.base)", "p/c 1/0", "info vmstate i8254.channels[1].count",
		"info vmstate cpu.env.fpregs[7].tmp.", "info qtree isa-ide[1]", `type "\u2588`, "wait 'screen'", "help info qtree", "? #", "info block floppy0",
	} {
		f.Add(line)
	}
	config := machine.Config{Memory: 256 << 10, VideoMemory: 256 << 10}
	m, err := machine.New(config)
	require.NoError(f, err)
	m.Run(machine.Budget{Until: 1e9})
	before, err := m.Hash()
	require.NoError(f, err)
	floppies := m.Config()
	c := &Console{Machine: m, Drives: NewDrives(&floppies, media.Options{}), Out: io.Discard}
	f.Fuzz(func(t *testing.T, line string) {
		names := MachineNames(m, c.Drives, func() []string { return []string{"tag"} })
		start, _ := names.candidates(line)
		assert.LessOrEqual(t, start, len(line))
		do, err := Parse(line)
		if err != nil || do == nil {
			return
		}
		words, err := words(line)
		require.NoError(t, err)
		name, _, _ := strings.Cut(fullLine(words)[0], "/")
		if !slices.Contains(looking, name) || strings.Contains(line, "hash") || strings.Contains(line, "snapshots") {
			return
		}
		_ = do(c) // an error is as good
		after, err := m.Hash()
		require.NoError(t, err)
		assert.Equal(t, before, after)
	})
}
