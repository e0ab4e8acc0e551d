package vmstatetest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"toyvm/snapshot/migration"
	"toyvm/vmstate"
)

// Conforms checks a device against streams of another program, the *.mig.gz
// files of a folder: every section with the name and instance of the device's
// loads, and is saved again as the same bytes with the same JSON description.
// At least one stream must have such a section.
func Conforms(t TB, folder string, newSection func() *vmstate.Section) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(folder, "*.mig.gz"))
	found := 0
	for _, file := range files {
		stream, err := readStream(file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var described struct {
			Devices []json.RawMessage `json:"devices"`
		}
		if err := json.Unmarshal(stream.JSON, &described); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for i, body := range stream.Bodies {
			section := newSection()
			if body.Name != section.Name || body.Instance != section.Instance {
				continue
			}
			found++
			if err := conforms(section, body, described.Devices[i]); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
		}
	}
	if section := newSection(); found == 0 {
		t.Errorf("no stream in %s has a section %s (instance %d)", folder, section.Name, section.Instance)
	}
}

func readStream(file string) (*migration.Stream, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	return migration.Parse(data)
}

func conforms(section *vmstate.Section, body migration.Body, description []byte) error {
	if err := section.Unmarshal(body.Data, body.Version); err != nil {
		return err
	}
	var describer vmstate.Describer
	e := vmstate.NewEncoder(describer.Observe)
	if err := section.Save(e); err != nil {
		return err
	}
	if got := describer.JSON(); !bytes.Equal(got, description) {
		return fmt.Errorf("section %s (instance %d): JSON description is\n%s\nand should be\n%s", section.Name, section.Instance, got, description)
	}
	if !bytes.Equal(e.Bytes(), body.Data) {
		return fmt.Errorf("section %s (instance %d): saved again as\n% x\nand should be\n% x", section.Name, section.Instance, e.Bytes(), body.Data)
	}
	return nil
}
