package replay

import (
	"slices"
	"strconv"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
)

// wrong makes the verdict of a problem. The states are those before the step, as far as nothing
// fitted.
func (c *checker) wrong(blame Side, p *problem) *Wrong {
	w := &Wrong{Step: c.now, Blame: blame, Why: p.Text, Requirements: strings.Fields(p.Reqs)}
	w.Phases, w.Allowed = c.before(blame)
	return w
}

// before lists the phases that a side may have been in before the step, and the messages that it
// could have sent.
func (c *checker) before(side Side) (phases, allowed []string) {
	var owes []out
	if side == Client {
		for _, h := range c.lastClients {
			phases = appendNew(phases, h.state.Phase().String())
			owes = appendNew(owes, h.owed.first())
		}
	} else {
		for _, h := range c.lastServers {
			phases = appendNew(phases, h.state.Phase().String())
			owes = appendNew(owes, h.owed.first())
		}
	}
	deciding := side == Server && (slices.Contains(phases, fsm.ServerDeciding.String()) ||
		slices.Contains(phases, fsm.ServerPending.String()))
	if deciding {
		allowed = append(allowed, "a response")
	}
	for _, o := range owes {
		if o.kind != 0 && !(deciding && o.kind == outResponse) {
			allowed = appendNew(allowed, o.String())
		}
	}
	if len(allowed) == 0 {
		allowed = []string{"nothing but the end of the connection"}
	}
	return phases, allowed
}

func appendNew[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// explain names the requirement that a step breaks which no state allows: by its contents, or by
// its time.
func (c *checker) explain(s *Step) *problem {
	if c.why != nil {
		return c.why
	}
	if p := c.problems[s.From]; s.Kind == Opening && p != nil {
		return p
	}
	//exhaustive:ignore
	switch s.Kind {
	case Opened:
		return &problem{"KHP-GEN-05 KHP-CLOSE-05", "it holds the connection for open, and it is not"}
	case Failed:
		return &problem{"KHP-CLOSE-02 KHP-CLOSE-05", "it fails with " +
			strings.TrimPrefix(s.Failure.String(), "Failure") + ", for which there is no reason"}
	case GaveUp:
		return &problem{"LIV-11", "it ends, which nothing has asked it to"}
	case Followed:
		return &problem{"KHP-REDIR-03 KHP-CLOSE-02",
			"it goes on to another connection, which nothing allows"}
	case Ended:
		return &problem{"KHP-EXT-RSP-14 KHP-CLOSE-04",
			"it ends the connection without the empty binary message that ends its response"}
	}
	if s.From == Client {
		return c.explainClient(s)
	}
	return c.explainServer(s)
}

// explainClient names the mistake of a client that sent something at the wrong time.
func (c *checker) explainClient(s *Step) *problem {
	phases, _ := c.before(Client)
	in := func(p fsm.ClientPhase) bool { return slices.Contains(phases, p.String()) }
	if s.Kind == Close {
		return &problem{"KHP-GEN-04 WSP-CLOSE-02", "a Close frame where there is no WebSocket"}
	}
	if _, p := c.heads.extendedRequest(s.Data); p != nil && looksLikeRequest(s.Data) {
		return p
	}
	switch {
	case c.status != 0 && fsm.Status(c.status).Action.Terminates():
		return &problem{terminatingReqs(c.status), "it goes on after " + strconv.Itoa(c.status) +
			" instead of closing"}
	case in(fsm.ClientAwaitCredentials):
		return &problem{"KHP-STATUS-401-02 KHP-EXT-02",
			"after 401 only the request with Authorization may follow"}
	case in(fsm.ClientSendingBody):
		return &problem{"KHP-STATUS-100-01", "after 100 the body of the request is due"}
	case in(fsm.ClientAwaitConfirm):
		return &problem{"KHP-GEN-05 KHP-EXT-02", "it sends before the gateway has said that it may"}
	case in(fsm.ClientAwaitResponse), in(fsm.ClientReading):
		return &problem{"KHP-EXT-02 KHP-GEN-05",
			"it sends again before it has the response to its request"}
	case in(fsm.ClientAwaitProceed):
		return &problem{"KHP-EXT-01 KHP-GEN-04",
			"it sends its request before the gateway has said that it may"}
	case len(c.asks) == 0:
		return &problem{"KHP-EXT-01 KHP-EXT-03", "its first message is no extended request"}
	}
	return &problem{"KHP-GEN-04 KHP-OPEN-05",
		"it sends a message before the opening handshake is over"}
}

// terminatingReqs are the requirements of a status that a client must close on, those about the
// client first.
func terminatingReqs(status int) string {
	return fsm.Status(status).Reqs + " KHP-CLOSE-02"
}

// explainServer names the mistake of a server that sent something at the wrong time.
func (c *checker) explainServer(s *Step) *problem {
	phases, _ := c.before(Server)
	in := func(p fsm.ServerPhase) bool { return slices.Contains(phases, p.String()) }
	owes := func(k outKind) bool {
		return slices.ContainsFunc(c.lastServers,
			func(h serverHyp) bool { return h.owed.first().kind == k })
	}
	if looksLikeResponse(s.Data) && (in(fsm.ServerDeciding) || in(fsm.ServerPending)) {
		u := c.responseAt(c.arrived[Client])
		if p := c.heads.extendedResponse(u, c.askedBefore(c.now), false).wrong; p != nil {
			c.status = u.status
			return p
		}
	}
	said, _ := balancer.Parse(s.Data)
	empty := len(s.Data) == 0
	switch {
	case s.Kind == Opening:
		return &problem{"WSP-OPEN-05 KHP-OPEN-03", "a second answer to the opening request"}
	case c.inputs[Client][0] != c.now && c.heads.response.Status == 0:
		return &problem{"KHP-OPEN-03 KHP-GEN-04",
			"it sends messages without having answered the opening request"}
	case c.unfinished(s):
		return &problem{"KHP-EXT-RSP-14 KHP-CLOSE-04",
			"the response before it was not ended by an empty binary message"}
	case s.Kind == Close && in(fsm.ServerDeciding):
		return &problem{"KHP-EXT-RSP-01", "it closes without having answered the request"}
	case s.Kind == Close && owes(outProceed), c.heads.kaazing && owes(outProceed) &&
		said == balancer.None:
		return &problem{"KHP-EXT-01 KHP-EXT-02",
			"a client that asks with .kl=Y is owed the message N here"}
	case s.Kind == Close:
		return &problem{"KHP-EXT-RSP-01", "it closes without a response that says why"}
	case in(fsm.ServerClosing) && !in(fsm.ServerDeciding) && c.status != 0:
		reqs := "KHP-EXT-RSP-01 KHP-EXT-02"
		if c.status >= 300 && c.status < 400 {
			reqs = "KHP-CLASS-3XX-01 " + reqs
		}
		return &problem{reqs, "it goes on after its " + strconv.Itoa(c.status) +
			" response instead of closing"}
	case said != balancer.None:
		return &problem{"KHP-EXT-02 KHP-EXT-01", "a message of the kaazing profile that nobody asked for"}
	case empty:
		return &problem{"KHP-EXT-02 KHP-EXT-RSP-14", "an empty message without a response before it"}
	case looksLikeResponse(s.Data) && c.firstAsked != nil && c.asks[0].at < c.now:
		return &problem{"KHP-EXT-RSP-01 KHP-EXT-02", "a second response to one request"}
	case looksLikeResponse(s.Data):
		return &problem{"KHP-EXT-01", "a response before the request"}
	}
	return &problem{"KHP-EXT-02 KHP-GEN-05",
		"a message that is no response, before the handshake is completed"}
}

// unfinished reports whether every state of the server owes the end of its response, to which s is
// not.
func (c *checker) unfinished(s *Step) bool {
	for _, h := range c.lastServers {
		if h.owed.first().kind != outTerminator {
			return false
		}
	}
	return len(c.lastServers) > 0 && (len(s.Data) > 0 || s.Kind == Close || s.Type != wire.Binary)
}
