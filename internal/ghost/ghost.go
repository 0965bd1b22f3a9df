package ghost

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Subject is the endpoint beside which a ghost stands, as far as both sides are alike. S is the
// state of its machine.
type Subject[S machineState] interface {
	Deadline() time.Time
	Result() endpoint.Result
	State() S
}

type machineState interface {
	comparable
	Failure() fsm.Failure
}

// side is a ghost as the calls see it that both sides have.
type side interface {
	// step takes a step and expects its orders.
	step(ev fsm.Event) (accepted bool)
	// expectOf expects the orders of an effect that only this side has.
	expectOf(e fsm.Effect)
}

// order is the expectation for one output.
type order struct {
	kind endpoint.OutputKind
	// returns the fault of its content, "" for none; nil for no content
	fits func(o *endpoint.Output) string
}

// ghost has the parts that both sides have in common.
type ghost[S machineState] struct {
	timers
	state    S
	now      time.Time
	lengths  endpoint.Timeouts
	want     []order
	closeOut closeText // content of a Close frame that the call asks for
	message  []byte    // of the call
	typ      wire.MessageType
	calls    []string // so far, the last one at the end
	answers  answers  // of callbacks during the call
	off      bool     // the endpoint was changed from outside, or its times are not those of a clock
}

// closeText is the content of a Close frame.
type closeText struct {
	code uint16
	text string
}

// mostCalls bounds how many calls a message shows.
const mostCalls = 60

// Before is called before each call. A test that reaches into the endpoint and changes its timers
// is followed; one that changes its state is left alone.
func (g *ghost[S]) Before(s Subject[S]) {
	g.answers = answers{}
	switch timers, ok := s.(interface {
		GhostTimers() map[fsm.Timer]time.Time
	}); {
	case g.state != s.State():
		g.off = true
	case g.due(s) != nil && ok:
		g.runs = timers.GhostTimers()
	}
}

// after takes a call with its arguments and results: derive takes its steps, and differs compares
// the parts that only one side has. An error says what is wrong.
func (g *ghost[S]) after(
	s Subject[S], call string, args, list []any,
	derive func(call string, args []any, r results) error, differs func(results) error,
) error {
	if now, ok := args[0].(time.Time); ok && g.strange(now) {
		g.off = true
	}
	if g.off {
		return nil
	}
	g.begin(call, args)
	r := resultsOf(list)
	err := derive(call, args, r)
	if err == nil {
		err = g.compare(r.outs)
	}
	if err == nil && s.State() != g.state {
		err = fmt.Errorf("expected the state %v, got %v", g.state, s.State())
	}
	if err == nil {
		err = differs(r)
	}
	if err == nil {
		err = g.due(s)
	}
	return g.told(err)
}

// call derives the events of a call that both sides have.
func (g *ghost[S]) call(to side, call string, args []any, r results) error {
	switch call {
	case "Violation":
		to.step(fsm.Event{Kind: fsm.EventViolation, Failure: args[1].(fsm.Failure)})
	case "Send":
		g.typ, g.message = args[1].(wire.MessageType), args[2].([]byte)
		if sent := to.step(fsm.Event{Kind: fsm.EventSendRequested}); sent != r.ok {
			return fmt.Errorf("expected Send to report %v, it reports %v", sent, r.ok)
		}
	case "Close":
		g.closeOut = asked(args[1].(uint16), args[2].(string))
		to.step(fsm.Event{Kind: fsm.EventCloseRequested})
	default:
		return fmt.Errorf("a ghost knows no call %s", call)
	}
	return nil
}

// goTo takes the result of a step, and expects its orders.
func (g *ghost[S]) goTo(to side, state S, effects fsm.Effects, verdict fsm.Verdict) bool {
	g.state = state
	for e := range effects.All() {
		if !g.obey(e, state.Failure()) {
			to.expectOf(e)
		}
	}
	return verdict == fsm.Accepted
}

// begin notes a call.
func (g *ghost[S]) begin(call string, args []any) {
	g.want, g.message, g.typ = nil, nil, 0
	if len(args) > 0 {
		if now, ok := args[0].(time.Time); ok {
			g.now = now
		}
	}
	if len(g.calls) == mostCalls {
		g.calls = append(g.calls[:0], g.calls[1:]...)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s(", call)
	for i, a := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		switch a := a.(type) {
		case time.Time:
			b.WriteString(a.Format("15:04:05.000000"))
		case []byte:
			fmt.Fprintf(&b, "%.300q", a)
		case [16]byte:
			fmt.Fprintf(&b, "%x", a)
		default:
			fmt.Fprintf(&b, "%.300v", a)
		}
	}
	g.calls = append(g.calls, b.String()+")")
}

// obey carries out or expects an effect that means the same on both sides; false means that it is
// another one. failure is that of the machine.
func (g *ghost[S]) obey(e fsm.Effect, failure fsm.Failure) bool {
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectArmTimer, fsm.EffectStopTimer, fsm.EffectPauseTimer, fsm.EffectResumeTimer,
		fsm.EffectStopTimers:
		g.timers.obey(e, g.now, &g.lengths)
	case fsm.EffectSendPong:
		g.expect(endpoint.SendPong, same(0, g.message))
	case fsm.EffectSendMessage:
		g.expect(endpoint.SendMessage, same(g.typ, g.message))
	case fsm.EffectDeliver:
		g.expect(endpoint.Deliver, same(g.typ, g.message))
	case fsm.EffectSendClose:
		g.expect(endpoint.SendClose, closes(e.Code, g.closeOut, failure))
	case fsm.EffectDisconnect:
		g.expect(endpoint.Disconnect, nil)
	case fsm.EffectClosed:
		g.expect(endpoint.Closed, nil)
	default:
		return false
	}
	return true
}

func (g *ghost[S]) expect(kind endpoint.OutputKind, fits func(o *endpoint.Output) string) {
	g.want = append(g.want, order{kind, fits})
}

// same expects a message.
func same(t wire.MessageType, p []byte) func(o *endpoint.Output) string {
	return func(o *endpoint.Output) string {
		if o.Type != t || !bytes.Equal(o.Data, p) {
			return fmt.Sprintf("expected %v %.200q, got %v %.200q", t, p, o.Type, o.Data)
		}
		return ""
	}
}

// closes expects a Close frame: with code and the failure in words, or with the code and text of
// the call.
func closes(code uint16, asked closeText, failure fsm.Failure) func(o *endpoint.Output) string {
	want := closeText{code: code}
	switch {
	case code == 0:
		want = asked
	case failure != 0 && failure != fsm.FailureStatus:
		want.text = failure.Error()
	}
	return func(o *endpoint.Output) string {
		if got := (closeText{o.Code, o.Text}); got != want {
			return fmt.Sprintf("expected Close %d %q, got %d %q", want.code, want.text, got.code, got.text)
		}
		return ""
	}
}

// asked is the content of a Close frame with code and reason, as far as it may be sent. [INV-48]
func asked(code uint16, reason string) closeText {
	if legal := code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006 ||
		code >= 3000 && code <= 4999; !legal {
		return closeText{}
	}
	return closeText{code, wire.CloseReason(reason)}
}

// compare compares the outputs of a call with those expected.
func (g *ghost[S]) compare(outs []endpoint.Output) error {
	for i := range max(len(outs), len(g.want)) {
		switch {
		case i >= len(outs):
			return fmt.Errorf("output %d: expected %v, there is none", i+1, g.want[i].kind)
		case i >= len(g.want):
			return fmt.Errorf("output %d: expected none, got %v %.200q", i+1, outs[i].Kind, outs[i].Data)
		case outs[i].Kind != g.want[i].kind:
			return fmt.Errorf("output %d: expected %v, got %v %.200q",
				i+1, g.want[i].kind, outs[i].Kind, outs[i].Data)
		case g.want[i].fits != nil:
			if what := g.want[i].fits(&outs[i]); what != "" {
				return fmt.Errorf("output %d, %v: %s", i+1, outs[i].Kind, what)
			}
		}
	}
	return nil
}

// due compares the deadline.
func (g *ghost[S]) due(s Subject[S]) error {
	if timer, due := g.first(); !due.Equal(s.Deadline()) {
		return fmt.Errorf("expected the deadline %v of %v, got %v", due, timer, s.Deadline())
	}
	return nil
}

// told adds the calls so far to an error.
func (g *ghost[S]) told(err error) error {
	if err == nil {
		return nil
	}
	g.off = true
	return errors.New("the ghost finds a call wrong: " + err.Error() + "\n\t" +
		strings.Join(g.calls, "\n\t"))
}

// results are those of one call.
type results struct {
	outs []endpoint.Output
	used int
	ok   bool
	err  error
}

// resultsOf sorts the results of a call by type.
func resultsOf(list []any) (r results) {
	for _, v := range list {
		switch v := v.(type) {
		case []endpoint.Output:
			r.outs = v
		case int:
			r.used = v
		case bool:
			r.ok = v
		case error:
			r.err = v
		}
	}
	return r
}

// strange reports whether a time is none that a clock shows: the zero time, or one that is too far
// from the others for a duration.
func (g *ghost[S]) strange(now time.Time) bool {
	return now.IsZero() || !g.now.IsZero() && now.Sub(g.now).Abs() > 50*365*24*time.Hour
}

// nothing reports whether a value is the zero value: that of an endpoint that was never made.
func nothing(v any) bool { return reflect.ValueOf(v).IsZero() }
