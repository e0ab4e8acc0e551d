package migration

import (
	"encoding/binary"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// header is the beginning of every stream, and smallest all that QEMU wants.
var (
	header   = []byte("QEVM\x00\x00\x00\x03")
	smallest = slices.Concat(header, []byte("\x07\x00\x00\x00\x05isapc\x00"))
)

// Subsections of the configuration.
const (
	pageBits12 = "\x05\x1econfiguration/target-page-bits\x00\x00\x00\x01" + "\x00\x00\x00\x0c"
	pageBits13 = "\x05\x1econfiguration/target-page-bits\x00\x00\x00\x01" + "\x00\x00\x00\x0d"
	uuid       = "\x05\x12configuration/uuid\x00\x00\x00\x01" + "0123456789abcdef"
	events     = "\x05\x1aconfiguration/capabilities\x00\x00\x00\x01" + "\x00\x00\x00\x01\x06events"
	shared     = "\x05\x1aconfiguration/capabilities\x00\x00\x00\x01" + "\x00\x00\x00\x02\x06events\x0fx-ignore-shared"
	unknown    = "\x05\x11configuration/new\x00\x00\x00\x01"
)

// configured is a stream with subsections of the configuration and two blocks
// of memory. The capability to ignore shared memory adds addresses to them.
func configured(subsections ...string) []byte {
	var address []byte
	if slices.Contains(subsections, shared) {
		address = []byte("\x00\x00\x00\x00\xff\x00\x00\x00")
	}
	return slices.Concat(smallest[:len(smallest)-1], []byte(strings.Join(subsections, "")),
		[]byte("\x01\x00\x00\x00\x02\x03ram\x00\x00\x00\x00\x00\x00\x00\x04"+"\x00\x00\x00\x00\x00\x00\x30\x04"+
			"\x06pc.ram\x00\x00\x00\x00\x00\x00\x20\x00"), address,
		[]byte("\x06pc.rom\x00\x00\x00\x00\x00\x00\x10\x00"), address,
		[]byte("\x00\x00\x00\x00\x00\x00\x00\x10"+"\x7e\x00\x00\x00\x02"+"\x00"))
}

func TestConfigurationMayHaveSubsections(t *testing.T) {
	for name, subsections := range map[string][]string{
		"none": nil, "page bits": {pageBits12}, "uuid": {uuid}, "capabilities": {events},
		"capability that adds addresses": {shared}, "all": {uuid, shared, pageBits12},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Parse(configured(subsections...))
			require.NoError(t, err)
			assert.Equal(t, "isapc", s.Machine)
			assert.Equal(t, []Block{{"pc.ram", 0x2000}, {"pc.rom", 0x1000}}, s.Blocks)
		})
	}
	t.Run("of a machine with devices", func(t *testing.T) {
		good := capture(t, "irq")
		s, err := Parse(slices.Concat(good[:18], []byte(uuid+pageBits12), good[18:]))
		require.NoError(t, err)
		assert.Len(t, s.Devices, 22)
	})
	t.Run("with pages of another size", func(t *testing.T) {
		_, err := Parse(configured(pageBits13))
		assert.EqualError(t, err, "migration stream: section configuration (instance 0): field configuration/target-page-bits.target_page_bits: "+
			"incoming value 0xd must be equal to the local 0xc at offset 0x36")
	})
	t.Run("which nobody knows", func(t *testing.T) {
		_, err := Parse(configured(unknown))
		assert.ErrorAs(t, err, new(*vmstate.SubsectionError))
	})
	t.Run("cut off", func(t *testing.T) {
		whole := configured(uuid, shared, pageBits12)
		for cut := range whole {
			_, err := Parse(whole[:cut])
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "cut off after %d bytes", cut)
		}
	})
}

func TestMachineNameMayBeLong(t *testing.T) {
	name := strings.Repeat("n", 300)
	s, err := Parse(slices.Concat(header, []byte("\x07\x00\x00\x01\x2c"+name+"\x00")))
	require.NoError(t, err)
	assert.Equal(t, name, s.Machine)
}

// allocates returns how many bytes f takes from the heap.
func allocates(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestParseTakesNoMoreMemoryThanTheStreamHas(t *testing.T) {
	blocks := binary.BigEndian.AppendUint64([]byte("\x01\x00\x00\x00\x02\x03ram\x00\x00\x00\x00\x00\x00\x00\x04"), 1<<62|ramMemSize)
	for name, hostile := range map[string]string{
		"machine name": "\x07\xff\xff\xff\xff",
		"capabilities": "\x07\x00\x00\x00\x00\x05\x1aconfiguration/capabilities\x00\x00\x00\x01\xff\xff\xff\xff",
		"blocks":       "\x07\x00\x00\x00\x00" + string(blocks),
	} {
		t.Run(name, func(t *testing.T) {
			data := slices.Concat(header, []byte(hostile), make([]byte, 64<<10))
			var err error
			used := allocates(func() { _, err = Parse(data) })
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Less(t, used, uint64(64*len(data)))
		})
	}
}
