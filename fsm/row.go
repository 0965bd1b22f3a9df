package fsm

// bits is the world a guard looks at: the facts of the event in the low half, conditions that
// follow from configuration and state in the high half. A guard is a mask and a value, so guards
// are data: they can be listed, drawn, exported and mutated.
type bits uint64

// row is one guarded edge of a cell. The first row whose guard holds is taken.
type row struct {
	id      string // in the table its last word, such as replay; afterwards whole, such as reading/401/ask-credentials
	mask    bits   // the guard: of these bits of the world ...
	want    bits   // ... exactly these must be set
	next    uint8  // phase after the step; 0 keeps the phase
	op      op
	mark    marks
	unmark  marks
	plan    Plan    // for opPlan
	failure Failure // for opFailure
	status  uint16  // for opStatus; statusOfState takes that of the event
	verdict Verdict
	effects [MaxEffects]Effect
	n       uint8  // how many
	index   uint16 // in the list of edges
	reqs    string // requirement ids, blank-separated
}

// match returns the first row whose guard holds in w. The last row has none, so there always is
// one.
func (c cell) match(w bits) *row {
	for i := range c[:len(c)-1] {
		if r := &c[i]; w&r.mask == r.want {
			return r
		}
	}
	return &c[len(c)-1]
}

// on is b if yes holds.
func on(yes bool, b bits) bits {
	var n bits
	if yes {
		n = 1
	}
	return -n & b
}

// ignore and misuse are the two cells without transition.
var (
	ignore = cell{{verdict: Ignored}}
	misuse = cell{{verdict: Misuse}}
)

// op says what else a row changes in the state; 0 for rows that only move on.
type op uint16

const (
	opInterim        op = 1 << iota // one more interim response (server: one more 202)
	opReplay                        // one more replay (server: one more challenge)
	opRedirect                      // one more follow-up connection
	opNewConnection                 // forget everything that belonged to the old connection
	opMarks                         // set and clear marks
	opPlan                          // record the plan
	opFailure                       // record the failure
	opFailureOfEvent                // record the failure that the event names
	opStatus                        // record the status of the response
)

// one is 1 if o holds x.
func (o op) one(x op) uint8 {
	if o&x != 0 {
		return 1
	}
	return 0
}

// Codes that an effect in a table takes from the state when the step is made.
const (
	closeOfFailure = 1 // EffectSendClose: the close code of the recorded failure
	statusOfState  = 0 // EffectSendResponse, EffectRefuseOpening: the recorded status
)

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
	copy(r.effects[:], effects)
	r.n = uint8(len(effects)) // more than MaxEffects: a test refuses the table
	return r
}

func stay(id, reqs string, effects ...Effect) row { return to(id, uint8(0), reqs, effects...) }

func (r row) when(all ...bits) row {
	for _, b := range all {
		r.mask, r.want = r.mask|b, r.want|b
	}
	return r
}
func (r row) unless(any ...bits) row {
	for _, b := range any {
		r.mask |= b
	}
	return r
}
func (r row) with(o op) row { r.op |= o; return r }
func (r row) planning(p Plan) row {
	r.plan, r.op = p, r.op|opPlan
	switch p {
	case PlanFail:
		r = r.marking(markPlanFail, 0)
	case PlanClose:
		r = r.marking(markPlanClose, 0)
	case PlanRedirect, PlanProxyAuth, PlanUpgrade:
	}
	return r
}
func (r row) marking(set, clear marks) row {
	r.mark, r.unmark, r.op = r.mark|set, r.unmark|clear, r.op|opMarks
	return r
}
func (r row) because(f Failure) row       { r.failure, r.op = f, r.op|opFailure; return r }
func (r row) answering(status uint16) row { r.status, r.op = status, r.op|opStatus; return r }
func ignoreRow() row                      { return ignore[0] }
func misuseRow() row                      { return misuse[0] }
