package main

import (
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"toyvm/cmd/toyvm/internal/chardev"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/session"
	"toyvm/machine"
)

// muxHelp is what Ctrl-A h prints on a line that a monitor shares.
const muxHelp = "\r\nCtrl-A x: quit   c: monitor or serial port   h: this   Ctrl-A: send Ctrl-A\r\n"

// A monitorLine is a monitor on a line to the host.
type monitorLine struct {
	device *chardev.Device
	side   session.Line // of a line that is shared

	mu        sync.Mutex
	connected bool // somebody came before there was a prompt
	prompt    *monitor.Prompt
}

// connect shows the prompt to somebody who has come.
func (l *monitorLine) connect() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prompt == nil {
		l.connected = true
		return
	}
	l.prompt.Show(true)
}

// openMonitor opens the line of --monitor.
func (r *runner) openMonitor(host chardev.Host) (err error) {
	l := new(monitorLine)
	host.Raw, host.Connected = true, l.connect
	if l.device, err = r.openLine(*r.lines.monitor, "the monitor", host); err != nil {
		return err
	}
	l.side = l.device
	if !r.lines.monitor.Server() { // nobody will come: the partner is there
		l.connect()
	}
	r.monitor = l
	return nil
}

// share puts a monitor on the line of a serial port, whose side it returns.
func (r *runner) share(d *chardev.Device) session.Line {
	mux := chardev.NewMux(d, func(key byte, onMonitor bool) {
		switch key {
		case 'c', 'C':
			if onMonitor {
				r.monitor.prompt.Show(false)
			}
		case 'x', 'X':
			r.end(session.ErrQuit)
		case 'h', 'H', '?':
			fmt.Fprint(d, muxHelp)
		}
	})
	r.monitor = &monitorLine{device: d, side: mux.Monitor()}
	return mux.Port()
}

// addMonitor gives a session the monitor on a line, if there is one.
func (r *runner) addMonitor(s *session.Session) {
	l := r.monitor
	if l == nil {
		return
	}
	prompt := monitor.NewPrompt(r.promptConfig(s, l.device, l.device.Raw()))
	s.Monitors = append(s.Monitors, session.Monitor{Prompt: prompt, Line: l.side})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prompt = prompt; l.connected {
		prompt.Show(true)
	}
}

// promptConfig describes a prompt of a session.
func (r *runner) promptConfig(s *session.Session, out io.Writer, raw bool) monitor.Config {
	return monitor.Config{
		Out: out, Raw: raw,
		Banner: fmt.Sprintf("toyvm %s monitor - type 'help' for more information", version()),
		Names:  monitor.MachineNames(s.Machine, r.drives, r.tags),
		Woken:  r.arrived,
	}
}

// console is the machine as commands see it.
func (r *runner) console(m *machine.Machine, disk string) monitor.Console {
	about := monitor.About{Version: version()}
	if disk != "" {
		about.Name = filepath.Base(disk)
	}
	if r.lines.monitor != nil {
		about.Lines = append(about.Lines, monitor.Line{Name: "compat_monitor0", Target: r.lines.monitor.String()})
	}
	for i, t := range r.lines.serial {
		about.Lines = append(about.Lines, monitor.Line{Name: fmt.Sprintf("serial%d", i), Target: t.String()})
	}
	return monitor.Console{Machine: m, Serial: &r.serial, Drives: r.drives, Snapshots: r.keeper, About: about}
}
