package replay

import (
	"slices"

	"example.com/khp/fsm"
)

// Verdict is the result of judging a session.
type Verdict uint8

// Verdicts.
const (
	_          Verdict = iota
	Path               // every step is one that the machines can take
	NotPath            // one is not
	Incomplete         // no step is wrong, but the beginning or the end is missing
	NotKHP             // KHP is not spoken here
	Encrypted          // nothing can be seen
)

// String returns the verdict in words.
func (v Verdict) String() string {
	//exhaustive:enforce
	switch v {
	case Path:
		return "a path of the machine"
	case NotPath:
		return "not a path of the machine"
	case Incomplete:
		return "incomplete"
	case NotKHP:
		return "not KHP"
	case Encrypted:
		return "encrypted"
	}
	return "no verdict"
}

// Result is the verdict on one session.
type Result struct {
	Session *Session
	Verdict Verdict
	Profile string // spec, kaazing, or unterminated for a gateway that ends no response; "" if unknown
	Outcome string // how far the handshake came, in words
	// Why is the reason of every verdict but NotPath; of Path only if a part was not judged.
	Why   string
	Wrong *Wrong // for NotPath
}

// Wrong is the first step that no state of its side allows.
type Wrong struct {
	Step         int // index in Session.Steps
	Blame        Side
	Why          string
	Requirements []string // ids, the most specific first
	Allowed      []string // messages that the side could have sent there
	Phases       []string // that it may have been in
}

// mostStates bounds how many states a side may be in before the check gives up.
const mostStates = 20000

// checker is one check.
type checker struct {
	s      *Session
	heads  heads
	inputs [3][]int // by receiving side: the steps that reach it
	units  map[[2]int]*unit
	asks   []askedStep

	problems    [3]*problem // with the opening, by side
	firstAsked  *asked
	clients     []clientHyp
	servers     []serverHyp
	lastClients []clientHyp // before the step being judged, with messages that could have come
	lastServers []serverHyp
	arrived     [3]int // how many of the inputs have passed
	now         int    // the step being judged
	answer      *unit  // the server's response that begins here or comes next
	talking     bool   // a message is judged, which may be the application's
	why         *problem
	crowded     bool
	joined      int // bytes that were put together
	opened      bool
	ended       [3]bool
	closed      [3]bool
	status      int // of the last response
}

// askedStep is an extended request and where it stands.
type askedStep struct {
	at int
	*asked
}

// Check says whether s is a path of the machines. It looks at no more than the session says and
// takes time in proportion to its length.
func Check(s *Session) Result {
	c := &checker{s: s, units: map[[2]int]*unit{}}
	r := Result{Session: s}
	if r.Verdict, r.Why = c.prepare(); r.Verdict != 0 {
		return r
	}
	for i := range s.Steps {
		if s.Steps[i].Kind == Opening && s.Steps[i].From == Server && c.heads.response.Status == 101 &&
			!c.heads.khp && c.problems[Server] == nil {
			r.Verdict, r.Why = NotKHP, "the server did not select "+token
			break
		}
		if p := c.take(i); p != nil {
			r.Verdict, r.Why, r.Wrong = c.certain(p)
			break
		}
	}
	c.conclude(&r)
	return r
}

// certain is the verdict on a step that no state allows: it is wrong, unless there is a reason to
// doubt that.
func (c *checker) certain(w *Wrong) (Verdict, string, *Wrong) {
	switch {
	// clients of gateways unwrap it, others may do as they like
	case !c.heads.kaazing && c.nestedBy(c.now):
		return Incomplete, oldForm + "; what follows is not judged", nil
	case len(w.Requirements) == 0:
		return Incomplete, w.Why, nil
	}
	return NotPath, "", w
}

// prepare reads the session's own description and the opening handshake. It returns a verdict if
// there is no more.
func (c *checker) prepare() (Verdict, string) {
	s := c.s
	switch {
	case s.TLS:
		return Encrypted, "the connection is encrypted; record on a side, with --trace"
	case s.Foreign:
		return NotKHP, "this is no HTTP"
	case s.Late && s.Missing != "":
		return Incomplete, "the beginning of the connection is not in the recording: " + s.Missing
	case s.Late:
		return Incomplete, "the recording begins in the middle of the connection"
	}
	for i := range s.Steps {
		st := &s.Steps[i]
		switch st.Kind {
		case Opening, Message, Close, Ended, Broken:
			if cutOff(st) {
				continue
			}
			c.inputs[st.From.Other()] = append(c.inputs[st.From.Other()], i)
		case Ping, Pong, Opened, Failed, GaveUp, Followed:
		}
	}
	for _, side := range []Side{Client, Server} {
		for _, i := range c.inputs[side.Other()] {
			st := &s.Steps[i]
			if st.Kind == Opening && side == Client {
				c.problems[side] = c.heads.openingRequest(st.Data)
			} else if st.Kind == Opening {
				c.problems[side] = c.heads.openingResponse(st.Data)
			}
		}
	}
	switch asked := slices.ContainsFunc(s.Steps,
		func(st Step) bool { return st.Kind == Opening && st.From == Client }); {
	case !asked && len(c.inputs[Client]) > 0 && s.Steps[c.inputs[Client][0]].Kind == Opening:
		return Incomplete, "the opening request is missing"
	case asked && !c.heads.offersKHP() && !c.heads.unreadable:
		return NotKHP, "the client did not offer " + token
	}
	for _, i := range c.inputs[Server] {
		if st := &s.Steps[i]; st.Kind == Message {
			if a, p := c.heads.extendedRequest(st.Data); p == nil {
				c.asks = append(c.asks, askedStep{i, a})
			}
		}
	}
	if len(c.asks) > 0 {
		c.firstAsked = c.asks[0].asked
	}
	c.clients, c.servers = c.startClient(), c.startServer()
	return 0, ""
}

// askedAt is the request in step at, nil if it is none.
func (c *checker) askedAt(at int) *asked {
	for _, a := range c.asks {
		if a.at == at {
			return a.asked
		}
	}
	return nil
}

// askedBefore is the last request before step at, an empty one if there is none.
func (c *checker) askedBefore(at int) *asked {
	last := &asked{}
	for _, a := range c.asks {
		if a.at < at {
			last = a.asked
		}
	}
	return last
}

// take judges step i and goes on to the next one.
func (c *checker) take(i int) *Wrong {
	s := &c.s.Steps[i]
	if cutOff(s) {
		return nil
	}
	c.now, c.why, c.answer, c.talking = i, nil, c.nextAnswer(), s.Kind == Message
	if p := c.rules(s); p != nil {
		c.spreadClients() // for the states before the step
		c.spreadServers()
		return c.wrong(s.From, p)
	}
	var ok bool
	//exhaustive:enforce
	switch s.Kind {
	case Opening, Message, Close:
		ok = c.sent(s)
	case Opened, Failed, GaveUp, Followed:
		ok = c.claimed(s)
	case Ended:
		ok = c.mayEnd(s)
		c.ended[s.From] = true
	case Broken, Ping, Pong:
		ok = true
	}
	if c.crowded {
		return nil
	}
	if !ok {
		return c.wrong(s.From, c.explain(s))
	}
	c.closed[s.From] = c.closed[s.From] || s.Kind == Close
	if p := c.pass(s); p != nil {
		return p
	}
	c.opened = c.opened || c.serverOpen()
	return nil
}

// pass hands step s to the other side. A side that records has it at once.
func (c *checker) pass(s *Step) *Wrong {
	to := s.From.Other()
	//exhaustive:ignore
	switch s.Kind {
	case Opening, Message, Close, Ended, Broken:
	default:
		return nil
	}
	c.arrived[to]++
	if c.s.Recorder != to {
		c.calm()
		return nil
	}
	c.talking = false
	if p := c.receive(to); p != nil {
		return c.wrong(to, p)
	}
	c.calm()
	return nil
}

// nextAnswer is the response that begins at the step being judged, or the next one of the server.
func (c *checker) nextAnswer() *unit {
	for k := c.arrived[Client]; k < len(c.inputs[Client]); k++ {
		s := &c.s.Steps[c.inputs[Client][k]]
		if s.Kind == Message && looksLikeResponse(s.Data) {
			return c.responseAt(k)
		}
	}
	return nil
}

// conclude says how it ended.
func (c *checker) conclude(r *Result) {
	switch {
	case c.heads.kaazing && slices.ContainsFunc(c.servers,
		func(h serverHyp) bool { return h.state.Profile() == fsm.ProfileKaazing }):
		r.Profile = "kaazing"
	case c.unterminated():
		r.Profile = "unterminated"
	case c.heads.khp:
		r.Profile = "spec"
	}
	r.Outcome = c.outcome()
	switch {
	case r.Verdict != 0:
	case c.crowded:
		r.Verdict, r.Why = Incomplete, "the session is too long or too odd to be judged to its end"
	case c.opened && c.s.Missing != "":
		r.Verdict, r.Why = Path, "not judged to the end of the connection: "+c.s.Missing
	case c.s.Missing != "":
		r.Verdict, r.Why = Incomplete, c.s.Missing
	case c.opened, c.s.Over, c.ended[Client] || c.ended[Server]:
		r.Verdict = Path
		if c.nestedBy(c.now) {
			r.Why = oldForm
		}
	default:
		r.Verdict, r.Why = Incomplete, "the recording ends before the handshake does"
	}
}

// unterminated reports whether the server can only be a gateway that ends no response.
func (c *checker) unterminated() bool {
	for _, h := range c.servers {
		if !h.loose {
			return false
		}
	}
	return len(c.servers) > 0 && c.heads.gateway
}

// serverOpen reports whether all states of the server are open and nothing is owed.
func (c *checker) serverOpen() bool {
	for _, h := range c.servers {
		if !h.state.Phase().Open() || h.owed.n > 0 {
			return false
		}
	}
	return len(c.servers) > 0
}
