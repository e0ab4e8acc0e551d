package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// demoSession runs the demo by a script, and returns what the script prints.
func demoSession(t *testing.T, commands ...string) string {
	t.Helper()
	script := scriptFile(t, append([]string{`wait screen "> "`}, commands...)...)
	out, errs, status := runs("", "--script", script)
	require.Equal(t, 0, status, errs)
	require.Empty(t, errs)
	return out
}

func TestDemoTellsWhatTheMachineIs(t *testing.T) {
	out := demoSession(t, "screen")
	for _, want := range []string{
		"a small x86 PC", "whose whole state is a value",
		"GenuineIntel 486, x87", "639 + 15360 KiB", "floppies 1, hard disks 0", "COM 3F8 2F8", "VGA 80x25, font 8x16",
		"2000-01-01     00:00:00", "Up 0 s", "Type help for its commands",
	} {
		assert.Contains(t, out, want)
	}
}

func TestDemoOnOtherMachines(t *testing.T) {
	script := scriptFile(t, `wait screen "> "`, `type "cpu\nmem\n"`, "sleep 1", "screen")
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{"--cpu", "386", "-m", "640K"}, []string{"║ Processor  386, x87 ", "639 + 0 KiB", "386, too old for CPUID"}},
		{[]string{"--cpu", "pentium", "-m", "64M"}, []string{"GenuineIntel Pentium, x87", "639 + 64512 KiB", "CPUID features FPU DE PSE TSC MSR CX8"}},
		{[]string{"--cpu", "686", "-m", "1M"}, []string{"GenuineIntel 686, x87", "family 6, model 3, stepping 3"}},
	} {
		out, errs, status := runs("", append(test.args, "--script", script)...)
		assert.Equal(t, 0, status, errs)
		for _, want := range test.want {
			assert.Contains(t, out, want)
		}
	}
}

func TestDemoShowsTimeAndKeys(t *testing.T) {
	out := demoSession(t, `wait screen "00:00:03" 5`, "sendkey shift-a", "sendkey caps_lock", "screen")
	assert.Contains(t, out, "Up 3 s")
	assert.Contains(t, out, "2A 1E 9E AA 3A BA")
	assert.Contains(t, out, "scan 1E, character 41  A")
	assert.Contains(t, out, "> A ")
}

func TestDemoMonitor(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"d 7df0", "00007DF0  "},
		{"d 0:7dfe", "0000:7DFE  55 AA "},
		{"d 0:fffe", "0000:FFFE  "},
		{"d f000:fff0\nd", "F000:0070  "},
		{"d fffffff0", "FFFFFFF0  EA "},
		{`e 100000 48 69 " there" 21` + "\nd 100000", "00100000  48 69 20 74 68 65 72 65  21 "},
		{`e 0:5000 "abc"` + "\n" + `s 0:4f00 200 62 "c"`, "║ 0000:5001 "},
		{`e 5000 "abc"` + "\n" + `s 4f00 100 "abc"`, "║ It is not there. "},
		{`s f0000 10000 0`, "There are more."},
		{"e 5000 b8 34 12 cb\ng 0:5000\nr", "EAX=00001234  "},
		{"r", "EIP=00007C00 "},
		{"o 70 b\ni 71", "║ 02 "}, // status register B: 24 hours
		{"time", "║ 2000-01-01 00:00:0"},
		{"cpu", "Speed 99.9 million instructions a second"},
		{"mem", "00100000-00FFFFFF  15360 KiB memory"},
		{"colours", " 7F  blinks FEFF ║"},
		{"beep 880\ntime", "║ > time "},
		{"HELP", "help             this"},
		{"abc\b\b\btime", "║ > time "},
	} {
		t.Run(test.typed, func(t *testing.T) {
			assert.Contains(t, demoSession(t, "type "+quote(test.typed+"\n"), "sleep 1", "screen"), test.want)
		})
	}
}

// quote is a text as scripts write it.
func quote(text string) string {
	return `"` + strings.NewReplacer(`"`, `\"`, "\n", `\n`, "\b", `\b`).Replace(text) + `"`
}

func TestDemoSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"xyzzy 1", `"xyzzy" is no command; help lists what there is`},
		{"modem", `"modem" is no command`},
		{"d 10000:0", `"10000:0" is no address; F000:FFF0 is one, and FFFF0 the same one`},
		{"d 0:0 1", `"1" is too much; help shows what the command takes`},
		{"d 123456789", `"123456789" is no address`},
		{"e 0:5000", "something is missing; help shows what the command takes"},
		{"e 5000 100", `"100" is more than a byte, FF`},
		{"e 5000 4g", `"4g" is no hex number of up to 8 digits`},
		{`e 5000 "abc`, `the text has no " at its end`},
		{`e 5000 ""`, "the text is empty"},
		{"e f0000000 1", "F0000000 does not keep what is written: it is a ROM, or nothing"},
		{"s 0 0 1", "a length of 0 has nothing in it"},
		{"g 5000", "code runs at SEG:OFF"},
		{"i 10000", `"10000" is more than FFFF`},
		{"o 80", "something is missing"},
		{"mode 12", "13 is the one mode that it shows something in"},
		{"beep 19", `"19" is no tone; they go from 20 to 20000 Hz`},
		{"beep a", `"a" is no decimal number`},
		{"beep 99999999999", `"99999999999" is no decimal number`},
	} {
		t.Run(test.typed, func(t *testing.T) {
			assert.Contains(t, demoSession(t, "type "+quote(test.typed+"\n"), "sleep 1", "screen"), "║ "+test.want)
		})
	}
}

func TestDemoHistory(t *testing.T) {
	out := demoSession(t, `type "i 60\ni 61\ni 61\nx"`, "sendkey up", "sendkey up", "sendkey up", "sendkey down", "sendkey up", `type "4"`, "screen")
	assert.Contains(t, out, "║ > i 604 ")
	out = demoSession(t, `type "i 60\n"`, "sendkey up", "sendkey down", `type "time\n"`, "sleep 1", "screen")
	assert.Contains(t, out, "║ > time ")
	out = demoSession(t, `type "i 60"`, "sendkey esc", `type "time\n"`, "sleep 1", "screen")
	assert.Contains(t, out, "║ > time ")
}

func TestDemoGivesUpALongSearch(t *testing.T) {
	out := demoSession(t, `type "s 0 ffffffff \"never found\" 0\n"`, "sleep 0.5", "sendkey esc", "sleep 0.5", `type "time\n"`, "sleep 1", "screen")
	assert.Contains(t, out, "║ given up ")
	assert.Contains(t, out, "║ > time ")
}

func TestDemoClearsItsWindow(t *testing.T) {
	out := demoSession(t, `type "cls\n"`, "sleep 1", "screen")
	assert.NotContains(t, out, "Type help")
	assert.Contains(t, out, "╧══════════════════════════════════════╣\n║ >  ")
}

func TestDemoPlasma(t *testing.T) {
	dir := t.TempDir()
	out := demoSession(t, `type "mode 13\n"`, "sleep 1", "screen", "screendump "+dir+"/1.png", "sleep 1", "screendump "+dir+"/2.png",
		"sendkey spc", "sleep 1", `type "time\n"`, "sleep 1", "screen")
	graphics, text, _ := strings.Cut(out, "\n")
	assert.Equal(t, "(graphics, 320 by 200 dots)", graphics)
	assert.Contains(t, text, "║ A key ends it. ")
	assert.Contains(t, text, "║ > time ", "the key that ended it was not typed")
	first, err := os.ReadFile(dir + "/1.png")
	require.NoError(t, err)
	second, err := os.ReadFile(dir + "/2.png")
	require.NoError(t, err)
	assert.NotEqual(t, first, second, "it moves")
}

func TestDemoOverCOM1(t *testing.T) {
	out, errs, status := runs("i 64\r\nmode 13\r\nxtime\x7f\x7f\x7f\x7f\x1b[A\x1b[A\r\noff 7\r\n", "--serial", "stdio")
	assert.Equal(t, 7<<1|1, status, errs)
	assert.Empty(t, errs)
	assert.True(t, strings.HasPrefix(out, "This is the toyvm demo. Type help for its commands, here or on COM1.\r\n> i 64\r\n"), out)
	assert.Contains(t, out, "> mode 13\r\nA key ends it.\r\n> time\b \b\b \b\b \b\b \bmode 13")
	assert.Contains(t, out, "\b \bi 64\r\n1C\r\n")
	assert.True(t, strings.HasSuffix(out, "> off 7\r\n"), out)
}

func TestDemoLeaves(t *testing.T) {
	out, errs, status := runs("halt\n", "--serial", "stdio")
	assert.Equal(t, 0, status)
	assert.True(t, strings.HasSuffix(out, "The processor has halted, with interrupts off.\r\n"), out)
	assert.Contains(t, errs, "nothing will happen any more")

	out, errs, status = runs("reboot\n", "--serial", "stdio", "--no-reboot")
	assert.Equal(t, 0, status, errs)
	assert.Empty(t, errs)
	assert.True(t, strings.HasSuffix(out, "> reboot\r\n"), out)
}

func TestDemoRunsAreAlike(t *testing.T) {
	session := func() (string, []byte) {
		picture := filepath.Join(t.TempDir(), "screen.png")
		out := demoSession(t, `type "cpu\nmode 13\n"`, "sleep 2", "screendump "+picture, `type " time\n"`, "sleep 1", "screen", "info registers")
		data, err := os.ReadFile(picture)
		require.NoError(t, err)
		return out, data
	}
	text, picture := session()
	require.Contains(t, text, "instructions=")
	text2, picture2 := session()
	assert.Equal(t, text, text2)
	assert.Equal(t, picture, picture2)
}

// TestDemoIdles bounds what the demo executes while it waits: a thousandth of
// what the processor could is what an interactive run takes for doing nothing.
func TestDemoIdles(t *testing.T) {
	out := demoSession(t, "sleep 1", "info registers", "sleep 10", "info registers")
	var counts []int
	for part := range strings.SplitSeq(out, "instructions=") {
		n := 0
		for _, digit := range part {
			if digit < '0' || digit > '9' {
				break
			}
			n = 10*n + int(digit-'0')
		}
		counts = append(counts, n)
	}
	require.Len(t, counts, 3)
	assert.Less(t, counts[2]-counts[1], 10*100_000_000/1000)
}

func TestGlimpseOfTheDemo(t *testing.T) {
	out, errs, status := toyvm("", "run")
	assert.Equal(t, 0, status)
	assert.Contains(t, out, "whose whole state is a value")
	assert.Contains(t, out, "║ > ")
	assert.Equal(t, glimpseNote+"\n", errs)
}

func TestGlimpseOfADemoThatDoesNotStart(t *testing.T) {
	_, errs, status := toyvm("", "run", "--bios", file(t, strings.Repeat("\xf4", 64<<10)))
	assert.Equal(t, exitFailed, status)
	assert.Contains(t, errs, `toyvm: demo:1: wait screen "> ": `)
}

// TestGlimpseIsForNobodyElse gives each run an end of its own, and looks for
// the demo's screen.
func TestGlimpseIsForNobodyElse(t *testing.T) {
	for _, args := range [][]string{
		{"--max-instructions", "1000000"},
		{"--script", scriptFile(t, "sleep 1")},
		{"--boot", "c", "--max-instructions", "1000000"},
		{"--serial", "null", "--max-instructions", "1000000"},
		{"--no-reboot", code(t, 0xb0, 0xfe, 0xe6, 0x64, 0xf4)},
	} {
		out, errs, status := toyvm("", append([]string{"run"}, args...)...)
		assert.Equal(t, 0, status, errs)
		assert.Empty(t, out, args)
		assert.Empty(t, errs, args)
	}
}

func TestAnyDiskTakesTheDemosPlace(t *testing.T) {
	script := scriptFile(t, `wait screen "No bootable disk" 30`)
	for _, flag := range []string{"--fda", "--fdb", "--hda", "--hdb", "--hdc", "--hdd", "--cdrom"} {
		size := int64(disk)
		if strings.HasPrefix(flag, "--fd") {
			size = floppy
		}
		blank := filepath.Join(t.TempDir(), "blank.img")
		require.NoError(t, os.WriteFile(blank, make([]byte, size), 0o644))
		_, errs, status := runs("", flag, blank, "--script", script)
		assert.Equal(t, 0, status, flag, errs)
	}
}
