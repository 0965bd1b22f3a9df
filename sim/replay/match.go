package replay

import (
	"strconv"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
)

// clientSent returns h after it has sent s, nothing if it cannot have sent it.
func (c *checker) clientSent(h clientHyp, s *Step) []clientHyp {
	if h.owed.n == 0 {
		if h.state.Phase() == fsm.ClientSendingBody && s.Kind == Message && len(s.Data) > 0 &&
			c.bodyFits(&h, s) {
			return []clientHyp{h}
		}
		return nil
	}
	if !c.clientFits(&h, s) {
		return nil
	}
	h.owed = h.owed.pop()
	return []clientHyp{h}
}

// clientFits reports whether s is the output that h owes.
func (c *checker) clientFits(h *clientHyp, s *Step) bool {
	o := h.owed.first()
	//exhaustive:ignore
	switch {
	case o.kind == outOpening && s.Kind == Opening:
		return c.fine(c.problems[Client])
	case o.kind == outClose:
		return s.Kind == Close
	case s.Kind != Message:
		return false
	case o.kind == outMessage:
		return true
	case o.kind == outBody:
		return c.bodyFits(h, s)
	case o.kind == outRequest, o.kind == outReplay:
		a, p := c.heads.extendedRequest(s.Data)
		if p == nil && o.kind == outReplay && !a.authorized {
			p = &problem{"KHP-STATUS-401-02", "the request after 401 has no Authorization"}
		}
		return c.fine(p)
	}
	return false
}

// bodyFits adds a piece of the request's body.
func (c *checker) bodyFits(h *clientHyp, s *Step) bool {
	h.body += int64(len(s.Data))
	if h.body > c.askedBefore(c.now).length {
		return c.fine(&problem{"KHP-EXT-03 KHP-STATUS-100-01",
			"the body of the request is longer than its Content-Length"})
	}
	return true
}

// fine reports whether p is nil, and keeps the first problem of a step.
func (c *checker) fine(p *problem) bool {
	if p != nil && c.why == nil {
		c.why = p
	}
	return p == nil
}

// serverSent returns h after it has sent s, nothing if it cannot have sent it.
func (c *checker) serverSent(h serverHyp, s *Step) []serverHyp {
	k := c.arrived[Client] // the number of s among the client's inputs
	if h.owed.n == 0 {
		return nil
	}
	if s.Kind == Message && h.owed.first().kind == outTerminator {
		if c.inUnit(h, k) {
			return []serverHyp{h}
		}
	}
	if h.owed.first().kind == outTerminator && c.endsBare(h, k) {
		h.owed, h.unit = h.owed.pop(), 0
		if h.owed.n == 0 {
			return c.looseSent(h, s)
		}
	}
	if !c.serverFits(&h, s, k) {
		return nil
	}
	h.owed = h.owed.pop()
	return []serverHyp{h}
}

// looseSent lets a gateway that has left out its terminator go on to the next message that it may
// send.
func (c *checker) looseSent(h serverHyp, s *Step) (list []serverHyp) {
	for _, next := range spread(c, []serverHyp{h}, c.serverNext) {
		if next.owed.n > 0 {
			list = append(list, c.serverSent(next, s)...)
		}
	}
	return list
}

// serverFits reports whether h owes s, number k among the client's inputs.
func (c *checker) serverFits(h *serverHyp, s *Step, k int) bool {
	o := h.owed.first()
	said, _ := balancer.Parse(s.Data)
	//exhaustive:ignore
	switch {
	case o.kind == outOpening:
		return s.Kind == Opening && c.heads.response.Status == 101 && c.fine(c.problems[Server])
	case o.kind == outRefuseOpening:
		return s.Kind == Opening && c.heads.response.Status != 101 && c.fine(c.problems[Server])
	case o.kind == outClose:
		return s.Kind == Close
	case s.Kind != Message:
		return false
	case o.kind == outMessage:
		return true
	case o.kind == outTerminator:
		h.unit = 0
		return len(s.Data) == 0 && s.Type == wire.Binary && c.whole(k)
	case o.kind == outProceed:
		return said == balancer.Proceed && s.Type == wire.Binary
	case o.kind == outReroute:
		return said == balancer.Reroute && s.Type == wire.Binary
	case o.kind == outResponse:
		h.unit = k + 1
		return looksLikeResponse(s.Data) && c.responseFits(o, k, h.cfg.Unchecked)
	}
	return false
}

// responseFits reports whether a response with the status that is owed begins with message k.
func (c *checker) responseFits(o out, k int, unchecked bool) bool {
	u := c.responseAt(k)
	if u.err != nil {
		return c.fine(unitProblem(u.err))
	}
	if u.status == 0 {
		return true // cut off
	}
	if u.status != int(o.status) {
		return false
	}
	c.status = u.status
	return c.fine(c.heads.extendedResponse(u, c.askedBefore(c.now), unchecked).wrong)
}

// whole reports whether the response that the terminator k ends is a whole one.
func (c *checker) whole(k int) bool {
	for _, h := range c.servers {
		if h.unit == 0 {
			continue
		}
		if u := c.unitOf(h.unit-1, k); u.err != nil {
			return c.fine(unitProblem(u.err))
		}
	}
	return true
}

// claimed keeps the states in which the recorder's claim about itself is true.
func (c *checker) claimed(s *Step) bool {
	if s.From == Client {
		c.clients = narrow(c.spreadClients(), func(h clientHyp) []clientHyp {
			return when(h, h.owed.n == 0 && clientClaim(h.state, s))
		})
		c.opened = c.opened || s.Kind == Opened
		return len(c.clients) > 0
	}
	c.servers = narrow(c.spreadServers(), func(h serverHyp) []serverHyp {
		return when(h, h.owed.n == 0 && serverClaim(h.state, s))
	})
	c.opened = c.opened || s.Kind == Opened
	return len(c.servers) > 0
}

func when[H any](h H, yes bool) []H {
	if yes {
		return []H{h}
	}
	return nil
}

func clientClaim(state fsm.ClientState, s *Step) bool {
	p := state.Phase()
	//exhaustive:ignore
	switch s.Kind {
	case Opened:
		return p.Open()
	case Failed:
		// the layer below it, which ran the opening handshake
		if p.Open() && s.Failure == fsm.FailureExtensionNotRequested {
			return true
		}
		if bounded(s.Failure) &&
			(p.Terminal() || p == fsm.ClientRedirecting || p == fsm.ClientAwaitLogin) {
			return true
		}
		return p == fsm.ClientFailed && (s.Failure == 0 || s.Failure == state.Failure())
	case GaveUp:
		return p == fsm.ClientDone
	}
	// These phases follow a response that is followed.
	return p == fsm.ClientRedirecting || p == fsm.ClientAwaitLogin || p == fsm.ClientConnecting
}

// bounded reports whether a client may fail so for a reason that only it knows: a bound of its
// whole call or of its own, or a parameter of an extension that the extension does not accept.
func bounded(f fsm.Failure) bool {
	switch f {
	case fsm.FailureStatus, fsm.FailureTooManyRedirects, fsm.FailureAuthLimit, fsm.FailureInterimLimit,
		fsm.FailureExtensionNotRequested:
		return true
	}
	return false
}

func serverClaim(state fsm.ServerState, s *Step) bool {
	//exhaustive:ignore
	switch s.Kind {
	case Opened:
		return state.Phase().Open()
	case Failed:
		return state.Phase() == fsm.ServerDone && (s.Failure == 0 || s.Failure == state.Failure())
	}
	return state.Phase() == fsm.ServerDone
}

// mayEnd reports whether a side may end its stream now. Any side may, as any network may, unless a
// message that it has begun is not out yet.
func (c *checker) mayEnd(s *Step) bool {
	if s.From == Client || s.Reset || c.ended[Client] || c.closed[Client] || len(c.servers) == 0 {
		return true
	}
	for _, h := range c.servers {
		k := h.owed.first().kind
		if h.loose || k != outTerminator && k != outProceed && k != outReroute {
			return true
		}
	}
	return false
}

// outcome says how far the handshake came.
func (c *checker) outcome() string {
	switch status := strconv.Itoa(c.status); {
	case c.heads.response.Status == 0:
		return "no answer to the opening request"
	case c.heads.redirected:
		return "opening handshake answered with " + strconv.Itoa(c.heads.response.Status)
	case c.opened:
		return "open with " + status
	case c.status == 0:
		return "no extended response"
	}
	return "extended handshake answered with " + strconv.Itoa(c.status)
}
