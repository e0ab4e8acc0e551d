// Package terminal shows the guest's screen in a text terminal, and makes the
// guest's keyboard of the terminal's keys.
//
// A Renderer draws the text of a text mode, or the dots of a graphics mode as
// half blocks, and writes only what has changed. A Decoder makes presses and
// releases of keys of what the terminal sends, and finds the user's commands
// behind the Ctrl-A prefix. A Terminal puts the terminal in the state that
// both need, and takes it back whatever ends the program. Type and SendKey
// press keys for scripts.
//
// Nothing here runs on its own in the guest's sight: bytes, sizes and signals
// wait in channels until the caller takes them, and the time is the caller's.
//
// A terminal tells characters, not keys. So a key is released as soon as it is
// pressed, one that the terminal repeats is pressed again, and keys of which
// it tells nothing, such as Shift alone, cannot be had but by SendKey.
package terminal
