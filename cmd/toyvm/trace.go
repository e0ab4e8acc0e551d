package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"toyvm/cpu"
	"toyvm/machine"
)

// A tracer prints an event whenever it happens.
type tracer struct {
	name, help string
	install    func(t *machine.Trace, p *tracePrinter)
}

var tracers = []tracer{
	{"post", "codes that the firmware writes to port 80h", func(t *machine.Trace, p *tracePrinter) {
		t.POST = func(code uint8) { p.print("post %02x", code) }
	}},
	{"input", "keys, bytes and media that reach the machine", func(t *machine.Trace, p *tracePrinter) {
		t.Input = func(e machine.Event) { p.print("input %T %+v", e.Action, e.Action) }
	}},
	{"int", "interrupts and exceptions that the processor takes", func(t *machine.Trace, p *tracePrinter) {
		t.Interrupt = p.interrupt
	}},
	{"irq", "changes of the interrupt lines", func(t *machine.Trace, p *tracePrinter) {
		t.IRQ = func(line int, device string, level bool) {
			p.print("irq %d %s %s", line, map[bool]string{true: "high", false: "low"}[level], device)
		}
	}},
	{"io", "I/O ports that are read and written", func(t *machine.Trace, p *tracePrinter) {
		t.IO = p.io
	}},
	{"exec", "each instruction, and the registers before it", func(t *machine.Trace, p *tracePrinter) {
		t.Instruction = p.instruction
	}},
	{"reset", "resets, and who causes them", func(t *machine.Trace, p *tracePrinter) {
		t.Reset = func(cause string) { p.print("reset by %s", cause) }
	}},
	{"disk", "sectors that drives read and write", func(t *machine.Trace, p *tracePrinter) {
		t.Disk = p.disk
	}},
	{"timer", "timers that fire", func(t *machine.Trace, p *tracePrinter) {
		t.Timer = func(name string, expiry int64) { p.print("timer %s at %d ns", name, expiry) }
	}},
}

// helpEvent in place of an event asks for the list.
const helpEvent = "help"

// traceHelp lists the events.
func traceHelp(w io.Writer) {
	for _, t := range tracers {
		fmt.Fprintf(w, "%-6s %s\n", t.name, t.help)
	}
}

func traceNames() string {
	var names []string
	for _, t := range tracers {
		names = append(names, t.name)
	}
	return strings.Join(names, ", ")
}

func tracerByName(name string) *tracer {
	i := slices.IndexFunc(tracers, func(t tracer) bool { return t.name == name })
	if i < 0 {
		return nil
	}
	return &tracers[i]
}

// checkTrace says what is wrong with the flags.
func (f *runFlags) checkTrace() error {
	for _, name := range f.trace {
		if tracerByName(name) == nil {
			return usageError{fmt.Errorf("--trace: there is no event %q; there are %s", name, traceNames())}
		}
	}
	if f.traceFile != "" && len(f.trace) == 0 {
		return usageError{errors.New("--trace-file needs --trace, which says what to write to it")}
	}
	return nil
}

// startTrace lets a machine print the events that the flags name. Stop ends
// that, and returns what could not be written.
func (f *runFlags) startTrace(m *machine.Machine, stderr io.Writer) (t machine.Trace, stop func() error, err error) {
	if len(f.trace) == 0 {
		return t, func() error { return nil }, nil
	}
	p := &tracePrinter{machine: m, w: stderr}
	stop = func() error { return nil }
	if f.traceFile != "" {
		file, err := os.Create(f.traceFile)
		if err != nil {
			return t, nil, failure{fmt.Errorf("--trace-file: %w", err)}
		}
		w := bufio.NewWriter(file)
		p.w = w
		stop = func() error { return errors.Join(w.Flush(), file.Close()) }
	}
	for _, name := range f.trace {
		tracerByName(name).install(&t, p)
	}
	m.SetTrace(t)
	return t, stop, nil
}

// A tracePrinter prints events, a line each, behind the number of instructions
// executed before.
type tracePrinter struct {
	machine *machine.Machine
	w       io.Writer

	// The repeated instruction that was shown last, with the count of its
	// latest iteration: the others are not shown.
	repeated   uint32 // linear address
	repetition uint64
}

func (p *tracePrinter) print(format string, args ...any) {
	fmt.Fprintf(p.w, "[%d] "+format+"\n", append([]any{p.machine.CPU.Instructions()}, args...)...)
}

// place is CS:EIP.
func (p *tracePrinter) place() string {
	c := p.machine.CPU
	cs, _, _, _ := c.Segment(cpu.CS)
	return fmt.Sprintf("%04x:%08x", cs, c.EIP())
}

func (p *tracePrinter) interrupt(i cpu.Interrupt) {
	code := ""
	if i.HasCode {
		code = fmt.Sprintf(" code %04x", i.Code)
	}
	if i.Vector == pageFault && i.Kind == cpu.Exception {
		code += fmt.Sprintf(" cr2 %08x", p.machine.CPU.CR(2))
	}
	p.print("int %02x %v%s at %s", i.Vector, i.Kind, code, p.place())
}

const pageFault = 14

func (p *tracePrinter) io(a machine.IOAccess) {
	way := "in  %04x -> %0*x %s"
	if a.Write {
		way = "out %04x <- %0*x %s"
	}
	p.print("io "+way, a.Port, 2*a.Size, a.Value, a.Device)
}

func (p *tracePrinter) disk(a machine.DiskAccess) {
	what, result := "read", ""
	if a.Write {
		what = "write"
	}
	if a.Err != nil {
		result = ": " + a.Err.Error()
	}
	size := int64(a.SectorSize)
	p.print("disk %s %s sector %d count %d%s", a.Drive, what, a.Offset/size, (int64(a.Length)+size-1)/size, result)
}

func (p *tracePrinter) instruction() {
	c := p.machine.CPU
	_, base, _, _ := c.Segment(cpu.CS)
	linear, count := base+c.EIP(), c.Instructions()
	if p.repetition+1 == count && p.repeated == linear {
		p.repetition = count
		return
	}
	code := make([]byte, 15)
	code = code[:c.ReadLinear(linear, code)]
	text, length := c.Disassemble(c.EIP(), code)
	if strings.HasPrefix(text, "rep") {
		p.repeated, p.repetition = linear, count
	}
	p.print("exec %s %-14x %-34s eax=%08x ebx=%08x ecx=%08x edx=%08x esi=%08x edi=%08x ebp=%08x esp=%08x efl=%08x",
		p.place(), code[:length], text,
		c.Reg(cpu.EAX), c.Reg(cpu.EBX), c.Reg(cpu.ECX), c.Reg(cpu.EDX),
		c.Reg(cpu.ESI), c.Reg(cpu.EDI), c.Reg(cpu.EBP), c.Reg(cpu.ESP), c.EFlags())
}
