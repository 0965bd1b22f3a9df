package fsm

// bits is the world a guard looks at: the facts of the event in the low half, conditions that follow from configuration
// and state in the high half. A guard is two masks over it, so guards are data: they can be listed, drawn, exported and mutated.
type bits uint64

// row is one guarded edge of a cell. The first row whose guard holds is taken.
type row struct {
	id      string // transition as docs/states.md numbers it, such as C18
	when    bits   // all of these must be set
	unless  bits   // none of these may be set
	next    uint8  // phase after the step; 0 keeps the phase
	op      op
	plan    Plan    // recorded in the state; 0 keeps it
	failure Failure // recorded in the state; 0 keeps it
	verdict Verdict
	effects Effects
	patch   bool   // some effect takes its status, failure or close code from the state
	reqs    string // requirement ids, blank-separated
}

// cell is what a phase does with an input: rows in order, the last without guard. An empty cell is a hole, and a test fails on it.
type cell []row

// match returns the first row whose guard holds in w, nil if there is none.
func (c cell) match(w bits) *row {
	for i := range c {
		if r := &c[i]; w&r.when == r.when && w&r.unless == 0 {
			return r
		}
	}
	return nil
}

// ignore and misuse are the two cells without transition.
var (
	ignore = cell{{verdict: Ignored}}
	misuse = cell{{verdict: Misuse}}
)

// op is a set of changes to counters and marks of the state.
type op uint16

const (
	opInterim        op = 1 << iota // one more interim response (server: one more 202)
	opReplay                        // one more replay (server: one more challenge)
	opRedirect                      // one more follow-up connection
	opProxy                         // the proxy retry is used up
	opWait                          // the wait deadline runs
	opBodySending                   // the body is being sent
	opBodyCut                       // its sending was cut short by a response
	opBodySent                      // it was sent
	opBodyHeld                      // it is held back again, for a replay
	opLateTerminator                // a response was decided without its terminator: one may still come
	opNoTerminator                  // it came
	opNewConnection                 // forget everything that belonged to the old connection
	opKaazing                       // the client asked for the kaazing profile
	opOpened                        // the connection was open
	opFailureOfEvent                // record the failure that the event names
	opStatus                        // record the status of the event
)

// Codes that an effect in a table takes from the state when the step is made.
const (
	closeOfFailure = 1 // EffectSendClose: the close code of the recorded failure
	statusOfState  = 0 // EffectSendResponse, EffectRefuseOpening: the recorded status
)

// resolve fills in what the effects take from the state.
func (e *Effects) resolve(f Failure, status uint16) {
	for i := range e.list[:e.n] {
		switch x := &e.list[i]; {
		case x.Kind == EffectFail:
			x.Failure, x.Code = f, status
		case x.Kind == EffectSendClose && x.Code == closeOfFailure:
			x.Code = CloseCode(f)
		case (x.Kind == EffectSendResponse || x.Kind == EffectRefuseOpening) && x.Code == statusOfState:
			x.Code = status
		}
	}
}

// needsPatch reports whether resolve would change any of the effects.
func (e *Effects) needsPatch() bool {
	probe := *e
	probe.resolve(FailureMalformed, 1)
	return probe != *e
}

// Constructors of effects.
func do(k EffectKind) Effect       { return Effect{Kind: k} }
func arm(t Timer) Effect           { return Effect{Kind: EffectArmTimer, Timer: t} }
func stop(t Timer) Effect          { return Effect{Kind: EffectStopTimer, Timer: t} }
func pause(t Timer) Effect         { return Effect{Kind: EffectPauseTimer, Timer: t} }
func resume(t Timer) Effect        { return Effect{Kind: EffectResumeTimer, Timer: t} }
func sendClose(code uint16) Effect { return Effect{Kind: EffectSendClose, Code: code} }
func respond(status uint16) Effect { return Effect{Kind: EffectSendResponse, Code: status} }

// Constructors of rows: to moves on, stay keeps the phase, then conditions and changes are chained.
func to[P ~uint8](id string, next P, reqs string, effects ...Effect) row {
	r := row{id: id, next: uint8(next), verdict: Accepted, reqs: reqs}
	r.effects.n = uint8(copy(r.effects.list[:], effects))
	r.patch = r.effects.needsPatch()
	if len(effects) > MaxEffects {
		r.effects.n = MaxEffects + 1 // a test refuses the table
	}
	return r
}

func stay(id, reqs string, effects ...Effect) row { return to(id, uint8(0), reqs, effects...) }

func (r row) given(f Facts) row     { r.when |= bits(f); return r }
func (r row) lacking(f Facts) row   { r.unless |= bits(f); return r }
func (r row) while(b bits) row      { r.when |= b; return r }
func (r row) notWhile(b bits) row   { r.unless |= b; return r }
func (r row) with(o op) row         { r.op |= o; return r }
func (r row) planning(p Plan) row   { r.plan = p; return r }
func (r row) because(f Failure) row { r.failure = f; return r }
func ignoreRow() row                { return ignore[0] }
func misuseRow() row                { return misuse[0] }
