// Package corpus reads the adversarial corpus, fuzz/corpus/corpus.jsonl. The README beside it
// describes the format.
package corpus

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Case is one line of the corpus.
type Case struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Layer   string `json:"layer"`
	Input   string `json:"input"` // as written, see Bytes and Messages
	Verdict string `json:"verdict"`
	Want    string `json:"want"`    // the exact result; may be empty
	NetHTTP string `json:"nethttp"` // why net/http decides otherwise; empty where it does not
	Why     string `json:"why"`
	Source  string `json:"source"`
}

// Message is one WebSocket message of a case of kind unit.
type Message struct {
	Text    bool
	Content []byte
}

// Read reads all cases.
func Read(r io.Reader) ([]Case, error) {
	var cases []Case
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(cases)+1, err)
		}
		cases = append(cases, c)
	}
	return cases, lines.Err()
}

// Bytes returns the input of a case of any kind but unit.
func (c Case) Bytes() ([]byte, error) {
	s, err := expand(c.Input)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.ID, err)
	}
	b, err := unquote(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.ID, err)
	}
	return b, nil
}

// Messages returns the messages of a case of kind unit.
func (c Case) Messages() ([]Message, error) {
	s, err := expand(c.Input)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.ID, err)
	}
	var list []Message
	for len(s) > 0 {
		if len(s) < 2 || s[0] != '\\' || s[1] != 'B' && s[1] != 'T' {
			return nil, fmt.Errorf(`%s: a message starts with \B or \T`, c.ID)
		}
		end := 2
		for end < len(s) && !(s[end] == '\\' && end+1 < len(s) && (s[end+1] == 'B' || s[end+1] == 'T')) {
			end = next(s, end)
		}
		b, err := unquote(s[2:end])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.ID, err)
		}
		list = append(list, Message{Text: s[1] == 'T', Content: b})
		s = s[end:]
	}
	return list, nil
}

func unquote(s string) ([]byte, error) {
	u, err := strconv.Unquote(`"` + s + `"`)
	return []byte(u), err
}

// next steps over one character or one escape, of which two bytes are enough to know where the next
// one may start.
func next(s string, i int) int {
	if s[i] == '\\' {
		return min(i+2, len(s))
	}
	return i + 1
}

// expand writes out every \R{times,text}.
func expand(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); {
		if !strings.HasPrefix(s[i:], `\R{`) {
			end := next(s, i)
			b.WriteString(s[i:end])
			i = end
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return "", fmt.Errorf(`\R without }`)
		}
		times, text, _ := strings.Cut(s[i+len(`\R{`):i+end], ",")
		n, err := strconv.ParseUint(times, 10, 20)
		if err != nil {
			return "", fmt.Errorf(`\R: %w`, err)
		}
		b.WriteString(strings.Repeat(text, int(n)))
		i += end + 1
	}
	return b.String(), nil
}
