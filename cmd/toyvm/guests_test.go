package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Systems of others, as Debian packages them.
const (
	seabios    = "/usr/share/seabios/bios.bin"
	seavgabios = "/usr/share/seabios/vgabios-isavga.bin"
	grubFloppy = "/usr/lib/grub-rescue/grub-rescue-floppy.img"
	grubCDROM  = "/usr/lib/grub-rescue/grub-rescue-cdrom.iso"
	memtest    = "/usr/lib/memtest86+/memtest86+ia32.iso"
)

// needs skips a test for which a file is missing.
func needs(t *testing.T, pkg string, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			t.Skipf("no %s: install the package %s", path, pkg)
		}
	}
}

// withEachBIOS runs a test with our firmware and with SeaBIOS.
func withEachBIOS(t *testing.T, test func(t *testing.T, args ...string)) {
	t.Run("our BIOS", func(t *testing.T) { test(t) })
	t.Run("SeaBIOS", func(t *testing.T) {
		needs(t, "seabios", seabios, seavgabios)
		test(t, "--bios", seabios, "--vgabios", seavgabios)
	})
}

// alike runs a machine to the end of a script, twice, and returns what it
// printed, which must be the same.
func alike(t *testing.T, args ...string) string {
	t.Helper()
	args = append([]string{"--ephemeral"}, args...)
	out, errs, status := runs("", args...)
	require.Equal(t, 0, status, errs)
	again, _, _ := runs("", args...)
	require.Equal(t, out, again)
	return out
}

// squeezed is a text with single blanks, as programs align in their own ways.
func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

// grubScript looks at a disk from GRUB's command line. Each command waits for
// the one before: what is typed while GRUB works gets lost after some keys.
func grubScript(t *testing.T, disk string) string {
	return scriptFile(t,
		`wait screen "Use the" 60`,
		`type "c"`,
		`wait screen "grub>"`,
		`type "ls\n"`,
		`wait screen "(`+disk+`)"`,
		`type "ls (`+disk+`)/\n"`,
		`wait screen "manual/"`,
		`type "cat (`+disk+`)/readme.txt\n"`,
		`wait screen "`+readmeText+`"`,
		"screen",
		"info hash")
}

func TestGRUBFromFloppy(t *testing.T) {
	needs(t, "grub-rescue-pc", grubFloppy)
	script, disk := grubScript(t, "fd1"), fatFloppy(t)
	withEachBIOS(t, func(t *testing.T, bios ...string) {
		out := alike(t, append(bios, "--script", script, "--fda", grubFloppy, "--fdb", disk)...)
		assert.Contains(t, squeezed(out), "grub> ls (fd0) (fd0,msdos1) (fd1) grub> ls (fd1)/ readme.txt manual/ grub> cat")
	})
}

func TestGRUBFromCDROM(t *testing.T) {
	needs(t, "grub-rescue-pc", grubCDROM)
	script, disk := grubScript(t, "hd0"), fatFloppy(t)
	withEachBIOS(t, func(t *testing.T, bios ...string) {
		out := alike(t, append(bios, "--script", script, "--cdrom", grubCDROM, "--hda", disk, "--boot", "d")...)
		assert.Contains(t, squeezed(out), "grub> ls (hd0) (cd) (cd,msdos1) (fd0) grub> ls (hd0)/ readme.txt manual/ grub> cat")
	})
}

func TestMemtest(t *testing.T) {
	needs(t, "memtest86+", memtest)
	script := scriptFile(t, `wait screen "Test #3" 60`, "screen", "info hash")
	withEachBIOS(t, func(t *testing.T, bios ...string) {
		for _, size := range []string{"16", "64"} {
			out := squeezed(alike(t, append(bios, "--script", script, "--cpu", "pentium", "-m", size, memtest)...))
			assert.Contains(t, out, "Memory : "+size+"MB")
			assert.Contains(t, out, "Pass: 0 Errors: 0")
		}
	})
}

// syslinuxScript boots to a prompt and names a kernel that is not there.
func syslinuxScript(t *testing.T) string {
	lines := []string{
		`wait screen "boot:"`,
		`type "xyzzy\n"`,
		`wait screen "Loading xyzzy... failed: No such file or directory"`,
	}
	if _, err := os.Stat(syslinuxModules); err == nil {
		lines = append(lines, `type "list\n"`, `wait screen "ldlinux.sys"`)
	} else {
		t.Log("no modules: install the package syslinux-common")
	}
	return scriptFile(t, append(lines, "screen", "info hash")...)
}

func TestSYSLINUXFromFloppy(t *testing.T) {
	disk, script := syslinuxFloppy(t), syslinuxScript(t)
	withEachBIOS(t, func(t *testing.T, bios ...string) {
		assert.Contains(t, alike(t, append(bios, "--script", script, disk)...), syslinuxMessage)
	})
}

func TestSYSLINUXFromHardDisk(t *testing.T) {
	disk, script := syslinuxHardDisk(t), syslinuxScript(t)
	withEachBIOS(t, func(t *testing.T, bios ...string) {
		assert.Contains(t, alike(t, append(bios, "--script", script, disk)...), syslinuxMessage)
	})
}
