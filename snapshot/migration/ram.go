package migration

import (
	"bytes"

	"toyvm/snapshot"
)

// The flags of a memory record: the low 12 bits of its first 8 bytes, the
// others being an offset into the block.
const (
	ramZero     = 0x002 // a page filled with one byte
	ramMemSize  = 0x004 // the list of blocks
	ramPage     = 0x008 // a page
	ramEOS      = 0x010 // the last record
	ramContinue = 0x020 // the page belongs to the block of the one before
	ramFlags    = 0xfff

	pageBits   = 12
	pageSize   = 1 << pageBits
	ramVersion = 4
)

// A Page is a page of guest memory as it stands in a stream. A later one of
// the same place counts.
type Page struct {
	Block string
	At    int64  // offset in the block
	Data  []byte // part of the stream; nil for a page filled with one byte
	Fill  byte
}

// ram reads the records of one part of the guest's memory.
func (r *reader) ram() error {
	for r.Err() == nil {
		start := r.Offset()
		record := r.Uint64()
		at := int64(record &^ ramFlags)
		switch flags := record & ramFlags; flags &^ ramContinue {
		case ramMemSize:
			r.blocks(at)
		case ramZero, ramPage:
			if flags&ramContinue == 0 {
				r.block = r.string()
			}
			if err := r.page(start, Page{Block: r.block, At: at}, flags&ramZero != 0); err != nil {
				return err
			}
		case ramEOS:
			return r.Err()
		default:
			return r.errorf(start, "unknown flags %#03x of a memory record", flags)
		}
	}
	return r.Err()
}

func (r *reader) blocks(total int64) {
	r.Blocks, r.sizes = []Block{}, map[string]int64{}
	for total > 0 && r.Err() == nil {
		b := Block{Name: r.string(), Size: int64(r.Uint64())}
		if r.ignoreShared {
			r.Skip(8) // its address
		}
		r.Blocks = append(r.Blocks, b)
		r.sizes[b.Name] = b.Size
		total -= max(b.Size, 1)
	}
}

// page reads what follows the record of a page, which began at offset record.
func (r *reader) page(record int64, p Page, filled bool) error {
	start := r.Offset()
	if filled {
		p.Fill = r.Uint8()
	} else {
		r.Skip(pageSize)
		if r.Err() == nil {
			p.Data = r.data[start:r.Offset()]
		}
	}
	if r.Err() != nil {
		return r.Err()
	}
	if p.At < 0 || p.At > r.sizes[p.Block]-pageSize {
		return r.errorf(record, "page at %#x of block %q, which is not in the list of blocks or ends before", p.At, p.Block)
	}
	r.Pages = append(r.Pages, p)
	return nil
}

// Contents puts together a block of memory. What the stream leaves out is zero.
func (s *Stream) Contents(block Block) snapshot.Memory {
	m := snapshot.Memory{Name: block.Name, Pages: make([]*snapshot.Page, block.Size>>pageBits)}
	for _, p := range s.Pages {
		if p.Block == block.Name {
			m.Pages[p.At>>pageBits] = (*snapshot.Page)(p.bytes())
		}
	}
	return m
}

// bytes is what is in the page.
func (p *Page) bytes() []byte {
	if p.Data != nil {
		return p.Data
	}
	return bytes.Repeat([]byte{p.Fill}, pageSize)
}
