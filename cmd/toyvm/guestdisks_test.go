package main

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	readmeText = "A file on a disk of ours."

	syslinuxMBR     = "/usr/lib/SYSLINUX/mbr.bin"
	syslinuxModules = "/usr/lib/syslinux/modules/bios/"
	syslinuxMessage = "A message from a file."
)

// tool runs a program, and skips the test if it is not there.
func tool(t *testing.T, pkg, name string, args ...string) {
	t.Helper()
	// Tools for disks are often where only an administrator's shell looks.
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			t.Skipf("no %s: install the package %s", name, pkg)
		}
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	require.NoError(t, err, "%s %s: %s", name, args, out)
}

// formatted makes a FAT image with files.
func formatted(t *testing.T, kib int, options []string, files ...string) string {
	t.Helper()
	image := filepath.Join(t.TempDir(), "fat.img")
	tool(t, "dosfstools", "mkfs.fat", append(options, "-C", image, strconv.Itoa(kib))...)
	tool(t, "mtools", "mcopy", append(append([]string{"-i", image}, files...), "::/")...)
	return image
}

// hostFile makes a file on the host.
func hostFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

// fatFloppy is a floppy with a file and a directory.
func fatFloppy(t *testing.T) string {
	image := formatted(t, 1440, nil, hostFile(t, "readme.txt", readmeText+"\n"))
	tool(t, "mtools", "mmd", "-i", image, "::/manual")
	return image
}

// syslinuxFAT is a FAT image that SYSLINUX boots from, with a message file
// and, if they are there, with the modules that list a directory.
func syslinuxFAT(t *testing.T, kib int, options ...string) string {
	files := []string{
		hostFile(t, "syslinux.cfg", "DISPLAY message.txt\nPROMPT 1\nLABEL list\nKERNEL ls.c32\n"),
		hostFile(t, "message.txt", syslinuxMessage+"\r\n"),
	}
	if _, err := os.Stat(syslinuxModules); err == nil {
		for _, name := range []string{"ls.c32", "libcom32.c32", "libutil.c32"} {
			files = append(files, syslinuxModules+name)
		}
	}
	return syslinuxInstalled(t, kib, options, files...)
}

func syslinuxInstalled(t *testing.T, kib int, options []string, files ...string) string {
	image := formatted(t, kib, options, files...)
	tool(t, "syslinux", "syslinux", "--install", image)
	return image
}

func syslinuxFloppy(t *testing.T) string { return syslinuxFAT(t, 1440) }

func syslinuxHardDisk(t *testing.T) string {
	return hardDisk(t, 32, func(kib int, options ...string) string { return syslinuxFAT(t, kib, options...) })
}

// hardDisk is a disk with 16 heads and 63 sectors and one active partition,
// which begins at the second head and ends with a cylinder. What is in it comes
// from a function that is given its size and options for mkfs.fat.
func hardDisk(t *testing.T, cylinders int, content func(kib int, options ...string) string) string {
	const (
		heads, sectors = 16, 63
		start          = sectors

		fat16 = 0x06
	)
	needs(t, "syslinux", syslinuxMBR)
	size := heads*sectors*cylinders - sectors
	// mkfs.fat counts in KiB, so that the last sector remains unused.
	partition := content(size/2, "-F", "16", "-g", "16/63", "-h", strconv.Itoa(start))

	disk := make([]byte, heads*sectors*cylinders*512)
	mbr, err := os.ReadFile(syslinuxMBR)
	require.NoError(t, err)
	copy(disk, mbr)
	entry := disk[446:]
	copy(entry, []byte{0x80, 1, 1, 0, fat16, heads - 1, sectors, byte(cylinders - 1)})
	binary.LittleEndian.PutUint32(entry[8:], start)
	binary.LittleEndian.PutUint32(entry[12:], uint32(size))
	disk[510], disk[511] = 0x55, 0xaa
	data, err := os.ReadFile(partition)
	require.NoError(t, err)
	copy(disk[start*512:], data)

	path := filepath.Join(t.TempDir(), "disk.img")
	require.NoError(t, os.WriteFile(path, disk, 0o644))
	return path
}
