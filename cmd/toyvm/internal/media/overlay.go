package media

import "io"

const pageSize = 4096

// An overlay holds what was written on top of a file, in pages.
type overlay struct {
	below io.ReaderAt
	pages map[int64]*[pageSize]byte // by offset / pageSize
}

func newOverlay(below io.ReaderAt) *overlay {
	return &overlay{below: below, pages: map[int64]*[pageSize]byte{}}
}

func (o *overlay) readAt(p []byte, at, size int64) (n int, err error) {
	for n < len(p) && at < size {
		end := min(int64(len(p)-n), pageSize-at%pageSize, size-at)
		part := p[n:][:end]
		if page := o.pages[at/pageSize]; page != nil {
			copy(part, page[at%pageSize:])
		} else if k, err := o.below.ReadAt(part, at); k < len(part) {
			return n + k, err
		}
		n += len(part)
		at += int64(len(part))
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (o *overlay) writeAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		page, err := o.page(at / pageSize)
		if err != nil {
			return n, err
		}
		k := copy(page[at%pageSize:], p[n:])
		n += k
		at += int64(k)
	}
	return n, nil
}

// page is a page of the overlay, begun with what the file has there.
func (o *overlay) page(number int64) (*[pageSize]byte, error) {
	if page := o.pages[number]; page != nil {
		return page, nil
	}
	page := new([pageSize]byte)
	if _, err := o.below.ReadAt(page[:], number*pageSize); err != nil && err != io.EOF {
		return nil, err
	}
	o.pages[number] = page
	return page, nil
}
