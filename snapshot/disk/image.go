package disk

import (
	"errors"
	"io"
	"io/fs"
)

// An image is a backing that cells may be in.
type image struct {
	name    string
	backing Backing
}

func (i *image) readAt(p []byte, at int64) (int, error) {
	n, err := i.backing.ReadAt(p, at)
	if n == len(p) {
		return n, nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, i.explain("read", at+int64(n), err)
}

func (i *image) writeAt(p []byte, at int64) (int, error) {
	n, err := i.backing.WriteAt(p, at)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	return n, i.explain("write", at+int64(n), err)
}

func (i *image) sync() error  { return i.explain("sync", -1, i.backing.Sync()) }
func (i *image) close() error { return i.explain("close", -1, i.backing.Close()) }

func (i *image) explain(op string, at int64, err error) error {
	if err == nil {
		return nil
	}
	if path := new(fs.PathError); errors.As(err, &path) {
		err = path.Err // the name and the operation are known
	}
	return &Error{i.name, op, at, err}
}
