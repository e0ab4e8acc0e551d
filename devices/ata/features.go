package ata

// Subcommands of SET FEATURES, in the Features register.
const (
	setWriteCacheOn   = 0x02
	setTransferMode   = 0x03
	setLookAheadOff   = 0x55
	setKeepSettings   = 0x66
	setWriteCacheOff  = 0x82
	setLookAheadOn    = 0xaa
	setRevertSettings = 0xcc
)

// setFeatures is SET FEATURES. What it sets is kept in the block of IDENTIFY,
// where the host can read it.
func (d *drive) setFeatures() {
	d.ensureIdentity()
	ok := true
	switch d.features {
	case setTransferMode:
		ok = pioMode(uint8(d.sectorCount))
	case setWriteCacheOn:
		ok = d.enable(featureWriteCache, true)
	case setWriteCacheOff:
		ok = d.enable(featureWriteCache, false)
	case setLookAheadOn:
		ok = d.enable(featureLookAhead, true)
	case setLookAheadOff:
		ok = d.enable(featureLookAhead, false)
	case setKeepSettings:
		d.setWord(wordKeepSettings, 1)
	case setRevertSettings:
		d.setWord(wordKeepSettings, 0)
	default:
		ok = false
	}
	if !ok {
		d.abort()
		return
	}
	d.complete()
}

// pioMode tells whether a transfer mode is one the drive has: the default
// one with or without IORDY, or PIO with flow control up to mode 4.
func pioMode(mode uint8) bool { return mode <= 0x01 || 0x08 <= mode && mode <= 0x0c }

// enable turns a feature of word 82 on or off, if the drive has it.
func (d *drive) enable(feature uint16, on bool) bool {
	if d.word(wordSupported)&feature == 0 {
		return false
	}
	if on {
		d.setWord(wordEnabled, d.word(wordEnabled)|feature)
	} else {
		d.setWord(wordEnabled, d.word(wordEnabled)&^feature)
	}
	return true
}

// keepsSettings tells whether SRST leaves the settings as they are.
func (d *drive) keepsSettings() bool { return d.identified != 0 && d.word(wordKeepSettings) == 1 }

// revertFeatures turns all features on.
func (d *drive) revertFeatures() { d.setWord(wordEnabled, d.word(wordSupported)) }
