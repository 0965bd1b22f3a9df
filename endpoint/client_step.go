package endpoint

import (
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// begin starts a call.
func (c *Client) begin(now time.Time) {
	c.clock.now = now
	clear(c.out)
	c.out, c.detail = c.out[:0], ""
}

// step gives ev to the machine and carries out what it orders. It reports whether the machine accepted.
func (c *Client) step(ev fsm.Event) bool {
	s, effects, verdict := c.machine.Step(c.state, ev)
	if verdict != fsm.Accepted {
		if verdict == fsm.Misuse {
			c.noteMisuse(ev.Kind)
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
		o.Data, _ = c.openingRequest() // NewClient, judgeTarget and Credentials have refused what cannot be written
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
	case fsm.EffectFollow:
		c.follow()
		return
	case fsm.EffectOpenPlain:
		c.result.Plain, c.result.Status = true, 101
		o.Kind = Open
	case fsm.EffectComplete:
		c.unit, c.buf = wire.Assembler{}, nil // an open connection may live long
		o.Kind = Open
	case fsm.EffectSendPong:
		o.Kind, o.Data = SendPong, c.message
	case fsm.EffectSendMessage:
		o.Kind, o.Type, o.Data = SendMessage, c.msgType, c.message
	case fsm.EffectDeliver:
		o.Kind, o.Type, o.Data = Deliver, c.msgType, c.message
	case fsm.EffectSendClose:
		o.close(e.Code, c.closeOut, c.state.Failure())
	case fsm.EffectFail:
		o.Kind, o.Err = Fail, c.failure(e)
	case fsm.EffectRefuseOpening, fsm.EffectSendProceed, fsm.EffectSendReroute, fsm.EffectSendResponse, fsm.EffectSendTerminator, fsm.EffectAskDecision:
		return // only a server is told to
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer, fsm.EffectStopTimers:
		c.clock.obey(e)
		return
	case fsm.EffectDisconnect:
		o.Kind = Disconnect
	case fsm.EffectClosed:
		o.Kind = Closed
	}
	c.out = append(c.out, o)
}

// connect makes the next URL current and asks the machine to dial it.
func (c *Client) connect() {
	c.url = c.next
	c.visited = append(c.visited, c.url)
	c.step(fsm.Event{Kind: fsm.EventConnectRequested, Facts: fsm.FactTargetUsable})
}

// follow leaves everything of the old connection behind and goes on to the follow-up. [AMB-65]
func (c *Client) follow() {
	if c.state.Plan() == fsm.PlanProxyAuth {
		c.proxied, c.next = true, c.url
		c.visited = c.visited[:len(c.visited)-1]
	}
	if !c.url.SameOrigin(c.next) || hasPrefixFold(c.login, "Digest ") { // which is for one request
		c.login = ""
	}
	c.credentials = ""
	c.connect()
}

// startConnection forgets what the connection before has left.
func (c *Client) startConnection() {
	c.attempt++
	c.leg = LegConnect
	c.challenges, c.response, c.granted, c.result = nil, nil, nil, Result{}
	c.opening, c.answer, c.failText, c.closeIn, c.early = wire.Response{Fields: c.opening.Fields[:0]}, answerHead{}, "", closeText{}, 0
}

// failure is what the application gets to see.
func (c *Client) failure(e fsm.Effect) *HandshakeError {
	err := &HandshakeError{Leg: c.leg}
	if e.Failure == fsm.FailureMissingTerminator {
		c.remember(&c.unit.Response, LegExtended)
	}
	if c.response != nil {
		err = c.response
	}
	err.Failure, err.URL, err.Attempt, err.Detail = e.Failure, c.url.String(), c.attempt, withMisuse(c.failText, c.misused)
	for _, u := range c.visited {
		err.Path = append(err.Path, u.String())
	}
	switch e.Failure {
	case fsm.FailureRedirectLoop, fsm.FailureRedirectRefused, fsm.FailureTooManyRedirects:
		err.Path = append(err.Path, c.next.String())
	}
	if c.closeIn.code != noStatus { // 0 before a Close frame
		err.Close, err.Text = c.closeIn.code, c.closeIn.text
	}
	return err
}
