package ghost

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
)

// receive takes a message.
func (g *Client) receive(t wire.MessageType, p []byte) {
	g.typ, g.message = t, p
	said, target := balancer.Parse(p)
	phase := g.state.Phase()
	asked := phase == fsm.ClientAwaitResponse || phase == fsm.ClientReading ||
		phase == fsm.ClientSendingBody
	if g.early > 0 && g.tooEarly(p, asked, said) {
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureUnexpectedMessage})
		return
	}
	//exhaustive:ignore
	switch {
	case phase == fsm.ClientAwaitProceed, phase == fsm.ClientAwaitConfirm,
		phase == fsm.ClientAwaitResponse && g.machine.Profile == fsm.ProfileAuto &&
			said != balancer.None:
		switch said {
		case balancer.Proceed:
			g.step(fsm.Event{Kind: fsm.EventProceedReceived})
			return
		case balancer.Reroute:
			facts := g.target(target)
			g.step(fsm.Event{Kind: fsm.EventRerouteReceived, Facts: facts})
			return
		}
	case asked:
		g.piece(t, p)
		return
	}
	// [AMB-06]
	if len(p) == 0 && (t == wire.Binary || g.machine.TerminatorOptional &&
		phase != fsm.ClientAwaitProceed && phase != fsm.ClientAwaitConfirm) {
		g.step(fsm.Event{Kind: fsm.EventTerminatorReceived})
		return
	}
	g.step(fsm.Event{Kind: fsm.EventDataReceived})
}

// statusIn finds the status at the beginning of a response.
var statusIn = regexp.MustCompile(`^HTTP/1\.[1-9] ([1-9][0-9][0-9])`)

// tooEarly reports whether p came before the server had the request, and may not have: only a
// response that refuses may, and the messages of a gateway before a response.
func (g *Client) tooEarly(p []byte, asked bool, said balancer.Message) bool {
	if g.early--; !asked {
		return false
	}
	if line := statusIn.FindSubmatch(p); line != nil {
		if status, _ := strconv.Atoi(string(line[1])); fsm.Status(status).Action.Terminates() {
			g.early = 0 // later messages belong to it
			return false
		}
	}
	return said == balancer.None || g.machine.Profile == fsm.ProfileSpec
}

// piece takes a message where a response is due.
func (g *Client) piece(t wire.MessageType, p []byte) {
	if len(p) == 0 && g.unit.Len() == 0 {
		g.step(fsm.Event{Kind: fsm.EventTerminatorReceived})
		return
	}
	if len(p) != 0 {
		g.step(fsm.Event{Kind: fsm.EventDataReceived})
	}
	progress, err := g.unit.Add(t, p)
	optional := g.machine.TerminatorOptional
	switch r := &g.unit.Response; {
	case err != nil:
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: unitFailure(err)})
	case progress == wire.UnitTerminated:
		g.decide(fsm.FactTerminated)
	case progress == wire.UnitFull &&
		(optional || g.unit.Unwrapped() || fsm.Status(r.Status).Action.Terminates()):
		g.decide(0)
	// [AMB-04]
	case progress == wire.UnitBody && optional && r.ContentLength < 0 && g.unit.Finish() == nil:
		g.decide(0)
	}
}

func unitFailure(err error) fsm.Failure {
	//exhaustive:ignore
	switch k := wire.KindOf(err); {
	case judge.OverLimit(k):
		return fsm.FailureLimit
	case k == wire.KindUTF8:
		return fsm.FailureUTF8
	case k == wire.KindMixedTypes:
		return fsm.FailureUnexpectedMessage
	}
	return fsm.FailureMalformed
}

// decide takes the response that has come as a whole.
func (g *Client) decide(terminated fsm.Facts) {
	r := &g.unit.Response
	if judge.ListsSize(r.Fields, &g.cfg.Limits) != "" {
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureLimit})
		return
	}
	action := fsm.Status(r.Status).Action
	asked := judge.Asked{Accept: g.accept, Subprotocols: g.cfg.Subprotocols, Extensions: g.toAsk()}
	facts, _ := judge.Response(r, &asked)
	if g.answers.extensions != nil {
		facts &^= fsm.FactExtensionsAsked
	}
	facts = g.judge(r, action, facts)
	if action == codes.ActionComplete {
		names, _, _ := extensionsIn(r.Fields)
		g.result = endpoint.Result{Status: r.Status, Subprotocol: asked.Selected(r.Fields),
			Extensions: names, Body: bytes.Clone(r.Body)}
	}
	optional := g.machine.TerminatorOptional
	g.machine.TerminatorOptional = optional || g.unit.Unwrapped()
	g.step(fsm.Event{Kind: fsm.EventResponse, Status: uint16(r.Status), Facts: facts | terminated})
	if g.machine.TerminatorOptional = optional; !action.Terminates() {
		g.unit.Reset(g.cfg.Limits)
	}
}

// extensionsIn lists the names in the fields about extensions; empty tells that one of them is.
func extensionsIn(fields wire.Fields) (names []string, empty bool, err error) {
	for v := range fields.All("Sec-WebSocket-Extensions") {
		empty = empty || len(v) == 0
		list, e := wire.ParseExtensions(nil, v)
		if e != nil {
			err = e
		}
		for _, x := range list {
			names = append(names, string(x.Name))
		}
	}
	return names, empty, err
}

// toAsk lists the extensions of an extended request: all but those that the opening handshake
// granted.
func (g *Client) toAsk() (list []string) {
	for _, e := range slices.Concat(g.cfg.OpeningExtensions, g.cfg.Extensions) {
		name, _, _ := strings.Cut(e, ";")
		name = strings.Trim(name, " \t")
		if !slices.ContainsFunc(g.granted, func(n string) bool { return strings.EqualFold(n, name) }) {
			list = append(list, e)
		}
	}
	return list
}
