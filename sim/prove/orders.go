package prove

import (
	"slices"

	"example.com/khp/fsm"
)

// place is where an order belongs: to rows on one of the events, or to those that lead to, or
// leave, one of the phases. An empty list is no condition.
type place struct{ on, to, from []string }

// clientPlaces are the orders that a client's driver can carry out. StopBody needs a body, too.
var clientPlaces = map[fsm.EffectKind]place{
	fsm.EffectDial:           {on: []string{"ConnectRequested", "CredentialsSupplied"}},
	fsm.EffectSendOpening:    {on: []string{"Connected"}},
	fsm.EffectSendRequest:    {on: []string{"Opened", "ProceedReceived"}},
	fsm.EffectReplayRequest:  {on: []string{"CredentialsSupplied"}},
	fsm.EffectSendBody:       {on: []string{"Response"}},
	fsm.EffectStopBody:       {from: []string{"SendingBody"}},
	fsm.EffectAskCredentials: {on: []string{"Response"}},
	fsm.EffectSendMessage:    {on: []string{"SendRequested"}},
	fsm.EffectDeliver:        {on: []string{"DataReceived", "TerminatorReceived"}},
	fsm.EffectSendPong:       {on: []string{"PingReceived"}},
	fsm.EffectFollow:         {to: []string{"Redirecting"}},
	fsm.EffectComplete:       {to: []string{"Open"}},
	fsm.EffectOpenPlain:      {to: []string{"Plain"}},
	fsm.EffectSendClose:      {to: []string{"Closing", "Draining"}},
	fsm.EffectDisconnect:     {to: []string{"Redirecting", "AwaitLogin", "Done", "Failed"}},
	fsm.EffectClosed:         {to: []string{"Done"}},
	fsm.EffectFail:           {to: []string{"Failed"}},
}

// serverPlaces are those of a server's driver.
var serverPlaces = map[fsm.EffectKind]place{
	fsm.EffectSendOpening:    {from: []string{"Opening"}},
	fsm.EffectRefuseOpening:  {from: []string{"Opening"}},
	fsm.EffectSendResponse:   {},
	fsm.EffectSendTerminator: {},
	fsm.EffectSendProceed:    {on: []string{"OpeningRequest", "Decided"}},
	fsm.EffectSendReroute:    {on: []string{"Decided"}},
	fsm.EffectAskDecision:    {on: []string{"Request", "BodyReceived"}},
	fsm.EffectSendMessage:    {on: []string{"SendRequested"}},
	fsm.EffectDeliver:        {on: []string{"DataReceived", "TerminatorReceived"}},
	fsm.EffectSendPong:       {on: []string{"PingReceived"}},
	fsm.EffectComplete:       {to: []string{"Open"}},
	fsm.EffectOpenPlain:      {to: []string{"Plain"}},
	fsm.EffectSendClose:      {to: []string{"Closing", "Done"}},
	fsm.EffectDisconnect:     {to: []string{"Done"}},
	fsm.EffectClosed:         {to: []string{"Done"}},
	fsm.EffectFail:           {to: []string{"Done"}},
}

const carriedOut = "an honest driver is never told to do what it cannot do"

// aboutTimer reports whether an order names a timer.
func aboutTimer(k fsm.EffectKind) bool {
	return k == fsm.EffectArmTimer || k == fsm.EffectStopTimer || k == fsm.EffectPauseTimer ||
		k == fsm.EffectResumeTimer
}

// fits says that the order has its place in the row.
func (r *run) fits(e fsm.Effect) {
	if aboutTimer(e.Kind) || e.Kind == fsm.EffectStopTimers {
		return
	}
	places := clientPlaces
	if r.m.Side == "server" {
		places = serverPlaces
	}
	p, ok := places[e.Kind]
	kind, _ := r.event()
	among := func(list []string, name string) bool {
		return list == nil || slices.Contains(list, name)
	}
	ok = ok && among(p.on, kind) && among(p.to, r.row.To) && among(p.from, r.row.From)
	r.must("TOTAL", carriedOut, constant(ok))
}
