// Package snaptest is for tests of what runs in a machine: boot it once, and
// start every test from the moment at which it was ready.
//
//	func TestShell(t *testing.T) {
//		m := snaptest.Boot(t, machine.Config{Floppies: [2]machine.Floppy{snaptest.Floppy(image)}})
//		m.Until(snaptest.Screen(`A:\>`))
//		ready := m.Snapshot()
//		for command, answer := range answers {
//			t.Run(command, func(t *testing.T) {
//				t.Parallel()
//				m := ready.Fork(t)
//				m.Type(command + "\n")
//				m.Until(snaptest.Screen(answer).Within(5 * time.Second))
//			})
//		}
//	}
//
// A [Snapshot] may also come from a store, where toyvm's savevm puts them
// ([Load], [LoadFS]), or from an exported file ([Import]). A fork costs about a
// millisecond, for it shares all memory that it does not change.
//
// A [Machine] belongs to the test that made it: what goes wrong fails that test,
// with the screen, the registers and the last serial output in the message. Time
// is the guest's. It does not depend on the host, so a test that passes once
// passes always.
//
// [Machine.Golden] compares a machine with a snapshot that is kept beside the
// test. go test -update writes it.
package snaptest
