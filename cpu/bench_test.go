package cpu

import "testing"

// Benchmarks of hot loops. Each runs the same number of guest instructions per
// operation and reports millions of them per second. The code ends in a jump to
// its start.

const benchSlice = 100_000

func benchCode(b *testing.B, prep func(m *pmMachine), code []byte) {
	b.Helper()
	m := newPM("486")
	m.setup(0, code)
	if prep != nil {
		prep(m)
	}
	m.cpu.Run(benchSlice)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if r := m.cpu.Run(benchSlice); r != ReasonCount {
			b.Fatalf("%v: %s", r, dumpState(m.cpu))
		}
	}
	b.ReportMetric(float64(b.N)*benchSlice/b.Elapsed().Seconds()/1e6, "MIPS")
}

// loop appends a jump back to the start.
func loop(code []byte) []byte { return asm(code, 0xE9, uint32(-len(code)-5)) }

// BenchmarkALU is a mix of register operations with two branches that follow
// the data.
func BenchmarkALU(b *testing.B) {
	benchCode(b, func(m *pmMachine) {
		m.cpu.SetReg(EAX, 0x12345678)
		m.cpu.SetReg(EBX, 0x9ABCDEF0)
		m.cpu.SetReg(EDX, 0x0FEDCBA9)
	}, loop([]byte{
		0x01, 0xD8, // add eax,ebx
		0x31, 0xD3, // xor ebx,edx
		0x29, 0xC2, // sub edx,eax
		0xD1, 0xC0, // rol eax,1
		0xD1, 0xE3, // shl ebx,1
		0x11, 0xCA, // adc edx,ecx
		0xA8, 0x01, // test al,1
		0x74, 0x01, // jz +1
		0x43,       // inc ebx
		0x39, 0xD8, // cmp eax,ebx
		0x72, 0x01, // jb +1
		0x93, // xchg eax,ebx
		0x49, // dec ecx
	}))
}

// BenchmarkMemory is a table look-up step with two loads and a store.
func BenchmarkMemory(b *testing.B) {
	benchCode(b, func(m *pmMachine) { m.cpu.SetReg(ESI, 0x20000) }, loop([]byte{
		0x0F, 0xB6, 0x0E, // movzx ecx,byte [esi]
		0x31, 0xC1, // xor ecx,eax
		0x81, 0xE1, 0xFF, 0, 0, 0, // and ecx,0xff
		0xC1, 0xE8, 0x08, // shr eax,8
		0x33, 0x04, 0x8D, 0, 0, 3, 0, // xor eax,[ecx*4+0x30000]
		0x89, 0x86, 0, 0, 2, 0, // mov [esi+0x20000],eax
		0x46,                            // inc esi
		0x81, 0xE6, 0xFF, 0xFF, 2, 0x00, // and esi,0x2ffff
	}))
}

// BenchmarkCall is a call, a frame and a return.
func BenchmarkCall(b *testing.B) {
	benchCode(b, nil, asm(0xE8, uint32(2), 0xEB, 0xF9, // call f; jmp start
		0x55, 0x89, 0xE5, 0x53, 0x8B, 0x45, 0x04, 0x5B, 0xC9, 0xC3)) // push ebp; mov ebp,esp; push ebx; mov eax,[ebp+4]; pop ebx; leave; ret
}

// BenchmarkString copies 32 KiB by REP MOVSD and fills as much by REP STOSB.
func BenchmarkString(b *testing.B) {
	benchCode(b, nil, loop(asm(0xBE, uint32(0x20000), 0xBF, uint32(0x30000), 0xB9, uint32(0x2000), 0xF3, 0xA5,
		0xBF, uint32(0x40000), 0xB9, uint32(0x8000), 0xF3, 0xAA)))
}

// BenchmarkFPU multiplies and adds in 53-bit precision.
func BenchmarkFPU(b *testing.B) {
	benchCode(b, func(m *pmMachine) {
		f := &m.cpu.fpu
		f.cw = 0x27F
		f.push(f80{0xC90FDAA22168C000, 0x3FFD})
		f.push(f80{0xB504F333F9DE6000, 0x3FFE})
		f.push(f80One)
	}, loop([]byte{
		0xD8, 0xC9, // fmul st1
		0xD8, 0xC2, // fadd st2
		0xD9, 0xC0, // fld st0
		0xD8, 0xE3, // fsub st3
		0xDE, 0xC9, // fmulp
	}))
}

// BenchmarkInterrupt is INT and IRET within ring 0.
func BenchmarkInterrupt(b *testing.B) {
	benchCode(b, func(m *pmMachine) { m.mem.Write(tHandlers+0x50*16, []byte{0xCF}) }, loop([]byte{0xCD, 0x50}))
}

// BenchmarkSelfModifying stores into the next instruction.
func BenchmarkSelfModifying(b *testing.B) {
	benchCode(b, nil, loop(asm(0x89, 0x15, uint32(tCode+7), 0x05, uint32(0), 0x81, 0xC2, uint32(0x9E37))))
}
