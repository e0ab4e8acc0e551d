package ata

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPacketProtocol(t *testing.T) {
	b, _ := newCDBoard(t)
	b.run(`
		out 1f1h, 0
		out 1f4h, 0ah   ; 10 bytes at a time
		out 1f5h, 0
		out 1f7h, a0h
		irq = 0         ; the packet is asked for without one
		in 1f7h = 58h
		in 1f2h = 01    ; CoD
	`)
	b.buffer = append([]byte{0x12, 0, 0, 0, 36}, make([]byte, 7)...)
	b.run(`
		outsw 6
		irq = 1
		in 1f7h = 58h
		in 1f2h = 02    ; IO
		in 1f4h = 0ah
		in 1f5h = 0
		insw 5
		irq = 1
		in 1f7h = 58h
		insw 5
		insw 5
		irq = 1
		in 1f4h = 06
		in 1f7h = 58h
		insw 3
		irq = 1
		in 1f2h = 03    ; IO, CoD: status
		in 1f7h = 50h
		irq = 0
	`)
}

func TestPacketByteCounts(t *testing.T) {
	inquiry := append([]byte{0x12, 0, 0, 0, 7}, make([]byte, 7)...)
	for _, test := range []struct {
		name  string
		limit []byte // low, high
		parts []int
	}{
		{"odd limit, odd answer", []byte{5, 0}, []int{4, 3}},
		{"limit of 1", []byte{1, 0}, []int{2, 2, 2, 1}},
		{"the largest", []byte{0xff, 0xff}, []int{7}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, _ := newCDBoard(t)
			b.Out(0x1f4, 1, uint32(test.limit[0]))
			b.Out(0x1f5, 1, uint32(test.limit[1]))
			b.Out(0x1f7, 1, cmdPacket)
			b.OutBlock(0x1f0, 2, inquiry)
			for _, n := range test.parts {
				assert.EqualValues(t, n, b.In(0x1f4, 2))
				b.insw((n + 1) / 2)
			}
			b.run("in 1f7h = 50h")
		})
	}
	b, _ := newCDBoard(t)
	b.run("out 1f4h, 0\nout 1f5h, 0\nout 1f7h, a0h")
	b.buffer = inquiry
	b.run("outsw 6\nirq = 1\nin 1f7h = 41h\nin 1f1h = 04") // no way to answer
	b.run("out 1f7h, a0h")
	b.buffer = make([]byte, 12)
	b.run("outsw 6\nin 1f7h = 50h") // TEST UNIT READY has no data
	for _, feature := range []string{"1", "2"} {
		b.run("out 1f1h, " + feature + "\nout 1f7h, a0h\nin 1f7h = 41h\nin 1f1h = 04") // DMA, overlap
	}
}

func TestInquiry(t *testing.T) {
	b, _ := newCDBoard(t)
	data := b.ask("12h 0 0 0 ffh")
	assert.Equal(t, "\x05\x80\x00\x21\x1f\x00\x00\x00TOYVM   CD-ROM          1.0 ", string(data))
	assert.Len(t, b.ask("12h 0 0 0 5"), 5)
	assert.Empty(t, b.ask("12h 0 0 0 0"))
	key, asc := b.refused("12h 1 0 0 ffh")
	assert.Equal(t, []byte{5, 0x24}, []byte{key, asc})
}

func TestRequestSense(t *testing.T) {
	b, _ := newCDBoard(t)
	data := b.ask("03 0 0 0 ffh")
	assert.Equal(t, []byte{0xf0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, data)
	b.run("packet ffh\nin 1f7h = 41h\nin 1f1h = 50h\nin 1f2h = 03")
	data = b.ask("03 0 0 0 12h")
	assert.Equal(t, []byte{5, 0x20}, []byte{data[2], data[12]})
	data = b.ask("03 0 0 0 12h")
	assert.Zero(t, data[2], "it was told")
	b.run("packet ffh\npacket 00")
	data = b.ask("03 0 0 0 12h")
	assert.Zero(t, data[2], "the next command succeeded")
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, packet string
		key, asc     byte
	}{
		{"unknown", "2ah", 5, 0x20},
		{"READ(10) over the end", "28h 0 0 0 1 2bh 0 0 2", 5, 0x21},
		{"READ(10) far away", "28h 0 ffh ffh ffh ffh 0 0 1", 5, 0x21},
		{"READ(12) more than can be", "a8h 0 0 0 0 0 ffh ffh ffh ffh", 5, 0x21},
		{"SEEK", "2bh 0 0 0 1 2ch", 5, 0x21},
		{"READ CD of audio", "beh 4 0 0 0 0 0 0 1 10h", 5, 0x64},
		{"READ CD with C2 errors", "beh 0 0 0 0 0 0 0 1 12h", 5, 0x24},
		{"READ CD with subchannel", "beh 0 0 0 0 0 0 0 1 10h 1", 5, 0x24},
		{"READ CD with a gap", "beh 0 0 0 0 0 0 0 1 90h", 5, 0x24},
		{"READ TOC from track 2", "43h 0 0 0 0 0 2 0 ffh", 5, 0x24},
		{"READ TOC format 5", "43h 0 5 0 0 0 0 0 ffh", 5, 0x24},
		{"READ SUB-CHANNEL format 4", "42h 0 40h 4 0 0 0 0 ffh", 5, 0x24},
		{"MODE SENSE of an unknown page", "5ah 0 2 0 0 0 0 0 ffh", 5, 0x24},
		{"MODE SENSE of saved values", "5ah 0 eah 0 0 0 0 0 ffh", 5, 0x39},
		{"MODE SENSE(6) of an unknown page", "1ah 0 3 0 ffh", 5, 0x24},
		{"GET EVENT STATUS, not polled", "4ah 0 0 0 10h 0 0 0 8", 5, 0x24},
		{"GET CONFIGURATION, reserved", "46h 3 0 0 0 0 0 0 8", 5, 0x24},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, _ := newCDBoard(t)
			key, asc := b.refused(test.packet)
			assert.Equal(t, []byte{test.key, test.asc}, []byte{key, asc})
		})
	}
}

func TestReadOfMoreThanIsCounted(t *testing.T) {
	b := emptyBoard(t)
	b.AttachCDROM(0, &sparse{size: 4 << 30})
	key, asc := b.refused("a8h 0 0 0 0 0 0 10h 0 0")
	assert.Equal(t, []byte{5, 0x24}, []byte{key, asc})
}

func TestReadCapacity(t *testing.T) {
	b, m := newCDBoard(t)
	assert.Equal(t, []byte{0, 0, 1, 0x2b, 0, 0, 8, 0}, b.ask("25h"))
	m.data = append(m.data, 1) // a block that was cut off counts
	b.AttachCDROM(0, m)
	assert.Equal(t, []byte{0, 0, 1, 0x2c, 0, 0, 8, 0}, b.ask("25h"))
	assert.Equal(t, append([]byte{1}, make([]byte, 2047)...), b.ask("28h 0 0 0 1 2ch 0 0 1"))
}

func TestReads(t *testing.T) {
	for _, test := range []struct {
		name, packet string
		first, count int
	}{
		{"READ(10)", "28h 0 0 0 0 10h 0 0 3", 16, 3},
		{"READ(10) of nothing", "28h 0 0 0 0 10h 0 0 0", 16, 0},
		{"READ(10) of all", "28h 0 0 0 0 0 0 1 2ch", 0, 300},
		{"READ(12)", "a8h 0 0 0 0 ffh 0 0 0 28h", 255, 40},
		{"READ CD", "beh 0 0 0 0 5 0 0 2 10h", 5, 2},
		{"READ CD of mode 1", "beh 8 0 0 0 5 0 0 2 10h", 5, 2},
		{"READ CD of no part", "beh 0 0 0 0 5 0 0 2 0", 5, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, m := newCDBoard(t)
			assert.True(t, bytes.Equal(m.sectors(4*test.first, 4*test.count), b.ask(test.packet)))
		})
	}
}

// Whatever the host takes at a time, it gets the same bytes.
func TestReadByOddPortions(t *testing.T) {
	for _, limit := range []uint32{2, 510, 2048, 2050, 6000, 32768, 65534, 65535} {
		for _, packet := range [][]byte{
			{0x28, 0, 0, 0, 0, 1, 0, 0, 200, 0, 0, 0},
			{0xbe, 0, 0, 0, 0, 1, 0, 0, 200, 0xf8, 0, 0},
		} {
			b, _ := newCDBoard(t)
			b.Out(0x1f4, 2, limit)
			b.Out(0x1f7, 1, cmdPacket)
			b.OutBlock(0x1f0, 2, packet)
			got := b.answer()
			raw, _ := newCDBoard(t)
			for i := range 200 {
				size := cdSectorSize
				if packet[0] == 0xbe {
					size = rawSize
				}
				p := [12]byte(packet)
				p[5], p[8] = byte(1+i), 1
				raw.Out(0x1f4, 2, 0xfffe)
				raw.Out(0x1f7, 1, cmdPacket)
				raw.OutBlock(0x1f0, 2, p[:])
				require.True(t, bytes.Equal(raw.answer(), got[i*size:(i+1)*size]), "limit %d, block %d", limit, i)
			}
		}
	}
}

func TestReadCDParts(t *testing.T) {
	sync := append(append([]byte{0}, bytes.Repeat([]byte{0xff}, 10)...), 0)
	header := []byte{0x00, 0x03, 0x02, 0x01} // block 77: second 1, frame 2, behind 2 seconds of lead-in
	b, m := newCDBoard(t)
	user, edc := m.sectors(4*77, 4), make([]byte, 288)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for flags, want := range map[string][]byte{
		"f8h": join(sync, header, user, edc),
		"b8h": join(sync, header, user, edc),
		"b0h": join(sync, header, user),
		"a0h": join(sync, header),
		"80h": sync,
		"20h": header,
		"30h": join(header, user),
		"38h": join(header, user, edc),
		"18h": join(user, edc),
		"08h": edc,
	} {
		assert.Equal(t, want, b.ask("beh 0 0 0 0 4dh 0 0 1 "+flags), flags)
	}
}

func TestReadErrors(t *testing.T) {
	b, m := newCDBoard(t)
	m.bad[4*70+1] = true
	key, asc := b.refused("28h 0 0 0 0 46h 0 0 1")
	assert.Equal(t, []byte{3, 0x11}, []byte{key, asc})
	key, asc = b.refused("beh 0 0 0 0 46h 0 0 1 f8h")
	assert.Equal(t, []byte{3, 0x11}, []byte{key, asc})

	b.run("packet 28h 0 0 0 0 0 0 0 50h")
	assert.True(t, bytes.Equal(m.sectors(0, 4*70), b.answer()), "what comes before is good")
	b.run("in 1f7h = 41h\nin 1f1h = 30h")

	b.run("packet 28h 0 0 0 0 0 0 0 ffh")
	require.NoError(t, b.Eject(0, false))
	assert.Len(t, b.answer(), 64*cdSectorSize, "what the buffer had")
	b.run("in 1f7h = 41h\nin 1f1h = 30h")
}

func TestReadTOC(t *testing.T) {
	b, _ := newCDBoard(t)
	tracks := []byte{0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 1, 0x2c}
	assert.Equal(t, tracks, b.ask("43h 0 0 0 0 0 0 0 ffh"))
	assert.Equal(t, tracks[:4], b.ask("43h 0 0 0 0 0 1 0 4"))
	assert.Equal(t, []byte{0, 10, 1, 1, 0, 0x14, 0xaa, 0, 0, 0, 1, 0x2c}, b.ask("43h 0 0 0 0 0 aah 0 ffh"))
	assert.Equal(t, []byte{0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 2, 0, 0, 0x14, 0xaa, 0, 0, 0, 6, 0},
		b.ask("43h 2 0 0 0 0 0 0 ffh"), "as minute, second, frame")
	session := []byte{0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0}
	assert.Equal(t, session, b.ask("43h 0 1 0 0 0 0 0 ffh"))
	assert.Equal(t, session, b.ask("43h 0 0 0 0 0 0 0 ffh 40h"), "format as SFF-8020i has it")
	raw := b.ask("43h 2 2 0 0 0 0 0 ffh")
	require.Len(t, raw, 4+4*11)
	assert.Equal(t, []byte{0, 46, 1, 1}, raw[:4])
	assert.Equal(t, []byte{1, 0x14, 0, 0xa0, 0, 0, 0, 0, 1, 0, 0}, raw[4:15])
	assert.Equal(t, []byte{1, 0x14, 0, 0xa1, 0, 0, 0, 0, 1, 0, 0}, raw[15:26])
	assert.Equal(t, []byte{1, 0x14, 0, 0xa2, 0, 0, 0, 0, 0, 6, 0}, raw[26:37])
	assert.Equal(t, []byte{1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0}, raw[37:])
}

func TestReadSubchannel(t *testing.T) {
	b, _ := newCDBoard(t)
	assert.Equal(t, []byte{0, 0x15, 0, 0}, b.ask("42h 0 0 0 0 0 0 0 ffh"))
	assert.Equal(t, []byte{0, 0x15, 0, 12, 1, 0x14, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, b.ask("42h 0 40h 1 0 0 0 0 ffh"))
	assert.Equal(t, append([]byte{0, 0x15, 0, 20, 2}, make([]byte, 19)...), b.ask("42h 0 40h 2 0 0 0 0 ffh"))
	assert.Equal(t, append([]byte{0, 0x15, 0, 20, 3}, make([]byte, 19)...), b.ask("42h 0 40h 3 0 0 0 0 ffh"))
}

func TestModeSense(t *testing.T) {
	b, _ := newCDBoard(t)
	capabilities := []byte{0x2a, 18, 3, 0, 0, 0, 0x29, 0, 0x0b, 0, 0, 0, 0, 128, 0x0b, 0, 0, 0, 0, 0}
	assert.Equal(t, append([]byte{0, 26, 1, 0, 0, 0, 0, 0}, capabilities...), b.ask("5ah 0 2ah 0 0 0 0 0 ffh"))
	assert.Equal(t, append([]byte{23, 1, 0, 0}, capabilities...), b.ask("1ah 0 2ah 0 ffh"))
	recovery := []byte{1, 6, 0, 5, 0, 0, 0, 0}
	assert.Equal(t, append([]byte{0, 14, 1, 0, 0, 0, 0, 0}, recovery...), b.ask("5ah 0 1 0 0 0 0 0 ffh"))
	assert.Equal(t, append([]byte{11, 1, 0, 0, 1, 6}, make([]byte, 6)...), b.ask("1ah 0 41h 0 ffh"), "nothing can be changed")
	audio := b.ask("1ah 0 8eh 0 ffh")
	assert.Equal(t, []byte{0x0e, 14, 4, 0}, audio[4:8])
	all := b.ask("5ah 0 3fh 0 0 0 0 0 ffh")
	assert.Equal(t, append(append(recovery, audio[4:]...), capabilities...), all[8:])
	assert.Len(t, b.ask("5ah 0 3fh 0 0 0 0 0 9"), 9)

	b.ask("1eh 0 0 0 1")
	assert.EqualValues(t, 0x2b, b.ask("1ah 0 2ah 0 ffh")[10], "locked")
	require.NoError(t, b.Eject(0, true))
	assert.EqualValues(t, 0x71, b.ask("1ah 0 2ah 0 ffh")[1], "open")
	b.ask("1bh 0 0 0 3")
	assert.EqualValues(t, 0x70, b.ask("1ah 0 2ah 0 ffh")[1], "empty")
}

func TestGetConfiguration(t *testing.T) {
	b, _ := newCDBoard(t)
	header := func(data []byte) (int, int) {
		return int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint16(data[6:]))
	}
	data := b.ask("46h 0 0 0 0 0 0 0 ffh")
	size, profile := header(data)
	assert.Equal(t, []int{len(data) - 4, 0x08}, []int{size, profile})
	assert.Equal(t, []byte{0, 0, 3, 8, 0, 0x10, 0, 0, 0, 8, 1, 0}, data[8:20])
	assert.Equal(t, []byte{0, 0x10, 1, 8, 0, 0, 8, 0, 0, 1, 0, 0}, b.ask("46h 2 0 10h 0 0 0 0 ffh")[8:])
	assert.Equal(t, []byte{0, 0x1e, 1, 0, 0, 0x1f, 0, 0}, b.ask("46h 0 0 11h 0 0 0 0 ffh")[8:])
	assert.Equal(t, []byte{0, 0x1e, 1, 0}, b.ask("46h 1 0 11h 0 0 0 0 ffh")[8:], "only what is current")
	assert.Len(t, b.ask("46h 2 1 0 0 0 0 0 ffh"), 8)

	require.NoError(t, b.Eject(0, false))
	_, profile = header(b.ask("46h 0 0 0 0 0 0 0 8"))
	assert.Zero(t, profile)
	require.NoError(t, b.Insert(0, &sparse{size: 4 << 30}))
	_, profile = header(b.ask("46h 0 0 0 0 0 0 0 8"))
	assert.Equal(t, 0x10, profile)
}

func TestOtherPackets(t *testing.T) {
	b, _ := newCDBoard(t)
	assert.Empty(t, b.ask("2bh 0 0 0 1 2bh"))
	assert.Empty(t, b.ask("bbh 0 ffh ffh"))
	assert.Equal(t, append([]byte{0, 32, 14, 1, 1, 1, 1, 0x20}, make([]byte, 26)...), b.ask("51h 0 0 0 0 0 0 0 ffh"))
	assert.Equal(t, make([]byte, 8), b.ask("bdh 0 0 0 0 0 0 0 0 8"))
	require.NoError(t, b.Eject(0, false))
	assert.Equal(t, []byte{0, 0x10, 0, 0, 0, 0, 0, 0}, b.ask("bdh 0 0 0 0 0 0 0 0 8"))
}
