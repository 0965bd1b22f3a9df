package ghost

import (
	"errors"
	"fmt"
	"slices"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/wire"
)

// ServerSubject is the server beside which a ghost stands.
type ServerSubject interface {
	Subject[fsm.ServerState]
	Request() *endpoint.Request
	OpeningRequest() *endpoint.OpeningRequest
}

// Server is the ghost of an [endpoint.Server].
type Server struct {
	ghost[fsm.ServerState]
	cfg     endpoint.ServerConfig
	machine fsm.ServerConfig

	open    offered
	accept  string
	granted []string // elements of extensions that the opening 101 grants
	text    []byte   // of the request that comes in
	partial bool     // more of it is to come
	left    int64    // bytes of the body that are to come
	body    []byte   // so far
	asks    asks     // the last request
	decided *endpoint.Decision

	plain     bool // the application was asked about the opening request
	refused   bool // and has refused
	deferrals int  // how often it has asked for time then
}

// offered is the offer of an opening request.
type offered struct {
	target, host, key  string
	protocols          []string // KHP included
	extensions         []string // names
	khp, kaazing, held bool     // held: it was judged
	authorization      string
}

// asks is the content of an extended request.
type asks struct {
	protocols, extensions []string // of extensions the names
	authorization         string
	expects               bool
}

// NewServer returns the ghost of a server that is about to be made, and the configuration to make
// it with, as [NewClient] does.
func NewServer(cfg endpoint.ServerConfig) (*Server, endpoint.ServerConfig) {
	g := &Server{cfg: cfg, machine: cfg.Machine.OrDefault()}
	g.cfg.Limits = cfg.Limits.OrDefault()
	g.lengths = cfg.Timeouts
	g.state = g.machine.Start()
	g.calls = []string{"NewServer()"}
	return g, g.answers.ofServer(cfg)
}

// After is called after each call, as [Client.After] is.
func (g *Server) After(s ServerSubject, call string, args []any, list ...any) error {
	g.decided = nil
	return g.after(s, call, args, list, g.call, func(r results) error {
		n := len(r.outs)
		if n == 0 || r.outs[n-1].Kind != endpoint.AskDecision {
			return nil
		}
		if wrong := g.wrongQuestion(s.Request()); wrong != "" {
			return errors.New(wrong)
		}
		return nil
	})
}

// waits reports whether the application decides on the opening request.
func (g *Server) waits() bool { return g.plain && g.state.Phase() == fsm.ServerOpening }

// call derives the events of a call, and takes the steps.
func (g *Server) call(call string, args []any, r results) error {
	tooEarly := fsm.Event{Kind: fsm.EventOpeningRequest, Status: 400}
	switch call {
	case "OpeningReceived":
		return g.openingReceived(args[1].([]byte), r)
	case "Opening":
		if q, ok := args[1].(*wire.Request); ok && q != nil && g.state.Phase() == fsm.ServerOpening {
			g.opening(q)
		}
	case "Opened":
		g.opened(args[1].(endpoint.OpeningRequest), args[2].([]string))
	case "Message":
		if g.waits() {
			g.step(tooEarly)
			break
		}
		g.receive(args[1].(wire.MessageType), args[2].([]byte), r)
	case "Ping":
		ev := fsm.Event{Kind: fsm.EventPingReceived}
		if g.message = args[1].([]byte); g.waits() {
			ev = tooEarly
		}
		g.step(ev)
	case "PeerClosed":
		ev := fsm.Event{Kind: fsm.EventPeerClosed}
		if g.closeOut = asked(args[1].(uint16), args[2].(string)); g.waits() {
			ev = tooEarly
		}
		g.step(ev)
	case "Lost":
		g.step(fsm.Event{Kind: fsm.EventConnectionLost})
	case "Expire":
		for t := g.timers.expire(g.now); t != 0; t = g.timers.expire(g.now) {
			g.step(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t})
		}
	case "Decide":
		return g.decide(args[1].(endpoint.Decision), r)
	case "ApplicationFailed":
		ev := fsm.Event{Kind: fsm.EventApplicationFailed}
		if g.waits() {
			ev = fsm.Event{Kind: fsm.EventOpeningRequest, Status: 500}
		}
		g.step(ev)
	default:
		return g.ghost.call(g, call, args, r)
	}
	return nil
}

func (g *Server) step(ev fsm.Event) (accepted bool) {
	state, effects, verdict := g.machine.Step(g.state, ev)
	return g.goTo(g, state, effects, verdict)
}

// decide takes a decision. A decision that the server refuses changes nothing, and the ghost does
// not ask why; one that it carries out must select from the client's offer.
func (g *Server) decide(d endpoint.Decision, r results) error {
	p := g.state.Phase()
	deciding := p == fsm.ServerDeciding || p == fsm.ServerPending
	switch {
	case r.err != nil && g.waits() && d.Status == 202:
		g.deferrals++
		return nil
	case r.err != nil:
		return nil
	case !deciding && !g.waits():
		return fmt.Errorf("a decision is carried out in phase %v", p)
	}
	if d.Status == 0 {
		d.Status = 101
	}
	action := fsm.Status(d.Status).Action
	if what := g.unasked(&d, action); what != "" {
		return fmt.Errorf("a decision is carried out that selects %s, which was not asked for", what)
	}
	g.decided = &d
	if g.waits() {
		g.decidePlain(&d, action)
		return nil
	}
	ev := fsm.Event{Kind: fsm.EventDecided, Status: uint16(d.Status), Facts: fsm.FactSelectionValid}
	for _, f := range []struct {
		given bool
		fact  fsm.Facts
	}{
		{d.Location != "", fsm.FactLocation},
		{len(d.Challenges) > 0, fsm.FactChallenge | fsm.FactProxyChallenge},
		{d.Upgrade != "", fsm.FactUpgrade}, {d.Reroute != "", fsm.FactReroute},
	} {
		if f.given {
			ev.Facts |= f.fact
		}
	}
	if !g.step(ev) {
		return fmt.Errorf("a decision of %d is carried out that the machine refuses", d.Status)
	}
	return nil
}

// unasked returns a selection of the decision that the client did not ask for.
func (g *Server) unasked(d *endpoint.Decision, action codes.Action) string {
	if action != codes.ActionComplete {
		return ""
	}
	if d.Subprotocol != "" && !slices.Contains(g.asks.protocols, d.Subprotocol) {
		return d.Subprotocol
	}
	for _, name := range namesOf(d.Extensions) {
		if !foldedIn(g.asks.extensions, name) {
			return name
		}
	}
	return ""
}

// decidePlain takes a decision on an opening request that does not offer KHP.
func (g *Server) decidePlain(d *endpoint.Decision, action codes.Action) {
	//exhaustive:ignore
	switch action {
	case codes.ActionComplete:
		g.step(g.valid())
		if d.Reroute != "" {
			g.closeOut = closeText{code: 1000}
			g.step(fsm.Event{Kind: fsm.EventCloseRequested})
		}
		return
	case codes.ActionWait:
		g.deferrals++
		g.expect(endpoint.AskDecision, nil)
		return
	case codes.ActionReplay, codes.ActionProxyAuth: // such a client cannot be asked
		*d = endpoint.Decision{Status: 403}
	}
	g.refused = true
	g.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(d.Status)})
}
