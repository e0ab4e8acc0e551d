package main

import (
	"fmt"
	"io"

	"toyvm/cmd/toyvm/internal/transfer"
	"toyvm/snapshot/migration"
)

// receiveStream reads the stream of a whole machine from a source, or from
// standard input for "-". It may be compressed with gzip.
func receiveStream(stdin io.Reader, source string) (*migration.Stream, error) {
	var data []byte
	var err error
	if source == "-" {
		data, err = io.ReadAll(stdin)
	} else {
		data, err = transfer.Read(source)
	}
	if err != nil {
		return nil, err
	}
	if data, err = unpack(source, data); err != nil {
		return nil, err
	}
	stream, err := migration.Parse(data)
	if err == nil {
		err = stream.Complete()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return stream, nil
}
