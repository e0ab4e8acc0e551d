package ata

import "encoding/binary"

// Mode pages (MMC-2 5.5).
const (
	pageErrorRecovery = 0x01
	pageAudioControl  = 0x0e
	pageCapabilities  = 0x2a
	pageAll           = 0x3f
)

// Capabilities of the mechanism, as in byte 6 of the capabilities page.
const (
	mechanismLock   = 1 << 0
	mechanismLocked = 1 << 1
	mechanismEject  = 1 << 3
	mechanismTray   = 1 << 5
)

// cdSpeed is 16 times 176 kB/s.
const cdSpeed = 2816

// modeSense6 is MODE SENSE(6).
func (d *drive) modeSense6(p *packet) {
	if data, ok := d.modePages(p, 4); ok {
		data[0], data[1] = byte(len(data)-1), d.mediumType()
		d.reply(data, int(p[4]))
	}
}

// modeSense10 is MODE SENSE(10).
func (d *drive) modeSense10(p *packet) {
	if data, ok := d.modePages(p, 8); ok {
		binary.BigEndian.PutUint16(data, uint16(len(data)-2))
		data[2] = d.mediumType()
		d.reply(data, p.uint16(7))
	}
}

// modePages is room for a header and the pages that are asked for. Nothing in
// them can be changed, and nothing saved.
func (d *drive) modePages(p *packet, header int) ([]byte, bool) {
	const changeable, saved = 1, 3
	control, wanted := p[2]>>6, p[2]&0x3f
	if control == saved {
		d.check(senseIllegalRequest, ascCannotSave)
		return nil, false
	}
	data := make([]byte, header)
	for _, page := range [][]byte{
		{pageErrorRecovery, 6, 0, 5, 0, 0, 0, 0},
		{pageAudioControl, 14, 4, 0, 0, 0, 0, 0, 1, 0xff, 2, 0xff, 0, 0, 0, 0},
		d.capabilities(),
	} {
		if wanted != page[0] && wanted != pageAll {
			continue
		}
		if control == changeable {
			clear(page[2:])
		}
		data = append(data, page...)
	}
	if len(data) == header {
		d.invalidField()
		return nil, false
	}
	return data, true
}

func (d *drive) capabilities() []byte {
	const readsCDR = 0x03
	page := []byte{pageCapabilities, 18, readsCDR, 0, 0, 0, d.mechanism(), 0,
		cdSpeed >> 8, cdSpeed & 0xff, 0, 0, 0, bufferSize >> 10, cdSpeed >> 8, cdSpeed & 0xff, 0, 0, 0, 0}
	return page
}

func (d *drive) mechanism() byte {
	m := byte(mechanismLock | mechanismEject | mechanismTray)
	if d.tray.locked {
		m |= mechanismLocked
	}
	return m
}

// mediumType says what is in the tray (SFF-8020i 10.8.3).
func (d *drive) mediumType() byte {
	switch {
	case d.tray.open:
		return 0x71
	case d.media == nil:
		return 0x70
	default:
		return 0x01 // 120 mm CD with data
	}
}

// Profiles (MMC-2 5.3.1).
const (
	profileCDROM  = 0x08
	profileDVDROM = 0x10
)

// A configuration is a feature as GET CONFIGURATION lists it.
type configuration struct {
	feature uint16
	always  bool // persistent
	current bool
	data    []byte
}

// getConfiguration is GET CONFIGURATION.
func (d *drive) getConfiguration(p *packet) {
	const all, current, one = 0, 1, 2
	request, start := p[1]&3, uint16(p.uint16(2))
	if request > one {
		d.invalidField()
		return
	}
	data := make([]byte, 8)
	binary.BigEndian.PutUint16(data[6:], d.profile())
	for _, c := range d.configurations() {
		if c.feature < start || request == current && !c.current || request == one && c.feature != start {
			continue
		}
		data = append(data, byte(c.feature>>8), byte(c.feature), flags(c.current, c.always), byte(len(c.data)))
		data = append(data, c.data...)
	}
	binary.BigEndian.PutUint32(data, uint32(len(data)-4))
	d.reply(data, p.uint16(7))
}

// flags are bits 0 and 1 of a feature.
func flags(current, always bool) byte {
	var b byte
	if current {
		b |= 1
	}
	if always {
		b |= 2
	}
	return b
}

// profile is what the medium makes of the drive; 0 without one.
func (d *drive) profile() uint16 {
	switch {
	case !d.ready():
		return 0
	case d.sectors > maxCDSectors:
		return profileDVDROM
	default:
		return profileCDROM
	}
}

func (d *drive) configurations() []configuration {
	cd, dvd := d.profile() == profileCDROM, d.profile() == profileDVDROM
	return []configuration{
		{0x00, true, true, []byte{ // profiles
			0, profileDVDROM, flags(dvd, false), 0,
			0, profileCDROM, flags(cd, false), 0}},
		{0x01, true, true, []byte{0, 0, 0, 2}},                                // core: ATAPI
		{0x03, true, true, []byte{d.mechanism() &^ mechanismLocked, 0, 0, 0}}, // removable medium
		{0x10, false, cd || dvd, []byte{0, 0, 8, 0, 0, 1, 0, 0}},              // random readable, blocks of 2048
		{0x1e, false, cd, nil},                                                // CD read
		{0x1f, false, dvd, nil},                                               // DVD read
	}
}
