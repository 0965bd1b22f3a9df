package endpoint

import (
	"errors"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// A client that does not offer KHP has no extended request to decide on. With DecidePlain the
// application decides on its opening request, before that is answered, and the machine hears of the
// request together with the decision: it is accepted, or refused with a status like every other
// opening request.

// needsKHP tells clients that do not offer KHP that they would have been asked for credentials.
const needsKHP = "this address asks for credentials, which takes the subprotocol " + Subprotocol

// OffersKHP reports whether KHP is among the subprotocols of the request, at any place in any of
// the lists.
func (o *OpeningRequest) OffersKHP() bool {
	for i := range o.Opening {
		if f := &o.Opening[i]; strings.EqualFold(f.Name, "Sec-WebSocket-Protocol") {
			var room [8][]byte
			list, _ := wire.ParseTokens(room[:0], []byte(f.Value))
			if slices.ContainsFunc(list, func(p []byte) bool { return string(p) == Subprotocol }) {
				return true
			}
		}
	}
	return false
}

// Speaks names what the client speaks, for logs and statistics: "spec" or "kaazing" for the
// profiles of KHP, "plain" for a WebSocket without it. A request of which no field is known counts
// as KHP.
func (o *OpeningRequest) Speaks() string {
	switch {
	case len(o.Opening) > 0 && !o.OffersKHP():
		return "plain"
	case o.Kaazing():
		return "kaazing"
	}
	return "spec"
}

// Deciding reports whether the answer to AskDecision is waited for.
func (s *Server) Deciding() bool {
	p := s.state.Phase()
	return p == fsm.ServerDeciding || p == fsm.ServerPending || s.decidingPlain()
}

func (s *Server) decidingPlain() bool { return s.askedPlain && s.state.Phase() == fsm.ServerOpening }

// askPlain has the application decide on an opening request that does not offer KHP.
func (s *Server) askPlain() []Output {
	s.askedPlain = true
	s.request = Request{OpeningRequest: s.open, Plain: true, Subprotocols: ofApplication(slices.Clone(s.open.Subprotocols))}
	s.say(Output{Kind: AskDecision})
	return s.out
}

// decidePlain carries out a decision on an opening request.
func (s *Server) decidePlain(d Decision) ([]Output, error) {
	if err := d.checkFields(s.machine.Unchecked); err != nil {
		return nil, err
	}
	d.Status = d.status()
	if _, err := s.judgeDecision(&d); err != nil {
		return nil, err
	}
	//exhaustive:ignore
	switch fsm.Status(d.Status).Action {
	case fsm.ActionComplete:
		return s.acceptPlain(d), nil
	case fsm.ActionWait:
		if s.deferredPlain++; s.deferredPlain > s.machine.MaxDeferrals {
			return nil, errors.New("endpoint: status " + itoa(d.Status) + " cannot be sent now: " + s.whyNot(d.Status))
		}
		s.say(Output{Kind: AskDecision}) // nothing can be sent meanwhile
		return s.out, nil
	case fsm.ActionReplay, fsm.ActionProxyAuth: // there is no request that could be replayed
		d = Decision{Status: 403, Body: []byte(needsKHP + "\n")}
	}
	if d.Status < 200 {
		return nil, errors.New("endpoint: status " + itoa(d.Status) + " does not answer the opening request of a plain WebSocket")
	}
	if err := s.prepare(&d); err != nil {
		return nil, err
	}
	s.refusedPlain = true
	s.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(d.Status)})
	return s.out, nil
}

// acceptPlain opens a plain WebSocket. One that is to be rerouted hears of it in its first message,
// and is closed.
func (s *Server) acceptPlain(d Decision) []Output {
	s.decision = d
	s.step(s.openingEvent())
	if d.Reroute != "" {
		s.closeOut = sendable(1000, "")
		s.step(fsm.Event{Kind: fsm.EventCloseRequested})
	}
	return s.out
}

// openPlain makes of the order to open a plain WebSocket what the client is told. Clients that ask
// for the balancer messages get them here, too, as gateways have it.
func (s *Server) openPlain() {
	reroute := s.decision.Reroute
	if s.open.Kaazing() {
		kind := wire.BalancerProceed
		if reroute != "" {
			kind = wire.BalancerReroute
		}
		var o Output
		o.message(s.tail(wire.AppendBalancer(s.buf, kind, reroute)))
		s.say(o)
	}
	s.forget()
	s.result = Result{Plain: true, Status: 101, Subprotocol: s.decision.Subprotocol}
	if reroute == "" {
		s.say(Output{Kind: Open})
	}
}

// plainTooEarly refuses a client that says more before its opening request is answered. [RFC 6455
// 4.1]
func (s *Server) plainTooEarly() []Output {
	s.detail = "the client has sent something behind its opening request, before that was answered"
	s.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: 400})
	return s.out
}
