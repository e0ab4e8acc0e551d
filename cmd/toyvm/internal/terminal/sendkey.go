package terminal

import (
	"fmt"
	"strconv"
	"strings"

	"toyvm/devices/i8042"
)

// maxSendKeys are the most keys that SendKey holds at a time, as in QEMU.
const maxSendKeys = 16

// SendKey presses keys together and releases them in reverse, given as to
// QEMU's sendkey: their names joined by hyphens, as in ctrl-alt-delete. A key
// may also be a scan code of set 1 such as 0x1e, with 0x80 added for those
// that have the prefix e0.
func SendKey(keys string) ([]KeyEvent, error) {
	names := strings.Split(keys, "-")
	if len(names) > maxSendKeys {
		return nil, fmt.Errorf("sendkey %q: more than %d keys", keys, maxSendKeys)
	}
	var pressed []i8042.Key
	for _, name := range names {
		key, ok := keyByNameOrCode(name)
		if !ok {
			return nil, fmt.Errorf("sendkey %q: unknown key %q", keys, name)
		}
		pressed = append(pressed, key)
	}
	return chord(pressed), nil
}

func keyByNameOrCode(name string) (i8042.Key, bool) {
	if name == "<" {
		return i8042.KeyLess, true // an old name that QEMU still takes
	}
	if digits, ok := strings.CutPrefix(name, "0x"); ok {
		code, err := strconv.ParseUint(digits, 16, 8)
		key, known := keysByScanCode[uint8(code)]
		return key, err == nil && known
	}
	return i8042.KeyByName(name)
}

// scanCodeRuns are the keys by their codes in set 1, in runs in which both go
// up by one.
var scanCodeRuns = []struct {
	code        uint8
	first, last i8042.Key
}{
	{0x01, i8042.KeyEsc, i8042.KeyEsc},
	{0x02, i8042.Key1, i8042.KeyBackspace},
	{0x0f, i8042.KeyTab, i8042.KeyBracketRight},
	{0x1c, i8042.KeyRet, i8042.KeyRet},
	{0x1d, i8042.KeyCtrl, i8042.KeyCtrl},
	{0x1e, i8042.KeyA, i8042.KeyApostrophe},
	{0x29, i8042.KeyGraveAccent, i8042.KeyGraveAccent},
	{0x2a, i8042.KeyShift, i8042.KeyShift},
	{0x2b, i8042.KeyBackslash, i8042.KeyBackslash},
	{0x2c, i8042.KeyZ, i8042.KeyShiftR},
	{0x37, i8042.KeyKPMultiply, i8042.KeyKPMultiply},
	{0x38, i8042.KeyAlt, i8042.KeySpc},
	{0x3a, i8042.KeyCapsLock, i8042.KeyCapsLock},
	{0x3b, i8042.KeyF1, i8042.KeyF10},
	{0x45, i8042.KeyNumLock, i8042.KeyNumLock},
	{0x46, i8042.KeyScrollLock, i8042.KeyScrollLock},
	{0x47, i8042.KeyKP7, i8042.KeyKP9},
	{0x4a, i8042.KeyKPSubtract, i8042.KeyKPSubtract},
	{0x4b, i8042.KeyKP4, i8042.KeyKP6},
	{0x4e, i8042.KeyKPAdd, i8042.KeyKPAdd},
	{0x4f, i8042.KeyKP1, i8042.KeyKP3},
	{0x52, i8042.KeyKP0, i8042.KeyKP0},
	{0x53, i8042.KeyKPDecimal, i8042.KeyKPDecimal},
	{0x54, i8042.KeyPrint, i8042.KeyPrint},
	{0x56, i8042.KeyLess, i8042.KeyLess},
	{0x57, i8042.KeyF11, i8042.KeyF12},

	{0x9c, i8042.KeyKPEnter, i8042.KeyKPEnter},
	{0x9d, i8042.KeyCtrlR, i8042.KeyCtrlR},
	{0xb5, i8042.KeyKPDivide, i8042.KeyKPDivide},
	{0xb7, i8042.KeyPrint, i8042.KeyPrint},
	{0xb8, i8042.KeyAltR, i8042.KeyAltR},
	{0xc6, i8042.KeyPause, i8042.KeyPause},
	{0xc7, i8042.KeyHome, i8042.KeyHome},
	{0xc8, i8042.KeyUp, i8042.KeyUp},
	{0xc9, i8042.KeyPgup, i8042.KeyPgup},
	{0xcb, i8042.KeyLeft, i8042.KeyLeft},
	{0xcd, i8042.KeyRight, i8042.KeyRight},
	{0xcf, i8042.KeyEnd, i8042.KeyEnd},
	{0xd0, i8042.KeyDown, i8042.KeyDown},
	{0xd1, i8042.KeyPgdn, i8042.KeyPgdn},
	{0xd2, i8042.KeyInsert, i8042.KeyInsert},
	{0xd3, i8042.KeyDelete, i8042.KeyDelete},
	{0xdb, i8042.KeyMetaL, i8042.KeyMetaL},
	{0xdc, i8042.KeyMetaR, i8042.KeyMetaR},
	{0xdd, i8042.KeyCompose, i8042.KeyCompose},
}

var keysByScanCode = func() map[uint8]i8042.Key {
	t := map[uint8]i8042.Key{}
	for _, run := range scanCodeRuns {
		for key := run.first; key <= run.last; key++ {
			t[run.code+uint8(key-run.first)] = key
		}
	}
	return t
}()
