package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"toyvm/snapshot"
)

// How much of what differs is printed without --all.
const (
	shownRuns  = 16 // of a memory block or a disk
	shownLines = 8  // of a run of memory, of 16 bytes
)

// A difference is what two machines do not have in common.
type difference struct {
	*snapshot.Difference
	before, after *snapshot.Image
	screen        []lineChange
}

// Empty tells whether there is none.
func (d *difference) Empty() bool { return d.Difference.Empty() && len(d.screen) == 0 }

// print prints the difference for people; without all only the beginning of
// what is long.
func (d *difference) print(w io.Writer, all bool) error {
	b := bufio.NewWriter(w)
	for _, s := range d.Settings {
		fmt.Fprintf(b, "settings.%s: %s -> %s\n", s.Name, orNone(s.Old), orNone(s.New))
	}
	for _, c := range d.Devices {
		fmt.Fprintf(b, "%s: %s -> %s\n", c.Path, side(c.Old), side(c.New))
	}
	if len(d.screen) > 0 {
		fmt.Fprintln(b, "screen:")
		for _, l := range d.screen {
			fmt.Fprintf(b, "%c %s\n", l.Sign, l.Text)
		}
	}
	for _, m := range d.Memory {
		d.printMemory(b, m, all)
	}
	for _, c := range d.Disks {
		printDisk(b, c, all)
	}
	return b.Flush()
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// bytesOf is how long runs are together.
func bytesOf(runs []snapshot.Run) (n int64) {
	for _, r := range runs {
		n += r.Length
	}
	return n
}

// shown are the first runs, and the others if they are not to be printed.
func shown(runs []snapshot.Run, all bool) (printed, left []snapshot.Run) {
	if all || len(runs) <= shownRuns {
		return runs, nil
	}
	return runs[:shownRuns], runs[shownRuns:]
}

func (d *difference) printMemory(w io.Writer, c snapshot.MemoryChange, all bool) {
	before, after := findBlock(d.before, c.Name), findBlock(d.after, c.Name)
	if before.Pages == nil || after.Pages == nil {
		fmt.Fprintf(w, "%s: %d bytes -> %d bytes\n", c.Name, before.Size(), after.Size())
		return
	}
	runs, left := shown(c.Runs, all)
	for _, r := range runs {
		fmt.Fprintf(w, "%s %#x: %s\n", c.Name, r.At, count(r.Length, "byte"))
		first, end := r.At&^15, (r.At+r.Length+15)&^15
		last := end
		if !all {
			last = min(end, first+16*shownLines)
		}
		for at := first; at < last; at += 16 {
			a, b := sixteen(before, at), sixteen(after, at)
			if a != b {
				fmt.Fprintf(w, "- %08x  %s\n+ %08x  %s\n", at, hexLine(a), at, hexLine(b))
			}
		}
		if last < end {
			fmt.Fprintf(w, "  … and %d more bytes up to %#x; --all prints them\n", r.At+r.Length-last, r.At+r.Length)
		}
	}
	if left != nil {
		fmt.Fprintf(w, "… and %d more bytes of %s in %d places; --all prints them\n", bytesOf(left), c.Name, len(left))
	}
}

// findBlock is the memory block of a machine with a name, empty if there is none.
func findBlock(i *snapshot.Image, name string) snapshot.Memory {
	for _, m := range i.Memory {
		if m.Name == name {
			return m
		}
	}
	return snapshot.Memory{}
}

// sixteen is 16 bytes of a block.
func sixteen(m snapshot.Memory, at int64) (bytes [16]byte) {
	copy(bytes[:], m.Page(int(at / snapshot.PageSize))[at%snapshot.PageSize:])
	return bytes
}

func hexLine(p [16]byte) string {
	text := p
	for i, b := range text {
		if b < ' ' || b > '~' {
			text[i] = '.'
		}
	}
	return fmt.Sprintf("% x  % x  |%s|", p[:8], p[8:], text)
}

func printDisk(w io.Writer, c snapshot.DiskChange, all bool) {
	if c.Other != "" {
		fmt.Fprintf(w, "%s: %s\n", c.Drive, c.Other)
		return
	}
	fmt.Fprintf(w, "%s: %s\n", c.Drive, sectors(c.Runs, all))
}

// count is a number of things.
func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// sectors lists runs of sectors.
func sectors(runs []snapshot.Run, all bool) string {
	printed, left := shown(runs, all)
	var list []string
	for _, r := range printed {
		if r.Length == 1 {
			list = append(list, fmt.Sprint(r.At))
		} else {
			list = append(list, fmt.Sprintf("%d-%d", r.At, r.At+r.Length-1))
		}
	}
	s := count(bytesOf(runs), "sector") + ": " + strings.Join(list, ", ")
	if left != nil {
		s += fmt.Sprintf(" and %d more", bytesOf(left))
	}
	return s
}
