package i8042

import "maps"

// A Key is a key of the keyboard, by its place on an American one. Its number
// is part of saved states, so new keys go to the end.
type Key uint8

// The keys, called as in QEMU.
const (
	// The row of the function keys.
	KeyEsc Key = iota
	KeyF1
	KeyF2
	KeyF3
	KeyF4
	KeyF5
	KeyF6
	KeyF7
	KeyF8
	KeyF9
	KeyF10
	KeyF11
	KeyF12
	KeyPrint
	KeyScrollLock
	KeyPause

	// The row of the digits.
	KeyGraveAccent
	Key1
	Key2
	Key3
	Key4
	Key5
	Key6
	Key7
	Key8
	Key9
	Key0
	KeyMinus
	KeyEqual
	KeyBackspace

	// The letters, row by row.
	KeyTab
	KeyQ
	KeyW
	KeyE
	KeyR
	KeyT
	KeyY
	KeyU
	KeyI
	KeyO
	KeyP
	KeyBracketLeft
	KeyBracketRight
	KeyBackslash
	KeyCapsLock
	KeyA
	KeyS
	KeyD
	KeyF
	KeyG
	KeyH
	KeyJ
	KeyK
	KeyL
	KeySemicolon
	KeyApostrophe
	KeyRet
	KeyShift
	KeyLess
	KeyZ
	KeyX
	KeyC
	KeyV
	KeyB
	KeyN
	KeyM
	KeyComma
	KeyDot
	KeySlash
	KeyShiftR

	// The row of the space bar.
	KeyCtrl
	KeyMetaL
	KeyAlt
	KeySpc
	KeyAltR
	KeyMetaR
	KeyCompose
	KeyCtrlR

	// The cursor keys.
	KeyInsert
	KeyHome
	KeyPgup
	KeyDelete
	KeyEnd
	KeyPgdn
	KeyUp
	KeyLeft
	KeyDown
	KeyRight

	// The keypad.
	KeyNumLock
	KeyKPDivide
	KeyKPMultiply
	KeyKPSubtract
	KeyKPAdd
	KeyKPEnter
	KeyKPDecimal
	KeyKP0
	KeyKP1
	KeyKP2
	KeyKP3
	KeyKP4
	KeyKP5
	KeyKP6
	KeyKP7
	KeyKP8
	KeyKP9
	KeyKPComma
	KeyKPEquals

	// Japanese keyboards.
	KeyRo
	KeyYen
	KeyHenkan
	KeyMuhenkan
	KeyHiragana
	KeyKatakanahiragana

	// Power.
	KeyPower
	KeySleep
	KeyWake

	// Multimedia.
	KeyAudionext
	KeyAudioprev
	KeyAudiostop
	KeyAudioplay
	KeyAudiomute
	KeyVolumeup
	KeyVolumedown
	KeyMediaselect
	KeyMail
	KeyCalculator
	KeyComputer
	KeyAcHome
	KeyAcBack
	KeyAcForward
	KeyAcRefresh
	KeyAcBookmarks
	KeyStop

	keyCount

	maxKeys = 256 // for which saved states have room
)

// keyAliases are other names of keys.
var keyAliases = map[string]Key{
	"asterisk": KeyKPMultiply,
	"sysrq":    KeyPrint,
	"menu":     KeyCompose,
}

// keyTable has for each key its name, its code in scan code sets 2 and 3, and
// its type in set 3. Codes of set 1 are those of set 2, translated.
var keyTable = [keyCount]struct {
	name string
	set2 uint16 // with e0 in the high byte for those that have the prefix
	set3 uint8  // 0 for none
	typ  keyType
}{
	KeyEsc:              {"esc", 0x76, 0x08, 0},
	KeyF1:               {"f1", 0x05, 0x07, 0},
	KeyF2:               {"f2", 0x06, 0x0f, 0},
	KeyF3:               {"f3", 0x04, 0x17, 0},
	KeyF4:               {"f4", 0x0c, 0x1f, 0},
	KeyF5:               {"f5", 0x03, 0x27, 0},
	KeyF6:               {"f6", 0x0b, 0x2f, 0},
	KeyF7:               {"f7", 0x83, 0x37, 0},
	KeyF8:               {"f8", 0x0a, 0x3f, 0},
	KeyF9:               {"f9", 0x01, 0x47, 0},
	KeyF10:              {"f10", 0x09, 0x4f, 0},
	KeyF11:              {"f11", 0x78, 0x56, 0},
	KeyF12:              {"f12", 0x07, 0x5e, 0},
	KeyPrint:            {"print", 0xe07c, 0x57, 0},
	KeyScrollLock:       {"scroll_lock", 0x7e, 0x5f, 0},
	KeyPause:            {"pause", 0xe07e, 0x62, 0},
	KeyGraveAccent:      {"grave_accent", 0x0e, 0x0e, typematic},
	Key1:                {"1", 0x16, 0x16, typematic},
	Key2:                {"2", 0x1e, 0x1e, typematic},
	Key3:                {"3", 0x26, 0x26, typematic},
	Key4:                {"4", 0x25, 0x25, typematic},
	Key5:                {"5", 0x2e, 0x2e, typematic},
	Key6:                {"6", 0x36, 0x36, typematic},
	Key7:                {"7", 0x3d, 0x3d, typematic},
	Key8:                {"8", 0x3e, 0x3e, typematic},
	Key9:                {"9", 0x46, 0x46, typematic},
	Key0:                {"0", 0x45, 0x45, typematic},
	KeyMinus:            {"minus", 0x4e, 0x4e, typematic},
	KeyEqual:            {"equal", 0x55, 0x55, typematic},
	KeyBackspace:        {"backspace", 0x66, 0x66, typematic},
	KeyTab:              {"tab", 0x0d, 0x0d, typematic},
	KeyQ:                {"q", 0x15, 0x15, typematic},
	KeyW:                {"w", 0x1d, 0x1d, typematic},
	KeyE:                {"e", 0x24, 0x24, typematic},
	KeyR:                {"r", 0x2d, 0x2d, typematic},
	KeyT:                {"t", 0x2c, 0x2c, typematic},
	KeyY:                {"y", 0x35, 0x35, typematic},
	KeyU:                {"u", 0x3c, 0x3c, typematic},
	KeyI:                {"i", 0x43, 0x43, typematic},
	KeyO:                {"o", 0x44, 0x44, typematic},
	KeyP:                {"p", 0x4d, 0x4d, typematic},
	KeyBracketLeft:      {"bracket_left", 0x54, 0x54, typematic},
	KeyBracketRight:     {"bracket_right", 0x5b, 0x5b, typematic},
	KeyBackslash:        {"backslash", 0x5d, 0x5c, typematic},
	KeyCapsLock:         {"caps_lock", 0x58, 0x14, makeBreak},
	KeyA:                {"a", 0x1c, 0x1c, typematic},
	KeyS:                {"s", 0x1b, 0x1b, typematic},
	KeyD:                {"d", 0x23, 0x23, typematic},
	KeyF:                {"f", 0x2b, 0x2b, typematic},
	KeyG:                {"g", 0x34, 0x34, typematic},
	KeyH:                {"h", 0x33, 0x33, typematic},
	KeyJ:                {"j", 0x3b, 0x3b, typematic},
	KeyK:                {"k", 0x42, 0x42, typematic},
	KeyL:                {"l", 0x4b, 0x4b, typematic},
	KeySemicolon:        {"semicolon", 0x4c, 0x4c, typematic},
	KeyApostrophe:       {"apostrophe", 0x52, 0x52, typematic},
	KeyRet:              {"ret", 0x5a, 0x5a, typematic},
	KeyShift:            {"shift", 0x12, 0x12, makeBreak},
	KeyLess:             {"less", 0x61, 0x13, typematic},
	KeyZ:                {"z", 0x1a, 0x1a, typematic},
	KeyX:                {"x", 0x22, 0x22, typematic},
	KeyC:                {"c", 0x21, 0x21, typematic},
	KeyV:                {"v", 0x2a, 0x2a, typematic},
	KeyB:                {"b", 0x32, 0x32, typematic},
	KeyN:                {"n", 0x31, 0x31, typematic},
	KeyM:                {"m", 0x3a, 0x3a, typematic},
	KeyComma:            {"comma", 0x41, 0x41, typematic},
	KeyDot:              {"dot", 0x49, 0x49, typematic},
	KeySlash:            {"slash", 0x4a, 0x4a, typematic},
	KeyShiftR:           {"shift_r", 0x59, 0x59, makeBreak},
	KeyCtrl:             {"ctrl", 0x14, 0x11, makeBreak},
	KeyMetaL:            {"meta_l", 0xe01f, 0x8b, 0},
	KeyAlt:              {"alt", 0x11, 0x19, makeBreak},
	KeySpc:              {"spc", 0x29, 0x29, typematic},
	KeyAltR:             {"alt_r", 0xe011, 0x39, 0},
	KeyMetaR:            {"meta_r", 0xe027, 0x8c, 0},
	KeyCompose:          {"compose", 0xe02f, 0x8d, 0},
	KeyCtrlR:            {"ctrl_r", 0xe014, 0x58, 0},
	KeyInsert:           {"insert", 0xe070, 0x67, 0},
	KeyHome:             {"home", 0xe06c, 0x6e, 0},
	KeyPgup:             {"pgup", 0xe07d, 0x6f, 0},
	KeyDelete:           {"delete", 0xe071, 0x64, typematic},
	KeyEnd:              {"end", 0xe069, 0x65, 0},
	KeyPgdn:             {"pgdn", 0xe07a, 0x6d, 0},
	KeyUp:               {"up", 0xe075, 0x63, typematic},
	KeyLeft:             {"left", 0xe06b, 0x61, typematic},
	KeyDown:             {"down", 0xe072, 0x60, typematic},
	KeyRight:            {"right", 0xe074, 0x6a, typematic},
	KeyNumLock:          {"num_lock", 0x77, 0x76, 0},
	KeyKPDivide:         {"kp_divide", 0xe04a, 0x77, 0},
	KeyKPMultiply:       {"kp_multiply", 0x7c, 0x7e, 0},
	KeyKPSubtract:       {"kp_subtract", 0x7b, 0x84, 0},
	KeyKPAdd:            {"kp_add", 0x79, 0x7c, typematic},
	KeyKPEnter:          {"kp_enter", 0xe05a, 0x79, 0},
	KeyKPDecimal:        {"kp_decimal", 0x71, 0x71, 0},
	KeyKP0:              {"kp_0", 0x70, 0x70, 0},
	KeyKP1:              {"kp_1", 0x69, 0x69, 0},
	KeyKP2:              {"kp_2", 0x72, 0x72, 0},
	KeyKP3:              {"kp_3", 0x7a, 0x7a, 0},
	KeyKP4:              {"kp_4", 0x6b, 0x6b, 0},
	KeyKP5:              {"kp_5", 0x73, 0x73, 0},
	KeyKP6:              {"kp_6", 0x74, 0x74, 0},
	KeyKP7:              {"kp_7", 0x6c, 0x6c, 0},
	KeyKP8:              {"kp_8", 0x75, 0x75, 0},
	KeyKP9:              {"kp_9", 0x7d, 0x7d, 0},
	KeyKPComma:          {"kp_comma", 0x6d, 0, 0},
	KeyKPEquals:         {"kp_equals", 0x0f, 0, 0},
	KeyRo:               {"ro", 0x51, 0, typematic},
	KeyYen:              {"yen", 0x6a, 0x5d, typematic},
	KeyHenkan:           {"henkan", 0x64, 0x86, 0},
	KeyMuhenkan:         {"muhenkan", 0x67, 0x85, 0},
	KeyHiragana:         {"hiragana", 0x62, 0x87, 0},
	KeyKatakanahiragana: {"katakanahiragana", 0x13, 0x87, 0},
	KeyPower:            {"power", 0xe037, 0, 0},
	KeySleep:            {"sleep", 0xe03f, 0, 0},
	KeyWake:             {"wake", 0xe05e, 0, 0},
	KeyAudionext:        {"audionext", 0xe04d, 0x93, 0},
	KeyAudioprev:        {"audioprev", 0xe015, 0x94, 0},
	KeyAudiostop:        {"audiostop", 0xe03b, 0x98, 0},
	KeyAudioplay:        {"audioplay", 0xe034, 0, 0},
	KeyAudiomute:        {"audiomute", 0xe023, 0x9c, 0},
	KeyVolumeup:         {"volumeup", 0xe032, 0x95, 0},
	KeyVolumedown:       {"volumedown", 0xe021, 0x9d, 0},
	KeyMediaselect:      {"mediaselect", 0xe050, 0, 0},
	KeyMail:             {"mail", 0xe048, 0, 0},
	KeyCalculator:       {"calculator", 0xe02b, 0xa3, 0},
	KeyComputer:         {"computer", 0xe040, 0, 0},
	KeyAcHome:           {"ac_home", 0xe03a, 0x97, 0},
	KeyAcBack:           {"ac_back", 0xe038, 0, 0},
	KeyAcForward:        {"ac_forward", 0xe030, 0, 0},
	KeyAcRefresh:        {"ac_refresh", 0xe020, 0, 0},
	KeyAcBookmarks:      {"ac_bookmarks", 0xe018, 0, 0},
	KeyStop:             {"stop", 0xe028, 0x0a, 0},
}

// KeyByName finds a key by its name.
func KeyByName(name string) (Key, bool) {
	key, ok := keysByName[name]
	return key, ok
}

func (k Key) String() string {
	if k < keyCount {
		return keyTable[k].name
	}
	return "unknown key"
}

var keysByName = func() map[string]Key {
	names := maps.Clone(keyAliases)
	for key := range keyCount {
		names[keyTable[key].name] = key
	}
	return names
}()
