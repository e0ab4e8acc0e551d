package i8042

// Bytes of scan codes with a meaning of their own.
const (
	extended    = 0xe0 // keys that the first keyboards did not have
	breakPrefix = 0xf0 // release, in sets 2 and 3
	releaseBit  = 0x80 // release, in set 1

	longestCode = 8 // bytes: Pause in set 2
)

// A keyType says what a key sends in scan code set 3 beyond its make code.
type keyType uint8

const (
	makeBreak keyType = 1 << iota // a break code on release
	typematic                     // the make code again while it is held
)

// typeOfCommand are the types that commands set.
var typeOfCommand = map[uint8]keyType{
	kbdAllTypematic: typematic,
	kbdAllMakeBreak: makeBreak,
	kbdAllMake:      0,
	kbdAllBoth:      typematic | makeBreak,
	kbdKeyTypematic: typematic,
	kbdKeyMakeBreak: makeBreak,
	kbdKeyMake:      0,
}

// defaultTypes are the types of the keys after reset.
var defaultTypes = func() (types [maxKeys]keyType) {
	for key := range keyCount {
		types[key] = keyTable[key].typ
	}
	return types
}()

// setKeyType changes the type of the key with the given code in set 3.
func (k *Keyboard) setKeyType(code uint8, t keyType) {
	for key := range keyCount {
		if keyTable[key].set3 == code {
			k.types[key] = t
		}
	}
}

// codes is what a key sends when it is pressed or released.
func (k *Keyboard) codes(key Key, pressed bool) []uint8 {
	switch k.set {
	case 1:
		return translate(k.codes2(key, pressed))
	case 3:
		return k.codes3(key, pressed)
	default:
		return k.codes2(key, pressed)
	}
}

// codes2 is the codes in set 2. Two keys of the first keyboards live on in
// keys that send different codes together with Ctrl, Shift or Alt.
func (k *Keyboard) codes2(key Key, pressed bool) []uint8 {
	ctrl := k.anyHeld(KeyCtrl, KeyCtrlR)
	switch {
	case key == KeyPause && ctrl: // Break
		return upTo(pressed, []uint8{0xe0, 0x7e, 0xe0, 0xf0, 0x7e}, nil)
	case key == KeyPause:
		return upTo(pressed, []uint8{0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77}, nil)
	case key == KeyPrint:
		switch {
		case k.anyHeld(KeyAlt, KeyAltR): // SysRq
			return upTo(pressed, []uint8{0x84}, []uint8{0xf0, 0x84})
		case !ctrl && !k.anyHeld(KeyShift, KeyShiftR): // pretends that Shift is held
			return upTo(pressed, []uint8{0xe0, 0x12, 0xe0, 0x7c}, []uint8{0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12})
		}
	}
	var codes []uint8
	code := keyTable[key].set2
	if code>>8 == extended {
		codes = append(codes, extended)
	}
	if !pressed {
		codes = append(codes, breakPrefix)
	}
	return append(codes, uint8(code))
}

// codes3 is the codes in set 3: one for each key, and a release only of keys
// whose type has it.
func (k *Keyboard) codes3(key Key, pressed bool) []uint8 {
	code := keyTable[key].set3
	switch {
	case code == 0:
		return nil
	case pressed:
		return []uint8{code}
	case k.types[key]&makeBreak != 0:
		return []uint8{breakPrefix, code}
	default:
		return nil
	}
}

func upTo(pressed bool, make, release []uint8) []uint8 {
	if pressed {
		return make
	}
	return release
}

// translate turns codes of set 2 into those of set 1.
func translate(codes []uint8) []uint8 {
	var translated []uint8
	release := uint8(0)
	for _, code := range codes {
		if code == breakPrefix {
			release = releaseBit
			continue
		}
		translated = append(translated, translation[code]|release)
		release = 0
	}
	return translated
}

// translation is the controller's table from set 2 to set 1. Codes that no
// key of the AT had come out as they went in.
var translation = func() (table [256]uint8) {
	for code := range table {
		table[code] = uint8(code)
	}
	copy(table[:], []uint8{
		0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
		0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
		0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
		0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
		0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
		0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
		0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
		0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
		0x80, 0x81, 0x82, 0x41, 0x54,
	})
	return table
}()
