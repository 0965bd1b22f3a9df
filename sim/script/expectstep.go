package script

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/sim/verdict"
	"example.com/khp/wire"
)

// gradedSteps are the steps that only graded cases have.
var gradedSteps map[string]func(a *args, n int) (step, error)

func init() { // the readers name the list in their errors
	gradedSteps = map[string]func(a *args, n int) (step, error){
		"accept": readAccept, "answer": readAnswer, "ask": readAnswer, "closes": readCloses, "echo": readEcho, "expect": readExpect, "fails": readFails, "handshake": readHandshake, "opens": readOpens, "proceed": readProceed,
		"refuses": readRefuses,
	}
}

// kinds that expect takes.
var kinds = []verdict.Kind{verdict.Opening, verdict.Request, verdict.Response, verdict.Terminator, verdict.Proceed, verdict.Reroute, verdict.Text, verdict.Binary,
	"message", verdict.Pong, verdict.Close, verdict.End, verdict.Broken, verdict.Silence}

// gradeWords are the grades that a case may give.
var gradeWords = []verdict.Grade{verdict.Pass, verdict.Info, verdict.Lenient, verdict.Skip, verdict.Fail}

// readExpect reads expect KIND [CODE] [CONDITION...] [as|ends GRADE ["REASON"]] [or KIND ...].
func readExpect(a *args, n int) (step, error) {
	e, err := a.expectation(n)
	if err != nil {
		return nil, err
	}
	return func(p *player) {
		x := *e
		x.Alternatives = slices.Clone(e.Alternatives)
		x.Otherwise = p.trial.otherwise()
		for i := range x.Alternatives {
			x.Alternatives[i].Pattern = p.filled(x.Alternatives[i].Pattern, n)
		}
		expects(&x)(p)
	}, nil
}

// filled puts the variables of the step into a pattern.
func (p *player) filled(pattern verdict.Pattern, n int) verdict.Pattern {
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

func (a *args) expectation(int) (*verdict.Expectation, error) {
	e := &verdict.Expectation{Line: a.line.number, Otherwise: verdict.Fail}
	for {
		alt, err := a.alternative()
		if err != nil {
			return nil, err
		}
		e.Alternatives = append(e.Alternatives, alt)
		w, ok := a.take()
		if !ok {
			return e, nil
		}
		if w.text != "or" || w.quoted {
			return nil, a.mistake("expected or, as or ends, or the end of the line, got %q", w)
		}
	}
}

func (a *args) alternative() (alt verdict.Alternative, err error) {
	w, err := a.plain("what may come: " + kindNames())
	if err != nil {
		return alt, err
	}
	if alt.Kind = verdict.Kind(w.text); !slices.Contains(kinds, alt.Kind) {
		return alt, a.mistake("expected one of %s, got %q", kindNames(), w.text)
	}
	for w, ok := a.peek(); ok; w, ok = a.peek() {
		switch {
		case w.key == "" && !w.quoted && w.text == "or":
			return alt, nil
		case w.key == "" && !w.quoted && (w.text == "as" || w.text == "ends"):
			a.next++
			return alt, a.grade(&alt, w.text == "ends")
		}
		a.next++
		if err := a.condition(&alt.Pattern, w); err != nil {
			return alt, err
		}
	}
	return alt, nil
}

func kindNames() string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// grade reads GRADE ["REASON"].
func (a *args) grade(alt *verdict.Alternative, ends bool) error {
	w, err := a.plain("a grade")
	if err != nil {
		return err
	}
	if alt.Grade, alt.Ends = verdict.Grade(w.text), ends; !slices.Contains(gradeWords, alt.Grade) {
		return a.mistake("expected pass, info, lenient, skip or fail, got %q", w.text)
	}
	if why, ok := a.peek(); ok && why.quoted {
		a.next++
		alt.Why = why.value()
	}
	if alt.Why == "" && alt.Grade != verdict.Pass {
		return a.mistake("a grade other than pass needs a reason behind it, as in lenient \"another status\"")
	}
	return nil
}

// condition reads a code, a range of codes, a quoted text or KEY=VALUE.
func (a *args) condition(p *verdict.Pattern, w word) (err error) {
	isHTTP := slices.Contains([]verdict.Kind{verdict.Opening, verdict.Request, verdict.Response}, p.Kind)
	low, high, isRange := strings.Cut(w.text, "-")
	if !isRange {
		high = low
	}
	switch {
	case w.quoted && w.key == "" && !isHTTP && p.Data == nil:
		p.Data = []byte(w.value())
	case w.quoted && w.key == "" && strings.Contains(w.text, ":"):
		p.Conditions = append(p.Conditions, verdict.Condition{Value: w.value()})
	case w.key != "" && slices.Contains(verdict.ConditionKeys(), w.key):
		p.Conditions = append(p.Conditions, verdict.Condition{Key: w.key, Value: w.value()})
	case w.key == "" && !w.quoted && strings.Trim(w.text, "0123456789-") == "":
		if p.Low, err = strconv.Atoi(low); err == nil {
			p.High, err = strconv.Atoi(high)
		}
		if err != nil || p.Low > p.High || p.High == 0 {
			err = a.mistake("expected a code such as 101, or a range such as 400-499, got %q", w.text)
		}
	default:
		err = a.mistake("expected a code, a range such as 400-499, \"Name: value\", %s=, as, ends or or, got %q", strings.Join(verdict.ConditionKeys(), "=, "), w)
	}
	return err
}

// closesOr reads or GRADE: what it is worth if the peer leaves it to us.
func (a *args) closesOr(c *closing) (step, error) {
	a.next++
	w, err := a.plain("a grade")
	if err == nil && w.text != string(verdict.Lenient) && w.text != string(verdict.Info) {
		err = a.mistake("expected lenient or info, got %q", w.text)
	}
	c.missing = verdict.Grade(w.text)
	return func(p *player) { p.closes = c }, err
}

// readCloses reads closes [CODE...] [or GRADE]: the peer has to close.
func readCloses(a *args, _ int) (step, error) {
	c := &closing{peer: true, line: a.line.number, missing: verdict.Fail}
	for w, ok := a.peek(); ok; w, ok = a.peek() {
		if w.text == "or" && !w.quoted {
			return a.closesOr(c)
		}
		code, err := a.number("a close code", 1000, 4999)
		if err != nil {
			return nil, err
		}
		c.codes = append(c.codes, code)
	}
	return func(p *player) { p.closes = c }, nil
}

// readEcho reads echo ["TEXT"]: the peer is open, and returns a text.
func readEcho(a *args, n int) (step, error) {
	data, err := a.content()
	if data == "" {
		data = "an echo shows that it is open"
	}
	line := a.line.number
	return func(p *player) {
		p.insert(messageOf(wire.Text, data), expects(&verdict.Expectation{Line: line, Otherwise: p.trial.otherwise(), Where: "echo",
			Alternatives: []verdict.Alternative{{Pattern: verdict.Pattern{Kind: verdict.Text, Data: []byte(data)}}}}))
	}, err
}

// readOpens reads opens: behind a response that accepts comes what belongs to it, and the peer is
// open.
func readOpens(a *args, n int) (step, error) {
	line := a.line.number
	echo, err := readEcho(&args{file: a.file, line: a.line, next: len(a.line.words)}, n)
	return func(p *player) {
		var steps []step
		if p.target != "" {
			steps = append([]step{p.one(line, verdict.Pattern{Kind: verdict.Terminator})}, p.balancer(line)...)
		}
		p.insert(append(steps, echo)...)
	}, err
}

// readProceed reads proceed: N, in the profile that has it.
func readProceed(a *args, _ int) (step, error) {
	line := a.line.number
	return func(p *player) { p.insert(p.balancer(line)...) }, nil
}

// readRefuses reads refuses STATUS: the server refuses a request, and says so.
func readRefuses(a *args, _ int) (step, error) {
	status, err := a.number("a status code", 400, 599)
	line := a.line.number
	lenient := func(p verdict.Pattern, ends bool, why string) verdict.Alternative {
		return verdict.Alternative{Pattern: p, Grade: verdict.Lenient, Why: why, Ends: ends}
	}
	return func(p *player) {
		p.closes = &closing{peer: true, line: line, missing: verdict.Lenient}
		silently := []verdict.Alternative{
			lenient(verdict.Pattern{Kind: verdict.Close}, true, "closes without saying why"), lenient(verdict.Pattern{Kind: verdict.End}, true, "ends the connection without saying why")}
		p.insert(
			expects(&verdict.Expectation{Line: line, Otherwise: p.trial.otherwise(), Alternatives: append([]verdict.Alternative{
				{Pattern: verdict.Pattern{Kind: verdict.Response, Low: status, High: status}},
				lenient(verdict.Pattern{Kind: verdict.Response, Low: 400, High: 599}, false, "refuses with another status")}, silently...)}),
			expects(&verdict.Expectation{Line: line, Otherwise: p.trial.otherwise(), Alternatives: append([]verdict.Alternative{
				{Pattern: verdict.Pattern{Kind: verdict.Terminator}}}, silently...)}))
	}, err
}

// readFails reads fails CODE...: the peer has to fail the connection, because a rule of WebSocket
// was broken. What it says in HTTP before it does is its own business.
func readFails(a *args, n int) (step, error) {
	var codes []int
	for _, ok := a.peek(); ok; _, ok = a.peek() {
		code, err := a.number("a close code", 1000, 4999)
		if err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	line := a.line.number
	return func(p *player) {
		e := &verdict.Expectation{Line: line, Otherwise: p.trial.otherwise()}
		for _, code := range codes {
			e.Alternatives = append(e.Alternatives, verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Close, Low: code, High: code}, Grade: verdict.Pass, Ends: true})
		}
		e.Alternatives = append(e.Alternatives,
			verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Close}, Grade: verdict.Lenient, Why: "another close code"},
			verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.End}, Grade: verdict.Lenient, Why: "ends the connection without a Close frame"})
		again := *e
		again.Alternatives = append(slices.Clone(e.Alternatives), verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Terminator}})
		e.Alternatives = append(e.Alternatives, verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Response, Low: 400, High: 599}, Grade: verdict.Info, Why: "answers before it closes"})
		last := *e
		p.insert(expects(e), expects(&again), expects(&last))
	}, nil
}

// one is an expectation of one thing.
func (p *player) one(line int, pattern verdict.Pattern) step {
	return expects(&verdict.Expectation{Line: line, Otherwise: p.trial.otherwise(), Alternatives: []verdict.Alternative{{Pattern: pattern}}})
}

// proceed101 are the steps behind an opening 101 and behind a completed handshake.
func (p *player) balancer(line int) []step {
	switch {
	case !p.trial.kaazing:
		return nil
	case p.target != "":
		return []step{p.one(line, verdict.Pattern{Kind: verdict.Proceed})}
	}
	return []step{messageOf(wire.Binary, string(wire.AppendBalancer(nil, wire.BalancerProceed, "")))}
}

// readAnswer reads answer STATUS FIELD... of a server and ask [/TARGET] FIELD... of a client: the
// opening handshake without anything that belongs to a profile, and without looking at the answer.
func readAnswer(a *args, n int) (step, error) {
	o, err := a.opening()
	if err != nil {
		return nil, err
	}
	return func(p *player) {
		if p.target != "" {
			p.ask(o.target, o.without, o.given, o.body)
			p.waits = nil
			return
		}
		p.awaitHead(func() {
			p.answer(o, n)
			p.answered = o.status == 101
		})
	}, nil
}

// gradedOpening is the step opening in a graded case: with all that belongs to the profile.
func (o openingStep) graded(line, n int) step {
	return func(p *player) {
		if p.target == "" {
			p.awaitHead(func() {
				p.answer(o, n)
				if p.answered = o.status == 101; p.answered {
					p.insert(p.balancer(line)...)
				}
			})
			return
		}
		p.ask(o.target, o.without, o.given, o.body)
		p.waits = nil
		khp := verdict.Pattern{Kind: verdict.Opening, Low: 101, High: 101, Conditions: []verdict.Condition{{Value: "Sec-WebSocket-Protocol: " + endpoint.Subprotocol}}}
		p.insert(append([]step{p.one(line, khp)}, p.balancer(line)...)...)
	}
}

// readAccept reads accept FIELD...: the response that completes the handshake, with all that
// belongs to it.
func readAccept(a *args, n int) (step, error) {
	var more []string
	for w, ok := a.take(); ok; w, ok = a.take() {
		if !w.quoted || w.key != "" {
			return nil, a.mistake("expected a field, as in \"Name: value\", got %q", w)
		}
		more = append(more, w.value())
	}
	line := a.line.number
	return func(p *player) {
		head := strings.Join(append([]string{"HTTP/1.1 101 " + p.reason(101), "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: $accept"}, more...), "\r\n") + "\r\n\r\n"
		p.insert(append([]step{messageOf(wire.Binary, p.vars(n).Replace(head)), messageOf(wire.Binary, "")}, p.balancer(line)...)...)
	}, nil
}

// readHandshake reads handshake: the whole of it, up to an open connection.
func readHandshake(a *args, n int) (step, error) {
	line := a.line.number
	return func(p *player) {
		var o openingStep
		o.status = 101
		if p.target == "" {
			accept, _ := readAccept(&args{line: a.line, next: len(a.line.words)}, n)
			p.insert(o.graded(line, n), p.one(line, verdict.Pattern{Kind: verdict.Request}), accept)
			return
		}
		ask := message(wire.Binary, func(p *player) string { return "GET " + p.target + " HTTP/1.1\r\n\r\n" })
		more := append([]step{p.one(line, verdict.Pattern{Kind: verdict.Response, Low: 101, High: 101}), p.one(line, verdict.Pattern{Kind: verdict.Terminator})}, p.balancer(line)...)
		p.insert(append([]step{o.graded(line, n), ask}, more...)...)
	}, nil
}

// readNext reads what stands behind next in a graded case: none, if no further connection may come,
// or what it is worth that the one that is described below does not: [or as|ends GRADE "REASON"].
func (a *args) readNext() (e *verdict.Expectation, none bool, err error) {
	e = &verdict.Expectation{Line: a.line.number, Otherwise: verdict.Fail, Alternatives: []verdict.Alternative{{Pattern: verdict.Pattern{Kind: "connection"}}}}
	w, ok := a.take()
	switch {
	case !ok:
		return e, false, nil
	case w.text == "none" && !w.quoted:
		return e, true, a.done()
	case w.text != "or" || w.quoted:
		return nil, false, a.mistake("expected none, or, or the end of the line, got %q", w)
	}
	if w, err := a.plain("ends"); err != nil || w.text != "ends" {
		return nil, false, a.mistake("expected ends GRADE \"REASON\" behind or")
	}
	alt := verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Silence}}
	if err = a.grade(&alt, true); err != nil {
		return nil, false, err
	}
	e.Alternatives = append(e.Alternatives, alt)
	return e, false, a.done()
}

func stepNames(graded bool) string {
	names := slices.Collect(maps.Keys(stepReaders))
	if graded {
		names = slices.AppendSeq(names, maps.Keys(gradedSteps))
	}
	slices.Sort(names)
	return "one of " + strings.Join(names, ", ") + ", repeat, next"
}
