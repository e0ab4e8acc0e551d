package monitor

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"toyvm/devices/i8042"
	"toyvm/machine"
)

// Names are what can stand for the words in capitals in the commands' usage,
// such as DEVICE. They are asked for beside the running machine.
type Names map[string]func() []string

// MachineNames are the names that a machine has, and the tags of its snapshots.
func MachineNames(m *machine.Machine, d *Drives, tags func() []string) Names {
	var sections, keys []string
	for _, s := range m.Sections() {
		name := s.Name
		if s.Instance > 0 {
			name = fmt.Sprintf("%s[%d]", name, s.Instance)
		}
		sections = append(sections, name)
	}
	for key := i8042.Key(0); ; key++ {
		name := key.String()
		if _, known := i8042.KeyByName(name); !known {
			break
		}
		keys = append(keys, name)
	}
	drives := d.Names()
	fixed := func(names []string) func() []string { return func() []string { return names } }
	return Names{
		"DEVICE":  fixed(drives),
		"TAG":     tags,
		"SECTION": fixed(sections),
		"KEYS":    fixed(keys),
		"ADDRESS": completeRegisters,
		"VALUE":   completeRegisters,
		"FORMAT":  fixed([]string{"raw"}),
		"MODE":    fixed([]string{"read-only", "read-write", "retain"}),
		"TARGET":  fixed([]string{"file:", "exec:", "unix:", "tcp:"}),
	}
}

const (
	keyTab    = '\t'
	keySearch = 'R' & 0x1f // Ctrl-R
)

// key sees to the keys that the editor does not know.
func (p *Prompt) key(line string, pos int, key rune) (newLine string, newPos int, ok bool) {
	switch key {
	case keyTab:
		return p.tab(line, pos)
	case keySearch:
		found := p.history.search(line)
		return found, len(found), true
	}
	return "", 0, false
}

// tab completes the word before the cursor, or lists what it may become.
func (p *Prompt) tab(line string, pos int) (newLine string, newPos int, ok bool) {
	start, candidates := p.names.candidates(line[:pos])
	word := common(candidates)
	switch {
	case len(candidates) == 0:
	case len(candidates) == 1 && !strings.HasSuffix(word, "/") && !strings.HasSuffix(word, ":"):
		word += " "
	case len(candidates) > 1 && len(word) <= pos-start:
		fmt.Fprintf(p, "%s%s\n%s\n", promptText, line, strings.Join(candidates, "  "))
	}
	if len(word) <= pos-start {
		return line, pos, true
	}
	return line[:start] + word + line[pos:], start + len(word), true
}

// common is what words have in common from their beginning.
func common(words []string) string {
	if len(words) == 0 {
		return ""
	}
	prefix := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}

// candidates are what the last word of a line may become, and where it begins.
func (n Names) candidates(line string) (start int, list []string) {
	start = strings.LastIndexAny(line, " \t") + 1
	before, word := strings.Fields(line[:start]), line[start:]
	if len(before) > 0 {
		before = fullLine(before)
		before[0], _, _ = strings.Cut(before[0], "/")
	}
	list = CommandWords(before)
	kind := argumentKind(before)
	switch kind {
	case "FILE":
		list = files(word)
	case "COMMAND":
		list = CommandWords(before[1:])
	case "KEYS":
		start += strings.LastIndexByte(word, '-') + 1
	case "ADDRESS", "VALUE":
		start += strings.LastIndexByte(word, '$')
		if word = line[start:]; !strings.HasPrefix(word, "$") {
			return start, nil // of numbers there is nothing to complete
		}
	}
	if names := n[kind]; names != nil {
		list = append(list, names()...)
	}
	return start, matching(list, line[start:])
}

// argumentKind is what the next word of a line is, if a command comes before.
func argumentKind(before []string) string {
	for _, c := range Commands() {
		name := strings.Fields(c.Name)
		if len(before) >= len(name) && slices.Equal(before[:len(name)], name) {
			return c.kind(before[len(name):])
		}
	}
	return ""
}

// kind is what the next argument of a command is, by its usage.
func (c *Command) kind(given []string) string {
	optional := func(s string) bool { return strings.HasPrefix(s, "-") }
	words := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(c.Args))
	if len(words) > 0 && strings.HasPrefix(words[0], "/") {
		optional = func(s string) bool { return strings.HasPrefix(s, "/") }
	}
	words = slices.DeleteFunc(words, optional)
	given = slices.DeleteFunc(slices.Clone(given), optional)
	switch {
	case len(given) < len(words):
		return words[len(given)]
	case c.Name == "help": // for commands of two words
		return words[0]
	}
	return ""
}

// CommandWords are the words that go on from those of a command.
func CommandWords(before []string) (list []string) {
	for _, c := range Commands() {
		name := strings.Fields(c.Name)
		if len(before) < len(name) && slices.Equal(before, name[:len(before)]) {
			list = append(list, name[len(before)])
		}
	}
	return list
}

// matching are the words that begin with a prefix, each once.
func matching(list []string, prefix string) []string {
	var found []string
	for _, w := range list {
		if strings.HasPrefix(w, prefix) && !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// files are the names of files that begin with a prefix, directories with a
// slash at the end. Those that would need quotes are left out.
func files(prefix string) []string {
	dir, _ := filepath.Split(prefix)
	entries, err := os.ReadDir(cmp.Or(dir, "."))
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		name := dir + e.Name()
		if strings.ContainsAny(name, " \t\"'#") || strings.HasPrefix(e.Name(), ".") && prefix == dir {
			continue
		}
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			name += "/"
		}
		list = append(list, name)
	}
	return list
}
