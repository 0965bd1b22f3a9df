// Package page renders a report as Markdown.
package page

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"example.com/khp/internal/reqtrace/cover"
	"example.com/khp/internal/reqtrace/marks"
)

// File is where the page is, from the root of the module.
const File = "docs/requirements.md"

// How much a cell names before it counts the rest.
const (
	maxFiles   = 6
	maxSymbols = 4
	maxTests   = 6
)

//go:embed intro.md
var intro string

var titles = map[string]string{
	"KHP-GEN":    "KHP: overview",
	"KHP-OPEN":   "KHP: opening handshake",
	"KHP-EXT":    "KHP: extended handshake",
	"KHP-CLOSE":  "KHP: when the client closes",
	"KHP-REDIR":  "KHP: redirects",
	"KHP-CLASS":  "KHP: classes of status codes",
	"KHP-STATUS": "KHP: status codes",
	"RFC2068":    "RFC 2068: status codes 100 to 202 and 406 to 412",
	"RFC6585":    "RFC 6585: additional status codes",
	"DRAFT02":    "Draft 02 of RFC 6585",
	"MAIL":       "Mail that announced RFC 6585",
	"WSP":        "RFC 6455: WebSocket",
	"INV":        "Safety properties",
	"LIV":        "Liveness properties",
	"ADV":        "Adversarial scenarios and their outcome",
}

// Render returns the page.
func Render(r *cover.Report) string {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString("\n## Totals\n")
	requirements, properties := r.Totals()
	totals(&b, "level", requirements)
	totals(&b, "property", properties)
	if u := r.Uncovered(); len(u) > 0 {
		b.WriteString("\n## Uncovered MUST and MUST NOT\n\n")
		for _, i := range u {
			fmt.Fprintf(&b, "- %s lacks %s\n", i.ID, i.Lacks())
		}
	}
	for items := r.Items; len(items) > 0; {
		group := items[0].Group()
		n := 1
		for n < len(items) && items[n].Group() == group {
			n++
		}
		table(&b, group, items[:n])
		items = items[n:]
	}
	return b.String()
}

func totals(b *strings.Builder, what string, totals []cover.Total) {
	fmt.Fprintf(b, "\n| %s | total | complete | exception | missing |\n|---|---:|---:|---:|---:|\n",
		what)
	for _, t := range totals {
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d |\n",
			t.Level, t.Entries, t.Complete, t.Excepted, t.Missing)
	}
}

func table(b *strings.Builder, group string, items []cover.Item) {
	fmt.Fprintf(b, "\n## %s (%s)\n\n", titleOf(group), group)
	b.WriteString("| id | level | statement | implemented in | shown by |\n|---|---|---|---|---|\n")
	for _, i := range items {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n",
			i.ID, i.Level, escape(i.Statement), places(i.Impl), shown(i))
	}
}

func titleOf(group string) string {
	if t, ok := titles[group]; ok {
		return t
	}
	return group
}

// shown is the last column: tests, or the reason for none, or the missing parts.
func shown(i cover.Item) string {
	var lines []string
	for _, t := range i.Tests {
		lines = append(lines, code(t))
	}
	lines = capped(lines, maxTests)
	switch i.Status {
	case cover.Complete:
	case cover.Excepted:
		lines = append(lines, "exception: "+escape(i.Exception))
	case cover.Missing:
		lines = append(lines, "**missing: "+i.Lacks()+"**")
	}
	return strings.Join(lines, "<br>")
}

// places names files with their symbols; places is sorted by file.
func places(places []marks.Place) string {
	var lines []string
	for len(places) > 0 {
		n := slices.IndexFunc(places, func(p marks.Place) bool { return p.File != places[0].File })
		if n < 0 {
			n = len(places)
		}
		var symbols []string
		for _, p := range places[:n] {
			symbols = append(symbols, code(p.Symbol))
		}
		lines = append(lines, places[0].File+": "+strings.Join(capped(symbols, maxSymbols), ", "))
		places = places[n:]
	}
	return strings.Join(capped(lines, maxFiles), "<br>")
}

func capped(items []string, limit int) []string {
	if len(items) <= limit {
		return items
	}
	return append(slices.Clone(items[:limit-1]), fmt.Sprintf("and %d more", len(items)-limit+1))
}

func code(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }

// escape keeps text from being taken for Markdown.
func escape(s string) string { return escaper.Replace(s) }

var escaper = strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`, "`", "\\`")
