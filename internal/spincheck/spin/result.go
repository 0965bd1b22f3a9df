package spin

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"example.com/khp/sim/formal"
)

// Result is the result of a verifier.
type Result struct {
	States, Matched int // states visited, and how often one was met again
	Depth           int // longest path, in steps of the verifier
	Errors          int // 1 if something is wrong: the verifier stops at the first error
	// id of the property that does not hold, "formula" for one that was given by name
	Broken    string
	Seconds   float64 // of processor time
	Bytes     int     // memory for states
	Variables []string
	Recorded  map[string]bool // states, with the setting RECORD: values separated by blanks
	Steps     int             // likewise
}

// The lines that the verifier prints.
var (
	vectorLine    = regexp.MustCompile(`State-vector (\d+) byte, depth reached (\d+), errors: (\d+)`)
	storedLine    = regexp.MustCompile(`(?m)^\s*(\d+) states, (?:stored|visited)`)
	matchedLine   = regexp.MustCompile(`(?m)^\s*(\d+) states, matched`)
	memoryLine    = regexp.MustCompile(`(?m)^\s*([\d.]+)\s+actual memory usage for states`)
	equalLine     = regexp.MustCompile(`(?m)^\s*([\d.]+)\s+equivalent memory usage for states`)
	assertionLine = regexp.MustCompile(`assertion violated \(?(\d+)&&`)
	claimLine     = regexp.MustCompile(`(assertion violated|acceptance cycle|end state in claim)`)
)

// parse reads the output of a verifier.
func parse(out []byte) (Result, error) {
	r := Result{Recorded: map[string]bool{}}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	var rest bytes.Buffer
	for lines.Scan() {
		if state, ok := strings.CutPrefix(lines.Text(), "STATE "); ok {
			r.Recorded[state] = true
			r.Steps++
		} else if names, ok := strings.CutPrefix(lines.Text(), "VARIABLES "); ok {
			r.Variables = strings.Fields(names)
		} else {
			rest.WriteString(lines.Text() + "\n")
		}
	}
	text := rest.String()
	m := vectorLine.FindStringSubmatch(text)
	if m == nil || lines.Err() != nil {
		return r, fmt.Errorf("cannot read what the verifier printed: %v\n%s", lines.Err(), text)
	}
	r.Depth, r.Errors = number(m[2]), number(m[3])
	r.States, r.Matched = number(first(storedLine, text)), number(first(matchedLine, text))
	megabytes := first(memoryLine, text)
	if megabytes == "" {
		megabytes = first(equalLine, text)
	}
	mb, _ := strconv.ParseFloat(megabytes, 64)
	r.Bytes = int(mb * (1 << 20))
	switch {
	case r.Errors == 0:
	case assertionLine.MatchString(text):
		r.Broken = formal.PropertyName(number(first(assertionLine, text)))
	case claimLine.MatchString(text):
		r.Broken = "formula"
	default:
		r.Broken = "something else"
	}
	return r, nil
}

// first returns the match of the first group of a pattern, "" if it does not.
func first(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
