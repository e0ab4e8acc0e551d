package machine

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestA20Gate has the processor read and write at FFFF:0510, which is 500h
// while the gate is shut, and 100500h while it is open.
func TestA20Gate(t *testing.T) {
	for name, gate := range map[string]struct{ shut, open string }{
		"port 92h": {
			"b0 00 e6 92  MOV AL,0; OUT 92h,AL",
			"b0 02 e6 92  MOV AL,2; OUT 92h,AL",
		},
		"keyboard controller": {
			"b0 d1 e6 64 b0 dd e6 60  MOV AL,0D1h; OUT 64h,AL; MOV AL,0DDh; OUT 60h,AL",
			"b0 d1 e6 64 b0 df e6 60  MOV AL,0D1h; OUT 64h,AL; MOV AL,0DFh; OUT 60h,AL",
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := bare(t, Config{}, `
				b8 ff ff        MOV AX,0FFFFh
				8e d8           MOV DS,AX
				8a 1e 10 05     MOV BL,[0510h]
				`+gate.shut+`
				8a 3e 10 05     MOV BH,[0510h]
				c6 06 11 05 aa  MOV BYTE [0511h],0AAh
				`+gate.open+`
				8a 0e 10 05     MOV CL,[0510h]
				c6 06 12 05 bb  MOV BYTE [0512h],0BBh
				fa f4           CLI; HLT`)
			g.write(0x500, 0x11, 0, 0)
			g.write(0x100500, 0x22, 0, 0)
			assert.Equal(t, StopHalted, g.Run(Budget{Until: second}).Reason)

			const cl, bx = 1, 3
			assert.EqualValues(t, 0x1122, g.CPU.Reg(bx), "open at power-on, then shut")
			assert.EqualValues(t, 0x22, g.CPU.Reg(cl), "open again")
			assert.Equal(t, []byte{0x11, 0xaa, 0}, g.read(0x500, 3))
			assert.Equal(t, []byte{0x22, 0, 0xbb}, g.read(0x100500, 3))
		})
	}
}

func TestResetOpensA20(t *testing.T) {
	g := idle(t, Config{})
	g.out(0x92, 0)
	assert.False(t, g.CPU.A20())
	g.Reset()
	assert.True(t, g.CPU.A20())
}

// TestA20IsTheProcessors shuts the gate, which bus masters do not go through.
func TestA20IsTheProcessors(t *testing.T) {
	g := idle(t, Config{})
	g.out(0x92, 0)
	g.write(0x500, 0x11)
	g.write(0x100500, 0x22)
	assert.Equal(t, []byte{0x11}, g.read(0x500, 1))
}
