package ata

// Sense keys and additional sense codes (MMC-2 annex B).
const (
	senseNotReady       = 0x02
	senseMediumError    = 0x03
	senseIllegalRequest = 0x05
	senseUnitAttention  = 0x06

	ascUnrecoveredRead   = 0x11
	ascInvalidCommand    = 0x20
	ascOutOfRange        = 0x21
	ascInvalidField      = 0x24
	ascMediumChanged     = 0x28
	ascCannotSave        = 0x39
	ascNoMedium          = 0x3a
	ascRemovalPrevented  = 0x53
	ascWrongModeForTrack = 0x64
)

// sense is why the last packet command failed; key 0 if it did not.
type sense struct {
	key uint8
	asc uint8
}

func (s *sense) clear() { *s = sense{} }

// check ends a packet command with CHECK CONDITION.
func (d *drive) check(key, asc uint8) {
	d.forget()
	d.sense = sense{key, asc}
	d.setReason(reasonIO | reasonCoD)
	d.status, d.errorBits = statusDRDY|statusERR, key<<4
	d.channel.interrupt()
}

func (d *drive) invalidField() { d.check(senseIllegalRequest, ascInvalidField) }

// testUnitReady is TEST UNIT READY. That the unit is ready was checked.
func (d *drive) testUnitReady(*packet) { d.packetDone() }

// requestSense is REQUEST SENSE.
func (d *drive) requestSense(p *packet) {
	data := [18]byte{0: 0xf0, 2: d.sense.key, 7: 10, 12: d.sense.asc}
	d.sense.clear()
	d.reply(data[:], int(p[4]))
}

// inquiry is INQUIRY.
func (d *drive) inquiry(p *packet) {
	if p.bit(1, 0) || p[2] != 0 { // vital product data
		d.invalidField()
		return
	}
	data := []byte{0x05, 0x80, 0x00, 0x21, 31, 0, 0, 0} // CD-ROM, removable, ATAPI
	data = append(data, "TOYVM   CD-ROM          1.0 "...)
	d.reply(data, p.uint16(3))
}
