package ata

import (
	"errors"
	"fmt"

	"toyvm/vmstate"
)

// Section returns the channel as a section of a stream. QEMU gives both
// channels the instance 0 and sends the primary first. The level of the
// interrupt line is the interrupt controllers' to remember.
func (c *Channel) Section(instance int) *vmstate.Section {
	return vmstate.NewSection(&channelState, c, instance)
}

// History: version 3 is QEMU's since 0.11, which added cdrom_changed.
var channelState = vmstate.Description[Channel]{
	Name:     "isa-ide",
	Version:  3,
	PostLoad: (*Channel).postLoad,
	Fields: vmstate.Fields[Channel]{
		vmstate.Struct("bus", func(c *Channel) *Channel { return c }, &busState),
		vmstate.Array("bus.ifs", func(c *Channel) []drive { return c.drives[:] }, vmstate.StructOf(&driveState)),
	},
}

var busState = vmstate.Description[Channel]{
	Name:       "ide_bus",
	Version:    1,
	MinVersion: 1,
	PreLoad:    func(c *Channel) error { c.retry = retry{}; return nil },
	Fields: vmstate.Fields[Channel]{
		vmstate.Uint8("cmd", func(c *Channel) *uint8 { return &c.control }),
		vmstate.Uint8("unit", func(c *Channel) *uint8 { return &c.selected }),
	},
	Subsections: []*vmstate.Description[Channel]{&retryState},
}

// retry is QEMU's note of a host access that failed and is to be tried again.
// Here such a failure goes to the guest at once, so this is only read.
type retry struct {
	status int32
	sector int64
	count  uint32
	unit   uint8
}

var retryState = vmstate.Description[Channel]{
	Name:       "ide_bus/error",
	Version:    2,
	MinVersion: 1,
	Needed:     func(c *Channel) bool { return c.retry.status != 0 },
	Fields: vmstate.Fields[Channel]{
		vmstate.Int32("error_status", func(c *Channel) *int32 { return &c.retry.status }),
		vmstate.Int64("retry_sector_num", func(c *Channel) *int64 { return &c.retry.sector }).Since(2),
		vmstate.Uint32("retry_nsector", func(c *Channel) *uint32 { return &c.retry.count }).Since(2),
		vmstate.Uint8("retry_unit", func(c *Channel) *uint8 { return &c.retry.unit }).Since(2),
	},
}

var driveState = vmstate.Description[drive]{
	Name:     "ide_drive",
	Version:  3,
	PreLoad:  (*drive).preLoad,
	PostLoad: (*drive).postLoad,
	Fields: vmstate.Fields[drive]{
		vmstate.Int32("mult_sectors", func(d *drive) *int32 { return &d.multiple }),
		vmstate.Int32("identify_set", func(d *drive) *int32 { return &d.identified }),
		vmstate.Buffer("identify_data", func(d *drive) []byte { return d.identity[:] }).
			When(func(d *drive, _ int) bool { return d.identified != 0 }),
		vmstate.Uint8("feature", func(d *drive) *uint8 { return &d.features }),
		vmstate.Uint8("error", func(d *drive) *uint8 { return &d.errorBits }),
		vmstate.Uint32("nsector", func(d *drive) *uint32 { return &d.sectorCount }),
		vmstate.Uint8("sector", func(d *drive) *uint8 { return &d.sectorNumber }),
		vmstate.Uint8("lcyl", func(d *drive) *uint8 { return &d.cylinderLow }),
		vmstate.Uint8("hcyl", func(d *drive) *uint8 { return &d.cylinderHigh }),
		vmstate.Uint8("hob_feature", func(d *drive) *uint8 { return &d.hob.features }),
		vmstate.Uint8("hob_sector", func(d *drive) *uint8 { return &d.hob.sectorNumber }),
		vmstate.Uint8("hob_nsector", func(d *drive) *uint8 { return &d.hob.sectorCount }),
		vmstate.Uint8("hob_lcyl", func(d *drive) *uint8 { return &d.hob.cylinderLow }),
		vmstate.Uint8("hob_hcyl", func(d *drive) *uint8 { return &d.hob.cylinderHigh }),
		vmstate.Uint8("select", func(d *drive) *uint8 { return &d.device }),
		vmstate.Uint8("status", func(d *drive) *uint8 { return &d.status }),
		vmstate.Uint8("lba48", func(d *drive) *uint8 { return &d.lba48 }),
		vmstate.Uint8("sense_key", func(d *drive) *uint8 { return &d.sense.key }),
		vmstate.Uint8("asc", func(d *drive) *uint8 { return &d.sense.asc }),
		vmstate.Uint8("cdrom_changed", func(d *drive) *uint8 { return &d.tray.changed }).Since(3),
	},
	Subsections: []*vmstate.Description[drive]{&transferState, &trayState, &eventState, &cdReadState},
}

var transferState = vmstate.Description[drive]{
	Name:       "ide_drive/pio_state",
	Version:    1,
	MinVersion: 1,
	PostLoad:   (*drive).checkTransfer,
	Needed:     func(d *drive) bool { return d.status&statusDRQ != 0 },
	Fields: vmstate.Fields[drive]{
		vmstate.Int32("req_nb_sectors", func(d *drive) *int32 { return &d.transfer.block }),
		vmstate.Array("io_buffer", func(d *drive) []uint8 { return d.transfer.buffer[:] }, vmstate.Uint8),
		vmstate.Int32("cur_io_buffer_offset", func(d *drive) *int32 { return &d.transfer.offset }),
		vmstate.Int32("cur_io_buffer_len", func(d *drive) *int32 { return &d.transfer.length }),
		vmstate.Uint8("end_transfer_fn_idx", func(d *drive) *step { return &d.transfer.step }),
		vmstate.Int32("elementary_transfer_size", func(d *drive) *int32 { return &d.transfer.burstLeft }),
		vmstate.Int32("packet_transfer_size", func(d *drive) *int32 { return &d.transfer.replyLeft }),
	},
}

var trayState = vmstate.Description[drive]{
	Name:       "ide_drive/tray_state",
	Version:    1,
	MinVersion: 1,
	Needed:     func(d *drive) bool { return d.tray.open || d.tray.locked },
	Fields: vmstate.Fields[drive]{
		vmstate.Bool("tray_open", func(d *drive) *bool { return &d.tray.open }),
		vmstate.Bool("tray_locked", func(d *drive) *bool { return &d.tray.locked }),
	},
}

var eventState = vmstate.Description[drive]{
	Name:       "ide_drive/atapi/gesn_state",
	Version:    1,
	MinVersion: 1,
	Needed:     func(d *drive) bool { return d.tray.newMedia || d.tray.ejectRequest },
	Fields: vmstate.Fields[drive]{
		vmstate.Bool("events.new_media", func(d *drive) *bool { return &d.tray.newMedia }),
		vmstate.Bool("events.eject_request", func(d *drive) *bool { return &d.tray.ejectRequest }),
	},
}

// cdReadState is how a read of several CD sectors goes on. QEMU does not save
// that, and fails such a read when it continues.
var cdReadState = vmstate.Description[drive]{
	Name:       "ide_drive/toyvm/cd_read",
	Version:    1,
	MinVersion: 1,
	PostLoad:   (*drive).checkRead,
	Needed:     (*drive).readsOn,
	Fields: vmstate.Fields[drive]{
		vmstate.Uint32("lba", func(d *drive) *uint32 { return &d.read.lba }),
		vmstate.Uint8("parts", func(d *drive) *uint8 { return &d.read.parts }),
		vmstate.Int32("filled", func(d *drive) *int32 { return &d.read.filled }),
	},
}

// readsOn tells whether the read goes on in another way than is assumed
// without cdReadState.
func (d *drive) readsOn() bool { return d.replying() && d.read != d.transfer.assumedRead() }

// assumedRead is how an answer goes on that says nothing about it. As much as
// a sector is in the buffer; what is behind that may be anything.
func (t *transfer) assumedRead() cdRead {
	filled := t.offset + t.length
	if end := int64(filled) + int64(t.replyLeft); end <= rawSize {
		filled = int32(end)
	}
	return cdRead{filled: filled}
}

func (d *drive) replying() bool { return d.status&statusDRQ != 0 && d.transfer.step == stepReply }

// preLoad sets what the absence of a subsection stands for.
func (d *drive) preLoad() error {
	d.transfer.used = bufferSize
	d.forget()
	d.tray = tray{}
	return nil
}

// checkTransfer refuses a transfer that this drive cannot continue.
func (d *drive) checkTransfer(int) error {
	t := &d.transfer
	t.used = bufferSize
	switch end := int64(t.offset) + int64(t.length); {
	case t.offset < 0 || t.length <= 0 || end > bufferSize:
		return fmt.Errorf("%d bytes at %d of the buffer of %d", t.length, t.offset, bufferSize)
	case t.step > stepIgnore:
		return fmt.Errorf("unknown end of a transfer: %d", t.step)
	case d.kind == cdrom && t.step <= stepWrite:
		return errors.New("a transfer of a disk in a CD-ROM drive")
	case d.kind == disk && (t.step == stepReply || t.step == stepPacket):
		return errors.New("a packet in a hard disk")
	case t.step <= stepWrite && (t.block < 1 || t.block > bufferSize/sectorSize):
		return fmt.Errorf("a block of %d sectors", t.block)
	case t.burstLeft < 0 || t.burstLeft > 0xffff || t.replyLeft < t.burstLeft:
		return fmt.Errorf("%d bytes of a block in %d of an answer", t.burstLeft, t.replyLeft)
	}
	return nil
}

func (d *drive) checkRead(int) error {
	if d.read.filled < 0 || d.read.filled > bufferSize {
		return fmt.Errorf("%d bytes in a buffer of %d", d.read.filled, bufferSize)
	}
	return nil
}

func (d *drive) postLoad(int) error {
	if d.identified == 0 {
		d.identity = [sectorSize]byte{}
	}
	d.current = d.identifiedTranslation()
	if d.replying() && d.read.filled == 0 {
		d.read = d.transfer.assumedRead()
	}
	return nil
}

func (c *Channel) postLoad(int) error {
	if int(c.selected) >= len(c.drives) {
		return fmt.Errorf("drive %d of %d is selected", c.selected, len(c.drives))
	}
	c.retry = retry{}
	if c.control&controlSRST == 0 {
		for i := range c.drives {
			c.drives[i].giveUp()
		}
	}
	return nil
}

// giveUp ends a command that nobody goes on with: the sender was busy, which
// it could only be while it waited for its host to recover from an error, or
// did not send the transfer.
func (d *drive) giveUp() {
	if d.status&statusBSY != 0 || d.status&statusDRQ != 0 && d.transfer.length == 0 {
		d.setError(errorABRT)
	}
}
