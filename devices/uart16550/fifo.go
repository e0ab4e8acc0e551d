package uart16550

// fifoSize is the depth of each FIFO in bytes.
const fifoSize = 16

// A fifo is a ring of bytes. An empty one is all zeros, so that nothing is
// lost when it is left out of the state.
type fifo struct {
	data [fifoSize]uint8
	head uint32 // of the oldest byte
	num  uint32
}

func (f *fifo) empty() bool { return f.num == 0 }

// push tells whether there was room.
func (f *fifo) push(b uint8) bool {
	if f.num == fifoSize {
		return false
	}
	f.data[(f.head+f.num)%fifoSize] = b
	f.num++
	return true
}

// pop takes the oldest byte, 0 from an empty FIFO.
func (f *fifo) pop() uint8 {
	if f.empty() {
		return 0
	}
	b := f.data[f.head]
	f.head = (f.head + 1) % fifoSize
	if f.num--; f.num == 0 {
		*f = fifo{}
	}
	return b
}
