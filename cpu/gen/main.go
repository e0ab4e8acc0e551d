// Command gen writes exec_gen.go, the executor's loop. Run it with go generate
// in the package cpu.
//
// The loop is generated because the same few operations are wanted for each
// operand size and form, each as straight code inside one switch: Go compiles a
// dense switch to a jump table, and a call per operation would cost a third of
// the speed.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"io"
	"os"
	"strings"
)

func main() {
	src, err := Source()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.WriteFile("exec_gen.go", src, 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Source returns the text of exec_gen.go.
func Source() ([]byte, error) {
	g := &generator{}
	g.operations()
	var b bytes.Buffer
	g.write(&b)
	src, err := format.Source(b.Bytes())
	if err != nil {
		return b.Bytes(), err
	}
	return src, nil
}

// handler is one case of the switch.
type handler struct {
	name string
	code string
	safe bool   // cannot fault or leave the block
	nf   string // the same without flags
	eff  string // effects on flags, see effects
}

type generator struct {
	hs     []handler
	tables bytes.Buffer
}

func (g *generator) add(h handler) { g.hs = append(g.hs, h) }

// Effects on flags: which of CF and the other five are written and read.
var effects = map[string]string{
	"":      "0",
	"w":     "fxWriteCF | fxWriteOther",
	"wo":    "fxWriteOther",                        // INC, DEC
	"rw":    "fxWriteCF | fxWriteOther | fxReadCF", // ADC, SBB
	"r":     "fxReadCF | fxReadOther",              // conditions
	"rotat": "fxWriteCF | fxReadOther | fxReadCF",  // ROL, ROR keep most
}

// ---- fragments ----

func bits(size int) string { return map[int]string{1: "8", 2: "16", 4: "32"}[size] }
func mask(size int) string { return map[int]string{1: "0xFF", 2: "0xFFFF", 4: "0xFFFFFFFF"}[size] }

// get is the value of the register operand named by field f ("dst" or "src").
func get(size int, f string) string {
	switch size {
	case 1:
		return fmt.Sprintf("c.r[o.%s]>>(o.%ssh&31)&0xFF", f, f[:1])
	case 2:
		return fmt.Sprintf("c.r[o.%s]&0xFFFF", f)
	}
	return fmt.Sprintf("c.r[o.%s]", f)
}

// put stores v, which has no bits above the operand size.
func put(size int, f, v string) string {
	switch size {
	case 1:
		return fmt.Sprintf("{ p := &c.r[o.%s]; sh := o.%ssh&31; *p = *p&^(0xFF<<sh) | (%s)<<sh }\n", f, f[:1], v)
	case 2:
		return fmt.Sprintf("{ p := &c.r[o.%s]; *p = *p&^0xFFFF | %s }\n", f, v)
	}
	return fmt.Sprintf("c.r[o.%s] = %s\n", f, v)
}

// address declares off, lin, e, d and s for the memory operand; tag is "r" or "w".
func address(tag string) string {
	return `off := (c.r[o.base] + c.r[o.index]<<(o.scale&3) + o.disp) & o.amask
` + addressAt("o.seg&7", tag)
}

func addressAt(seg, tag string) string {
	return `s := &c.seg[` + seg + `]
lin := s.base + off
e := &c.tlb[lin>>pageShift&tlbMask]
d := lin - e.` + tag + `tag
`
}

func hit(size int, tag string) string {
	return fmt.Sprintf("uint64(off)+%d <= s.%stop && d <= %d", size, tag, 4096-size)
}

func hostLd(size int) string {
	return map[int]string{1: "uint32(e.host[d&pageMask])", 2: "le16(e.host, d)", 4: "le32(e.host, d)"}[size]
}

func hostSt(size int, v string) string {
	return map[int]string{
		1: "e.host[d&pageMask] = uint8(" + v + ")\n",
		2: "put16(e.host, d, " + v + ")\n",
		4: "put32(e.host, d, " + v + ")\n",
	}[size]
}

// load declares v with the memory operand.
func load(size int, v string) string {
	return fmt.Sprintf("var %s uint32\n{\n%sif %s { %s = %s } else { %s = c.slowLd%s(o, off) }\n}\n",
		v, address("r"), hit(size, "r"), v, hostLd(size), v, bits(size))
}

// store writes v to the memory operand.
func store(size int, v string) string {
	return fmt.Sprintf("{\n%sif %s { %s } else { c.slowSt%s(o, off, %s) }\n}\n",
		address("w"), hit(size, "w"), hostSt(size, v), bits(size), v)
}

// modify reads a, runs compute and writes r.
func modify(size int, compute, flags string) string {
	return fmt.Sprintf(`%sok := %s
var a uint32
if ok { a = %s } else { a = c.slowRMW%s(o, off) }
%sif ok { %s } else { c.slowSt%s(o, off, r) }
%s`, address("w"), hit(size, "w"), hostLd(size), bits(size), compute, hostSt(size, "r"), bits(size), flags)
}

// push stores v of the given size below the stack pointer.
func push(size int, v string) string {
	return fmt.Sprintf(`{
v := %s
sp := c.r[ESP]
off := (sp - %d) & c.spMask
%sif %s { %s } else { c.slowPush%s(o, off, v) }
c.r[ESP] = sp&^c.spMask | off
}
`, v, size, addressAt("SS", "w"), hit(size, "w"), hostSt(size, "v"), bits(size))
}

// pop declares v with the top of the stack and leaves the new ESP in sp.
func pop(size int) string {
	return fmt.Sprintf(`var v, sp uint32
{
sp = c.r[ESP]
off := sp & c.spMask
%sif %s { v = %s } else { v = c.slowPop%s(o, off) }
sp = sp&^c.spMask | (sp+%d)&c.spMask
}
`, addressAt("SS", "r"), hit(size, "r"), hostLd(size), bits(size), size)
}

// sx is the sign extension of r to 64 bits.
func sx(size int, r string) string {
	return fmt.Sprintf("uint64(int64(int%s(%s)))", bits(size), r)
}

// carries is the fv word of a carry vector x.
func carries(size int, x string) string {
	switch size {
	case 1:
		return fmt.Sprintf("(%s)<<24 | (%s)&FlagAF", x, x)
	case 2:
		return fmt.Sprintf("(%s)<<16 | (%s)&FlagAF", x, x)
	}
	return x
}

// alu returns the computation of r from a and b, and the flags code.
func alu(op string, size int) (compute, flags string) {
	wide := func(expr string) string {
		return fmt.Sprintf("x := %s\nr := uint32(x)&%s\n", expr, mask(size))
	}
	carry := fmt.Sprintf("c.cf = uint32(x>>%d)&1\n", size*8)
	arith := "c.fres = " + sx(size, "r") + "\nc.fv = " + carries(size, "a^b^r") + "\n" + carry
	logic := "c.fres = " + sx(size, "r") + "\nc.fv = 0\nc.cf = 0\n"
	switch op {
	case "Add":
		return wide("uint64(a)+uint64(b)"), arith
	case "Adc":
		return wide("uint64(a)+uint64(b)+uint64(c.cf)"), arith
	case "Sub", "Cmp":
		return wide("uint64(a)-uint64(b)"), arith
	case "Sbb":
		return wide("uint64(a)-uint64(b)-uint64(c.cf)"), arith
	case "And", "Test":
		return "r := a&b\n", logic
	case "Or":
		return "r := a|b\n", logic
	case "Xor":
		return "r := a^b\n", logic
	}
	panic(op)
}

// plain is the computation when nobody looks at the flags.
func plain(op string, size int) string {
	sign := map[string]string{"Add": "+", "Sub": "-", "And": "&", "Or": "|", "Xor": "^"}[op]
	return fmt.Sprintf("r := (a%sb)&%s\n", sign, mask(size))
}

var conds = []string{"O", "NO", "B", "AE", "E", "NE", "BE", "A", "S", "NS", "P", "NP", "L", "GE", "LE", "G"}

// condExpr evaluates a condition from the stored flags.
func condExpr(cc string) string {
	of := "(c.fv>>31^c.cf)&1 != 0"
	zf := "uint32(c.fres) == 0"
	sl := "(int64(c.fres) < 0) != (" + of + ")"
	m := map[string]string{
		"O": of, "B": "c.cf != 0", "E": zf, "BE": "c.cf != 0 || " + zf,
		"S": "int64(c.fres) < 0", "P": "parity[uint8(c.fres)^uint8(c.fres>>32)] != 0",
		"L": sl, "LE": zf + " || " + sl,
		"NO": "(c.fv>>31^c.cf)&1 == 0", "AE": "c.cf == 0", "NE": "uint32(c.fres) != 0",
		"A": "c.cf == 0 && uint32(c.fres) != 0", "NS": "int64(c.fres) >= 0",
		"NP": "parity[uint8(c.fres)^uint8(c.fres>>32)] == 0",
		"GE": "(int64(c.fres) < 0) == (" + of + ")",
		"G":  "uint32(c.fres) != 0 && (int64(c.fres) < 0) == (" + of + ")",
	}
	return m[cc]
}

const branch = "{ goto taken }\ngoto fall\n"

// ---- operations ----

var sizes = []int{1, 2, 4}
var forms = []string{"RR", "RI", "RM", "MR", "MI"}

func (g *generator) operations() {
	g.control()
	g.aluOps()
	g.moves()
	g.unary()
	g.shifts()
	g.stack()
	g.branches()
}

// control has the pseudo operations.
func (g *generator) control() {
	g.add(handler{name: "hCold", code: "c.op = o\ncoldTable[o.cold](c, o)\n"})
	g.add(handler{name: "hColdEnd", code: `c.op = o
c.eip = o.eip + uint32(o.len)
coldTable[o.cold](c, o)
c.op = nil
b = c.next()
continue outer
`})
	// The rest of the block is void: a store changed its code, or the board
	// wants the processor's attention.
	g.add(handler{name: "hResync", code: `c.left += int64(o.rem)
c.eip = o.eip
c.op = nil
b = c.next()
continue outer
`})
	g.add(handler{name: "hFall", code: "goto fall\n"})
	g.add(handler{name: "hNop", safe: true})
}

func (g *generator) aluOps() {
	ops := []string{"Add", "Or", "Adc", "Sbb", "And", "Sub", "Xor", "Cmp", "Test"}
	g.tables.WriteString("// aluHandlers is indexed by operation (as encoded, TEST is 8), form and size (0, 1, 2).\nvar aluHandlers = [9][5][3]uint16{\n")
	for _, op := range ops {
		g.tables.WriteString("{")
		for _, form := range forms {
			g.tables.WriteString("{")
			for _, size := range sizes {
				name := "h" + op + bits(size) + form
				fmt.Fprintf(&g.tables, "%s,", name)
				g.alu(name, op, form, size)
			}
			g.tables.WriteString("},")
		}
		g.tables.WriteString("},\n")
	}
	g.tables.WriteString("}\n\n")
}

func (g *generator) alu(name, op, form string, size int) {
	compute, flags := alu(op, size)
	writes := op != "Cmp" && op != "Test"
	eff := "w"
	if op == "Adc" || op == "Sbb" {
		eff = "rw"
	}
	h := handler{name: name, eff: eff}
	b := "b := " + get(size, "src") + "\n"
	if form == "RI" || form == "MI" {
		b = "b := o.imm\n"
	}
	dst := "a := " + get(size, "dst") + "\n"
	back := ""
	if writes {
		back = put(size, "dst", "r")
	}
	switch form {
	case "RR", "RI":
		h.safe = true
		h.code = dst + b + compute + flags + back
		if sign := strings.Contains("Add Sub And Or Xor", op); sign && size > 1 {
			h.nf = name + "nf"
			g.add(handler{name: h.nf, safe: true, code: dst + b + plain(op, size) + back})
		}
		if !writes {
			// A compare whose flags are overwritten.
			h.nf = "hNop"
		}
	case "RM":
		h.code = load(size, "b") + dst + compute + flags + back
	case "MR", "MI":
		if writes {
			h.code = b + modify(size, compute, flags)
		} else {
			h.code = load(size, "a") + b + compute + flags
		}
	}
	g.add(h)
}

func (g *generator) moves() {
	for _, size := range sizes {
		n := bits(size)
		g.add(handler{name: "hMov" + n + "RR", safe: true, code: "v := " + get(size, "src") + "\n" + put(size, "dst", "v")})
		g.add(handler{name: "hMov" + n + "RI", safe: true, code: put(size, "dst", "o.imm")})
		g.add(handler{name: "hMov" + n + "RM", code: load(size, "v") + put(size, "dst", "v")})
		g.add(handler{name: "hMov" + n + "MR", code: "v := " + get(size, "src") + "\n" + store(size, "v")})
		g.add(handler{name: "hMov" + n + "MI", code: store(size, "o.imm")})
		g.add(handler{name: "hXchg" + n + "RR", safe: true, code: "v := " + get(size, "src") + "\nw := " + get(size, "dst") + "\n" +
			put(size, "dst", "v") + put(size, "src", "w")})
	}
	g.tables.WriteString("// movHandlers is indexed by form and size (0, 1, 2).\nvar movHandlers = [5][3]uint16{\n")
	for _, f := range forms {
		fmt.Fprintf(&g.tables, "{hMov8%s, hMov16%s, hMov32%s},\n", f, f, f)
	}
	g.tables.WriteString("}\n\n")
	ext := func(from int, signed bool) string {
		if !signed {
			return "v"
		}
		return fmt.Sprintf("uint32(int32(int%s(v)))", bits(from))
	}
	for _, to := range []int{2, 4} {
		for _, from := range []int{1, 2} {
			if from >= to {
				continue
			}
			for _, signed := range []bool{false, true} {
				name := "hMovzx"
				if signed {
					name = "hMovsx"
				}
				name += bits(to) + bits(from)
				v := ext(from, signed)
				if to == 2 {
					v += "&0xFFFF"
				}
				g.add(handler{name: name + "R", safe: true, code: "v := " + get(from, "src") + "\n" + put(to, "dst", v)})
				g.add(handler{name: name + "M", code: load(from, "v") + put(to, "dst", v)})
			}
		}
	}
	ea := "(c.r[o.base] + c.r[o.index]<<(o.scale&3) + o.disp) & o.amask"
	g.add(handler{name: "hLea32", safe: true, code: "c.r[o.dst] = " + ea + "\n"})
	g.add(handler{name: "hLea16", safe: true, code: "v := " + ea + "&0xFFFF\n" + put(2, "dst", "v")})
	g.add(handler{name: "hCwde", safe: true, code: "c.r[EAX] = uint32(int32(int16(c.r[EAX])))\n"})
	g.add(handler{name: "hCdq", safe: true, code: "c.r[EDX] = uint32(int32(c.r[EAX])>>31)\n"})
	g.add(handler{name: "hCbw", safe: true, code: "c.r[EAX] = c.r[EAX]&^0xFFFF | uint32(int32(int8(c.r[EAX])))&0xFFFF\n"})
	g.add(handler{name: "hCwd", safe: true, code: "c.r[EDX] = c.r[EDX]&^0xFFFF | uint32(int32(int16(c.r[EAX]))>>31)&0xFFFF\n"})
}

func (g *generator) unary() {
	for _, size := range sizes {
		n := bits(size)
		top := fmt.Sprintf("%d", 32-size*8)
		for _, op := range []string{"Inc", "Dec"} {
			sign, over := "+", "^a & r"
			if op == "Dec" {
				sign, over = "-", "a &^ r"
			}
			compute := fmt.Sprintf("r := (a%s1)&%s\n", sign, mask(size))
			// CF stays; fv bit 31 is OF xor CF.
			flags := fmt.Sprintf("c.fres = %s\nc.fv = (a^r^1)&FlagAF | ((%s)<<%s^c.cf<<31)&0x80000000\n", sx(size, "r"), over, top)
			name := "h" + op + n
			h := handler{name: name + "R", safe: true, eff: "wo", code: "a := " + get(size, "dst") + "\n" + compute + flags + put(size, "dst", "r")}
			if size > 1 {
				h.nf = name + "Rnf"
				g.add(handler{name: h.nf, safe: true, code: "a := " + get(size, "dst") + "\n" + compute + put(size, "dst", "r")})
			}
			g.add(h)
			g.add(handler{name: name + "M", eff: "wo", code: modify(size, compute, flags)})
		}
		g.add(handler{name: "hNot" + n + "R", safe: true, code: "v := ^(" + get(size, "dst") + ")&" + mask(size) + "\n" + put(size, "dst", "v")})
		compute := fmt.Sprintf("x := -uint64(b)\nr := uint32(x)&%s\n", mask(size))
		_, flags := alu("Sub", size)
		g.add(handler{name: "hNeg" + n + "R", safe: true, eff: "w", code: "b := " + get(size, "dst") + "\nconst a = 0\n" + compute + flags + put(size, "dst", "r")})
	}
	for _, size := range []int{2, 4} {
		n := bits(size)
		mul := fmt.Sprintf("p := int64(int%s(a))*int64(int%s(b))\nr := uint32(p)&%s\n", n, n, mask(size))
		flags := fmt.Sprintf("c.fres = %s\nc.cf = b2u(int64(int%s(r)) != p)\nc.fv = 0\n", sx(size, "r"), n)
		back := put(size, "dst", "r")
		g.add(handler{name: "hImul" + n + "RR", safe: true, eff: "w", code: "a := c.r[o.dst]\nb := c.r[o.src]\n" + mul + flags + back})
		g.add(handler{name: "hImul" + n + "RM", eff: "w", code: load(size, "b") + "a := c.r[o.dst]\n" + mul + flags + back})
		g.add(handler{name: "hImul" + n + "RRI", safe: true, eff: "w", code: "a := o.imm\nb := c.r[o.src]\n" + mul + flags + back})
		g.add(handler{name: "hImul" + n + "RMI", eff: "w", code: load(size, "b") + "a := o.imm\n" + mul + flags + back})
	}
}

// shifts by an immediate count of 1 to 31 (below the operand size) in a register.
func (g *generator) shifts() {
	for _, size := range []int{2, 4} {
		n := size * 8
		back := put(size, "dst", "r")
		a := "a := " + get(size, "dst") + "\nk := o.imm&31\n"
		m := mask(size)
		type sh struct{ name, r, cf, fv string }
		up := fmt.Sprintf("%d", 32-n)
		for _, s := range []sh{
			{"Shl", "(a<<k)&" + m, fmt.Sprintf("a>>((%d-k)&31)&1", n), "r<<" + up + "&0x80000000"},
			{"Shr", "a>>k", "a>>((k-1)&31)&1", "(a<<" + up + "^cf<<31)&0x80000000"},
			{"Sar", fmt.Sprintf("uint32(int32(int%d(a))>>k)&%s", n, m), fmt.Sprintf("uint32(int32(int%d(a))>>((k-1)&31))&1", n), "cf<<31"},
		} {
			name := fmt.Sprintf("h%s%dRI", s.name, n)
			g.add(handler{name: name, safe: true, eff: "w", nf: name + "nf",
				code: a + "r := " + s.r + "\ncf := " + s.cf + "\nc.fres = " + sx(size, "r") + "\nc.fv = " + s.fv + "\nc.cf = cf\n" + back})
			g.add(handler{name: name + "nf", safe: true, code: a + "r := " + s.r + "\n" + back})
		}
		rol := fmt.Sprintf("r := (a<<k | a>>((%d-k)&31))&%s\n", n, m)
		ror := fmt.Sprintf("r := (a>>k | a<<((%d-k)&31))&%s\n", n, m)
		g.add(handler{name: fmt.Sprintf("hRol%dRI", n), safe: true, eff: "rotat", nf: fmt.Sprintf("hRol%dRInf", n),
			code: a + rol + "c.cf = r&1\nc.fv = c.fv&FlagAF | r<<" + up + "&0x80000000\n" + back})
		g.add(handler{name: fmt.Sprintf("hRol%dRInf", n), safe: true, code: a + rol + back})
		// OF is the exclusive or of the two top bits.
		g.add(handler{name: fmt.Sprintf("hRor%dRI", n), safe: true, eff: "rotat", nf: fmt.Sprintf("hRor%dRInf", n),
			code: a + ror + fmt.Sprintf("c.cf = r>>%d&1\n", n-1) + "c.fv = c.fv&FlagAF | r<<(" + up + "+1)&0x80000000\n" + back})
		g.add(handler{name: fmt.Sprintf("hRor%dRInf", n), safe: true, code: a + ror + back})
	}
}

func (g *generator) stack() {
	for _, size := range []int{2, 4} {
		n := bits(size)
		g.add(handler{name: "hPush" + n + "R", code: push(size, get(size, "dst"))})
		g.add(handler{name: "hPush" + n + "I", code: push(size, "o.imm")})
		g.add(handler{name: "hPush" + n + "M", code: load(size, "u") + push(size, "u")})
		g.add(handler{name: "hPop" + n + "R", code: pop(size) + "c.r[ESP] = sp\n" + put(size, "dst", "v")})
		g.add(handler{name: "hLeave" + n, code: fmt.Sprintf(`var v uint32
off := c.r[EBP] & c.spMask
{
%sif %s { v = %s } else { v = c.slowPop%s(o, off) }
}
c.r[ESP] = c.r[ESP]&^c.spMask | (off+%d)&c.spMask
`, addressAt("SS", "r"), hit(size, "r"), hostLd(size), n, size) + strings.ReplaceAll(put(size, "dst", "v"), "o.dst", "EBP")})
	}
}

func (g *generator) branches() {
	g.add(handler{name: "hJmp", code: "goto taken\n"})
	g.tables.WriteString("var jccHandlers = [16]uint16{")
	for _, cc := range conds {
		g.add(handler{name: "hJ" + cc, eff: "r", code: "if " + condExpr(cc) + branch})
		fmt.Fprintf(&g.tables, "hJ%s,", cc)
	}
	g.tables.WriteString("}\n\n")
	for _, size := range []int{2, 4} {
		n := bits(size)
		ip := "(o.eip+uint32(o.len))&" + mask(size)
		g.add(handler{name: "hCall" + n, code: push(size, ip) + "goto taken\n"})
		far := "if v > c.seg[CS].limit { c.limitFault(o) }\n"
		next := "c.eip = v\nb = c.next()\ncontinue outer\n"
		g.add(handler{name: "hRet" + n, code: pop(size) + far + "c.r[ESP] = sp\n" + next})
		g.add(handler{name: "hRetI" + n, code: pop(size) + far + "c.r[ESP] = sp&^c.spMask | (sp+o.imm)&c.spMask\n" + next})
		g.add(handler{name: "hJmpR" + n, code: "v := " + get(size, "src") + "\n" + far + next})
		g.add(handler{name: "hJmpM" + n, code: load(size, "v") + far + next})
		g.add(handler{name: "hCallR" + n, code: "v := " + get(size, "src") + "\n" + far + push(size, ip) + next})
		g.add(handler{name: "hCallM" + n, code: load(size, "v") + far + push(size, ip) + next})
	}
	g.add(handler{name: "hLoop32", code: "c.r[ECX]--\nif c.r[ECX] != 0" + branch})
	g.add(handler{name: "hLoop16", code: "v := (c.r[ECX]-1)&0xFFFF\nc.r[ECX] = c.r[ECX]&^0xFFFF | v\nif v != 0" + branch})
	g.add(handler{name: "hJecxz", code: "if c.r[ECX] == 0" + branch})
	g.add(handler{name: "hJcxz", code: "if c.r[ECX]&0xFFFF == 0" + branch})
	g.fused()
}

// fused are a compare and the conditional branch after it. The operands of the
// compare decide the branch; the flags are stored for whoever comes later. The
// compare's immediate is in disp (register forms) because imm is the target.
func (g *generator) fused() {
	signed := func(size int, rel string) string {
		return fmt.Sprintf("int%s(a) %s int%s(b)", bits(size), rel, bits(size))
	}
	cmp := func(cc string, size int) string {
		switch cc {
		case "B":
			return "a < b"
		case "AE":
			return "a >= b"
		case "E":
			return "a == b"
		case "NE":
			return "a != b"
		case "BE":
			return "a <= b"
		case "A":
			return "a > b"
		case "L":
			return signed(size, "<")
		case "GE":
			return signed(size, ">=")
		case "LE":
			return signed(size, "<=")
		case "G":
			return signed(size, ">")
		case "S":
			return fmt.Sprintf("int%s(r) < 0", bits(size))
		case "NS":
			return fmt.Sprintf("int%s(r) >= 0", bits(size))
		}
		return ""
	}
	test := func(cc string, size int) string {
		switch cc {
		case "E":
			return "r == 0"
		case "NE":
			return "r != 0"
		case "S", "L":
			return fmt.Sprintf("int%s(r) < 0", bits(size))
		case "NS", "GE":
			return fmt.Sprintf("int%s(r) >= 0", bits(size))
		case "LE":
			return fmt.Sprintf("int%s(r) <= 0", bits(size))
		case "G":
			return fmt.Sprintf("int%s(r) > 0", bits(size))
		}
		return ""
	}
	fmt.Fprintf(&g.tables, "// fusedHandlers gives the fused form of a handler and a condition, 0 if there is none.\nvar fusedHandlers = [handlerCount][16]uint16{\n")
	for _, size := range sizes {
		for _, op := range []string{"Cmp", "Test"} {
			for _, form := range []string{"RR", "RI", "RM", "MR"} {
				if op == "Test" && form == "RM" {
					continue
				}
				base := "h" + op + bits(size) + form
				compute, flags := alu(op, size)
				fmt.Fprintf(&g.tables, "%s: {", base)
				for i, cc := range conds {
					expr := cmp(cc, size)
					if op == "Test" {
						expr = test(cc, size)
					}
					if expr == "" {
						continue
					}
					var code string
					switch form {
					case "RR":
						code = "a := " + get(size, "dst") + "\nb := " + get(size, "src") + "\n"
					case "RI":
						code = "a := " + get(size, "dst") + "\nb := o.disp\n"
					case "RM":
						code = load(size, "b") + "a := " + get(size, "dst") + "\n"
					case "MR":
						code = load(size, "a") + "b := " + get(size, "src") + "\n"
					}
					name := base + "J" + cc
					g.add(handler{name: name, code: code + compute + flags + "if " + expr + branch})
					fmt.Fprintf(&g.tables, "%d: %s,", i, name)
				}
				g.tables.WriteString("},\n")
			}
		}
		if size == 1 {
			continue
		}
		for _, op := range []string{"Inc", "Dec"} {
			base := "h" + op + bits(size) + "R"
			var code string
			for _, h := range g.hs {
				if h.name == base {
					code = h.code
				}
			}
			fmt.Fprintf(&g.tables, "%s: {4: %sJE, 5: %sJNE, 8: %sJS, 9: %sJNS},\n", base, base, base, base, base)
			g.add(handler{name: base + "JE", code: code + "if r == 0" + branch})
			g.add(handler{name: base + "JNE", code: code + "if r != 0" + branch})
			g.add(handler{name: base + "JS", code: code + "if " + test("S", size) + branch})
			g.add(handler{name: base + "JNS", code: code + "if " + test("NS", size) + branch})
		}
	}
	g.tables.WriteString("}\n\n")
}

// ---- output ----

func (g *generator) write(w io.Writer) {
	fmt.Fprint(w, "// Code generated by go generate (cpu/gen); DO NOT EDIT.\n\npackage cpu\n\n")
	fmt.Fprint(w, "// Handlers of the executor's loop.\nconst (\n")
	for i, h := range g.hs {
		if i == 0 {
			fmt.Fprintf(w, "%s = iota\n", h.name)
		} else {
			fmt.Fprintf(w, "%s\n", h.name)
		}
	}
	fmt.Fprint(w, "handlerCount\n)\n\n")
	w.Write(g.tables.Bytes())
	fmt.Fprint(w, "var handlers = [handlerCount]handlerInfo{\n")
	for _, h := range g.hs {
		nf := h.nf
		if nf == "" {
			nf = "0"
		}
		fmt.Fprintf(w, "%s: {name: %q, effects: %s, safe: %v, noFlags: %s},\n", h.name, h.name[1:], effects[h.eff], h.safe, nf)
	}
	fmt.Fprint(w, "}\n\n")
	fmt.Fprint(w, `// loop runs b and what follows until fewer instructions are left than the next
// block has, and leaves c.eip there. Faults leave it by panic (BenchmarkALU,
// BenchmarkMemory, BenchmarkCall).
func (c *CPU) loop(b *block) {
var o *op
outer:
for {
if c.left < int64(b.n) {
c.eip = b.eip
return
}
c.left -= int64(b.n)
c.cur = b
ops := b.ops
for i := range ops {
o = &ops[i]
switch o.h {
`)
	for _, h := range g.hs {
		fmt.Fprintf(w, "case %s:\n%s", h.name, h.code)
	}
	fmt.Fprint(w, `}
}
panic("cpu: block without end")
taken:
if n := b.taken; n != nil {
b = n
continue outer
}
c.eip = o.imm
b = c.follow(b, &b.taken)
continue outer
fall:
if n := b.fall; n != nil {
b = n
continue outer
}
c.eip = o.eip + uint32(o.len)
b = c.follow(b, &b.fall)
}
}
`)
}
