// Package lang reads the words of scenarios: a line is a command or a step, its words are taken one
// after the other, and a mistake names the line and the column.
package lang

import (
	"fmt"
	"strconv"
	"strings"
)

// Error is a mistake in a scenario.
type Error struct {
	File         string
	Line, Column int // from 1; Column counts bytes
	Message      string
}

// Wrong makes an Error.
func Wrong(file string, line, column int, message string) *Error {
	return &Error{file, line, column, message}
}

// Error returns FILE:LINE:COLUMN: MESSAGE.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Word is one word of a line: plain, quoted, or key=value where the value may be quoted.
type Word struct {
	Key    string // of key=value
	Text   string // the word, or the value, without quotes and with escapes resolved
	Quoted bool
	Times  int // "..."*times; 1 otherwise
	Column int
}

// Line is one line of a scenario, with the lines indented below it.
type Line struct {
	Number int
	Words  []Word
	Below  []Line
}

// Split cuts a line into words. A mistake is reported by its column and the expected input.
func Split(text string) (words []Word, column int, err string) {
	for i := 0; ; {
		for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
			i++
		}
		if i == len(text) {
			return words, 0, ""
		}
		w := Word{Column: i + 1, Times: 1}
		i, column, err = w.scan(text, i)
		if err != "" {
			return nil, column, err
		}
		words = append(words, w)
	}
}

// scan reads one word at i and returns where it ends.
func (w *Word) scan(text string, i int) (end, column int, err string) {
	from := i
	for i < len(text) && text[i] != ' ' && text[i] != '\t' && text[i] != '"' {
		if text[i] == '=' && w.Key == "" && isKey(text[from:i]) {
			w.Key, from = text[from:i], i+1
		}
		i++
	}
	if i == len(text) || text[i] != '"' {
		w.Text = text[from:i]
		return i, 0, ""
	}
	if i != from {
		return 0, i + 1, "unexpected quote; quote the whole word, as in \"a b\" or key=\"a b\""
	}
	quoted, e := strconv.QuotedPrefix(text[i:])
	if e != nil {
		return 0, i + 1, "expected a quoted text as in Go, with its closing quote and escapes such as " +
			"\\r \\n \\x00 \\\""
	}
	w.Text, _ = strconv.Unquote(quoted)
	w.Quoted = true
	if i += len(quoted); i < len(text) && text[i] == '*' {
		from = i + 1
		for i++; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		}
		if w.Times, e = strconv.Atoi(text[from:i]); e != nil || w.Times > MostTimes {
			return 0, from + 1, "expected a number up to " + strconv.Itoa(MostTimes) +
				" after *, as in \"x\"*1000"
		}
	}
	if i < len(text) && text[i] != ' ' && text[i] != '\t' {
		return 0, i + 1, "expected a blank after the quoted text"
	}
	return i, 0, ""
}

// MostTimes bounds repetitions.
const MostTimes = 1_000_000

// isKey reports whether s can stand before =: letters, digits, dots and dashes. A URL with a query
// is no key.
func isKey(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// String returns the word as it may have been written, without quotes.
func (w Word) String() string {
	if w.Key == "" {
		return w.Text
	}
	return w.Key + "=" + w.Text
}

// Value is the word's text, repeated.
func (w Word) Value() string { return strings.Repeat(w.Text, w.Times) }

// Substitute puts the values of variables into words.
func Substitute(words []Word, vars *strings.Replacer) []Word {
	if vars == nil {
		return words
	}
	list := make([]Word, len(words))
	for i, w := range words {
		w.Text = vars.Replace(w.Text)
		list[i] = w
	}
	return list
}
