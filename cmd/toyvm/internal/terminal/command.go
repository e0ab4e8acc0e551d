package terminal

import "toyvm/devices/i8042"

// A Command is what the user wants of the program rather than of the guest.
type Command uint8

// The commands, each with the key that follows Ctrl-A. Twice Ctrl-A is Ctrl-A
// for the guest.
const (
	NoCommand      Command = iota
	CommandQuit            // x
	CommandMonitor         // c
	CommandSave            // s: savevm
	CommandLoad            // l: loadvm
	CommandStatus          // i: the status line
	CommandHelp            // h
)

func (c Command) String() string {
	switch c {
	case NoCommand:
		return "none"
	case CommandQuit:
		return "quit"
	case CommandMonitor:
		return "monitor"
	case CommandSave:
		return "save"
	case CommandLoad:
		return "load"
	case CommandStatus:
		return "status line"
	case CommandHelp:
		return "help"
	}
	return "unknown command"
}

// CommandKeys says which keys are commands, for help.
const CommandKeys = "Ctrl-A x: quit  c: monitor  s: save  l: load  i: status line  Ctrl-A: send it"

var (
	prefixStroke = stroke{i8042.KeyA, ctrl}
	commands     = map[i8042.Key]Command{
		i8042.KeyX: CommandQuit,
		i8042.KeyC: CommandMonitor,
		i8042.KeyS: CommandSave,
		i8042.KeyL: CommandLoad,
		i8042.KeyI: CommandStatus,
		i8042.KeyH: CommandHelp,
	}
)

// CommandOf is the command of a key behind Ctrl-A.
func CommandOf(key byte) Command { return commands[byteStroke(key|0x20).key] }

// An Event is a key of the guest or, if Command is one, a command.
type Event struct {
	Command Command
	KeyEvent
}

// A prefix finds the commands among the strokes of the user.
type prefix struct {
	seen bool
}

func (p *prefix) events(s stroke) []Event {
	if !p.seen {
		if s == prefixStroke {
			p.seen = true
			return nil
		}
		return keyEvents(s.events())
	}
	p.seen = false
	if s == prefixStroke {
		return keyEvents(s.events())
	}
	// As in QEMU, a key that is no command is lost.
	if c, ok := commands[s.key]; ok && s.with&^shift == 0 {
		return []Event{{Command: c}}
	}
	return nil
}

func keyEvents(keys []KeyEvent) []Event {
	events := make([]Event, len(keys))
	for i, k := range keys {
		events[i].KeyEvent = k
	}
	return events
}
