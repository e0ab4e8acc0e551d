package machine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkBoot is the firmware from power-on to its message that there is
// nothing to boot.
func BenchmarkBoot(b *testing.B) {
	for b.Loop() {
		start(b, Config{}).waitScreen("No bootable")
	}
}

// BenchmarkPortIO reads the counter of the timer; each operation is one read.
func BenchmarkPortIO(b *testing.B) {
	g := bare(b, Config{}, "e4 40 eb fc  IN AL,40h; JMP to it")
	b.ResetTimer()
	g.Run(Budget{Instructions: 2 * uint64(b.N)})
}

// firmwareGuest is a machine whose guest the firmware has booted. It says that
// it is ready by a write to the debug exit port, and is at its loop.
func firmwareGuest(b *testing.B, listing string) *guest {
	g := start(b, bootSector(assembled(b, listing)...))
	require.Equal(b, StopExit, g.Run(Budget{Until: 60 * second}).Reason)
	return g
}

// BenchmarkTextBuffer fills the text screen; each operation is one cell.
func BenchmarkTextBuffer(b *testing.B) {
	g := firmwareGuest(b, `
		b8 00 b8     MOV AX,0B800h
		8e c0        MOV ES,AX
		31 ff        XOR DI,DI
		e6 f4        OUT 0F4h,AL
		26 89 05     MOV ES:[DI],AX
		83 c7 02     ADD DI,2
		81 e7 ff 0f  AND DI,0FFFh
		eb f4        JMP to the MOV`)
	b.ResetTimer()
	g.Run(Budget{Instructions: 4 * uint64(b.N)})
}

// BenchmarkIdle sleeps with the 18.2 Hz tick of the firmware; each operation is
// a second of guest time.
func BenchmarkIdle(b *testing.B) {
	g := firmwareGuest(b, `
		e6 f4     OUT 0F4h,AL
		fb f4     STI; HLT
		eb fd     JMP to the HLT`)
	b.ResetTimer()
	g.Run(Budget{Until: g.Clock().Now() + int64(b.N)*second})
}
