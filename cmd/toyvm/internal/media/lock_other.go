//go:build !unix

package media

import "os"

// lock does nothing: the system has no locks of this kind.
func lock(*os.File, bool) error { return nil }
