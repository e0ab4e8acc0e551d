package i8042

// bufferSize is what a device buffers, in bytes. The ring is larger, to leave
// room for replies and to be simple.
const (
	bufferSize = 16
	ringSize   = 256
)

// A port is what both devices have in common.
type port struct {
	command int32 // waits for its argument, or none
	output  output
}

// none stands for no command that waits for its argument.
const none = -1

// An output is what a device has to send: a ring of bytes. Bytes that were
// read stay in the ring, where resending finds them.
type output struct {
	read  int32
	write int32
	count int32
	ring  [ringSize]uint8
}

func (o *output) empty() bool { return o.count == 0 }

func (o *output) clear() { o.read, o.write, o.count = 0, 0, 0 }

func (o *output) put(bytes ...uint8) {
	for _, b := range bytes {
		o.ring[o.write] = b
		o.write = (o.write + 1) % ringSize
	}
	o.count += int32(len(bytes))
}

// take removes the next byte; from an empty ring it is the last one again.
func (o *output) take() uint8 {
	if o.empty() {
		return o.last()
	}
	b := o.ring[o.read]
	o.read = (o.read + 1) % ringSize
	o.count--
	return b
}

// last is the byte that was taken last.
func (o *output) last() uint8 { return o.ring[(o.read+ringSize-1)%ringSize] }

// precede puts bytes in front of all others.
func (o *output) precede(bytes ...uint8) {
	o.read = (o.read + ringSize - int32(len(bytes))) % ringSize
	for i, b := range bytes {
		o.ring[(o.read+int32(i))%ringSize] = b
	}
	o.count += int32(len(bytes))
}

// drop removes the next n bytes.
func (o *output) drop(n int32) {
	o.read = (o.read + n) % ringSize
	o.count -= n
}
