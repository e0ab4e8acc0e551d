package main

import (
	"fmt"
	"io"
	"os"

	"toyvm/cmd/toyvm/internal/chardev"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/cmd/toyvm/internal/monitor"
	"toyvm/cmd/toyvm/internal/session"
	"toyvm/machine"
)

// maxBIOS is the size of the largest BIOS in bytes.
const maxBIOS = 16 << 20

// configure opens what the flags name and describes the machine.
func (r *runner) configure(disk string, watched bool) (err error) {
	f := r.flags
	r.config = machine.Config{
		CPU:      f.cpu,
		Memory:   int(f.memory),
		Rate:     f.speed.rate,
		Boot:     f.boot,
		Time:     f.rtc.seconds(watched),
		NoReboot: f.noReboot,
	}
	if err := r.openStore(disk); err != nil {
		return err
	}
	if r.images, err = f.insertDisks(&r.config, disk, r.stderr); err != nil {
		return err
	}
	if r.config.BIOS, err = readROM("--bios", f.bios, 64<<10, maxBIOS); err != nil {
		return err
	}
	if r.config.VGABIOS, err = readROM("--vgabios", f.vgabios, 512, 128<<10); err != nil {
		return err
	}
	if err := r.connectLines(); err != nil {
		return err
	}
	if err := r.receive(); err != nil {
		return err
	}
	if err := r.loadSnapshot(); err != nil {
		return err
	}
	r.drives = monitor.NewDrives(&r.config, media.Options{Ephemeral: f.ephemeral})
	return nil
}

// readROM reads an image of firmware, whose size is a multiple of unit and at
// most most; nil is our own.
func readROM(flag, path string, unit, most int) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, failure{fmt.Errorf("%s: %w", flag, err)}
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(most)+1))
	switch {
	case err != nil:
		return nil, failure{fmt.Errorf("%s: %w", flag, err)}
	case len(data) > most:
		return nil, failure{fmt.Errorf("%s %s: it has more than %d KiB", flag, path, most>>10)}
	case len(data) == 0 || len(data)%unit != 0:
		return nil, failure{fmt.Errorf("%s %s: it has %d bytes, and must have a multiple of %d", flag, path, len(data), unit)}
	}
	return data, nil
}

// arrived wakes the session.
func (r *runner) arrived() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// openLine opens the host's side of a line.
func (r *runner) openLine(t chardev.Target, what string, host chardev.Host) (*chardev.Device, error) {
	d, err := chardev.Open(t, host)
	if err != nil {
		return nil, failure{fmt.Errorf("%s: %w", what, err)}
	}
	r.devices = append(r.devices, d)
	if d.Note() != "" {
		fmt.Fprintf(r.stderr, "toyvm: %s is %s\n", what, d.Note())
	}
	return d, nil
}

// connectLines opens the host's side of the serial ports, debug consoles and
// the monitor.
func (r *runner) connectLines() error {
	host := chardev.Host{Stdin: r.stdin, Stdout: r.stdout, Arrived: r.arrived}
	const usual = 2 // ports
	r.config.Serial = make([]func(byte), max(len(r.lines.serial), usual))
	for i, t := range r.lines.serial {
		host := host
		muxed := i == r.lines.muxed
		if muxed {
			host.Raw = true
		}
		d, err := r.openLine(t, fmt.Sprintf("COM%d", i+1), host)
		if err != nil {
			return err
		}
		r.config.Serial[i] = d.Send
		var port session.Line = d
		if muxed {
			port = r.share(d)
		}
		r.ports = append(r.ports, port)
	}
	r.config.Serial[0] = both(&r.serial, r.config.Serial[0])
	if r.lines.monitor != nil {
		if err := r.openMonitor(host); err != nil {
			return err
		}
	}
	for _, c := range r.lines.consoles {
		send := r.stdout.Send
		if !c.target.Stdio() {
			d, err := r.openLine(c.target, fmt.Sprintf("debug console %xh", c.port), host)
			if err != nil {
				return err
			}
			send = d.Send
		}
		r.config.DebugConsoles = append(r.config.DebugConsoles, machine.DebugConsole{Port: c.port, Write: send})
	}
	return nil
}

// both sends to the transcript that scripts search, and on.
func both(t *monitor.Transcript, on func(byte)) func(byte) {
	return func(b byte) {
		t.Add(b)
		if on != nil {
			on(b)
		}
	}
}
