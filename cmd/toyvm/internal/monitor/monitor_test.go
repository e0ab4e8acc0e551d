package monitor

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/machine"
)

func TestWords(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"", nil},
		{"  # a comment", nil},
		{"quit 3 # done", []string{"quit", "3"}},
		{`type "a b\n\"\x41\\"`, []string{"type", "a b\n\"A\\"}},
		{`wait screen 'C:\>' 5`, []string{"wait", "screen", `C:\>`, "5"}},
		{`type "# no comment"#one`, []string{"type", "# no comment"}},
	}
	for _, test := range tests {
		got, err := words(test.line)
		assert.NoError(t, err, test.line)
		assert.Equal(t, test.want, got, test.line)
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ line, want string }{
		{`type "open`, "a closing quote is missing"},
		{`type 'open`, "a closing quote is missing"},
		{`type "C:\>"`, `\> is no escape; a backslash is \\, or use single quotes`},
		{"tipe x", `unknown command: 'tipe'; did you mean type?`},
		{"xyzzy x", `unknown command: 'xyzzy'; help lists them`},
		{"wait window x", `unknown command: 'wait window'; there is wait with screen, serial, instructions`},
		{"info registres", `unknown command: 'info registres'; did you mean registers?`},
		{"wait", "a word is missing: wait and one of screen, serial, instructions"},
		{"type", `an argument is missing: type "TEXT"`},
		{"type a b", `"b" is one argument too many: type "TEXT"`},
		{`type "日"`, `the keyboard has no way to type '日'`},
		{"sendkey ctrl-hyper", `unknown key "hyper"`},
		{"sendkey a 0", "it must be from 1 to 10000"},
		{"sleep soon", `"soon" seconds: it must be a number`},
		{"sleep -1", "it must be a number from 0 to a million"},
		{"sleep NaN", "it must be a number from 0 to a million"},
		{`wait screen ""`, "a text to wait for is missing"},
		{"wait serial x never", `"never" seconds`},
		{"wait instructions -1", `"-1" instructions: it must be a number`},
		{"screendump a.gif", `"a.gif": the name must end with .txt, .ans, .png or .ppm`},
		{"quit 256", `exit status "256": it must be from 0 to 255`},
		{"help tipe", `unknown command: 'tipe'; did you mean type?`},
		{"help type x", `"x" is one word too many`},
	}
	for _, test := range tests {
		_, err := Parse(test.line)
		assert.ErrorContains(t, err, test.want, test.line)
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	_, err := Load("boot.txt", strings.NewReader("sleep 1\n\n# then\nslip 2\n"))
	assert.EqualError(t, err, `boot.txt:4: slip 2: unknown command: 'slip'; help lists them`)
}

// console is a machine without a disk.
func console(t *testing.T) (*Console, *strings.Builder) {
	t.Helper()
	m, err := machine.New(machine.Config{})
	require.NoError(t, err)
	out := new(strings.Builder)
	return &Console{Machine: m, Serial: new(Transcript), Out: out, Run: func(b machine.Budget) error {
		if stop := m.Run(b); stop.Reason == machine.StopHalted {
			return ErrHalted
		}
		return nil
	}}, out
}

func execute(c *Console, text string) error {
	return Run(c, "test", Lines("test", strings.NewReader(text)))
}

func TestTimeIsTheGuests(t *testing.T) {
	c, _ := console(t)
	require.NoError(t, execute(c, "sleep 1.5\nwait instructions 1000\n"))
	assert.InDelta(t, 1.5e9, c.Machine.Clock().Now(), 1e6)

	c, _ = console(t)
	require.NoError(t, execute(c, "wait instructions 12345"))
	assert.EqualValues(t, 12345, c.Machine.CPU.Instructions())
}

func TestHelpNamesEveryCommand(t *testing.T) {
	c, out := console(t)
	require.NoError(t, execute(c, "help"))
	for _, command := range Commands() {
		assert.Contains(t, out.String(), command.Usage()+" ")
		assert.True(t, strings.HasSuffix(command.Help, "."), command.Name)
	}
	out.Reset()
	require.NoError(t, execute(c, "help wait serial"))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
}

func TestQuit(t *testing.T) {
	c, _ := console(t)
	var quit Quit
	require.ErrorAs(t, execute(c, "quit 7\nsleep 1"), &quit)
	assert.Equal(t, 7, quit.Status)
	assert.Zero(t, c.Machine.Clock().Now())
}

func TestTranscriptForgetsWhatWasFound(t *testing.T) {
	var s Transcript
	add := func(text string) {
		for _, b := range []byte(text) {
			s.Add(b)
		}
	}
	add("login: ")
	assert.True(t, s.Find("login:"))
	assert.False(t, s.Find("login:"))
	add(strings.Repeat("noise ", transcriptLimit/2))
	assert.LessOrEqual(t, len(s.text), 2*transcriptLimit)
	add("login: ")
	assert.True(t, s.Find("login:"))
	assert.Equal(t, " ", string(s.text))
}
