package store

import (
	"time"

	"toyvm/snapshot"
)

// Meta is what is known about a snapshot beside the machine itself.
type Meta struct {
	Created  time.Time // Save takes the present if it is zero
	Parent   string    // tag of the snapshot that the machine ran on from, empty if there is none
	ParentID string
	Note     string

	Screen    string // the text on the screen, if it is in a text mode
	Thumbnail []byte // of the screen, a PNG

	// Preview, if there is one, is asked by Save for Screen and Thumbnail, while
	// it waits for the disk.
	Preview func() (screen string, thumbnail []byte)
	preview chan struct{} // closed when it has been asked
}

func (m *Meta) beginPreview() {
	if m.Preview == nil {
		return
	}
	m.preview = make(chan struct{})
	go func() {
		defer close(m.preview)
		m.Screen, m.Thumbnail = m.Preview()
	}()
}

func (m *Meta) endPreview() {
	if m.Preview != nil {
		<-m.preview
		m.Preview, m.preview = nil, nil
	}
}

// Info is what a store tells about a snapshot.
type Info struct {
	Tag string
	// ID is another one for each snapshot, also for those that had the same tag.
	ID string
	Meta

	Settings     []snapshot.Setting
	Clock        int64  // virtual time, ns
	Instructions uint64 // executed since power-on, with those skipped in HLT
}

// metaJSON is the part "meta" of a manifest.
type metaJSON struct {
	Tag          string        `json:"tag"`
	ID           string        `json:"id"`
	Parent       string        `json:"parent,omitempty"`
	ParentID     string        `json:"parent_id,omitempty"`
	Created      time.Time     `json:"created"`
	Note         string        `json:"note,omitempty"`
	Clock        int64         `json:"clock_ns"`
	Instructions uint64        `json:"instructions"`
	Settings     []settingJSON `json:"settings"`
	Screen       string        `json:"screen,omitempty"`
}

type settingJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (i *Info) json() metaJSON {
	j := metaJSON{
		Tag: i.Tag, ID: i.ID, Parent: i.Parent, ParentID: i.ParentID, Created: i.Created, Note: i.Note,
		Clock: i.Clock, Instructions: i.Instructions, Settings: []settingJSON{}, Screen: i.Screen,
	}
	for _, s := range i.Settings {
		j.Settings = append(j.Settings, settingJSON(s))
	}
	return j
}

func (j *metaJSON) info(thumbnail []byte) Info {
	i := Info{
		Tag: j.Tag, ID: j.ID, Clock: j.Clock, Instructions: j.Instructions,
		Meta: Meta{j.Created, j.Parent, j.ParentID, j.Note, j.Screen, thumbnail, nil, nil},
	}
	for _, s := range j.Settings {
		i.Settings = append(i.Settings, snapshot.Setting(s))
	}
	return i
}
