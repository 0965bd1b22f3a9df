package play

import (
	"slices"
	"strconv"
	"strings"

	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/verdict"
)

func init() { // the readers name the list in their errors
	GradedSteps = map[string]func(a *lang.Args, n int) (step, error){
		"accept": readAccept, "answer": readAnswer, "ask": readAnswer, "closes": readCloses,
		"echo": readEcho, "expect": readExpect, "fails": readFails, "handshake": readHandshake,
		"opens": readOpens, "proceed": readProceed,
		"refuses": readRefuses,
	}
}

// Kinds that expect takes.
var Kinds = []verdict.Kind{verdict.Opening, verdict.Request, verdict.Response, verdict.Terminator,
	verdict.Proceed, verdict.Reroute, verdict.Text, verdict.Binary,
	"message", verdict.Pong, verdict.Close, verdict.End, verdict.Broken, verdict.Silence}

// gradeWords are the grades that a case may give.
var gradeWords = []verdict.Grade{verdict.Pass, verdict.Info, verdict.Lenient,
	verdict.Skip, verdict.Fail}

// readExpect reads expect KIND [CODE] [CONDITION...] [as|ends GRADE ["REASON"]] [or KIND ...].
func readExpect(a *lang.Args, n int) (step, error) {
	e, err := readExpectation(a)
	if err != nil {
		return nil, err
	}
	return func(p *Player) {
		x := *e
		x.Alternatives = slices.Clone(e.Alternatives)
		x.Otherwise = p.Trial.otherwise()
		for i := range x.Alternatives {
			x.Alternatives[i].Pattern = p.filled(x.Alternatives[i].Pattern, n)
		}
		expects(&x)(p)
	}, nil
}

// filled puts the variables of the step into a pattern.
func (p *Player) filled(pattern verdict.Pattern, n int) verdict.Pattern {
	vars := p.vars(n)
	if pattern.Data != nil {
		pattern.Data = []byte(vars.Replace(string(pattern.Data)))
	}
	pattern.Conditions = slices.Clone(pattern.Conditions)
	for i := range pattern.Conditions {
		pattern.Conditions[i].Value = vars.Replace(pattern.Conditions[i].Value)
	}
	return pattern
}

func readExpectation(a *lang.Args) (*verdict.Expectation, error) {
	e := &verdict.Expectation{Line: a.Line.Number, Otherwise: verdict.Fail}
	for {
		alt, err := readAlternative(a)
		if err != nil {
			return nil, err
		}
		e.Alternatives = append(e.Alternatives, alt)
		w, ok := a.Take()
		if !ok {
			return e, nil
		}
		if w.Text != "or" || w.Quoted {
			return nil, a.Mistake("expected or, as or ends, or the end of the line, got %q", w)
		}
	}
}

func readAlternative(a *lang.Args) (alt verdict.Alternative, err error) {
	w, err := a.Plain("what may come: " + kindNames())
	if err != nil {
		return alt, err
	}
	if alt.Kind = verdict.Kind(w.Text); !slices.Contains(Kinds, alt.Kind) {
		return alt, a.Mistake("expected one of %s, got %q", kindNames(), w.Text)
	}
	for w, ok := a.Peek(); ok; w, ok = a.Peek() {
		switch {
		case w.Key == "" && !w.Quoted && w.Text == "or":
			return alt, nil
		case w.Key == "" && !w.Quoted && (w.Text == "as" || w.Text == "ends"):
			a.Next++
			return alt, readGrade(a, &alt, w.Text == "ends")
		}
		a.Next++
		if err := readCondition(a, &alt.Pattern, w); err != nil {
			return alt, err
		}
	}
	return alt, nil
}

func kindNames() string {
	var names []string
	for _, k := range Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// readGrade reads GRADE ["REASON"].
func readGrade(a *lang.Args, alt *verdict.Alternative, ends bool) error {
	w, err := a.Plain("a grade")
	if err != nil {
		return err
	}
	if alt.Grade, alt.Ends = verdict.Grade(w.Text), ends; !slices.Contains(gradeWords, alt.Grade) {
		return a.Mistake("expected pass, info, lenient, skip or fail, got %q", w.Text)
	}
	if why, ok := a.Peek(); ok && why.Quoted {
		a.Next++
		alt.Why = why.Value()
	}
	if alt.Why == "" && alt.Grade != verdict.Pass {
		return a.Mistake("a grade other than pass needs a reason behind it, " +
			"as in lenient \"another status\"")
	}
	return nil
}

// readCondition reads a code, a range of codes, a quoted text or KEY=VALUE.
func readCondition(a *lang.Args, p *verdict.Pattern, w lang.Word) (err error) {
	isHTTP := slices.Contains([]verdict.Kind{verdict.Opening, verdict.Request, verdict.Response},
		p.Kind)
	low, high, isRange := strings.Cut(w.Text, "-")
	if !isRange {
		high = low
	}
	switch {
	case w.Quoted && w.Key == "" && !isHTTP && p.Data == nil:
		p.Data = []byte(w.Value())
	case w.Quoted && w.Key == "" && strings.Contains(w.Text, ":"):
		p.Conditions = append(p.Conditions, verdict.Condition{Value: w.Value()})
	case w.Key != "" && slices.Contains(verdict.ConditionKeys(), w.Key):
		p.Conditions = append(p.Conditions, verdict.Condition{Key: w.Key, Value: w.Value()})
	case w.Key == "" && !w.Quoted && strings.Trim(w.Text, "0123456789-") == "":
		if p.Low, err = strconv.Atoi(low); err == nil {
			p.High, err = strconv.Atoi(high)
		}
		if err != nil || p.Low > p.High || p.High == 0 {
			err = a.Mistake("expected a code such as 101, or a range such as 400-499, got %q", w.Text)
		}
	default:
		err = a.Mistake("expected a code, a range such as 400-499, \"Name: value\", %s=, as, "+
			"ends or or, got %q", strings.Join(verdict.ConditionKeys(), "=, "), w)
	}
	return err
}

// readNext reads the words behind next in a graded case: none, if no further connection may come,
// or the grade if the connection described below does not come: [or as|ends GRADE "REASON"].
func readNext(a *lang.Args) (e *verdict.Expectation, none bool, err error) {
	e = &verdict.Expectation{Line: a.Line.Number, Otherwise: verdict.Fail,
		Alternatives: []verdict.Alternative{{Pattern: verdict.Pattern{Kind: "connection"}}}}
	w, ok := a.Take()
	switch {
	case !ok:
		return e, false, nil
	case w.Text == "none" && !w.Quoted:
		return e, true, a.Done()
	case w.Text != "or" || w.Quoted:
		return nil, false, a.Mistake("expected none, or, or the end of the line, got %q", w)
	}
	if w, err := a.Plain("ends"); err != nil || w.Text != "ends" {
		return nil, false, a.Mistake("expected ends GRADE \"REASON\" behind or")
	}
	alt := verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Silence}}
	if err = readGrade(a, &alt, true); err != nil {
		return nil, false, err
	}
	e.Alternatives = append(e.Alternatives, alt)
	return e, false, a.Done()
}
