// Package window shows the machine in a window of its own, with the keyboard,
// the mouse and the loudspeaker, a menu and the monitor.
//
// A window has two sides. The user's side runs on the main goroutine, as
// window systems want it: Update takes what the user did and says how the
// window looks. The machine's side is Refresh, which the session calls between
// two slices of the run: nothing else touches the machine, so a run with a
// window is the run without. The sides leave each other work under a lock.
//
// All that is here without a build tag knows no window system, and so is
// tested without one. Show, in builds that have it, brings both together.
package window
