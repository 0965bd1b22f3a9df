package script

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

// Error returns FILE:LINE:COLUMN: MESSAGE.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// word is one word of a line: plain, quoted, or key=value where the value may be quoted.
type word struct {
	key    string // of key=value
	text   string // the word, or the value, without quotes and with escapes resolved
	quoted bool
	times  int // "..."*times; 1 otherwise
	column int
}

// line is one line of a scenario, with the lines indented below it.
type line struct {
	number int
	words  []word
	below  []line
}

// split cuts a line into words. A mistake is reported by its column and what was expected.
func split(text string) (words []word, column int, err string) {
	for i := 0; ; {
		for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
			i++
		}
		if i == len(text) {
			return words, 0, ""
		}
		w := word{column: i + 1, times: 1}
		i, column, err = w.scan(text, i)
		if err != "" {
			return nil, column, err
		}
		words = append(words, w)
	}
}

// scan reads one word at i and returns where it ends.
func (w *word) scan(text string, i int) (end, column int, err string) {
	from := i
	for i < len(text) && text[i] != ' ' && text[i] != '\t' && text[i] != '"' {
		if text[i] == '=' && w.key == "" && isKey(text[from:i]) {
			w.key, from = text[from:i], i+1
		}
		i++
	}
	if i == len(text) || text[i] != '"' {
		w.text = text[from:i]
		return i, 0, ""
	}
	if i != from {
		return 0, i + 1, "unexpected quote; quote the whole word, as in \"a b\" or key=\"a b\""
	}
	quoted, e := strconv.QuotedPrefix(text[i:])
	if e != nil {
		return 0, i + 1, "expected a quoted text as in Go, with its closing quote and escapes such as \\r \\n \\x00 \\\""
	}
	w.text, _ = strconv.Unquote(quoted)
	w.quoted = true
	if i += len(quoted); i < len(text) && text[i] == '*' {
		from = i + 1
		for i++; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		}
		if w.times, e = strconv.Atoi(text[from:i]); e != nil || w.times > mostTimes {
			return 0, from + 1, "expected a number up to " + strconv.Itoa(mostTimes) + " after *, as in \"x\"*1000"
		}
	}
	if i < len(text) && text[i] != ' ' && text[i] != '\t' {
		return 0, i + 1, "expected a blank after the quoted text"
	}
	return i, 0, ""
}

// mostTimes bounds repetitions.
const mostTimes = 1_000_000

// isKey reports whether s can stand before =: letters, digits, dots and dashes. A URL with a query
// is no key.
func isKey(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// String returns the word as it may have been written, without quotes.
func (w word) String() string {
	if w.key == "" {
		return w.text
	}
	return w.key + "=" + w.text
}

// value is the word's text, repeated.
func (w word) value() string { return strings.Repeat(w.text, w.times) }

// substitute puts the values of variables into words.
func substitute(words []word, vars *strings.Replacer) []word {
	if vars == nil {
		return words
	}
	list := make([]word, len(words))
	for i, w := range words {
		w.text = vars.Replace(w.text)
		list[i] = w
	}
	return list
}
