package corpus

import (
	"bytes"
	_ "embed"
	"iter"
	"slices"
	"strings"
	"sync"

	"example.com/khp/internal/corpus"
)

// Kind is the kind of an input.
type Kind string

// Kinds of the messages. There are other kinds, of field values, URLs and units, by the names that
// Kinds lists.
const (
	Request  Kind = "request"
	Response Kind = "response"
)

// Case is one input with the verdict of a strict reader.
type Case struct {
	ID   string // short, stable, fit for a file name
	Kind Kind
	// "wire": the syntax decides; "fsm": the syntax is fine, or beside the point, and something
	// above it decides
	Layer    string
	Input    []byte    // of a unit the content of all messages together
	Messages []Message // of a unit, nil for other kinds
	// "accept" or "reject"; for two URLs with a space between, "same" or "different"
	Verdict string
	Why     string // in a sentence
	Source  string // the text, or where such bytes were seen
}

// Message is one WebSocket message of a unit. An empty one that is not text is the terminator.
type Message struct {
	Text    bool
	Content []byte
}

// Accepted reports whether the verdict is to accept.
func (c Case) Accepted() bool { return c.Verdict == "accept" }

//go:embed corpus.jsonl
var file []byte

// read decodes the file once. It is part of the program, and a test reads all of it: an error
// cannot happen.
var read = sync.OnceValue(func() []Case {
	cases, err := decode(file)
	if err != nil {
		panic("corpus: " + err.Error())
	}
	return cases
})

func decode(file []byte) ([]Case, error) {
	lines, err := corpus.Read(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	cases := make([]Case, len(lines))
	for i, l := range lines {
		c := Case{ID: l.ID, Kind: Kind(l.Kind), Layer: l.Layer, Verdict: l.Verdict, Why: l.Why,
			Source: l.Source}
		if l.Kind == "unit" {
			messages, err := l.Messages()
			if err != nil {
				return nil, err
			}
			for _, m := range messages {
				c.Messages = append(c.Messages, Message(m))
				c.Input = append(c.Input, m.Content...)
			}
		} else if c.Input, err = l.Bytes(); err != nil {
			return nil, err
		}
		cases[i] = c
	}
	return cases, nil
}

// clone makes the bytes of a case the caller's.
func (c Case) clone() Case {
	c.Input = bytes.Clone(c.Input)
	c.Messages = slices.Clone(c.Messages)
	for i := range c.Messages {
		c.Messages[i].Content = bytes.Clone(c.Messages[i].Content)
	}
	return c
}

// Cases returns all cases, in the order of the file. They are the caller's.
func Cases() []Case {
	cases := slices.Clone(read())
	for i := range cases {
		cases[i] = cases[i].clone()
	}
	return cases
}

// Of iterates over copies of the cases of a kind.
func Of(k Kind) iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for _, c := range read() {
			if c.Kind == k && !yield(c.clone()) {
				return
			}
		}
	}
}

// Kinds returns the kinds that occur, sorted.
func Kinds() []Kind {
	var kinds []Kind
	for _, c := range read() {
		if !slices.Contains(kinds, c.Kind) {
			kinds = append(kinds, c.Kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// Values iterates over the values of the fields of that name in the messages of the corpus, once
// each: seeds for the parser of one field. It cuts lines without judging them.
func Values(name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		seen := map[string]bool{}
		for _, c := range read() {
			for line := range strings.SplitSeq(string(c.Input), "\r\n") {
				n, v, ok := strings.Cut(line, ":")
				if v = strings.Trim(v, " \t"); ok && strings.EqualFold(n, name) && !seen[v] {
					if seen[v] = true; !yield([]byte(v)) {
						return
					}
				}
			}
		}
	}
}
