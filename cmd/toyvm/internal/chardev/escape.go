package chardev

// escapeKey comes before the keys that are commands: Ctrl-A. Twice it is one
// for the partner.
const escapeKey = 0x01

// An Escape finds the user's commands in what is typed, as QEMU has them on
// lines that several share. Its zero value is ready.
type Escape struct{ seen bool }

// Next takes bytes up to the first command apart: what comes before, the key of
// the command or 0, and what is left.
func (e *Escape) Next(b []byte) (before []byte, command byte, rest []byte) {
	for i, c := range b {
		switch {
		case e.seen && c == escapeKey:
			e.seen = false
			before = append(before, c)
		case e.seen:
			e.seen = false
			return before, c, b[i+1:]
		case c == escapeKey:
			e.seen = true
		default:
			before = append(before, c)
		}
	}
	return before, 0, nil
}
