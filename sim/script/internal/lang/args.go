package lang

import (
	"fmt"
	"strconv"
	"strings"
)

// Args are the words of a command that are left.
type Args struct {
	File   string
	Line   Line
	Next   int
	Graded bool // of a step: it stands in a graded case
}

// Mistake is an error about the word that was read last.
func (a *Args) Mistake(format string, v ...any) error {
	w := a.Line.Words[min(max(a.Next-1, 0), len(a.Line.Words)-1)]
	return &Error{a.File, a.Line.Number, w.Column, fmt.Sprintf(format, v...)}
}

// End is an error about a word that is missing.
func (a *Args) End(expected string) error {
	last := a.Line.Words[len(a.Line.Words)-1]
	return &Error{a.File, a.Line.Number, last.Column + len(last.Key) + len(last.Text) + 1,
		"expected " + expected + " at the end of the line"}
}

// Done is an error if words are left.
func (a *Args) Done() error {
	if w, ok := a.Take(); ok {
		return a.Mistake("unexpected %q; the command is complete without it", w.Text)
	}
	return nil
}

// Take returns the next word.
func (a *Args) Take() (Word, bool) {
	if a.Next >= len(a.Line.Words) {
		return Word{}, false
	}
	a.Next++
	return a.Line.Words[a.Next-1], true
}

// Peek returns the next word without taking it.
func (a *Args) Peek() (Word, bool) {
	if a.Next >= len(a.Line.Words) {
		return Word{}, false
	}
	return a.Line.Words[a.Next], true
}

// Plain takes a word without key; expected describes it for the error.
func (a *Args) Plain(expected string) (Word, error) {
	w, ok := a.Take()
	switch {
	case !ok:
		return w, a.End(expected)
	case w.Key != "":
		return w, a.Mistake("expected %s, got %s=%s", expected, w.Key, w.Text)
	}
	return w, nil
}

// TakeNumber takes a number from low to high.
func (a *Args) TakeNumber(expected string, low, high int) (int, error) {
	w, err := a.Plain(expected)
	if err != nil {
		return 0, err
	}
	return a.Number(w, expected, low, high)
}

func (a *Args) Number(w Word, expected string, low, high int) (int, error) {
	n, err := a.Long(w, expected, int64(low), int64(high))
	return int(n), err
}

// Long is Number for values that an int may be too small for.
func (a *Args) Long(w Word, expected string, low, high int64) (int64, error) {
	n, err := strconv.ParseInt(w.Text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, a.Mistake("expected %s, a number from %d to %d, got %q", expected, low, high, w.Text)
	}
	return n, nil
}

// Content takes the rest of a line as bytes: texts one after the other; behind the word lines each
// becomes a line of a message head, which ends with an empty line, and behind the word body they
// are texts again.
func (a *Args) Content() (string, error) {
	var b strings.Builder
	inHead := false
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		switch {
		case w.Key != "":
			return "", a.Mistake("expected a quoted text, got %s=%s", w.Key, w.Text)
		case w.Text == "lines" && !w.Quoted && !inHead:
			inHead = true
		case w.Text == "body" && !w.Quoted && inHead:
			b.WriteString("\r\n")
			inHead = false
		case !w.Quoted:
			return "", a.Mistake("expected a quoted text, got %s; other words here are lines and body",
				w.Text)
		default:
			b.WriteString(w.Value())
			if inHead {
				b.WriteString("\r\n")
			}
		}
	}
	if inHead {
		b.WriteString("\r\n")
	}
	return b.String(), nil
}
