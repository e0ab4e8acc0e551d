package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	debianPackage = "debian-installer-12-netboot-i386"
	debianImages  = "/usr/lib/debian-installer/images/12/i386/text/debian-installer/i386/"
)

// debianDisk boots the kernel of the Debian 12 installer, which is one for 686,
// with its initial RAM disk. Its tests of its ciphers are left out: they take
// most of the time.
func debianDisk(t *testing.T, parameters string) string {
	t.Helper()
	kernel, initrd := debianImages+"linux", debianImages+"initrd.gz"
	needs(t, debianPackage, kernel, initrd)
	config := hostFile(t, "syslinux.cfg", "DEFAULT linux\nLABEL linux\nINITRD initrd.gz\nAPPEND quiet cryptomgr.notests "+parameters+"\n")
	return hardDisk(t, 96, func(kib int, options ...string) string {
		return syslinuxInstalled(t, kib, options, config, kernel, initrd)
	})
}

// TestDebianShell: 128 MiB do not hold all of the RAM disk, of which the kernel
// takes what fits, but its shell has come by then.
func TestDebianShell(t *testing.T) {
	script := scriptFile(t,
		`wait screen "~ #" 120`,
		`type "mkdir /proc; mount -t proc none /proc; uname -rm; grep flags /proc/cpuinfo\n"`,
		`wait screen "cmov"`,
		`type "dmesg | grep -E 'Call Trace|BUG|WARNING|Oops'; echo oopses: $((1-$?))\n"`,
		`wait screen "oopses: 0"`,
		"screen",
		"info registers")
	disk := debianDisk(t, "rdinit=/bin/sh")
	out, errs, status := runs("", "--ephemeral", "--cpu", "686", "-m", "128M", "--script", script, "--max-instructions", "6000000000", disk)
	require.Equal(t, 0, status, errs)
	assert.Contains(t, out, "-686 i686")
	assert.Contains(t, squeezed(out), "flags : fpu de pse tsc msr cx8 sep pge cmov")
	t.Log(out)
}

// TestDebianInstaller goes to the first screen of the installer. With less
// memory the RAM disk does not fit, with more its first screen is a later one.
func TestDebianInstaller(t *testing.T) {
	script := scriptFile(t, `wait serial "[Press enter to continue]" 120`, "info registers")
	disk := debianDisk(t, "console=ttyS0 DEBIAN_FRONTEND=text")
	sent := filepath.Join(t.TempDir(), "serial")
	out, errs, status := runs("", "--ephemeral", "--cpu", "686", "-m", "288M", "--serial", "file:"+sent, "--script", script, "--max-instructions", "9000000000", disk)
	require.Equal(t, 0, status, errs)
	text, err := os.ReadFile(sent)
	require.NoError(t, err)
	assert.Contains(t, string(text), "Entering low memory mode")
	assert.NotContains(t, string(text), "Call Trace")
	t.Log(out)
}
