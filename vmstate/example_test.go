package vmstate_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"toyvm/vmstate"
)

// A counter with an optional alarm.
type counter struct {
	value uint16
	mode  uint8
	alarm vmstate.Deadline
}

var counterState = vmstate.Description[counter]{
	Name: "counter", Version: 2, MinVersion: 1,
	PreLoad: func(c *counter) error { c.mode, c.alarm = 0, vmstate.NotArmed; return nil },
	PostLoad: func(c *counter, version int) error {
		if c.mode > 5 {
			return errors.New("mode above 5")
		}
		return nil
	},
	Fields: vmstate.Fields[counter]{
		vmstate.Uint16("value", func(c *counter) *uint16 { return &c.value }),
		vmstate.Uint8("mode", func(c *counter) *uint8 { return &c.mode }).Since(2),
	},
	Subsections: []*vmstate.Description[counter]{{
		Name: "counter/alarm", Version: 1, MinVersion: 1,
		Needed: func(c *counter) bool { return c.alarm != vmstate.NotArmed },
		Fields: vmstate.Fields[counter]{
			vmstate.Timer("alarm", func(c *counter) vmstate.Alarm { return &c.alarm }),
		},
	}},
}

func ExampleDescription() {
	saved, err := counterState.Marshal(&counter{value: 0x1234, mode: 3, alarm: vmstate.NotArmed})
	fmt.Printf("% x %v\n", saved, err)

	var c counter
	err = counterState.Unmarshal(saved, &c, 2)
	fmt.Printf("%+v %v\n", c, err)

	// Version 1 had no mode.
	err = counterState.Unmarshal(saved[:2], &c, 1)
	fmt.Printf("%+v %v\n", c, err)
	// Output:
	// 12 34 03 <nil>
	// {value:4660 mode:3 alarm:-1} <nil>
	// {value:4660 mode:0 alarm:-1} <nil>
}

func ExampleDescription_subsection() {
	saved, _ := counterState.Marshal(&counter{value: 1, alarm: 1000})
	fmt.Printf("%q\n", saved)
	// Output:
	// "\x00\x01\x00\x05\rcounter/alarm\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03\xe8"
}

func ExampleSection_Unmarshal() {
	section := vmstate.NewSection(&counterState, new(counter), 0)
	fmt.Println(section.Unmarshal([]byte{0x12}, 2))
	fmt.Println(section.Unmarshal([]byte{0x12, 0x34, 9}, 2))
	err := section.Unmarshal([]byte{0x12, 0x34}, 3)
	fmt.Println(err)
	var version *vmstate.VersionError
	fmt.Println(errors.As(err, &version), version.Got, version.Max)
	// Output:
	// section counter (instance 0): field value: unexpected end of stream at offset 0x1
	// section counter (instance 0): post-load of counter: mode above 5 at offset 0x0
	// section counter (instance 0): counter version 3 is too new (this program reads up to version 2): load it with a newer program at offset 0x0
	// true 3 2
}

func ExampleSection_Values() {
	section := vmstate.NewSection(&counterState, &counter{value: 7, alarm: 1000}, 0)
	before, _ := section.Values()
	before.Print(os.Stdout)

	section.Unmarshal([]byte{0, 8, 2}, 2)
	after, _ := section.Values()
	for _, change := range vmstate.Diff(before, after) {
		fmt.Println(change.Path, change.Old, "->", change.New)
	}
	fmt.Println(after.Lookup("mode").Value())
	// Output:
	// counter (version 2)
	//   value: 0x0007
	//   mode: 0x00
	//   counter/alarm (version 1)
	//     alarm: 1000
	// value 0x0007 -> 0x0008
	// mode 0x00 -> 0x02
	// counter/alarm counter/alarm version 1 -> <nil>
	// 2
}

func ExampleDescriber() {
	var d vmstate.Describer
	e := vmstate.NewEncoder(d.Observe)
	vmstate.NewSection(&counterState, &counter{alarm: vmstate.NotArmed}, 0).Save(e)
	fmt.Printf("%s\n", d.Stream(4096))
	// Output:
	// {"page_size": 4096, "devices": [{"name": "counter", "instance_id": 0, "vmsd_name": "counter", "version": 2, "fields": [{"name": "value", "type": "uint16", "size": 2}, {"name": "mode", "type": "uint8", "size": 1}]}]}
}

// A program that knows nothing of counters reads one by its description.
func ExampleSectionDescription_Tree() {
	description, _ := vmstate.ParseDescription([]byte(`{"page_size": 4096, "devices": [
		{"name": "counter", "instance_id": 0, "vmsd_name": "counter", "version": 2, "fields": [
			{"name": "value", "type": "uint16", "size": 2},
			{"name": "mode", "type": "uint8", "size": 1}]}]}`))
	tree, _ := description.Sections[0].Tree(vmstate.NewDecoder(bytes.NewReader([]byte{0x12, 0x34, 3}), nil))
	fmt.Println(tree.Lookup("value"))

	tree.Lookup("mode").Set("5")
	var e vmstate.Encoder
	tree.Save(&e)
	fmt.Printf("% x\n", e.Bytes())
	// Output:
	// 0x1234
	// 12 34 05
}

func ExampleCheck() {
	release := vmstate.NewSchema("toyvm", vmstate.NewSection(&counterState, new(counter), 0))
	next := counterState
	next.Fields = next.Fields[:1]
	later := vmstate.NewSchema("toyvm", vmstate.NewSection(&next, new(counter), 0))
	for _, finding := range vmstate.Check(release, later) {
		fmt.Println(finding)
	}
	// Output:
	// counter.mode: the field was removed: keep its place with Unused
}

func ExampleObserver() {
	trace := func(ev vmstate.Event) { fmt.Println(ev) }
	vmstate.NewSection(&counterState, &counter{alarm: vmstate.NotArmed}, 0).Save(vmstate.NewEncoder(trace))
	// Output:
	// 000000 section counter (instance 0) version 2
	// 000000 struct counter version 2
	// 000000 field value uint16, 2 bytes
	// 000002 field mode uint8, 1 bytes
	// 000000 end of struct counter, 3 bytes
	// 000000 end of section counter, 3 bytes
}
