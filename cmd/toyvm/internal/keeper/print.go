package keeper

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"toyvm/snapshot/store"
)

// Print prints a list of snapshots as QEMU's "info snapshots" does, with what
// else is known about them. OWN is the space that deleting one gives back.
func Print(w io.Writer, list []store.Entry) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TAG\tVM SIZE\tOWN\tDATE\tVM CLOCK\tICOUNT\tPARENT\tNOTE")
	for _, e := range list {
		note, created := e.Note, "--"
		if e.Err != nil {
			note = Trouble(&e)
		}
		if !e.Created.IsZero() { // as far as it is known
			created = e.Created.Local().Format(time.DateTime)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", e.Tag, Size(e.Size), Size(e.Own), created,
			VMClock(e.Clock), e.Instructions, orDash(e.Parent), note)
	}
	t.Flush() // to memory
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// Trouble says why a snapshot cannot be loaded.
func Trouble(e *store.Entry) string {
	if errors.Is(e.Err, store.ErrDamaged) {
		return "damaged: " + e.Err.Error()
	}
	return e.Err.Error() // such as a newer format
}

func orDash(s string) string {
	if s == "" {
		return "--"
	}
	return s
}

// VMClock is a time of the guest, in ns, as hours, minutes and seconds.
func VMClock(ns int64) string {
	ms := ns / 1e6
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}

// Size is a number of bytes for people to read.
func Size(n int64) string {
	const units = "KMGT"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	v, u := float64(n)/1024, 0
	for v >= 1000 && u < len(units)-1 {
		v, u = v/1024, u+1
	}
	if v < 10 {
		return fmt.Sprintf("%.1f %ciB", v, units[u])
	}
	return fmt.Sprintf("%.0f %ciB", v, units[u])
}
