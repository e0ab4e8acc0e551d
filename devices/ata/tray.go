package ata

import "errors"

// ErrLocked is why a medium does not come out: the guest prevents it. It has
// been told that somebody pressed the button.
var ErrLocked = errors.New("the guest has locked the tray")

// A change of the medium is reported twice: as a medium that is gone and as
// one that may be new, so that guests that do not ask for events see it.
const (
	changeNone  uint8 = iota
	changeGone        // next: NOT READY
	changeFresh       // next: UNIT ATTENTION
)

// tray is what moves the medium.
type tray struct {
	open    bool
	locked  bool // by PREVENT MEDIUM REMOVAL
	changed uint8

	// Events that GET EVENT STATUS NOTIFICATION has not told yet.
	newMedia     bool
	ejectRequest bool
}

func (d *drive) putMedia(m Media) { d.media, d.sectors = m, sectorsOf(m, cdSectorSize) }

// ready tells whether the medium can be read.
func (d *drive) ready() bool { return d.media != nil && !d.tray.open }

// cdromAt returns a CD-ROM drive of the channel.
func (c *Channel) cdromAt(unit int) (*drive, error) {
	d := &c.drives[unit]
	if d.kind != cdrom {
		return nil, errors.New("not a CD-ROM drive")
	}
	return d, nil
}

// Eject opens the tray of a CD-ROM drive and takes the medium out. If the
// guest has locked it, it is asked to eject, and the error is ErrLocked,
// unless force is used.
func (c *Channel) Eject(unit int, force bool) error {
	d, err := c.cdromAt(unit)
	if err != nil {
		return err
	}
	if d.tray.locked && !d.tray.open && !force {
		d.tray.ejectRequest = true
		return ErrLocked
	}
	d.tray.open = true
	d.putMedia(nil)
	return nil
}

// Insert puts a medium, or nothing, into a CD-ROM drive and closes the tray. A
// medium that lies in a closed tray must be ejected first.
func (c *Channel) Insert(unit int, m Media) error {
	d, err := c.cdromAt(unit)
	if err != nil {
		return err
	}
	if d.ready() {
		return errors.New("there is a medium in the drive")
	}
	d.putMedia(m)
	d.tray.open, d.tray.ejectRequest = false, false
	if m != nil {
		d.tray.changed, d.tray.newMedia = changeGone, true
	}
	return nil
}

// TrayOpen tells whether the tray of a CD-ROM drive is open.
func (c *Channel) TrayOpen(unit int) bool { return c.drives[unit].tray.open }

// TrayLocked tells whether the guest prevents the removal of the medium.
func (c *Channel) TrayLocked(unit int) bool { return c.drives[unit].tray.locked }

// reportChange ends a packet command with the next thing to report about a
// change of the medium, if there is one.
func (d *drive) reportChange() bool {
	if !d.ready() {
		return false
	}
	switch d.tray.changed {
	case changeGone:
		d.tray.changed = changeFresh
		d.check(senseNotReady, ascNoMedium)
	case changeFresh:
		d.tray.changed = changeNone
		d.check(senseUnitAttention, ascMediumChanged)
	default:
		return false
	}
	return true
}

// startStop is START STOP UNIT. There is no motor, but the tray moves.
func (d *drive) startStop(p *packet) {
	start, loadEject := p.bit(4, 0), p.bit(4, 1)
	switch {
	case !loadEject:
	case start && d.tray.open:
		d.tray.open = false
		if d.media != nil {
			d.tray.changed, d.tray.newMedia = changeFresh, true
		}
	case !start && d.tray.locked && !d.tray.open:
		d.check(senseIllegalRequest, ascRemovalPrevented)
		return
	case !start:
		d.tray.open, d.tray.ejectRequest = true, false
	}
	d.packetDone()
}

// preventRemoval is PREVENT ALLOW MEDIUM REMOVAL.
func (d *drive) preventRemoval(p *packet) {
	d.tray.locked = p.bit(4, 0)
	d.packetDone()
}

// Codes of the media class of events (MMC-2 9.1.2).
const (
	eventMedia        = 4 // the class
	eventEjectRequest = 1
	eventNewMedia     = 2
)

// getEventStatus is GET EVENT STATUS NOTIFICATION. Only polling is supported,
// and of the classes only media.
func (d *drive) getEventStatus(p *packet) {
	if !p.bit(1, 0) {
		d.invalidField()
		return
	}
	const none = 0x80
	if p[4]&(1<<eventMedia) == 0 {
		d.reply([]byte{0, 2, none, 1 << eventMedia}, p.uint16(7))
		return
	}
	var code, status byte
	t := &d.tray
	switch {
	case t.newMedia:
		code, t.newMedia = eventNewMedia, false
	case t.ejectRequest:
		code, t.ejectRequest = eventEjectRequest, false
	}
	if t.open {
		status |= 1
	}
	if d.media != nil {
		status |= 2
	}
	d.reply([]byte{0, 6, eventMedia, 1 << eventMedia, code, status, 0, 0}, p.uint16(7))
}
