package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTraceEvents(t *testing.T) {
	stop := []byte{0xfa, 0xf4} // cli; hlt
	tests := []struct {
		events string
		code   []byte
		lines  []string // patterns of lines, in their order
	}{
		{"post", []byte{0xb0, 0xab, 0xe6, 0x80}, []string{`post ab`}},
		{"io", []byte{0xb0, 0xab, 0xe6, 0x80, 0xe4, 0x92}, []string{`io out 0080 <- ab post`, `io in  0092 -> [0-9a-f]{2} port92`}},
		{"io", []byte{0xba, 0x00, 0x20, 0xed}, []string{`io in  2000 -> ffff nobody`}},
		{"exec", []byte{0xb0, 0xab, 0xb9, 5, 0, 0xbf, 0, 0x60, 0xf3, 0xaa}, []string{
			`exec 0000:00007c00 b0ab +mov al, 0xab +eax=[0-9a-f]{8} .* efl=[0-9a-f]{8}`,
			`exec 0000:00007c02 b90500 +mov cx, 0x5 +eax=[0-9a-f]{6}ab .*`,
			`exec 0000:00007c05 .*`,
			`exec 0000:00007c08 f3aa +rep stosb byte ptr \[di\] .* ecx=[0-9a-f]{4}0005 .*`, // once
			`exec 0000:00007c0a fa +cli .*`,
			`exec 0000:00007c0b f4 +hlt .*`,
		}},
		{"int", []byte{0xcd, 0x12}, []string{`int 12 software at 0000:00007c02`}},
		{"int,irq,timer", []byte{0xfb, 0xf4}, []string{
			`timer i8254 channel 0 at \d+ ns`,
			`irq 0 high i8254`,
			`int 08 external at 0000:00007c02`,
		}},
		{"disk", nil, []string{`disk fd0 read sector 0 count 1`}},
		{"reset", []byte{0xb0, 0xfe, 0xe6, 0x64}, []string{`reset by i8042`}},
		{"reset", []byte{0xb0, 0x01, 0xe6, 0x92}, []string{`reset by port92`}},
		{"reset", []byte{0x0f, 0x01, 0x1e, 0x00, 0x7d, 0xcc}, []string{`reset by triple fault`}},
	}
	for _, test := range tests {
		t.Run(test.events, func(t *testing.T) {
			_, errs, _ := runs("", "--no-reboot", "--max-instructions", "3000000", "--trace", test.events, code(t, append(test.code, stop...)...))
			all := `(?m)^`
			for i, line := range test.lines {
				if i > 0 && test.events != "exec" {
					all += `(.*\n)*?`
				}
				all += `\[\d+\] ` + line + `\n`
			}
			assert.Regexp(t, regexp.MustCompile(all), last(errs, 40))
		})
	}
}

// last is the end of a text.
func last(text string, lines int) string {
	all := strings.SplitAfter(text, "\n")
	return strings.Join(all[max(0, len(all)-lines):], "")
}

func TestTraceInput(t *testing.T) {
	script := scriptFile(t, `wait serial "READY" 30`, "sendkey a", "quit")
	_, errs, status := runs("", "--trace", "input", "--script", script, guestImage(t, "keyboard.img", floppy))
	require.Equal(t, 0, status)
	assert.Regexp(t, `^\[\d+\] input machine.KeyAction \{Key:a Pressed:true\}\n\[\d+\] input machine.KeyAction \{Key:a Pressed:false\}\n$`, errs)
}

func TestTraceFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.txt")
	image := code(t, 0xb0, 0xab, 0xe6, 0x80, 0xb0, 0x03, 0xe6, 0xf4)
	_, errs, status := runs("", "--trace", "post", "--trace-file", path, image)
	assert.Equal(t, 7, status)
	assert.Empty(t, errs)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(string(text), "] post ab\n"), string(text))
	assert.Contains(t, string(text), "] post 01\n")
}

func TestTraceFileThatCannotBeWritten(t *testing.T) {
	image := code(t, 0xfa, 0xf4)
	_, errs, status := runs("", "--trace", "post", "--trace-file", t.TempDir(), image)
	assert.Equal(t, exitFailed, status)
	assert.Contains(t, errs, "toyvm: --trace-file: open ")
	if _, err := os.Stat("/dev/full"); err == nil {
		_, errs, status = runs("", "--trace", "post", "--trace-file", "/dev/full", image)
		assert.Equal(t, exitFailed, status)
		assert.Contains(t, errs, "toyvm: --trace-file: write /dev/full: no space left on device")
	}
}

func TestTraceHelp(t *testing.T) {
	out, errs, status := toyvm("", "run", "--trace", "help")
	assert.Equal(t, 0, status)
	assert.Empty(t, errs)
	assert.Equal(t, len(tracers), strings.Count(out, "\n"))
	assert.Contains(t, out, "exec   each instruction, and the registers before it\n")
}
