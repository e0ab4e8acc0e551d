package monitor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// words splits a line into words, which blanks separate. A word in double
// quotes may have blanks and escapes in it, one in single quotes blanks and
// anything else as it is. A # begins a comment.
func words(line string) (list []string, err error) {
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" || line[0] == '#' {
			return list, nil
		}
		var word string
		switch line[0] {
		case '"':
			word, line, err = quoted(line)
		case '\'':
			word, line, err = verbatim(line)
		default:
			end := strings.IndexAny(line+" ", " \t")
			word, line = line[:end], line[end:]
		}
		if err != nil {
			return nil, err
		}
		list = append(list, word)
	}
}

var errQuote = errors.New("a closing quote is missing")

func verbatim(line string) (word, rest string, err error) {
	word, rest, found := strings.Cut(line[1:], "'")
	if !found {
		return "", "", errQuote
	}
	return word, rest, nil
}

// quoted reads a word in double quotes, with the escapes of Go.
func quoted(line string) (word, rest string, err error) {
	var b strings.Builder
	for line = line[1:]; ; {
		if line == "" {
			return "", "", errQuote
		}
		if line[0] == '"' {
			return b.String(), line[1:], nil
		}
		r, _, tail, err := strconv.UnquoteChar(line, '"')
		if err != nil {
			return "", "", fmt.Errorf("%.2s is no escape; a backslash is \\\\, or use single quotes", line)
		}
		b.WriteRune(r)
		line = tail
	}
}
