// Package extract writes what a snapshot holds to files that other programs
// read.
package extract

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"

	"toyvm/snapshot"
	"toyvm/snapshot/disk"
	"toyvm/snapshot/store"
)

// Disk writes a disk as a plain image. In a new file there are holes where it
// has zeros.
func Disk(ctx context.Context, w io.Writer, c *disk.Contents, progress store.Progress) error {
	file, sparse := w.(*os.File)
	if sparse {
		info, err := file.Stat()
		if sparse = err == nil && info.Mode().IsRegular() && info.Size() == 0; sparse {
			if err := file.Truncate(c.Size()); err != nil {
				return err
			}
		}
	}
	buffer := make([]byte, disk.ClusterSize)
	for k := 0; k < c.Clusters(); k++ {
		if sparse {
			if k = c.NextData(k); k == c.Clusters() {
				break
			}
		}
		at := int64(k) * disk.ClusterSize
		content := buffer[:min(disk.ClusterSize, c.Size()-at)]
		if _, err := c.ReadAt(content, at); err != nil {
			return err
		}
		var err error
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case !sparse:
			_, err = w.Write(content)
		default:
			err = writeData(file, content, at)
		}
		if err != nil {
			return err
		}
		if progress != nil {
			progress(at, c.Size())
		}
	}
	return nil
}

// writeData writes what is not zeros.
func writeData(file *os.File, content []byte, at int64) error {
	var zeros snapshot.Page
	for page := range slices.Chunk(content, len(zeros)) {
		if !bytes.Equal(page, zeros[:len(page)]) {
			if _, err := file.WriteAt(page, at); err != nil {
				return err
			}
		}
		at += int64(len(page))
	}
	return nil
}

// Memory writes a block of memory in the same way.
func Memory(ctx context.Context, w io.Writer, m snapshot.Memory, progress store.Progress) error {
	return Disk(ctx, w, disk.FromSource(m.Size(), memorySource(m)), progress)
}

// memorySource is memory as the content of a disk.
type memorySource snapshot.Memory

// ReadCluster implements disk.Source.
func (m memorySource) ReadCluster(index int64, p []byte) error {
	first := int(index * disk.ClusterSize / snapshot.PageSize)
	for n := 0; n*snapshot.PageSize < len(p); n++ {
		copy(p[n*snapshot.PageSize:], snapshot.Memory(m).Page(first + n)[:])
	}
	return nil
}
