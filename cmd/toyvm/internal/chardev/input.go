package chardev

import (
	"io"
	"sync"
)

// inputLimit is how much waits for the machine; the partner waits with more.
const inputLimit = 4096

// An input holds what has arrived until the machine takes it.
type input struct {
	arrived func()

	mu      sync.Mutex
	changed *sync.Cond
	bytes   []byte
	closed  bool
	ended   bool // nothing more will arrive
}

func newInput(arrived func()) *input {
	i := &input{arrived: arrived}
	i.changed = sync.NewCond(&i.mu)
	return i
}

// read queues what a reader has until it ends, or the input is closed.
func (i *input) read(r io.Reader) error {
	buffer := make([]byte, inputLimit)
	for {
		n, err := r.Read(buffer)
		if !i.put(buffer[:n]) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// put queues bytes, waiting for room. It returns false if the input is closed.
func (i *input) put(p []byte) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.bytes) > 0 && len(i.bytes)+len(p) > inputLimit && !i.closed {
		i.changed.Wait()
	}
	if i.closed {
		return false
	}
	i.bytes = append(i.bytes, p...)
	if len(p) > 0 && i.arrived != nil {
		i.arrived()
	}
	return true
}

func (i *input) take(most int) []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := min(most, len(i.bytes))
	if n == 0 {
		return nil
	}
	taken := i.bytes[:n:n]
	i.bytes = i.bytes[n:]
	i.changed.Broadcast()
	return taken
}

func (i *input) end() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.ended = true
	if i.arrived != nil {
		i.arrived()
	}
}

func (i *input) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.closed = true
	i.changed.Broadcast()
}
