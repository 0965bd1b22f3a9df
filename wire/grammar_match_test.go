package wire

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
)

// matcher is the slow recogniser: it follows the productions to the letter, tries everything, and
// knows nothing of package wire.
type matcher struct {
	b    []byte
	memo map[int][]int
}

// recognise reports whether b is a sentence of a production.
func (g *grammar) recognise(production string, b []byte) bool {
	m := matcher{b: b, memo: make(map[int][]int, 256)}
	whole := node{op: opName, id: -1, target: g.productions[production], not: g.productions[reserved[production]]}
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

// ends returns where what n stands for may end, if it begins at i: in order, each once.
func (m *matcher) ends(n *node, i int) []int {
	if n.class != nil {
		if i < len(m.b) && n.class[m.b[i]] {
			return []int{i + 1}
		}
		return nil
	}
	if n.op == opName && n.target.op == opText {
		n = n.target
	}
	if n.op == opText {
		if bytes.HasPrefix(m.b[i:], []byte(n.text)) {
			return []int{i + len(n.text)}
		}
		return nil
	}
	key := n.id*(len(m.b)+1) + i
	list, known := m.memo[key]
	if known {
		return list
	}
	switch n.op {
	case opSequence:
		list = []int{i}
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
		list = []int{i}
		if class := n.kids[0].class; class != nil {
			for ; i < len(m.b) && class[m.b[i]]; i++ {
				list = append(list, i+1)
			}
			break
		}
		for more := list; len(more) > 0; {
			more = slices.DeleteFunc(slices.Clone(m.each(n.kids[0], more)), func(end int) bool { return slices.Contains(list, end) })
			list = append(list, more...)
		}
	case opName:
		list = m.ends(n.target, i)
		if n.not != nil {
			not := m.ends(n.not, i)
			list = slices.DeleteFunc(slices.Clone(list), func(end int) bool { return slices.Contains(not, end) })
		}
	case opText, opRange: // see above
	}
	list = unique(list)
	m.memo[key] = list
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
