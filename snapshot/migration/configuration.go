package migration

import (
	"math"

	"toyvm/vmstate"
)

// configuration is what a stream says of the machine as a whole. It is sent
// like a device's state, but without a section header and a footer.
type configuration struct {
	length       uint32
	machine      []byte
	pageBits     uint32
	count        uint32
	capabilities []capability
	uuid         [16]byte
}

// A capability is an option of the migration that both sides must agree on.
type capability struct {
	length uint8
	name   []byte
}

// ignoreShared is the capability that adds its address to each block.
const ignoreShared = "x-ignore-shared"

var configurationState = vmstate.Description[configuration]{
	Name: "configuration",
	Fields: vmstate.Fields[configuration]{
		vmstate.Uint32("len", func(c *configuration) *uint32 { return &c.length }),
		vmstate.ByteSlice("name", func(c *configuration) *[]byte { return &c.machine },
			func(c *configuration) int { return int(min(c.length, math.MaxInt32)) }),
	},
	Subsections: []*vmstate.Description[configuration]{{
		Name: "configuration/target-page-bits", Version: 1, MinVersion: 1,
		Fields: vmstate.Fields[configuration]{
			vmstate.Uint32Equal("target_page_bits", func(c *configuration) *uint32 { return &c.pageBits }),
		},
	}, {
		Name: "configuration/capabilities", Version: 1, MinVersion: 1,
		Fields: vmstate.Fields[configuration]{
			vmstate.Uint32("caps_count", func(c *configuration) *uint32 { return &c.count }),
			vmstate.Slice("capabilities", func(c *configuration) *[]capability { return &c.capabilities },
				func(c *configuration) int { return int(min(c.count, math.MaxInt32)) }, vmstate.StructOf(&capabilityState)),
		},
	}, {
		Name: "configuration/uuid", Version: 1, MinVersion: 1,
		Fields: vmstate.Fields[configuration]{
			vmstate.Buffer("uuid", func(c *configuration) []byte { return c.uuid[:] }),
		},
	}},
}

var capabilityState = vmstate.Description[capability]{
	Name: "capability",
	Fields: vmstate.Fields[capability]{
		vmstate.Uint8("len", func(c *capability) *uint8 { return &c.length }),
		vmstate.ByteSlice("name", func(c *capability) *[]byte { return &c.name }, func(c *capability) int { return int(c.length) }),
	},
}

// configuration reads the name of the machine, and what may be behind it.
func (r *reader) configuration() error {
	at := r.Offset()
	if r.Uint8() != typeConfiguration {
		return r.errorf(at, "the configuration section is missing")
	}
	c := configuration{pageBits: pageBits}
	if err := vmstate.NewSection(&configurationState, &c, 0).Load(r.Decoder, 0); err != nil {
		return err
	}
	r.Machine = string(c.machine)
	for _, capability := range c.capabilities {
		r.ignoreShared = r.ignoreShared || string(capability.name) == ignoreShared
	}
	return nil
}
