package ghost

import (
	"fmt"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// ClientSubject is the client beside which a ghost stands.
type ClientSubject interface {
	Subject[fsm.ClientState]
	URL() wire.URL
	Attempt() int
}

// Client is the ghost of an [endpoint.Client].
type Client struct {
	ghost[fsm.ClientState]
	cfg     endpoint.ClientConfig
	machine fsm.ClientConfig

	url, next wire.URL
	visited   []wire.URL
	attempt   int
	goOn      bool

	login   string // for the opening request of this origin
	refused string // credentials that were sent last
	connection
}

// connection is the ghost's knowledge of the current connection.
type connection struct {
	extended bool     // KHP was selected
	early    int      // messages that came with the opening 101 and were not reported yet
	key      string   // of the opening request
	accept   []byte   // that belongs to it; nil if the host hides it
	granted  []string // names of extensions that the opening handshake granted
	unit     wire.Assembler
	pending  wire.Response // of which the head is complete; Status 0 without
	result   endpoint.Result
}

// NewClient returns the ghost of a client that is about to be made, and the configuration to make
// it with: callbacks are the same, and the ghost sees their answers.
func NewClient(rawURL string, cfg endpoint.ClientConfig) (*Client, endpoint.ClientConfig) {
	g := &Client{cfg: cfg}
	g.lengths = cfg.Timeouts
	g.cfg.Limits = cfg.Limits.OrDefault()
	m := cfg.Machine.OrDefault()
	m.Expect = len(cfg.Body) != 0
	m.OtherMethod = g.method() != "GET"
	m.Proxy = cfg.HasProxyLogin
	if cfg.Redirects == endpoint.RedirectNever {
		m.NoRedirects = true
	}
	if cfg.PlainOnly {
		m.PlainFallback = true
	}
	if m.Profile != fsm.ProfileSpec {
		m.TerminatorOptional = false
	}
	g.machine, g.state = m, m.Start()
	if u, err := wire.ParseURL(rawURL, cfg.ToASCII); err == nil {
		g.next = g.marked(u)
	}
	g.url = g.next
	g.calls = []string{fmt.Sprintf("NewClient(%q)", rawURL)}
	return g, g.answers.ofClient(cfg)
}

func (g *Client) method() string {
	if g.cfg.Method == "" {
		return "GET"
	}
	return g.cfg.Method
}

// marked returns u as a client of the kaazing profile asks for it.
func (g *Client) marked(u wire.URL) wire.URL {
	if g.machine.Profile == fsm.ProfileSpec || strings.Contains(u.Query, ".kl=Y") {
		return u
	}
	u.HasQuery = true
	u.Query = strings.TrimPrefix(u.Query+"&.kl=Y", "&")
	return u
}

// After is called after each call, with its arguments and results. An error says what is wrong.
func (g *Client) After(c ClientSubject, call string, args []any, list ...any) error {
	if nothing(g.machine) {
		return nil
	}
	return g.after(c, call, args, list, g.call, func(results) error {
		switch {
		case c.Attempt() != g.attempt:
			return fmt.Errorf("expected attempt %d, got %d", g.attempt, c.Attempt())
		case c.URL() != g.url:
			return fmt.Errorf("expected the URL %v, got %v", g.url, c.URL())
		}
		return nil
	})
}

// call derives the events of a call, and takes the steps.
func (g *Client) call(call string, args []any, r results) error {
	switch call {
	case "Connect":
		if g.state.Phase() == fsm.ClientIdle {
			g.connect()
		}
	case "Connected":
		g.connected(args[1].([16]byte))
	case "ConnectFailed":
		g.step(fsm.Event{Kind: fsm.EventConnectFailed})
	case "OpeningReceived":
		return g.openingReceived(args[1].([]byte), r)
	case "Opened":
		g.opened(args[1].(string), args[2].([]string), args[3].(string))
	case "OpeningRefused":
		g.openingRefused(args[1].(int), args[2].([]endpoint.HeaderField), args[3].([]byte))
	case "Message":
		g.receive(args[1].(wire.MessageType), args[2].([]byte))
	case "Ping":
		g.message = args[1].([]byte)
		g.step(fsm.Event{Kind: fsm.EventPingReceived})
	case "PeerClosed":
		g.decideEarly()
		g.closeOut = asked(args[1].(uint16), args[2].(string))
		g.step(fsm.Event{Kind: fsm.EventPeerClosed, Facts: g.missing()})
	case "Lost":
		if g.answerEnds() {
			break
		}
		g.decideEarly()
		g.step(fsm.Event{Kind: fsm.EventConnectionLost, Facts: g.missing()})
	case "Expire":
		g.expire()
	case "Credentials":
		g.credentials(args[1].(string))
	case "NoCredentials":
		g.step(fsm.Event{Kind: fsm.EventCredentialsDeclined})
	case "BodyWritten":
		g.step(fsm.Event{Kind: fsm.EventBodyWritten})
	default:
		return g.ghost.call(g, call, args, r)
	}
	return nil
}

// step takes a step, and those of the connection that it may lead to.
func (g *Client) step(ev fsm.Event) (accepted bool) {
	accepted = g.once(ev)
	for g.goOn {
		g.goOn = false
		if g.state.Plan() == fsm.PlanProxyAuth { // the same URL again is no second visit
			g.visited = slices.Delete(g.visited, len(g.visited)-1, len(g.visited))
		}
		if g.refused = ""; !g.url.SameOrigin(g.next) ||
			strings.HasPrefix(strings.ToLower(g.login), "digest ") {
			g.login = ""
		}
		g.connect()
	}
	return accepted
}

// connect goes to the next URL.
func (g *Client) connect() {
	g.url = g.next
	g.visited = append(g.visited, g.url)
	g.once(fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
}

// once takes one step and expects its orders.
func (g *Client) once(ev fsm.Event) (accepted bool) {
	state, effects, verdict := g.machine.Step(g.state, ev)
	return g.goTo(g, state, effects, verdict)
}

func (g *Client) connected(nonce [16]byte) {
	if g.step(fsm.Event{Kind: fsm.EventConnected}) {
		g.key = string(upgrade.AppendKey(nil, nonce))
		g.accept = upgrade.AppendAccept(nil, []byte(g.key))
	}
}

// expire takes every timer that has ended for itself, in the order of their ends.
func (g *Client) expire() {
	for t := g.timers.expire(g.now); t != 0; t = g.timers.expire(g.now) {
		if t == fsm.TimerOpening && g.answerEnds() {
			continue
		}
		if t == fsm.TimerResponse || t == fsm.TimerWait || t == fsm.TimerOverall {
			g.decideEarly()
		}
		g.step(fsm.Event{Kind: fsm.EventTimerExpired, Timer: t, Facts: g.missing()})
	}
}

// credentials are new unless they were sent last. Those for the opening handshake go with the next
// opening request.
func (g *Client) credentials(value string) {
	if _, err := wire.AppendField(nil, "Authorization", value); err != nil || value == "" {
		g.step(fsm.Event{Kind: fsm.EventCredentialsDeclined})
		return
	}
	ev := fsm.Event{Kind: fsm.EventCredentialsSupplied}
	if p := g.state.Phase(); p == fsm.ClientAwaitLogin || p == fsm.ClientAwaitCredentials {
		if value != g.refused {
			ev.Facts = fsm.FactNewCredentials
		}
		if g.refused = value; p == fsm.ClientAwaitLogin {
			g.login = value
		}
	}
	g.step(ev)
}

// reading reports whether a response misses nothing but its terminator.
func (g *Client) reading() bool {
	return g.state.Phase() == fsm.ClientReading && g.unit.HeadComplete()
}

func (g *Client) missing() fsm.Facts {
	if g.reading() {
		return fsm.FactHeadComplete
	}
	return 0
}

// decideEarly decides a response that ends the attempt before its end has arrived. [AMB-03, AMB-71]
func (g *Client) decideEarly() {
	if g.reading() && fsm.Status(g.unit.Response.Status).Action.Terminates() {
		g.decide(0)
	}
}
