package monitor

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/term"
)

const promptText = "(toyvm) "

// Ctrl-C ends a command that takes long, or clears the line.
const ctrlC = 0x03

// A Prompt is where a user types commands. It has a goroutine of its own, which
// edits the line; the commands are carried out by who asks for the Next, so
// that a machine is never commanded while it runs.
type Prompt struct {
	out    io.Writer
	banner string
	woken  func()
	names  Names
	raw    bool // keys arrive, rather than whole lines that need no editing

	input   *typing
	lines   lineReader
	history history

	mu          sync.Mutex
	shown       bool
	line        string
	ready, busy bool // a line waits, or is being carried out
	columns     int
	rows        int

	next        chan struct{} // the command is done
	interrupted chan struct{}
}

// A lineReader reads the user's lines, and writes without disturbing them.
type lineReader interface {
	ReadLine() (string, error)
	io.Writer
}

// A Config says how to make a Prompt.
type Config struct {
	Out io.Writer
	// Raw tells that keys arrive as they are typed, so that the prompt has to
	// show them. Otherwise whole lines arrive.
	Raw    bool
	Banner string // is shown to who comes
	Names  Names  // for completion
	// Woken is called when there is a Next.
	Woken func()
}

// NewPrompt makes a prompt, which is to be shown.
func NewPrompt(c Config) *Prompt {
	p := &Prompt{
		out: c.Out, banner: c.Banner, woken: c.Woken, names: c.Names, raw: c.Raw,
		input: newTyping(), next: make(chan struct{}, 1), interrupted: make(chan struct{}, 1),
	}
	p.newReader()
	return p
}

// newReader begins anew with a line, but for the history.
func (p *Prompt) newReader() {
	if !p.raw {
		p.lines = &plainLines{bufio.NewReaderSize(p.input, longestLine), p.out}
		return
	}
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{p.input, p.out}, promptText)
	t.History = &p.history
	t.AutoCompleteCallback = p.key
	if p.columns > 0 {
		t.SetSize(p.columns, p.rows)
	}
	p.lines = t
}

// Show shows the prompt, or shows it again. Somebody who is new gets the banner
// and an empty line.
func (p *Prompt) Show(toNewcomer bool) {
	p.mu.Lock()
	first := !p.shown
	p.shown = true
	p.mu.Unlock()
	text := "\n"
	if toNewcomer || first {
		text = p.banner + "\n"
	}
	if toNewcomer && !first {
		p.input.put([]byte(clearLine))
	}
	p.Write([]byte(text))
	if first {
		go p.read()
	}
}

// SetSize tells how large the user's terminal is.
func (p *Prompt) SetSize(columns, rows int) {
	p.mu.Lock()
	p.columns, p.rows = columns, rows
	lines := p.lines
	p.mu.Unlock()
	if t, ok := lines.(*term.Terminal); ok {
		t.SetSize(columns, rows)
	}
}

// Write writes above the line that the user types.
func (p *Prompt) Write(b []byte) (int, error) {
	p.mu.Lock()
	lines := p.lines
	p.mu.Unlock()
	return lines.Write(b)
}

// Room is how many bytes Feed takes well.
func (p *Prompt) Room() int { return p.input.room() }

// Feed takes what the user types.
func (p *Prompt) Feed(b []byte) {
	if !p.raw {
		p.input.put(b)
		return
	}
	if i := bytes.LastIndexByte(b, ctrlC); i >= 0 && p.interrupt() {
		b = b[i+1:]
	}
	p.input.putKeys(b)
}

// interrupt interrupts a command if there is one.
func (p *Prompt) interrupt() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready && !p.busy {
		return false
	}
	p.input.drop()
	select {
	case p.interrupted <- struct{}{}:
	default: // once is enough
	}
	return true
}

// End tells that nothing more will be typed.
func (p *Prompt) End() { p.input.close() }

// Next is the line that the user has entered, if there is one. The command is
// to be carried out, and then Done.
func (p *Prompt) Next() (line string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready {
		return "", false
	}
	p.ready, p.busy = false, true
	return p.line, true
}

// Interrupted tells while a command is carried out that it shall end.
func (p *Prompt) Interrupted() <-chan struct{} { return p.interrupted }

// Done tells that the command was carried out, and what went wrong.
func (p *Prompt) Done(err error) {
	if err != nil {
		text := "Error: " + err.Error()
		if errors.As(err, new(unknownError)) {
			text = err.Error()
		}
		fmt.Fprintln(p, text)
	}
	p.mu.Lock()
	p.busy = false
	select {
	case <-p.interrupted: // too late
	default:
	}
	p.mu.Unlock()
	p.next <- struct{}{}
}

// read hands on line by line.
func (p *Prompt) read() {
	for {
		line, err := p.lines.ReadLine()
		switch {
		case err == errTooLong:
			if p.raw { // the editor is stuck
				p.mu.Lock()
				p.newReader()
				p.mu.Unlock()
			}
			fmt.Fprintf(p, "\nError: %v\n", err)
			continue
		case err == term.ErrPasteIndicator:
		case err != nil:
			return // nobody types any more
		}
		p.mu.Lock()
		p.line, p.ready = line, true
		p.mu.Unlock()
		p.woken()
		<-p.next
	}
}

// longestLine is the longest line that a pipe may bring.
const longestLine = 64 << 10

// plainLines reads lines that are complete.
type plainLines struct {
	in *bufio.Reader
	io.Writer
}

func (l *plainLines) ReadLine() (string, error) {
	io.WriteString(l, promptText)
	line, err := l.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		for err == bufio.ErrBufferFull {
			_, err = l.in.ReadSlice('\n')
		}
		if err == nil {
			err = errTooLong
		}
		return "", err
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	if err != nil {
		io.WriteString(l, "\n")
	}
	return strings.TrimRight(string(line), "\r\n"), err
}
