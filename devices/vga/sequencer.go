package vga

// Sequencer registers.
const (
	srReset = iota
	srClockingMode
	srMapMask
	srCharacterMap
	srMemoryMode
)

const sequencerIndexMask = 0x07

// Clocking mode.
const (
	clock8Dot     = 0b0000_0001 // characters are 8 dots wide, not 9
	clockHalf     = 0b0000_1000 // half the dot clock, for 320 dots a line
	clockBlankOff = 0b0010_0000 // screen off: the CPU has all of the memory's time
)

// Memory mode.
const (
	memorySequential = 0b0000_0100 // off: even addresses write planes 0 and 2, odd ones 1 and 3
	memoryChain4     = 0b0000_1000 // the low two address bits select the plane
)

// sequencerBits are the bits that exist in each register.
var sequencerBits = [8]uint8{0x03, 0x3d, 0x0f, 0x3f, 0x0e}

// sequencer makes the clocks and decides which planes the CPU writes.
type sequencer struct {
	index uint8
	regs  [8]uint8
}

func (s *sequencer) read() uint8 { return s.regs[s.index&sequencerIndexMask] }

func (s *sequencer) write(b uint8) {
	i := s.index & sequencerIndexMask
	s.regs[i] = b & sequencerBits[i]
}

// characterMaps are the addresses in plane 2 of the two character sets: the
// one for characters whose attribute has bit 3 clear, and the one for those
// that have it set. The eight sets lie 8 KiB apart; the third bit of a number,
// which came with the VGA, is the one that selects the odd ones.
func (s *sequencer) characterMaps() [2]uint16 {
	m := uint16(s.regs[srCharacterMap])
	return [2]uint16{
		m&0b0000_0011<<14 | m&0b0001_0000<<9,
		m&0b0000_1100<<12 | m&0b0010_0000<<8,
	}
}
