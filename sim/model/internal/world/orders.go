package world

import "example.com/khp/fsm"

// stray is the property that an order breaks which has no place where it is given.
const stray = "TOTAL: an order that an honest driver cannot carry out: "

// fits reports whether an order has its place in a step on ev that ends in phase next: it is one of
// a client, and there is something that it is about.
func (h *clientHost) fits(k fsm.EffectKind, ev fsm.EventKind, next fsm.ClientPhase) bool {
	switch k {
	case fsm.EffectDial:
		return ev == fsm.EventConnectRequested || ev == fsm.EventCredentialsSupplied
	case fsm.EffectSendOpening:
		return ev == fsm.EventConnected
	case fsm.EffectSendRequest:
		return ev == fsm.EventOpened || ev == fsm.EventProceedReceived
	case fsm.EffectReplayRequest:
		return ev == fsm.EventCredentialsSupplied
	case fsm.EffectSendBody, fsm.EffectAskCredentials:
		return ev == fsm.EventResponse
	case fsm.EffectStopBody:
		return h.Is(Writing)
	case fsm.EffectFollow:
		return next == fsm.ClientRedirecting
	case fsm.EffectComplete:
		return next == fsm.ClientOpen
	case fsm.EffectOpenPlain:
		return next == fsm.ClientPlain
	case fsm.EffectSendClose:
		return next == fsm.ClientClosing || next == fsm.ClientDraining
	case fsm.EffectDisconnect:
		return next.Terminal() || next == fsm.ClientRedirecting || next == fsm.ClientAwaitLogin
	case fsm.EffectClosed:
		return next == fsm.ClientDone
	case fsm.EffectFail:
		return next == fsm.ClientFailed
	case fsm.EffectSendResponse, fsm.EffectSendTerminator, fsm.EffectRefuseOpening,
		fsm.EffectAskDecision, fsm.EffectSendProceed, fsm.EffectSendReroute:
		return false
	}
	return h.Host.fits(k, ev)
}

// fits is the same of a server.
func (h *ServerHost) fits(k fsm.EffectKind, ev fsm.EventKind, from, next fsm.ServerPhase) bool {
	switch k {
	case fsm.EffectSendOpening, fsm.EffectRefuseOpening:
		return from == fsm.ServerOpening
	case fsm.EffectSendProceed:
		return ev == fsm.EventOpeningRequest || ev == fsm.EventDecided
	case fsm.EffectSendReroute:
		return ev == fsm.EventDecided
	case fsm.EffectAskDecision:
		return ev == fsm.EventRequest || ev == fsm.EventBodyReceived
	case fsm.EffectComplete:
		return next == fsm.ServerOpen
	case fsm.EffectOpenPlain:
		return next == fsm.ServerPlain
	case fsm.EffectSendClose:
		return next == fsm.ServerClosing || next == fsm.ServerDone
	case fsm.EffectDisconnect, fsm.EffectClosed, fsm.EffectFail:
		return next == fsm.ServerDone
	case fsm.EffectDial, fsm.EffectSendRequest, fsm.EffectReplayRequest, fsm.EffectSendBody,
		fsm.EffectStopBody, fsm.EffectAskCredentials, fsm.EffectFollow:
		return false
	}
	return h.Host.fits(k, ev)
}

// fits has the rules of both sides. An order without a line is allowed everywhere.
func (h *Host) fits(k fsm.EffectKind, ev fsm.EventKind) bool {
	//exhaustive:ignore
	switch k {
	case fsm.EffectSendPong:
		return ev == fsm.EventPingReceived
	case fsm.EffectSendMessage:
		return ev == fsm.EventSendRequested
	case fsm.EffectDeliver:
		return ev == fsm.EventDataReceived || ev == fsm.EventTerminatorReceived
	}
	return true
}
