package endpoint

import (
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

func (c *Client) reset() {
	clear(c.out)
	c.out, c.detail = c.out[:0], ""
}

// step gives ev to the machine and carries out what it orders. It reports whether the machine accepted.
func (c *Client) step(ev fsm.Event) bool {
	s, effects, verdict := c.machine.Step(c.state, ev)
	if verdict != fsm.Accepted {
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
	//exhaustive:enforce
	switch e.Kind {
	case fsm.EffectDial:
		c.startConnection()
		c.put(Output{Kind: Dial, URL: c.url})
	case fsm.EffectSendOpening:
		c.leg = LegOpening
		b, _ := c.openingRequest() // NewClient, judgeTarget and Credentials have refused what cannot be written
		c.put(Output{Kind: SendBytes, Data: b})
	case fsm.EffectSendRequest, fsm.EffectReplayRequest:
		c.unit.Reset(c.cfg.Limits)
		b, _ := c.extendedRequest(e.Kind == fsm.EffectReplayRequest)
		c.put(Output{Kind: SendMessage, Type: wire.Binary, Data: b})
	case fsm.EffectSendBody:
		c.put(Output{Kind: SendMessage, Type: wire.Binary, Data: c.cfg.Body})
	case fsm.EffectStopBody:
		c.put(Output{Kind: StopBody})
	case fsm.EffectAskCredentials:
		c.put(Output{Kind: AskCredentials})
	case fsm.EffectFollow:
		c.follow()
	case fsm.EffectOpenPlain:
		c.result.Plain, c.result.Status = true, 101
		c.put(Output{Kind: Open})
	case fsm.EffectComplete:
		c.unit, c.buf = wire.Assembler{}, nil // an open connection may live long
		c.put(Output{Kind: Open})
	case fsm.EffectSendPong:
		c.put(Output{Kind: SendPong, Data: c.message})
	case fsm.EffectSendMessage:
		c.put(Output{Kind: SendMessage, Type: c.msgType, Data: c.message})
	case fsm.EffectDeliver:
		c.put(Output{Kind: Deliver, Type: c.msgType, Data: c.message})
	case fsm.EffectSendClose:
		c.put(sendClose(e.Code, c.closeOut, c.state.Failure()))
	case fsm.EffectFail:
		c.put(Output{Kind: Fail, Err: c.failure(e)})
	case fsm.EffectRefuseOpening, fsm.EffectSendProceed, fsm.EffectSendReroute, fsm.EffectSendResponse, fsm.EffectSendTerminator, fsm.EffectAskDecision:
		// only a server is told to
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer, fsm.EffectStopTimers, fsm.EffectDisconnect, fsm.EffectClosed:
		c.put(common(e))
	}
}

func (c *Client) put(o Output) { c.out = append(c.out, o) }

// common turns the effects that need no more than themselves into outputs, on both sides.
func common(e fsm.Effect) Output {
	switch e.Kind {
	case fsm.EffectArmTimer:
		return Output{Kind: ArmTimer, Timer: e.Timer}
	case fsm.EffectStopTimer:
		return Output{Kind: StopTimer, Timer: e.Timer}
	case fsm.EffectPauseTimer:
		return Output{Kind: PauseTimer, Timer: e.Timer}
	case fsm.EffectResumeTimer:
		return Output{Kind: ResumeTimer, Timer: e.Timer}
	case fsm.EffectStopTimers:
		return Output{Kind: StopTimers}
	case fsm.EffectClosed:
		return Output{Kind: Closed}
	}
	return Output{Kind: Disconnect}
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
	c.opening, c.answer, c.failText, c.closeIn, c.early = wire.Response{}, answerHead{}, "", closeText{}, 0
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
	err.Failure, err.URL, err.Attempt, err.Detail = e.Failure, c.url.String(), c.attempt, c.failText
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
