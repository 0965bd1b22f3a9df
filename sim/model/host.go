package model

import "example.com/khp/fsm"

// host is the part of a machine's surroundings that client and server have in common: the
// connection, the timers, and the reports to the application. [clientHost] and [serverHost] add
// what concerns one side. A host knows what an honest driver would know, and remembers just enough
// of the past to check each order of its machine.
type host struct {
	timers        timerSet
	marks         marks
	opened, ended uint8 // how often the application was told
}

// marks are the facts that a host remembers.
type marks uint16

// Marks of both sides. A server is never dialing.
const (
	dialing marks = 1 << iota
	connected
	webSocket // the opening handshake is complete
	closeSent
	selected // the opening handshake selected KHP
	lastShared
)

// Marks of a client.
const (
	asked       = lastShared << iota // the application owes credentials
	writing                          // the application writes the body
	following                        // the follow-up target may be dialed
	outstanding                      // a request has no deciding response
	challenged                       // the last response was a 401
	over                             // a terminating status was received on this connection
	bodyAllowed                      // the last response was a 100 in answer to Expect
	good                             // a completing response met every condition
	cut                              // the body was stopped before it was written
	waits                            // a 202 was the last word on a request, or on one before it
)

// Marks of a server.
const (
	deciding      = lastShared << iota // the application owes a decision
	bodyOwed                           // the client owes a body
	peerClosed                         // the client's Close was received
	requested                          // a request has no deciding response
	responding                         // a response was sent that lacks its terminator
	decided                            // a deciding response that is not 401 was sent
	kaazingClient                      // the opening request carries .kl=Y
	unchecked                          // obligations are not checked
	again                              // the request names an extension of the opening handshake
)

// is reports whether the marks of m are set.
func (h *host) is(m marks) bool { return h.marks&m == m }

func (h *host) set(m marks)   { h.marks |= m }
func (h *host) clear(m marks) { h.marks &^= m }

// put sets or clears a mark.
func (h *host) put(m marks, yes bool) {
	if h.clear(m); yes {
		h.set(m)
	}
}

// learn notes what an event says to either side.
func (h *host) learn(ev fsm.Event) {
	switch ev.Kind {
	case fsm.EventConnectionLost:
		h.clear(dialing | connected | webSocket)
	case fsm.EventTimerExpired:
		h.timers.running &^= bit(ev.Timer)
	}
}

// obey carries out an effect that means the same on both sides, and checks that it is legal.
// wasOpen tells that the machine was open before the step.
func (h *host) obey(e fsm.Effect, wasOpen bool) (broken string) {
	if broken = h.timers.do(e); broken != "" {
		return broken
	}
	if h.ended > 0 {
		return "INV-05: an effect after the terminal one: " + e.Kind.String()
	}
	switch e.Kind {
	case fsm.EffectComplete, fsm.EffectOpenPlain:
		if h.opened++; h.opened > 1 {
			return "INV-04: opened twice"
		}
	case fsm.EffectDeliver:
		if !wasOpen {
			return "INV-02: application data delivered before open"
		}
	case fsm.EffectSendMessage:
		if !wasOpen || h.is(closeSent) {
			return "INV-03: application data sent before open or after Close"
		}
	case fsm.EffectSendClose:
		if h.is(closeSent) {
			return "WSP-FRAME-06: a second Close frame"
		}
		h.set(closeSent)
	case fsm.EffectDisconnect:
		h.clear(dialing | connected | webSocket)
	case fsm.EffectClosed, fsm.EffectFail:
		if h.ended++; h.is(connected) {
			return "INV-05: told the end while the connection is up"
		}
	}
	return ""
}

// timerSet is which timers run and which stand still.
type timerSet struct{ running, paused uint16 }

func bit(t fsm.Timer) uint16 { return 1 << t }

func (s *timerSet) has(t fsm.Timer) bool { return s.running&bit(t) != 0 }

// do carries out an effect on timers. broken tells that a running timer is started over. [INV-39]
func (s *timerSet) do(e fsm.Effect) (broken string) {
	b := bit(e.Timer)
	switch e.Kind {
	case fsm.EffectArmTimer:
		if (s.running|s.paused)&b != 0 {
			return "INV-39: " + e.Timer.String() + " is started over while it runs"
		}
		s.running |= b
	case fsm.EffectStopTimer:
		s.running, s.paused = s.running&^b, s.paused&^b
	case fsm.EffectPauseTimer:
		s.paused |= s.running & b
		s.running &^= b
	case fsm.EffectResumeTimer:
		s.running |= s.paused & b
		s.paused &^= b
	case fsm.EffectStopTimers:
		*s = timerSet{}
	}
	return ""
}
