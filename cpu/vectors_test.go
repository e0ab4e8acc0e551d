package cpu

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// The format of a vectors file: gzip'd JSON lines, a header and tests. See
// testdata/vectors/README.md.

type vecHeader struct {
	Set   string `json:"set"`
	Form  string `json:"form"`
	Mode  string `json:"mode"`
	Count int    `json:"count"`
	Until string `json:"until"`
}

type vecRun struct {
	A uint32 `json:"a"`
	H string `json:"h"`
}

func (r vecRun) bytes() []byte {
	b, err := hex.DecodeString(r.H)
	if err != nil {
		panic(err)
	}
	return b
}

type vecFPU struct {
	CW uint16   `json:"cw"`
	SW uint16   `json:"sw"`
	TW uint16   `json:"tw"`
	ST []string `json:"st"`
}

type vecTest struct {
	ID     string            `json:"id"`
	Asm    string            `json:"asm"`
	Code   string            `json:"code"`
	Regs   map[string]uint32 `json:"regs"`
	Mem    []vecRun          `json:"mem"`
	Regs2  map[string]uint32 `json:"regs2"`
	Mem2   []vecRun          `json:"mem2"`
	FMask  uint32            `json:"fmask"`
	Exc    *int              `json:"exc"`
	MMask  []vecRun          `json:"mmask"`
	Undef  []string          `json:"undef"`
	FPU    *vecFPU           `json:"fpu"`
	FPU2   *vecFPU           `json:"fpu2"`
	SWMask uint16            `json:"swmask"`
	ULP    int               `json:"ulp"`
}

// floatingBus answers every read with ones.
type floatingBus struct{}

func (floatingBus) In(uint16, int) uint32   { return 0xFFFFFFFF }
func (floatingBus) Out(uint16, int, uint32) {}
func (floatingBus) Acknowledge() uint8      { return 8 }

// vecMachine runs vectors.
type vecMachine struct {
	ram *RAM
	mem *Memory
	cpu *CPU
}

func newVecMachine(model string) *vecMachine {
	m := &vecMachine{ram: NewRAM(4 << 20), mem: NewMemory()}
	m.mem.MapRAM(0, m.ram, 0, 4<<20)
	m.cpu = New(model, m.mem, floatingBus{})
	return m
}

func (m *vecMachine) clear() {
	m.ram.clear()
}

var vecNames = []string{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"}
var vecSegs = []string{"es", "cs", "ss", "ds", "fs", "gs"}

func (m *vecMachine) load(h *vecHeader, t *vecTest) {
	m.clear()
	c := m.cpu
	c.Reset()
	for _, r := range t.Mem {
		m.mem.Write(r.A, r.bytes())
	}
	if h.Mode == "flat32" {
		c.SetCR(0, CR0PE)
		const flat = segP | segS | segB | segG
		for i := range 6 {
			c.SetSegment(i, 0x10, 0, 0xFFFFFFFF, flat|3<<8)
		}
		c.SetSegment(CS, 8, 0, 0xFFFFFFFF, flat|0xB<<8)
	} else {
		c.SetCR(0, 0)
		for i, n := range vecSegs {
			c.SetSegment(i, uint16(t.Regs[n]), t.Regs[n]<<4, 0xFFFF, segP|segS|3<<8)
		}
		c.idt.limit = 0x3FF
	}
	for i, n := range vecNames {
		if v, ok := t.Regs[n]; ok {
			c.SetReg(i, v)
		} else {
			c.SetReg(i, t.Regs[n[1:]])
		}
	}
	if v, ok := t.Regs["eip"]; ok {
		c.SetEIP(v)
		c.SetEFlags(t.Regs["eflags"])
	} else {
		c.SetEIP(t.Regs["ip"])
		c.SetEFlags(t.Regs["flags"])
	}
	if t.FPU != nil {
		m.loadFPU(t.FPU)
	}
}

// run executes the test and returns the exception of an undelivered fault, or -1.
func (m *vecMachine) run(h *vecHeader, t *vecTest) int {
	c := m.cpu
	if h.Until == "hlt" {
		for range 200_000 {
			if c.Step() == ReasonHalt {
				c.eip--
				break
			}
		}
		return -1
	}
	start := c.eip
	delivered := h.Set == "80286-real"
	for range 1 << 17 {
		if delivered {
			c.Step()
			if c.seg[CS].selector != uint16(t.Regs["cs"]) {
				return -1
			}
		} else {
			c.running = true
			c.setBudget(1)
			c.consumed = 0
			faulted := c.runBlocks(true)
			c.running = false
			if faulted {
				if c.op != nil {
					c.eip = c.op.eip
					c.op = nil
				}
				return int(c.fault.vector)
			}
		}
		if c.eip != start || !repeated(t) || c.halted {
			break
		}
	}
	return -1
}

// repeated tells whether the instruction has a REP prefix.
func repeated(t *vecTest) bool {
	for s := t.Code; len(s) >= 2; s = s[2:] {
		switch s[:2] {
		case "f2", "f3":
			return true
		case "26", "2e", "36", "3e", "64", "65", "66", "67", "f0":
		default:
			return false
		}
	}
	return false
}

// check compares the state and describes the first few differences.
func (m *vecMachine) check(h *vecHeader, t *vecTest, exc int) []string {
	var bad []string
	c := m.cpu
	fail := func(format string, a ...any) { bad = append(bad, fmt.Sprintf(format, a...)) }
	if h.Set != "80286-real" {
		want := -1
		if t.Exc != nil {
			want = *t.Exc
		}
		if exc != want {
			fail("exception %d, want %d", exc, want)
		}
	}
	undef := map[string]bool{}
	for _, u := range t.Undef {
		undef[u] = true
	}
	for name, was := range t.Regs {
		want, ok := t.Regs2[name]
		if !ok {
			want = was
		}
		if undef[name] {
			continue
		}
		var got, mask uint32 = 0, 0xFFFFFFFF
		switch name {
		case "eip", "ip":
			got = c.EIP()
		case "eflags", "flags":
			got, mask = c.EFlags(), t.FMask
		case "es", "cs", "ss", "ds", "fs", "gs":
			if h.Mode == "flat32" {
				continue
			}
			for i, n := range vecSegs {
				if n == name {
					got = uint32(c.seg[i].selector)
				}
			}
		default:
			for i, n := range vecNames {
				if n == name || n[1:] == name {
					got = c.Reg(i)
				}
			}
		}
		if (got^want)&mask != 0 {
			fail("%s = %X, want %X", name, got&mask, want&mask)
		}
	}
	want := map[uint32]byte{}
	for _, r := range t.Mem {
		for i, b := range r.bytes() {
			want[r.A+uint32(i)] = b
		}
	}
	for _, r := range t.Mem2 {
		for i, b := range r.bytes() {
			want[r.A+uint32(i)] = b
		}
	}
	mask := map[uint32]byte{}
	for _, r := range t.MMask {
		for i, b := range r.bytes() {
			mask[r.A+uint32(i)] = b
		}
	}
	for a, b := range want {
		k, ok := mask[a]
		if !ok {
			k = 0xFF
		}
		if got := m.ram.at(a); (got^b)&k != 0 {
			fail("[%X] = %02X, want %02X", a, got&k, b&k)
		}
	}
	if t.FPU2 != nil {
		bad = append(bad, m.checkFPU(t)...)
	}
	sort.Strings(bad)
	return bad
}

// vecShow is how many failures of a file are described.
var vecShow = 3

func TestVectors(t *testing.T) {
	root := os.Getenv("TOYVM_VECTORS")
	if root == "" {
		root = filepath.Join("testdata", "vectors")
	}
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".jsonl.gz") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no vectors under %s", root)
	}
	machines := map[string]*vecMachine{}
	run, failed, shown := 0, 0, 0
	for _, path := range files {
		model := "486"
		if strings.Contains(filepath.ToSlash(path), "/p6/") {
			model = "686"
		}
		m := machines[model]
		if m == nil {
			m = newVecMachine(model)
			machines[model] = m
		}
		bad := 0
		n, err := readVectors(path, func(h *vecHeader, v *vecTest) {
			m.load(h, v)
			if diff := m.check(h, v, m.run(h, v)); diff != nil {
				bad++
				if shown < 20*vecShow && bad <= vecShow {
					shown++
					t.Errorf("%s %s %s: %s", v.ID, v.Code, v.Asm, strings.Join(diff, "; "))
				}
			}
		})
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		run += n
		failed += bad
		if bad > 0 {
			rel, _ := filepath.Rel(root, path)
			fmt.Printf("FAIL %s %d\n", rel, bad)
			t.Fail()
		}
	}
	fmt.Printf("vectors: %d run, %d failed\n", run, failed)
}

func readVectors(path string, each func(*vecHeader, *vecTest)) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return 0, err
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 16<<20)
	var h vecHeader
	for first := true; s.Scan(); first = false {
		line := bytes.TrimSpace(s.Bytes())
		if len(line) == 0 {
			continue
		}
		if first {
			if err := json.Unmarshal(line, &h); err != nil {
				return n, err
			}
			continue
		}
		var v vecTest
		if err := json.Unmarshal(line, &v); err != nil {
			return n, err
		}
		each(&h, &v)
		n++
	}
	return n, s.Err()
}

func parseF80(h string) f80 {
	var se uint16
	var m uint64
	if _, err := fmt.Sscanf(h, "%04x%016x", &se, &m); err != nil {
		panic(err)
	}
	return f80{m, se}
}

func (m *vecMachine) loadFPU(v *vecFPU) {
	f := &m.cpu.fpu
	f.cw = v.CW
	f.setStatus(v.SW)
	f.setTagWord(v.TW)
	for i, h := range v.ST {
		*f.st(uint8(i)) = parseF80(h)
	}
}

func (m *vecMachine) checkFPU(t *vecTest) (bad []string) {
	f := &m.cpu.fpu
	w := t.FPU2
	if f.cw != w.CW {
		bad = append(bad, fmt.Sprintf("cw = %04X, want %04X", f.cw, w.CW))
	}
	if d := (f.status() ^ w.SW) & t.SWMask; d != 0 {
		bad = append(bad, fmt.Sprintf("sw = %04X, want %04X (differs in %04X), cw %04X", f.status(), w.SW, d, w.CW))
	}
	for i := range uint8(8) {
		phys := (f.top + i) & 7
		empty := w.TW>>(2*phys)&3 == 3
		if empty != f.empty(i) {
			bad = append(bad, fmt.Sprintf("st%d empty = %v", i, f.empty(i)))
			continue
		}
		if empty {
			continue
		}
		got, want := *f.st(i), parseF80(w.ST[i])
		if got == want || t.ULP > 0 && got.se&0x8000 == want.se&0x8000 && ulps(got, want) <= uint64(t.ULP) {
			continue
		}
		bad = append(bad, fmt.Sprintf("st%d = %04X %016X, want %04X %016X (operands %s %s, cw %04X)", i, got.se, got.m, want.se, want.m, t.FPU.ST[0], t.FPU.ST[1], w.CW))
	}
	return bad
}

// ulps is the distance of two values of the same sign in units of the last place.
func ulps(a, b f80) uint64 {
	if a.se == b.se {
		return max(a.m, b.m) - min(a.m, b.m)
	}
	if a.exp() < b.exp() {
		a, b = b, a
	}
	if a.exp()-b.exp() != 1 {
		return 1 << 63
	}
	return (a.m - 1<<63) + (^b.m + 1)
}
