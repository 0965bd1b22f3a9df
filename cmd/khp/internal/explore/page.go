package explore

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
	"time"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/fsm"
	"example.com/khp/internal/sequence"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/export"
	"example.com/khp/sim/model"
)

//go:embed page.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("explore").
	Funcs(template.FuncMap{"thousands": thousands, "bounds": boundsText}).Parse(pageText))

// page is the data of the template.
type page struct {
	summary
	Rows     []summaryRow
	Checks   []pageCheck
	Machines []machinePage
	Broken   []pageViolation
	Version  string
	Date     string // of the page
	Verdict  string
	Shades   []int // of the heat map, in percent
}

type pageCheck struct {
	summaryCheck
	Word string
}

type pageViolation struct {
	violation
	First   bool          // of its property: shown at once
	Drawing template.HTML // made here, with everything escaped
}

// machinePage is one machine: its picture and how often its edges were taken.
type machinePage struct {
	Name    string
	Picture template.URL // made here
	Events  []string
	Phases  []heatRow
	Edges   int
	Taken   int
	Never   []string
}

type heatRow struct {
	Phase string
	Cells []heatCell
}

// heatCell is a cell of the transition table.
type heatCell struct {
	Heat  string // "" if the table has no edge there, else never or h0 to h6
	Short string
	Title string
	Count int
}

// writePage writes everything as one page that needs nothing else. now is its date.
func writePage(w io.Writer, e explored, s summary, now time.Time) error {
	p := page{summary: s, Rows: s.Configurations, Version: cli.Version(), Date: now.UTC().
		Format("2006-01-02 15:04 UTC"), Verdict: s.verdict(e), Shades: []int{8, 16, 28, 42, 58, 76, 92}}
	for _, c := range s.Properties {
		p.Checks = append(p.Checks, pageCheck{c, c.word()})
	}
	shown := map[string]bool{}
	for _, v := range s.Violations {
		p.Broken = append(p.Broken, pageViolation{v, !shown[v.ID],
			template.HTML(sequence.SVG("The way to the violation of "+v.ID, v.steps()))})
		shown[v.ID] = true
	}
	var taken [2][]int
	for _, r := range e.Results {
		for side, edges := range model.Edges(r.Report) {
			for i, n := range edges {
				for len(taken[side]) <= i {
					taken[side] = append(taken[side], 0)
				}
				taken[side][i] += n
			}
		}
	}
	for side, m := range []export.Machine{export.Client, export.Server} {
		if len(taken[side]) == 0 {
			continue
		}
		h := heatMap(export.Edges(m), taken[side])
		h.Name = m.String()
		var b bytes.Buffer
		if err := export.SVG(&b, m); err != nil {
			return err
		}
		h.Picture = template.URL("data:image/svg+xml;base64," +
			base64.StdEncoding.EncodeToString(b.Bytes()))
		p.Machines = append(p.Machines, h)
	}
	return pageTemplate.Execute(visible.Writer(w), p) // a template writes whole values
}

// heatMap counts by phase and event.
func heatMap(edges []fsm.Row, taken []int) (m machinePage) {
	columns, rows, most := map[string]int{}, map[string]int{}, 1
	var cells []map[int]*heatCell
	for _, e := range edges {
		row, ok := rows[e.From]
		if !ok {
			row = len(m.Phases)
			rows[e.From], m.Phases, cells = row, append(m.Phases, heatRow{Phase: e.From}),
				append(cells, map[int]*heatCell{})
		}
		column, ok := columns[e.Event]
		if !ok {
			column = len(m.Events)
			columns[e.Event], m.Events = column, append(m.Events, e.Event)
		}
		c := cells[row][column]
		if c == nil {
			c = &heatCell{Title: e.From + " on " + e.Event}
			cells[row][column] = c
		}
		n := 0
		if e.Index < len(taken) {
			n = taken[e.Index]
		}
		m.Edges++
		if n > 0 {
			m.Taken++
		} else {
			m.Never = append(m.Never, strings.TrimSpace(fmt.Sprintf("%s %s on %s to %s, %s",
				e.ID, e.From, e.Event, e.To, e.Guard)))
		}
		c.Count += n
		c.Title += fmt.Sprintf("\n%s to %s: %s", e.ID, e.To, thousands(n))
		if e.Guard != "" {
			c.Title += " (" + e.Guard + ")"
		}
		most = max(most, c.Count)
	}
	for i := range m.Phases {
		for k := range m.Events {
			c := heatCell{Title: m.Phases[i].Phase + " on " + m.Events[k] + ": not in the table"}
			if found := cells[i][k]; found != nil {
				c = *found
				c.Short, c.Heat = short(c.Count), heat(c.Count, most)
			}
			m.Phases[i].Cells = append(m.Phases[i].Cells, c)
		}
	}
	return m
}

// heat is a class of six, on a scale of logarithms.
func heat(n, most int) string {
	if n == 0 {
		return "never"
	}
	return fmt.Sprintf("h%d", int(math.Round(6*math.Log1p(float64(n))/math.Log1p(float64(most)))))
}

// short writes a count in four characters.
func short(n int) string {
	switch {
	case n >= 10_000_000:
		return fmt.Sprintf("%dM", n/1_000_000)
	case n >= 1_000_000:
		return fmt.Sprintf("%.1fM", float64(n)/1e6)
	case n >= 1000:
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}

// thousands writes a number with narrow gaps.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// boundsText names the bounds of a configuration as the flags do.
func boundsText(b model.Bounds) string {
	if b.Unlimited {
		return "any limits at once"
	}
	var list []string
	for _, f := range boundFlags {
		list = append(list, fmt.Sprintf("%s %d", f.flag, *f.set(&b)))
	}
	return strings.Join(list, ", ")
}
