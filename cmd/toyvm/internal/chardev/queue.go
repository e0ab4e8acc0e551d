package chardev

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"time"
)

// How much waits for somebody who does not read, and how long the end does.
const (
	lossyLimit = 1 << 20
	patience   = time.Second
)

var errStalled = errors.New("nobody reads it")

// A Queue writes to the host in the background, in order. It never blocks who
// sends. Several may send.
type Queue struct {
	w     io.Writer
	limit int // bytes that wait at most; 0 is any number

	mu      sync.Mutex
	changed *sync.Cond
	waiting []byte
	busy    bool // some are being written
	closing bool
	closed  bool // the goroutine is gone
	err     error
}

// NewQueue makes a queue that loses nothing.
func NewQueue(w io.Writer) *Queue { return newQueue(w, 0) }

// newLossyQueue makes a queue for partners that may not be there: what is
// sent while they have not read enough is lost, as on a line to nowhere.
func newLossyQueue(w io.Writer) *Queue { return newQueue(w, lossyLimit) }

func newQueue(w io.Writer, limit int) *Queue {
	q := &Queue{w: w, limit: limit}
	q.changed = sync.NewCond(&q.mu)
	go q.run()
	return q
}

// Send queues a byte.
func (q *Queue) Send(b byte) {
	q.mu.Lock()
	if q.room(1) {
		q.waiting = append(q.waiting, b)
		if len(q.waiting) == 1 {
			q.changed.Broadcast()
		}
	}
	q.mu.Unlock()
}

// Write queues bytes. It returns no error: Close does.
func (q *Queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	if q.room(len(p)) {
		q.waiting = append(q.waiting, p...)
		q.changed.Broadcast()
	}
	q.mu.Unlock()
	return len(p), nil
}

func (q *Queue) room(n int) bool {
	return q.err == nil && !q.closing && (q.limit == 0 || len(q.waiting)+n <= q.limit)
}

// Flush waits until everything queued is written, and returns what went wrong
// since the start.
func (q *Queue) Flush() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for (len(q.waiting) > 0 || q.busy) && q.err == nil && !q.closed {
		q.changed.Wait()
	}
	return q.err
}

// Close writes what is queued and closes the writer if it can be closed. A
// partner who may lose something gets a moment to take it.
func (q *Queue) Close() (err error) {
	if q.limit != 0 {
		defer time.AfterFunc(patience, func() { q.fail(errStalled) }).Stop()
	}
	err = q.Flush()
	if q.limit != 0 {
		err = nil
	}
	q.mu.Lock()
	q.closing = true
	q.changed.Broadcast()
	q.mu.Unlock()
	if c, ok := q.w.(io.Closer); ok {
		if e := c.Close(); err == nil && q.limit == 0 {
			err = e
		}
	}
	return err
}

func (q *Queue) run() {
	var writing []byte
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for len(q.waiting) == 0 && !q.closing {
			q.changed.Wait()
		}
		if q.closing || q.err != nil {
			q.closed = true
			q.changed.Broadcast()
			return
		}
		writing, q.waiting = q.waiting, writing[:0]
		q.busy = true
		q.mu.Unlock()
		_, err := io.Copy(q.w, bytes.NewReader(writing))
		q.mu.Lock()
		q.busy = false
		if err != nil && q.err == nil {
			q.err = err
			q.waiting = nil
		}
		q.changed.Broadcast()
	}
}

func (q *Queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.err = err
	q.changed.Broadcast()
}
