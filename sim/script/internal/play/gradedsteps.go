package play

import (
	"maps"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/internal/balancer"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/verdict"
	"example.com/khp/wire"
)

// GradedSteps are the steps that only graded cases have.
var GradedSteps map[string]func(a *lang.Args, n int) (step, error)

// readClosesOr reads or GRADE: the grade of a peer that leaves closing to us.
func readClosesOr(a *lang.Args, c *closing) (step, error) {
	a.Next++
	w, err := a.Plain("a grade")
	if err == nil && w.Text != string(verdict.Lenient) && w.Text != string(verdict.Info) {
		err = a.Mistake("expected lenient or info, got %q", w.Text)
	}
	c.missing = verdict.Grade(w.Text)
	return func(p *Player) { p.closes = c }, err
}

// readCloses reads closes [CODE...] [or GRADE]: the peer has to close.
func readCloses(a *lang.Args, _ int) (step, error) {
	c := &closing{peer: true, line: a.Line.Number, missing: verdict.Fail}
	for w, ok := a.Peek(); ok; w, ok = a.Peek() {
		if w.Text == "or" && !w.Quoted {
			return readClosesOr(a, c)
		}
		code, err := a.TakeNumber("a close code", 1000, 4999)
		if err != nil {
			return nil, err
		}
		c.codes = append(c.codes, code)
	}
	return func(p *Player) { p.closes = c }, nil
}

// readEcho reads echo ["TEXT"]: the peer is open, and returns a text.
func readEcho(a *lang.Args, n int) (step, error) {
	data, err := a.Content()
	if data == "" {
		data = "an echo shows that it is open"
	}
	line := a.Line.Number
	return func(p *Player) {
		p.insert(messageOf(wire.Text, data), expects(&verdict.Expectation{
			Line: line, Otherwise: p.Trial.otherwise(), Where: "echo",
			Alternatives: []verdict.Alternative{
				{Pattern: verdict.Pattern{Kind: verdict.Text, Data: []byte(data)}},
			}}))
	}, err
}

// readOpens reads opens: the rest of the handshake follows a response that accepts, and the peer is
// open.
func readOpens(a *lang.Args, n int) (step, error) {
	line := a.Line.Number
	echo, err := readEcho(&lang.Args{File: a.File, Line: a.Line, Next: len(a.Line.Words)}, n)
	return func(p *Player) {
		var steps []step
		if p.Target != "" {
			steps = append([]step{p.one(line, verdict.Pattern{Kind: verdict.Terminator})},
				p.balancer(line)...)
		}
		p.insert(append(steps, echo)...)
	}, err
}

// readProceed reads proceed: N, in the profile that has it.
func readProceed(a *lang.Args, _ int) (step, error) {
	line := a.Line.Number
	return func(p *Player) { p.insert(p.balancer(line)...) }, nil
}

// readRefuses reads refuses STATUS: the server refuses a request, and says so.
func readRefuses(a *lang.Args, _ int) (step, error) {
	status, err := a.TakeNumber("a status code", 400, 599)
	line := a.Line.Number
	lenient := func(p verdict.Pattern, ends bool, why string) verdict.Alternative {
		return verdict.Alternative{Pattern: p, Grade: verdict.Lenient, Why: why, Ends: ends}
	}
	return func(p *Player) {
		p.closes = &closing{peer: true, line: line, missing: verdict.Lenient}
		silently := []verdict.Alternative{
			lenient(verdict.Pattern{Kind: verdict.Close}, true, "closes without saying why"),
			lenient(verdict.Pattern{Kind: verdict.End}, true, "ends the connection without saying why")}
		p.insert(
			expects(&verdict.Expectation{
				Line: line, Otherwise: p.Trial.otherwise(), Alternatives: append([]verdict.Alternative{
					{Pattern: verdict.Pattern{Kind: verdict.Response, Low: status, High: status}},
					lenient(verdict.Pattern{Kind: verdict.Response, Low: 400, High: 599}, false,
						"refuses with another status")}, silently...)}),
			expects(&verdict.Expectation{
				Line: line, Otherwise: p.Trial.otherwise(), Alternatives: append([]verdict.Alternative{
					{Pattern: verdict.Pattern{Kind: verdict.Terminator}}}, silently...)}))
	}, err
}

// readFails reads fails CODE...: the peer has to fail the connection, because a rule of WebSocket
// was broken. It may answer in HTTP before that.
func readFails(a *lang.Args, n int) (step, error) {
	var codes []int
	for _, ok := a.Peek(); ok; _, ok = a.Peek() {
		code, err := a.TakeNumber("a close code", 1000, 4999)
		if err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	line := a.Line.Number
	return func(p *Player) {
		e := &verdict.Expectation{Line: line, Otherwise: p.Trial.otherwise()}
		for _, code := range codes {
			e.Alternatives = append(e.Alternatives, verdict.Alternative{Pattern: verdict.Pattern{
				Kind: verdict.Close, Low: code, High: code,
			}, Grade: verdict.Pass, Ends: true})
		}
		e.Alternatives = append(e.Alternatives,
			verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Close}, Grade: verdict.Lenient,
				Why: "another close code"},
			verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.End}, Grade: verdict.Lenient,
				Why: "ends the connection without a Close frame"})
		again := *e
		again.Alternatives = append(slices.Clone(e.Alternatives),
			verdict.Alternative{Pattern: verdict.Pattern{Kind: verdict.Terminator}})
		e.Alternatives = append(e.Alternatives, verdict.Alternative{Pattern: verdict.Pattern{
			Kind: verdict.Response, Low: 400, High: 599,
		}, Grade: verdict.Info, Why: "answers before it closes"})
		last := *e
		p.insert(expects(e), expects(&again), expects(&last))
	}, nil
}

// one is an expectation of one thing.
func (p *Player) one(line int, pattern verdict.Pattern) step {
	return expects(&verdict.Expectation{Line: line, Otherwise: p.Trial.otherwise(),
		Alternatives: []verdict.Alternative{{Pattern: pattern}}})
}

// balancer returns the steps behind an opening 101 and behind a completed handshake: N, in the
// kaazing profile.
func (p *Player) balancer(line int) []step {
	switch {
	case !p.Trial.kaazing:
		return nil
	case p.Target != "":
		return []step{p.one(line, verdict.Pattern{Kind: verdict.Proceed})}
	}
	return []step{messageOf(wire.Binary, string(balancer.Append(nil, balancer.Proceed, "")))}
}

// readAnswer reads answer STATUS FIELD... of a server and ask [/TARGET] FIELD... of a client: the
// opening handshake without anything that belongs to a profile, and without looking at the answer.
func readAnswer(a *lang.Args, n int) (step, error) {
	o, err := readParts(a)
	if err != nil {
		return nil, err
	}
	return func(p *Player) {
		if p.Target != "" {
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

// graded is the step opening in a graded case, with everything that belongs to the profile.
func (o openingStep) graded(line, n int) step {
	return func(p *Player) {
		if p.Target == "" {
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
		khp := verdict.Pattern{Kind: verdict.Opening, Low: 101, High: 101,
			Conditions: []verdict.Condition{{Value: "Sec-WebSocket-Protocol: " + endpoint.Subprotocol}}}
		p.insert(append([]step{p.one(line, khp)}, p.balancer(line)...)...)
	}
}

// readAccept reads accept FIELD...: the response that completes the handshake, with all that
// belongs to it.
func readAccept(a *lang.Args, n int) (step, error) {
	var more []string
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		if !w.Quoted || w.Key != "" {
			return nil, a.Mistake("expected a field, as in \"Name: value\", got %q", w)
		}
		more = append(more, w.Value())
	}
	line := a.Line.Number
	return func(p *Player) {
		head := strings.Join(append([]string{"HTTP/1.1 101 " + p.reason(101), "Upgrade: websocket",
			"Connection: Upgrade", "Sec-WebSocket-Accept: $accept"}, more...), "\r\n") + "\r\n\r\n"
		p.insert(append([]step{messageOf(wire.Binary, p.vars(n).Replace(head)),
			messageOf(wire.Binary, "")}, p.balancer(line)...)...)
	}, nil
}

// readHandshake reads handshake: the whole of it, up to an open connection.
func readHandshake(a *lang.Args, n int) (step, error) {
	line := a.Line.Number
	return func(p *Player) {
		var o openingStep
		o.status = 101
		if p.Target == "" {
			accept, _ := readAccept(&lang.Args{Line: a.Line, Next: len(a.Line.Words)}, n)
			p.insert(o.graded(line, n), p.one(line, verdict.Pattern{Kind: verdict.Request}), accept)
			return
		}
		ask := message(wire.Binary, func(p *Player) string {
			return "GET " + p.Target +
				" HTTP/1.1\r\n\r\n"
		})
		more := append([]step{p.one(line, verdict.Pattern{Kind: verdict.Response, Low: 101, High: 101}),
			p.one(line, verdict.Pattern{Kind: verdict.Terminator})}, p.balancer(line)...)
		p.insert(append([]step{o.graded(line, n), ask}, more...)...)
	}, nil
}

func stepNames(graded bool) string {
	names := slices.Collect(maps.Keys(StepReaders))
	if graded {
		names = slices.AppendSeq(names, maps.Keys(GradedSteps))
	}
	slices.Sort(names)
	return "one of " + strings.Join(names, ", ") + ", repeat, next"
}
