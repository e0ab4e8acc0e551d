package main

import (
	"toyvm/snapshot"
	"toyvm/vmstate"
)

// differenceView is the JSON form of a difference.
type differenceView struct {
	Settings []settingChangeView `json:"settings"`
	Devices  []fieldChangeView   `json:"devices"`
	Screen   []screenChangeView  `json:"screen"`
	Memory   []runsView          `json:"memory"` // runs of bytes
	Disks    []runsView          `json:"disks"`  // runs of sectors
}

type settingChangeView struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

type fieldChangeView struct {
	Path string        `json:"path"`
	Old  *vmstate.Node `json:"old"`
	New  *vmstate.Node `json:"new"`
}

type screenChangeView struct {
	Sign string `json:"sign"`
	Text string `json:"text"`
}

type runsView struct {
	Name  string    `json:"name"`
	Runs  []runView `json:"runs"`
	Other string    `json:"other,omitempty"` // what is in a drive, if it is not the same kind of medium
}

type runView struct {
	At     int64 `json:"at"`
	Length int64 `json:"length"`
}

func newDifferenceView(d *difference) differenceView {
	v := differenceView{[]settingChangeView{}, []fieldChangeView{}, []screenChangeView{}, []runsView{}, []runsView{}}
	for _, s := range d.Settings {
		v.Settings = append(v.Settings, settingChangeView(s))
	}
	for _, c := range d.Devices {
		v.Devices = append(v.Devices, fieldChangeView(c))
	}
	for _, l := range d.screen {
		v.Screen = append(v.Screen, screenChangeView{string(l.Sign), l.Text})
	}
	for _, m := range d.Memory {
		v.Memory = append(v.Memory, runsView{m.Name, newRunViews(m.Runs), ""})
	}
	for _, c := range d.Disks {
		v.Disks = append(v.Disks, runsView{c.Drive, newRunViews(c.Runs), c.Other})
	}
	return v
}

func newRunViews(runs []snapshot.Run) []runView {
	views := []runView{}
	for _, r := range runs {
		views = append(views, runView(r))
	}
	return views
}
