package main

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	guests = "../../roms/testdata/"
	floppy = 1440 << 10
	disk   = 1 << 20
)

// guestImage copies a guest into an image of a size.
func guestImage(t *testing.T, name string, size int64) string {
	t.Helper()
	data, err := os.ReadFile(guests + name)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o644))
	require.NoError(t, os.Truncate(path, size))
	return path
}

// scriptFile writes a script.
func scriptFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
	return path
}

// runs runs a machine that nobody sees and that cannot run for ever.
func runs(stdin string, args ...string) (stdout, stderr string, status int) {
	return toyvm(stdin, append([]string{"run", "--display", "none", "--max-instructions", "2000000000"}, args...)...)
}

// failed is what a guest that checks the firmware says of a failure.
const failed = "FAIL"

func TestRunBootsAFloppy(t *testing.T) {
	out, errs, status := runs("", "--serial", "stdio", guestImage(t, "floppy.img", floppy))
	assert.Equal(t, 0x10<<1|1, status, "from the debug exit port")
	assert.Empty(t, errs)
	assert.True(t, strings.HasSuffix(out, "DONE\r\n"), out)
	assert.NotContains(t, out, failed)
}

func TestRunBootsAHardDisk(t *testing.T) {
	out, errs, status := runs("", "--serial", "stdio", guestImage(t, "video.img", disk))
	assert.Equal(t, 0x10<<1|1, status)
	assert.Empty(t, errs)
	assert.True(t, strings.HasSuffix(out, "DONE\r\n"), out)
	assert.NotContains(t, out, failed)
}

func TestRunWithNothingToBoot(t *testing.T) {
	script := scriptFile(t, `wait screen "No bootable disk" 30`, "screen", "quit 5")
	out, errs, status := runs("", "--boot", "c", "--script", script)
	assert.Equal(t, 5, status, errs)
	assert.Contains(t, out, "toyvm BIOS")
	assert.Contains(t, out, "No bootable disk")
}

func TestScriptTypes(t *testing.T) {
	script := scriptFile(t,
		`wait serial "READY" 30`,
		`type "Hi\n"`,
		`wait serial "\r\n2348"   # H`,
		`wait serial "\r\n1769"   # i`,
		`wait serial "\r\n1C0D" 1`,
		"sendkey ctrl-alt-delete",
		`wait serial "READY"`,
		"sendkey f10",
		`wait serial "DONE"`)
	_, errs, status := runs("", "--script", script, guestImage(t, "keyboard.img", floppy))
	assert.Equal(t, 0x10<<1|1, status, errs)
	assert.Empty(t, errs)
}

func TestScriptFromStandardInput(t *testing.T) {
	out, errs, status := runs("wait instructions 1000\ninfo registers\n", "--script", "-")
	assert.Equal(t, 0, status, errs)
	assert.Contains(t, out, "EIP=")
	assert.Contains(t, out, "instructions=1000")
}

func TestSerialInput(t *testing.T) {
	script := scriptFile(t, `wait serial "READY"`, "quit")
	out, errs, status := runs("ignored by a guest that reads keys", "--serial", "stdio", "--script", script, guestImage(t, "keyboard.img", floppy))
	assert.Equal(t, 0, status, errs)
	assert.Contains(t, out, "READY")
}

func TestMissedWait(t *testing.T) {
	script := scriptFile(t, "# boot", `wait screen "xyzzy" 2`)
	out, errs, status := runs("", "--boot", "c", "--script", script)
	assert.Equal(t, exitFailed, status)
	assert.Empty(t, out)
	assert.Contains(t, errs, "|   No bootable disk")
	assert.True(t, strings.HasSuffix(errs, "\ntoyvm: "+script+`:2: wait screen "xyzzy" 2: not there after 2 s`+"\n"), errs)
}

func TestScreendump(t *testing.T) {
	dir := t.TempDir()
	script := scriptFile(t, `wait screen "No bootable" 30`,
		"screendump "+dir+"/a.txt", "screendump "+dir+"/a.png", "screendump "+dir+"/a.ppm", "screendump /nowhere/a.png")
	_, errs, status := runs("", "--boot", "c", "--script", script)
	assert.Equal(t, exitFailed, status)
	assert.Contains(t, errs, ":5: screendump /nowhere/a.png: open /nowhere/a.png: no such file or directory")

	text, err := os.ReadFile(dir + "/a.txt")
	require.NoError(t, err)
	assert.Contains(t, string(text), "No bootable disk")
	assert.Equal(t, 25, strings.Count(string(text), "\n"))
	file, err := os.Open(dir + "/a.png")
	require.NoError(t, err)
	defer file.Close()
	picture, err := png.Decode(file)
	require.NoError(t, err)
	assert.Equal(t, image.Pt(720, 400), picture.Bounds().Size())
	ppm, err := os.ReadFile(dir + "/a.ppm")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(ppm), "P6\n720 400\n255\n"))
	assert.Len(t, ppm, 3*720*400+len("P6\n720 400\n255\n"))
}

func TestRunsAreAlike(t *testing.T) {
	script := scriptFile(t, `wait serial "READY"`, `type "abc"`, "sendkey alt-x", "sleep 3", "screen", "info registers", "quit")
	path := guestImage(t, "keyboard.img", floppy)
	first, errs, _ := runs("", "--serial", "stdio", "--script", script, path)
	require.Empty(t, errs)
	require.Contains(t, first, "instructions=")
	second, _, _ := runs("", "--serial", "stdio", "--script", script, path)
	assert.Equal(t, first, second)
}

func TestRealtimeIsNotAhead(t *testing.T) {
	start := time.Now()
	_, errs, status := runs("", "--speed", "realtime", "--script", scriptFile(t, "sleep 0.3"))
	assert.Equal(t, 0, status, errs)
	assert.GreaterOrEqual(t, time.Since(start), 295*time.Millisecond)
}

func TestEphemeral(t *testing.T) {
	path := guestImage(t, "floppy.img", floppy) // which formats and writes
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, errs, status := runs("", "--ephemeral", path)
	require.Equal(t, 0x10<<1|1, status, errs)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, string(before) == string(after), "the file is as it was")

	_, errs, status = runs("", path)
	require.Equal(t, 0x10<<1|1, status, errs)
	after, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.False(t, string(before) == string(after), "the guest has written it")
}

func TestLimitOfInstructions(t *testing.T) {
	start := time.Now()
	_, errs, status := toyvm("", "run", "--max-instructions", "50000000", guestImage(t, "keyboard.img", floppy))
	assert.Equal(t, 0, status, errs)
	assert.Less(t, time.Since(start), 10*time.Second, "though the guest only waits")

	_, errs, status = toyvm("", "run", "--max-instructions", "1000", "--script", scriptFile(t, "sleep 1"))
	assert.Equal(t, exitFailed, status)
	assert.Contains(t, errs, "sleep 1: the limit of instructions is reached")
}

// code makes a boot floppy of a few bytes of code.
func code(t *testing.T, bytes ...byte) string {
	t.Helper()
	sector := append(bytes, make([]byte, floppy-len(bytes))...)
	sector[510], sector[511] = 0x55, 0xaa
	path := filepath.Join(t.TempDir(), "code.img")
	require.NoError(t, os.WriteFile(path, sector, 0o644))
	return path
}

func TestEndings(t *testing.T) {
	tests := []struct {
		name   string
		code   []byte
		args   []string
		status int
		out    string
		errs   string
	}{
		{"cli; hlt", []byte{0xfa, 0xf4}, nil, 0, "", "the guest has halted with interrupts off: nothing will happen any more"},
		{"exit", []byte{0xb0, 0x03, 0xe6, 0xf4}, nil, 7, "", ""},
		{"reset", []byte{0xb0, 0xfe, 0xe6, 0x64, 0xf4}, []string{"--no-reboot"}, 0, "", ""},
		{"triple fault", []byte{0x0f, 0x01, 0x1e, 0x00, 0x7d, 0xcc}, []string{"--no-reboot"}, exitFailed, "", "toyvm: triple fault\nEAX="},
		{"debug console", []byte{0xb0, 'H', 0xe6, 0xe9, 0xb0, 'i', 0xe6, 0xe9, 0xfa, 0xf4}, []string{"--debugcon", "stdio"}, 0, "Hi", "halted"},
		{"debug console elsewhere", []byte{0xba, 0x02, 0x04, 0xb0, '!', 0xee, 0xfa, 0xf4}, []string{"--debugcon", "402h=stdio"}, 0, "!", "halted"},
		{"POST codes", []byte{0xb0, 0xab, 0xe6, 0x80, 0xfa, 0xf4}, []string{"--trace", "post"}, 0, "", "trace: post ab\n"},
		{"386", []byte{0xb0, 0x01, 0xe6, 0xf4}, []string{"--cpu", "386", "-m", "640K", "--rtc", "1994-05-31"}, 3, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, errs, status := runs("", append(test.args, code(t, test.code...))...)
			assert.Equal(t, test.status, status, errs)
			assert.Equal(t, test.out, out)
			if test.errs == "" {
				assert.Empty(t, errs)
			}
			assert.Contains(t, errs, test.errs)
		})
	}
}
