package i8042

// layoutRows are the keys of an American keyboard that type characters, from
// some key on in the order of their numbers, without and with shift.
var layoutRows = []struct {
	first          Key
	plain, shifted string
}{
	{KeyGraveAccent, "`1234567890-=", "~!@#$%^&*()_+"},
	{KeyQ, `qwertyuiop[]\`, "QWERTYUIOP{}|"},
	{KeyA, "asdfghjkl;'", `ASDFGHJKL:"`},
	{KeyZ, "zxcvbnm,./", "ZXCVBNM<>?"},
	{KeySpc, " ", ""},
}

type layoutKey struct {
	key   Key
	shift bool
}

var layout = func() map[rune]layoutKey {
	t := map[rune]layoutKey{}
	for _, row := range layoutRows {
		for i, r := range row.plain {
			t[r] = layoutKey{row.first + Key(i), false}
		}
		for i, r := range row.shifted {
			t[r] = layoutKey{row.first + Key(i), true}
		}
	}
	return t
}()

// KeyOf finds the key of an American keyboard that types a printable character
// of ASCII, and tells whether Shift must be held.
func KeyOf(r rune) (key Key, shift, ok bool) {
	k, ok := layout[r]
	return k.key, k.shift, ok
}
