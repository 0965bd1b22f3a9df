package conform

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"example.com/khp/internal/conform"
	"example.com/khp/internal/sequence"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/verdict"
)

//go:embed page.html.tmpl
var pageText string

var pageTemplate = template.Must(template.New("conform").
	Funcs(template.FuncMap{"heading": heading, "line": visible.Line, "dump": dump}).Parse(pageText))

// page is the data of the template.
type page struct {
	Khp      string
	Runs     []*conform.Run
	Grades   []verdict.Grade
	Sections []pageSection
}

type pageSection struct {
	Name string
	Rows []*pageRow
}

// pageRow is one case in all runs.
type pageRow struct {
	ID, Name, Title, Level string
	Requirements           []string
	Cells                  []*pageCell // one for each run, nil where it was not run
}

type pageCell struct {
	*conform.Outcome
	Anchor  string
	Heading string
	Drawing template.HTML // made here, with everything escaped
}

// writePage writes one self-contained page.
func writePage(w io.Writer, d *conform.Document) error {
	p := page{Khp: d.Khp, Runs: d.Runs, Grades: verdict.Grades}
	rows := map[string]*pageRow{}
	for i, r := range d.Runs {
		for j := range r.Cases {
			c := &r.Cases[j]
			row := rows[c.ID]
			if row == nil {
				row = &pageRow{ID: c.ID, Name: strings.TrimPrefix(c.ID, c.Section()+"/"), Title: c.Title,
					Level: c.Level, Requirements: c.Requirements, Cells: make([]*pageCell, len(d.Runs))}
				rows[c.ID] = row
				p.place(c.Section(), row)
			}
			drawing := template.HTML(sequence.SVG(c.ID, c.Drawing())) // package sequence escapes all texts
			row.Cells[i] = &pageCell{c, fmt.Sprintf("run%d-%d", i, j), heading(r), drawing}
		}
	}
	return pageTemplate.Execute(w, p)
}

func (p *page) place(section string, row *pageRow) {
	i := slices.IndexFunc(p.Sections, func(s pageSection) bool { return s.Name == section })
	if i < 0 {
		i = len(p.Sections)
		p.Sections = append(p.Sections, pageSection{Name: section})
	}
	p.Sections[i].Rows = append(p.Sections[i].Rows, row)
}

// dump writes hexadecimal bytes in lines of sixteen, with their readable characters.
func dump(text string) string {
	b, err := hex.DecodeString(text)
	if err != nil {
		return ""
	}
	return hex.Dump(b)
}
