package wire

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"sync"
)

// matcher is the slow recogniser: it follows the productions to the letter, tries everything, and
// knows nothing of package wire.
type matcher struct {
	b    []byte
	at   []int   // at[i] is i: the lists of one end, or of several in a row, are parts of it
	turn int     // how many sentences were looked at
	memo []known // by node and offset
}

// known is where a node may end that begins at some offset, in the sentence of that turn.
type known struct {
	turn int
	ends []int
}

// matchers keep the memory of one sentence for the next.
var matchers = sync.Pool{New: func() any { return new(matcher) }}

// begin makes m look at b.
func (m *matcher) begin(b []byte, nodes int) {
	m.b = b
	m.turn++
	for len(m.at) < len(b)+2 {
		m.at = append(m.at, len(m.at))
	}
	if n := nodes * (len(b) + 1); len(m.memo) < n {
		m.memo = make([]known, n)
	}
}

// from lists the offsets from i to the one before j.
func (m *matcher) from(i, j int) []int { return m.at[i:j:j] }

// recognise reports whether b is a sentence of a production.
func (g *grammar) recognise(production string, b []byte) bool {
	m := matchers.Get().(*matcher)
	defer matchers.Put(m)
	m.begin(b, g.nodes+1)
	whole := node{op: opName, id: g.nodes, target: g.productions[production],
		not: g.productions[reserved[production]]}
	return slices.Contains(m.ends(&whole, 0), len(b)) && lengthAgrees(b)
}

var lengthLine = regexp.MustCompile(`(?i)\r\ncontent-length:[ \t]*([0-9]+)[ \t]*\r\n`)

// lengthAgrees reports whether there are as many bytes after the first empty line as the
// Content-Length before it says.
func lengthAgrees(b []byte) bool {
	head := bytes.Index(b, []byte("\r\n\r\n"))
	if head < 0 {
		return true
	}
	line := lengthLine.FindSubmatch(b[:head+2])
	if line == nil {
		return true
	}
	n, err := strconv.Atoi(string(line[1]))
	return err == nil && n == len(b)-head-4
}

// ends returns the offsets at which a text for n may end that begins at i: in order, each once.
func (m *matcher) ends(n *node, i int) []int {
	if n.class != nil {
		if i < len(m.b) && n.class[m.b[i]] {
			return m.from(i+1, i+2)
		}
		return nil
	}
	if n.op == opName && n.target.op == opText {
		n = n.target
	}
	if n.op == opText {
		if bytes.HasPrefix(m.b[i:], []byte(n.text)) {
			return m.from(i+len(n.text), i+len(n.text)+1)
		}
		return nil
	}
	memo := &m.memo[n.id*(len(m.b)+1)+i]
	if memo.turn == m.turn {
		return memo.ends
	}
	var list []int
	switch n.op {
	case opSequence:
		list = m.from(i, i+1)
		for _, kid := range n.kids {
			list = m.each(kid, list)
		}
		return list
	case opEither:
		for _, kid := range n.kids {
			list = append(list, m.ends(kid, i)...)
		}
	case opOption:
		list = append([]int{i}, m.ends(n.kids[0], i)...)
	case opRepeat:
		if class := n.kids[0].class; class != nil {
			end := i
			for end < len(m.b) && class[m.b[end]] {
				end++
			}
			list = m.from(i, end+1)
			break
		}
		list = m.from(i, i+1)
		for more := list; len(more) > 0; {
			more = slices.DeleteFunc(slices.Clone(m.each(n.kids[0], more)),
				func(end int) bool { return slices.Contains(list, end) })
			list = append(list, more...)
		}
	case opName:
		list = m.ends(n.target, i)
		if n.not != nil {
			not := m.ends(n.not, i)
			list = slices.DeleteFunc(slices.Clone(list),
				func(end int) bool { return slices.Contains(not, end) })
		}
	case opText, opRange: // see above
	}
	list = unique(list)
	*memo = known{m.turn, list}
	return list
}

// each returns where n may end that begins at one of the offsets.
func (m *matcher) each(n *node, from []int) []int {
	if len(from) == 1 {
		return m.ends(n, from[0])
	}
	var list []int
	for _, i := range from {
		list = append(list, m.ends(n, i)...)
	}
	return unique(list)
}

func unique(list []int) []int {
	if len(list) < 2 {
		return list
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
