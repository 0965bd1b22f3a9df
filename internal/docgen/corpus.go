package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/khp/internal/corpus"
	"example.com/khp/internal/scan"
)

// Results of net/http for a message.
const (
	netAccepts = "accept"
	netRefuses = "reject"
	netLeaves  = "accept, bytes left" // as a reader of streams does: they are the next message
)

// difference is a reason why net/http decides otherwise.
type difference struct{ key, text string }

// grid is the corpus with the results of net/http.
type grid struct {
	cases       []corpus.Case
	netHTTP     map[string]string // by id, for requests and responses
	differences []difference
}

func loadGrid(root string) (g grid, err error) {
	f, err := os.Open(filepath.Join(root, "fuzz", "corpus", "corpus.jsonl"))
	if err != nil {
		return g, err
	}
	defer f.Close()
	if g.cases, err = corpus.Read(f); err != nil {
		return g, err
	}
	table, err := os.ReadFile(filepath.Join(root, "wire", "testdata", "differences.tsv"))
	if err != nil {
		return g, err
	}
	for row := range strings.Lines(string(table)) {
		key, text, _ := strings.Cut(strings.TrimSpace(row), "\t")
		g.differences = append(g.differences, difference{key, text})
	}
	g.netHTTP = map[string]string{}
	for _, c := range g.cases {
		if c.Kind != "request" && c.Kind != "response" {
			continue
		}
		b, err := c.Bytes()
		if err != nil {
			return g, err
		}
		g.netHTTP[c.ID] = netHTTP(c.Kind, b)
	}
	return g, nil
}

// netHTTP reads a whole message with net/http, its body too.
func netHTTP(kind string, b []byte) string {
	r := bufio.NewReader(bytes.NewReader(b))
	var body io.Reader
	if kind == "request" {
		q, err := http.ReadRequest(r)
		if err != nil {
			return netRefuses
		}
		body = q.Body
	} else {
		p, err := http.ReadResponse(r, nil)
		if err != nil {
			return netRefuses
		}
		body = p.Body
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return netRefuses
	}
	if _, err := r.ReadByte(); err == nil {
		return netLeaves
	}
	return netAccepts
}

// differs reports whether net/http decides otherwise than the corpus.
func (g grid) differs(c corpus.Case) bool {
	got, ok := g.netHTTP[c.ID]
	return ok && got != c.Verdict
}

func corpusPage(root string) (string, error) {
	g, err := loadGrid(root)
	if err != nil {
		return "", err
	}
	differing := map[string][]string{}
	count, differ := map[string]int{}, map[string]int{}
	for _, c := range g.cases {
		count[c.Kind]++
		if g.differs(c) {
			differ[c.Kind]++
			differing[c.NetHTTP] = append(differing[c.NetHTTP], "["+c.ID+"](#"+c.ID+")")
		}
	}
	var b bytes.Buffer
	line(&b, corpusText, len(g.cases), count["request"], differ["request"], count["response"],
		differ["response"])
	for _, d := range g.differences {
		line(&b, "| <a id=\"%s\"></a>%s | %s | %s |",
			d.key, d.key, d.text, strings.Join(differing[d.key], " "))
	}
	g.read(&b)
	g.unread(&b)
	return b.String(), nil
}

// read writes the tables of the kinds that net/http reads.
func (g *grid) read(b *bytes.Buffer) {
	for _, kind := range []string{"request", "response"} {
		line(b, "\n## Cases of kind %s\n\n| id | input | verdict | net/http | why | source |\n"+
			"|---|---|---|---|---|---|", kind)
		for _, c := range g.cases {
			if c.Kind != kind {
				continue
			}
			other := g.netHTTP[c.ID]
			if g.differs(c) {
				other = fmt.Sprintf("**%s**: [%s](#%s)", other, c.NetHTTP, c.NetHTTP)
			}
			line(b, "| <a id=\"%s\"></a>%s | %s | %s | %s | %s | %s |",
				c.ID, c.ID, code(c.Input), verdict(c), other, cell(c.Why), cell(c.Source))
		}
	}
}

// unread writes those of the other kinds.
func (g *grid) unread(b *bytes.Buffer) {
	var kinds []string
	for _, c := range g.cases {
		if _, known := g.netHTTP[c.ID]; !known && !slices.Contains(kinds, c.Kind) {
			kinds = append(kinds, c.Kind)
		}
	}
	for _, kind := range kinds {
		line(b, "\n## Cases of kind %s\n\n| id | input | verdict | why | source |\n"+
			"|---|---|---|---|---|", kind)
		for _, c := range g.cases {
			if c.Kind == kind {
				line(b, "| <a id=\"%s\"></a>%s | %s | %s | %s | %s |",
					c.ID, c.ID, code(c.Input), verdict(c), cell(c.Why), cell(c.Source))
			}
		}
	}
}

// verdict adds the result, or the kind of error.
func verdict(c corpus.Case) string {
	if c.Want == "" {
		return c.Verdict
	}
	return c.Verdict + ": " + cell(c.Want)
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

// code writes an input between backticks, cut if it is long.
func code(s string) string {
	const most = 160
	if len(s) > most {
		s = scan.Cut(s, most) + " ..."
	}
	switch {
	case s == "":
		return "(nothing)"
	case strings.Contains(s, "`"):
		return "`` " + cell(s) + " ``"
	case s[0] == ' ' || s[len(s)-1] == ' ':
		return "` " + cell(s) + " `"
	}
	return "`" + cell(s) + "`"
}

//go:embed text/corpus.md
var corpusText string
