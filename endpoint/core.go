package endpoint

import (
	"time"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// core holds the state that client and server have in common: timers, the call in progress, and its
// outputs.
type core struct {
	clock    clock
	message  []byte // of the call: it is judged, sent, delivered or answered
	msgType  wire.MessageType
	detail   string    // about the event being handled
	closeOut closeText // content of a Close frame sent by this call
	misused  *MisuseError
	buf      []byte // what is sent
	out      []Output
	room     [4]Output // out begins in it
}

// ending describes the end of one connection.
type ending struct {
	failText string    // about the failure, from the moment it was decided
	closeIn  closeText // the peer's Close, if that came first
}

// begin starts a call.
func (k *core) begin(now time.Time) {
	k.clock.now = now
	clear(k.out)
	k.out, k.detail = k.out[:0], ""
}

// Deadline returns when to call Expire; the zero time if nothing is being waited for, as while the
// connection is open.
func (k *core) Deadline() time.Time {
	_, due := k.clock.next()
	return due
}

// Timer returns the timer that ends at Deadline, 0 if none runs. It is for traces.
func (k *core) Timer() fsm.Timer {
	timer, _ := k.clock.next()
	return timer
}

// noteMisuse keeps the first call that had no place in its phase.
func (k *core) noteMisuse(kind fsm.EventKind, phase string) {
	if k.misused == nil {
		k.misused = misuse(kind, phase)
	}
}

// Misuse returns the first call that had no place when it was made, as a *[MisuseError]; nil if
// there was none. It is a mistake of the host: programs that drive an endpoint should look at it in
// their tests, and may log it. [Server.Reset] forgets it.
func (k *core) Misuse() error {
	if k.misused == nil {
		return nil
	}
	return k.misused
}

// perform turns an effect that means the same on both sides into an output, or carries it out. f is
// the failure of the machine.
func (k *core) perform(e fsm.Effect, f fsm.Failure) {
	switch e.Kind {
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer, fsm.EffectStopTimers:
		k.clock.obey(e)
	case fsm.EffectSendPong:
		k.say(Output{Kind: SendPong, Data: k.message})
	case fsm.EffectSendMessage:
		k.say(Output{Kind: SendMessage, Type: k.msgType, Data: k.message})
	case fsm.EffectDeliver:
		k.say(Output{Kind: Deliver, Type: k.msgType, Data: k.message})
	case fsm.EffectSendClose:
		k.say(closing(e.Code, k.closeOut, f))
	case fsm.EffectDisconnect:
		k.say(Output{Kind: Disconnect})
	case fsm.EffectClosed:
		k.say(Output{Kind: Closed})
	}
}

func (k *core) say(o Output) { k.out = append(k.out, o) }

// fill adds the description of the end to an error.
func (n *ending) fill(err *HandshakeError, misused *MisuseError) {
	err.Detail = withMisuse(n.failText, misused)
	if n.closeIn.code != noStatus { // 0 before a Close frame
		err.Close, err.Text = n.closeIn.code, n.closeIn.text
	}
}
