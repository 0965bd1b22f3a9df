package world

import "example.com/khp/fsm"

// Host is the part of a machine's surroundings that client and server have in common: the
// connection, the timers, and the reports to the application. [clientHost] and [serverHost] add the
// parts of one side. A host has the knowledge of an honest driver, and remembers just enough of the
// past to check each order of its machine.
type Host struct {
	Timers        timerSet
	Marks         marks
	Opened, Ended uint8 // how often the application was told
}

// marks are the facts that a host remembers.
type marks uint16

// Marks of both sides. A server is never dialing.
const (
	Dialing marks = 1 << iota
	Connected
	WebSocket // the opening handshake is complete
	CloseSent
	selected // the opening handshake selected KHP
	lastShared
)

// Marks of a client.
const (
	Asked       = lastShared << iota // the application owes credentials
	Writing                          // the application writes the body
	Following                        // the follow-up target may be dialed
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
	Deciding      = lastShared << iota // the application owes a decision
	bodyOwed                           // the client owes a body
	peerClosed                         // the client's Close was received
	requested                          // a request has no deciding response
	responding                         // a response was sent that lacks its terminator
	Decided                            // a deciding response that is not 401 was sent
	kaazingClient                      // the opening request carries .kl=Y
	Unchecked                          // obligations are not checked
	again                              // the request names an extension of the opening handshake
)

// Is reports whether the marks of m are set.
func (h *Host) Is(m marks) bool { return h.Marks&m == m }

func (h *Host) set(m marks)   { h.Marks |= m }
func (h *Host) clear(m marks) { h.Marks &^= m }

// Put sets or clears a mark.
func (h *Host) Put(m marks, yes bool) {
	if h.clear(m); yes {
		h.set(m)
	}
}

// learn notes the facts of an event that concern either side.
func (h *Host) learn(ev fsm.Event) {
	switch ev.Kind {
	case fsm.EventConnectionLost:
		h.clear(Dialing | Connected | WebSocket)
	case fsm.EventTimerExpired:
		h.Timers.running &^= bit(ev.Timer)
	}
}

// obey carries out an effect that means the same on both sides, and checks that it is legal.
// wasOpen tells that the machine was open before the step.
func (h *Host) obey(e fsm.Effect, wasOpen bool) (broken string) {
	if broken = h.Timers.do(e); broken != "" {
		return broken
	}
	if h.Ended > 0 {
		return "INV-05: an effect after the terminal one: " + e.Kind.String()
	}
	switch e.Kind {
	case fsm.EffectComplete, fsm.EffectOpenPlain:
		if h.Opened++; h.Opened > 1 {
			return "INV-04: opened twice"
		}
	case fsm.EffectDeliver:
		if !wasOpen {
			return "INV-02: application data delivered before open"
		}
	case fsm.EffectSendMessage:
		if !wasOpen || h.Is(CloseSent) {
			return "INV-03: application data sent before open or after Close"
		}
	case fsm.EffectSendClose:
		if h.Is(CloseSent) {
			return "WSP-FRAME-06: a second Close frame"
		}
		h.set(CloseSent)
	case fsm.EffectDisconnect:
		h.clear(Dialing | Connected | WebSocket)
	case fsm.EffectClosed, fsm.EffectFail:
		if e.Kind == fsm.EffectFail && h.Opened > 0 {
			return "INV-04: a failure after open"
		}
		if h.Ended++; h.Is(Connected) {
			return "INV-05: told the end while the connection is up"
		}
	}
	return ""
}

// timerSet is which timers run and which stand still.
type timerSet struct{ running, paused uint16 }

func bit(t fsm.Timer) uint16 { return 1 << t }

func (s *timerSet) Has(t fsm.Timer) bool { return s.running&bit(t) != 0 }

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
