//go:build !window && !windows && !js

package window

import "errors"

// Available tells whether this build has a window.
const Available = false

// Show fails: importing the library for windows would need its headers to
// build toyvm, and a display to run it, so it is left to builds that want it.
func Show(*Window, func()) error {
	return errors.New(`this build of toyvm has no window. Build it with one by
  go install -tags window ./cmd/toyvm
for which Linux needs a C compiler and, on Debian,
  apt install libgl1-mesa-dev libx11-dev libxcursor-dev libxi-dev libxinerama-dev libxrandr-dev libxxf86vm-dev libasound2-dev`)
}
