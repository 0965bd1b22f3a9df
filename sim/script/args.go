package script

import (
	"fmt"
	"strconv"
	"strings"
)

// args are the words of a command that are left.
type args struct {
	file   string
	line   line
	next   int
	graded bool // of a step: it stands in a graded case
}

// mistake is an error about the word that was read last.
func (a *args) mistake(format string, v ...any) error {
	w := a.line.words[min(max(a.next-1, 0), len(a.line.words)-1)]
	return &Error{a.file, a.line.number, w.column, fmt.Sprintf(format, v...)}
}

// end is an error about a word that is missing.
func (a *args) end(expected string) error {
	last := a.line.words[len(a.line.words)-1]
	return &Error{a.file, a.line.number, last.column + len(last.key) + len(last.text) + 1, "expected " + expected + " at the end of the line"}
}

// done is an error if words are left.
func (a *args) done() error {
	if w, ok := a.take(); ok {
		return a.mistake("unexpected %q; the command is complete without it", w.text)
	}
	return nil
}

// take returns the next word.
func (a *args) take() (word, bool) {
	if a.next >= len(a.line.words) {
		return word{}, false
	}
	a.next++
	return a.line.words[a.next-1], true
}

// peek returns the next word without taking it.
func (a *args) peek() (word, bool) {
	if a.next >= len(a.line.words) {
		return word{}, false
	}
	return a.line.words[a.next], true
}

// plain takes a word without key; expected describes it for the error.
func (a *args) plain(expected string) (word, error) {
	w, ok := a.take()
	switch {
	case !ok:
		return w, a.end(expected)
	case w.key != "":
		return w, a.mistake("expected %s, got %s=%s", expected, w.key, w.text)
	}
	return w, nil
}

// code takes a number from low to high.
func (a *args) number(expected string, low, high int) (int, error) {
	w, err := a.plain(expected)
	if err != nil {
		return 0, err
	}
	return a.asNumber(w, expected, low, high)
}

func (a *args) asNumber(w word, expected string, low, high int) (int, error) {
	n, err := a.asLong(w, expected, int64(low), int64(high))
	return int(n), err
}

// asLong is asNumber for what an int may be too small for.
func (a *args) asLong(w word, expected string, low, high int64) (int64, error) {
	n, err := strconv.ParseInt(w.text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, a.mistake("expected %s, a number from %d to %d, got %q", expected, low, high, w.text)
	}
	return n, nil
}

// content takes the rest of a line as bytes: texts one after the other; behind the word lines each
// becomes a line of a message head, which ends with an empty line, and behind the word body they
// are texts again.
func (a *args) content() (string, error) {
	var b strings.Builder
	inHead := false
	for w, ok := a.take(); ok; w, ok = a.take() {
		switch {
		case w.key != "":
			return "", a.mistake("expected a quoted text, got %s=%s", w.key, w.text)
		case w.text == "lines" && !w.quoted && !inHead:
			inHead = true
		case w.text == "body" && !w.quoted && inHead:
			b.WriteString("\r\n")
			inHead = false
		case !w.quoted:
			return "", a.mistake("expected a quoted text, got %s; other words here are lines and body", w.text)
		default:
			b.WriteString(w.value())
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
