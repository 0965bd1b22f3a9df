package conform

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"example.com/khp/internal/conform"
	"example.com/khp/internal/visible"
	"example.com/khp/sim/verdict"
)

// The elements of JUnit's format that CI systems read.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string       `xml:"name,attr"`
		Class   string       `xml:"classname,attr"`
		Failure *junitReason `xml:"failure"`
		Error   *junitReason `xml:"error"`
		Skipped *junitReason `xml:"skipped"`
		Output  string       `xml:"system-out,omitempty"`
	}
	junitReason struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes the runs as suites. A known failure is skipped, as test frameworks have it.
func writeJUnit(w io.Writer, d *conform.Document) error {
	var all junitSuites
	for _, r := range d.Runs {
		s := junitSuite{Name: visible.Line(heading(r)), Tests: len(r.Cases),
			Failures: r.Grades[verdict.Fail], Errors: r.Grades[verdict.Error],
			Skipped: r.Grades[verdict.Skip] + r.Grades[verdict.XFail]}
		if r.Unfit != "" {
			s.Tests, s.Failures = s.Tests+1, s.Failures+1
			s.Cases = append(s.Cases, junitCase{Name: "preflight", Class: "khp",
				Failure: &junitReason{Message: visible.Line(r.Unfit)}})
		}
		for _, c := range r.Cases {
			s.Cases = append(s.Cases, junitOf(&c))
		}
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitOf(c *conform.Outcome) junitCase {
	j := junitCase{Name: c.ID, Class: strings.ReplaceAll(c.Section(), "/", ".")}
	reason := &junitReason{Message: visible.Line(c.Why)}
	switch c.Grade {
	case verdict.Fail, verdict.Error:
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s: %s\n", c.Level, strings.Join(c.Requirements, " "), c.Title)
		for _, r := range []*verdict.Ruling{c.Behaviour, c.Closing} {
			if r != nil && r.Grade.Failed() {
				fmt.Fprintf(&b, "want  %s\ngot   %s\n", r.Want, r.Got)
			}
		}
		for _, s := range c.Wire {
			fmt.Fprintf(&b, "%6d ms  %s  %s\n", s.Milliseconds, s.From, s.Text)
		}
		fmt.Fprintf(&b, "again  %s\n", c.Rerun)
		if reason.Text = visible.Text(b.String()); c.Grade == verdict.Error {
			j.Error = reason
		} else {
			j.Failure = reason
		}
	case verdict.Skip:
		j.Skipped = reason
	case verdict.XFail:
		reason.Message = "known failure: " + reason.Message
		j.Skipped = reason
	case verdict.Lenient, verdict.Info:
		j.Output = string(c.Grade) + ": " + visible.Line(c.Why)
	case verdict.Pass:
	}
	return j
}
