package window

import "toyvm/devices/i8042"

// A question is a panel that asks for a word.
type question struct {
	title  string
	prompt string
	answer func(text string)
	close  func()
	line
}

func (q *question) key(key i8042.Key) {
	switch key {
	case i8042.KeyEsc:
		q.close()
	case i8042.KeyBackspace:
		q.erase()
	case i8042.KeyRet, i8042.KeyKPEnter:
		if q.String() != "" {
			q.close()
			q.answer(q.String())
		}
	}
}

func (q *question) text(text string) { q.insert(text) }

func (q *question) draw(c *canvas) {
	frame(c, q.title, "Enter: do it   Esc: back to the machine")
	q.line.draw(c, 2, q.prompt)
}
