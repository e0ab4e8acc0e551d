package chardev

import (
	"io/fs"
	"net"
	"os"
	"sync"
)

// A plug is the end of a line that partners connect to, one at a time. What is
// sent while nobody is there is lost.
type plug struct {
	mu     sync.Mutex
	conn   net.Conn
	closed bool

	connected func() // may be nil
}

func (d *Device) openSocket(t Target, host Host) error {
	p := &plug{connected: host.Connected}
	d.raw = true
	if !t.server {
		conn, err := net.Dial(t.kind, t.path)
		if err != nil {
			return err
		}
		p.connect(conn)
		go d.serve(p, conn)
	} else if err := d.listen(t, p); err != nil {
		return err
	}
	d.output = newLossyQueue(p)
	return nil
}

// listen accepts one partner after the other.
func (d *Device) listen(t Target, p *plug) error {
	if t.kind == "unix" {
		removeStale(t.path)
	}
	listener, err := net.Listen(t.kind, t.path)
	if err != nil {
		return err
	}
	d.stop = func() { listener.Close() }
	d.note = "listening on " + t.kind + ":" + listener.Addr().String()
	accept := func() bool {
		conn, err := listener.Accept()
		if err != nil {
			return false
		}
		p.connect(conn)
		return true
	}
	if t.wait && !accept() {
		return net.ErrClosed
	}
	go func() {
		for p.current() != nil || accept() {
			d.serve(p, p.current())
		}
	}()
	return nil
}

// removeStale removes the socket of a server that is gone without having done
// so itself.
func removeStale(path string) {
	if info, err := os.Stat(path); err != nil || info.Mode()&fs.ModeSocket == 0 {
		return
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		os.Remove(path)
		return
	}
	conn.Close()
}

// serve receives from a partner until it leaves.
func (d *Device) serve(p *plug, conn net.Conn) {
	d.input.read(conn)
	p.disconnect(conn)
}

func (p *plug) current() net.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn
}

func (p *plug) connect(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		conn.Close()
		return
	}
	p.conn = conn
	if p.connected != nil {
		p.connected()
	}
}

func (p *plug) disconnect(conn net.Conn) {
	conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn == conn {
		p.conn = nil
	}
}

// Write never fails: a partner that left is not an error of the line.
func (p *plug) Write(b []byte) (int, error) {
	if conn := p.current(); conn != nil {
		conn.Write(b)
	}
	return len(b), nil
}

// Close implements io.Closer.
func (p *plug) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.conn != nil {
		return p.conn.Close()
	}
	return nil
}
