package migration

// The flags of a memory record: the low 12 bits of its first 8 bytes, the
// others being an offset into the block.
const (
	ramZero     = 0x002 // a page filled with one byte
	ramMemSize  = 0x004 // the list of blocks
	ramPage     = 0x008 // a page
	ramEOS      = 0x010 // the last record
	ramContinue = 0x020 // the page belongs to the block of the one before
	ramFlags    = 0xfff

	pageBits = 12
	pageSize = 1 << pageBits
)

// ram reads the records of one part of the guest's memory. The pages
// themselves are left where they are.
func (r *reader) ram() error {
	for r.Err() == nil {
		at := r.Offset()
		record := r.Uint64()
		switch flags := record & ramFlags; flags &^ ramContinue {
		case ramMemSize:
			r.blocks(int64(record &^ ramFlags))
		case ramZero, ramPage:
			if flags&ramContinue == 0 {
				r.string()
			}
			if flags&ramZero != 0 {
				r.Skip(1)
			} else {
				r.Skip(pageSize)
			}
		case ramEOS:
			return r.Err()
		default:
			return r.errorf(at, "unknown flags %#03x of a memory record", flags)
		}
	}
	return r.Err()
}

func (r *reader) blocks(total int64) {
	r.Blocks = []Block{}
	for total > 0 && r.Err() == nil {
		b := Block{Name: r.string(), Size: int64(r.Uint64())}
		if r.ignoreShared {
			r.Skip(8) // its address
		}
		r.Blocks = append(r.Blocks, b)
		total -= max(b.Size, 1)
	}
}
