package migration

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"toyvm/snapshot"
	"toyvm/vmstate"
)

// A Machine is what a stream is made of.
type Machine struct {
	Name    string            // "isapc"
	Memory  []snapshot.Memory // the largest first, as QEMU sends them
	Devices []*vmstate.Node   // in the order in which they are to be loaded

	// Private are sections that only toyvm finds and loads, in place of all
	// Devices of the same name and instance. They travel in the description.
	Private []*vmstate.Node
	// Settings say what kind of machine it is. They travel there, too.
	Settings []snapshot.Setting
}

// Write writes m as the stream that QEMU makes of a stopped machine.
func (m *Machine) Write(w io.Writer) error {
	s := writer{w: w, sections: 1}
	s.Uint32(magic)
	s.Uint32(version)
	s.Uint8(typeConfiguration)
	s.Uint32(uint32(len(m.Name)))
	s.Raw([]byte(m.Name))
	if err := s.memory(m.Memory); err != nil {
		return err
	}
	for _, d := range m.Devices {
		if err := s.device(d); err != nil {
			return err
		}
	}
	s.Uint8(typeEOF)
	if err := s.descriptions(m.Private, m.Settings); err != nil {
		return err
	}
	return s.flush()
}

// writer numbers sections in the order in which they are sent, from 1: QEMU
// takes parts of a section 0 for those of its first device.
type writer struct {
	vmstate.Encoder
	w         io.Writer
	sections  uint32
	describer vmstate.Describer
}

// flush hands on what was encoded.
func (w *writer) flush() error {
	_, err := w.w.Write(w.Bytes())
	w.Reset(w.Offset())
	return err
}

// header begins a section of one of the types that have a name.
func (w *writer) header(typ uint8, name string, instance, version int) error {
	if len(name) > 255 {
		return fmt.Errorf("section %.20s…: its name has %d characters, more than the 255 that fit", name, len(name))
	}
	w.Uint8(typ)
	w.Uint32(w.sections)
	w.string(name)
	w.Uint32(uint32(instance))
	w.Uint32(uint32(version))
	return nil
}

func (w *writer) footer() {
	w.Uint8(footer)
	w.Uint32(w.sections)
}

func (w *writer) string(s string) {
	w.Uint8(uint8(len(s)))
	w.Raw([]byte(s))
}

// memory writes the section ram: first the list of blocks, then the pages of
// all, then an empty last part.
func (w *writer) memory(blocks []snapshot.Memory) error {
	total := uint64(0)
	for _, b := range blocks {
		if len(b.Name) > 255 {
			return fmt.Errorf("block %.20s…: its name has %d characters, more than the 255 that fit", b.Name, len(b.Name))
		}
		total += uint64(b.Size())
	}
	if err := w.header(typeStart, "ram", 0, ramVersion); err != nil {
		return err
	}
	w.Uint64(total | ramMemSize)
	for _, b := range blocks {
		w.string(b.Name)
		w.Uint64(uint64(b.Size()))
	}
	w.Uint64(ramEOS)
	w.footer()

	w.Uint8(typePart)
	w.Uint32(w.sections)
	for _, b := range blocks {
		if err := w.pages(b); err != nil {
			return err
		}
	}
	w.Uint64(ramEOS)
	w.footer()

	w.Uint8(typeEnd)
	w.Uint32(w.sections)
	w.Uint64(ramEOS)
	w.footer()
	w.sections++
	return w.flush()
}

// pages writes the pages of a block, of which only the first says its name.
func (w *writer) pages(b snapshot.Memory) error {
	for i, page := range b.Pages {
		record := uint64(i)<<pageBits | ramPage
		if page == nil || *page == (snapshot.Page{}) {
			record = uint64(i)<<pageBits | ramZero
		}
		if i > 0 {
			record |= ramContinue
		}
		w.Uint64(record)
		if i == 0 {
			w.string(b.Name)
		}
		if record&ramZero != 0 {
			w.Uint8(0)
			continue
		}
		w.Raw(page[:])
		if err := w.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) device(d *vmstate.Node) error {
	if err := w.header(typeFull, d.Name, d.Instance, d.Version); err != nil {
		return err
	}
	if err := d.Save(&w.Encoder); err != nil {
		return err
	}
	d.Describe(w.describer.Observe)
	w.footer()
	w.sections++
	return w.flush()
}

// descriptions writes the JSON description of all devices, with the private
// sections in it as a stream of their own, and the settings.
func (w *writer) descriptions(private []*vmstate.Node, settings []snapshot.Setting) error {
	text := w.describer.Stream(pageSize)
	if len(private) > 0 {
		var inner bytes.Buffer
		if err := (&Machine{Devices: private}).Write(&inner); err != nil {
			return err
		}
		text = fmt.Appendf(text[:len(text)-1], `, "toyvm": "%s"}`, base64.StdEncoding.EncodeToString(inner.Bytes()))
	}
	if len(settings) > 0 {
		values := map[string]string{}
		for _, s := range settings {
			values[s.Name] = s.Value
		}
		object, err := json.Marshal(values)
		if err != nil {
			return err
		}
		text = fmt.Appendf(text[:len(text)-1], `, "toyvm-settings": %s}`, object)
	}
	// QEMU's script for such files looks for the text behind the last zero of
	// the file, which is one of its length, and takes a { there for its start.
	for n := len(text); bytes.IndexByte([]byte{byte(n >> 16), byte(n >> 8), byte(n)}, '{') >= 0; n = len(text) {
		text = append(text, ' ')
	}
	w.Uint8(typeDescription)
	w.Uint32(uint32(len(text)))
	w.Raw(text)
	return nil
}
