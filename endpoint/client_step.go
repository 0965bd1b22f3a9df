package endpoint

import (
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// step passes ev to the machine and performs the effects, then makes the next connection as long as
// one is ordered. It reports whether the machine accepted ev.
func (c *Client) step(ev fsm.Event) bool {
	accepted := c.stepOnce(ev)
	for c.goOn {
		c.goOn = false
		c.follow()
		c.connect()
	}
	return accepted
}

func (c *Client) stepOnce(ev fsm.Event) bool {
	s, effects, verdict := c.machine.Step(c.state, ev)
	if verdict != fsm.Accepted {
		if verdict == fsm.Misuse {
			c.noteMisuse(ev.Kind, c.state.Phase().String())
		}
		return false
	}
	if c.state.Failure() == 0 && s.Failure() != 0 {
		c.failText = c.detail
	}
	c.state = s
	for i := range effects.Len() {
		c.perform(effects.At(i))
	}
	return true
}

// perform turns one effect into outputs.
func (c *Client) perform(e fsm.Effect) {
	var o Output
	//exhaustive:enforce
	switch e.Kind {
	case fsm.EffectDial:
		c.startConnection()
		o.Kind, o.URL = Dial, &c.url
	case fsm.EffectSendOpening:
		c.leg = LegOpening
		o.Kind = SendBytes
		o.Data, _ = c.openingRequest() // NewClient, judgeTarget and Credentials refuse values that cannot be written
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		c.unit.Unwrap = c.machine.Profile != fsm.ProfileSpec
		c.unit.Reset(c.cfg.Limits)
		o.Kind, o.Type = SendMessage, wire.Binary
		o.Data, _ = c.extendedRequest(e.Kind == fsm.EffectReplayRequest)
	case fsm.EffectSendBody:
		o.Kind, o.Type, o.Data = SendMessage, wire.Binary, c.cfg.Body
	case fsm.EffectStopBody:
		o.Kind = StopBody
	case fsm.EffectAskCredentials:
		o.Kind = AskCredentials
	case fsm.EffectFollow: // the last effect of its step
		c.goOn = true
		return
	case fsm.EffectOpenPlain:
		c.result.Plain, c.result.Status = true, 101
		o.Kind = Open
	case fsm.EffectComplete:
		c.unit, c.buf = wire.Assembler{}, nil // an open connection may live long
		o.Kind = Open
	case fsm.EffectFail:
		o.Kind, o.Err = Fail, c.failure(e)
	case fsm.EffectRefuseOpening, fsm.EffectSendProceed, fsm.EffectSendReroute, fsm.EffectSendResponse, fsm.EffectSendTerminator, fsm.EffectAskDecision:
		return // only a server is told to
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer, fsm.EffectStopTimers,
		fsm.EffectSendPong, fsm.EffectSendMessage, fsm.EffectDeliver, fsm.EffectSendClose, fsm.EffectDisconnect, fsm.EffectClosed:
		c.core.perform(e, c.state.Failure())
		return
	}
	c.say(o)
}

// connect makes the next URL current and asks the machine to dial it.
func (c *Client) connect() {
	c.url = c.next
	c.visited = append(c.visited, c.url)
	c.stepOnce(fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
}

// follow prepares the next connection. Credentials stay with the origin that they were for.
// [AMB-65]
func (c *Client) follow() {
	if c.state.Plan() == fsm.PlanProxyAuth {
		c.proxied, c.next = true, c.url
		c.visited = c.visited[:len(c.visited)-1]
	}
	if !c.url.SameOrigin(c.next) || hasPrefixFold(c.login, "Digest ") { // which is for one request
		c.login = ""
	}
	c.credentials = ""
}

// startConnection begins another connection. Only memory is left of the one before.
func (c *Client) startConnection() {
	c.attempt++
	c.connection = connection{leg: LegConnect, opening: wire.Response{Fields: c.opening.Fields[:0]}}
}

// failure makes the error that the application receives.
func (c *Client) failure(e fsm.Effect) *HandshakeError {
	err := &HandshakeError{Leg: c.leg}
	if e.Failure == fsm.FailureMissingTerminator {
		c.remember(&c.unit.Response, LegExtended)
	}
	if c.response != nil {
		err = c.response
	}
	err.Failure, err.URL, err.Attempt = e.Failure, c.url.String(), c.attempt
	for _, u := range c.visited {
		err.Path = append(err.Path, u.String())
	}
	switch e.Failure {
	case fsm.FailureRedirectLoop, fsm.FailureRedirectRefused, fsm.FailureTooManyRedirects:
		err.Path = append(err.Path, c.next.String())
	}
	c.ending.fill(err, c.misused)
	return err
}
