package fsm

import (
	"strings"

	"example.com/khp/internal/inside"
)

// cell holds the rows of one phase and one input, in the order in which they are tried. The last
// row has no guard, so one is always taken.
type cell []row

// cells are the cells of one phase that do something, by input.
type cells[I ~uint8] map[I]cell

// phase is one block of a transition table.
type phase[I ~uint8] struct {
	on cells[I]
	// Inputs without consequence here: they come late, or there is nothing to do; a cell in on
	// comes first.
	ignored []I
}

// with returns the cells of c and of more; where both have one, that of more.
func (c cells[I]) with(more cells[I]) cells[I] {
	all := make(cells[I], len(c)+len(more))
	for in, rows := range c {
		all[in] = rows
	}
	for in, rows := range more {
		all[in] = rows
	}
	return all
}

// fill writes the cells of a phase into its line of the table. An input that is neither in a cell
// nor ignored is the embedder's misuse. Cells are copied, since several phases may share one. Each
// row gets its id, made of the phase, the input and the outcome.
func (p phase[I]) fill(line []cell, name string, input func(I) string) {
	for in := I(1); int(in) < len(line); in++ {
		line[in] = misuse
	}
	for _, in := range p.ignored {
		line[in] = ignore
	}
	for in, rows := range p.on {
		line[in] = append(cell(nil), rows...)
		for i := range rows {
			if r := &line[in][i]; r.verdict == Accepted {
				r.id = kebab(bare(name)) + "/" + input(in) + "/" + r.id
			}
		}
	}
}

// number gives each row that is an edge its index.
func number[T [clientInputs]cell | [serverInputs]cell](table []T) {
	n := uint16(0)
	for p := range table {
		for in := range len(table[p]) {
			c := table[p][in]
			for i := range c {
				if c[i].verdict == Accepted {
					c[i].index = n
					n++
				}
			}
		}
	}
}

// kebab turns a Go name such as AwaitResponse into await-response.
func kebab(name string) string {
	var b strings.Builder
	for i, c := range name {
		lower := i == 0 || name[i-1] < 'A' || name[i-1] > 'Z'
		if c >= 'A' && c <= 'Z' && i > 0 && lower {
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}

// wordOf turns FailureMissingTerminator into missing-terminator, as the ids of rows write a
// failure.
func wordOf(f Failure) string { return kebab(strings.TrimPrefix(f.String(), "Failure")) }

// recordStatus has every edge of c record the status of its event.
func (c cell) recordStatus() {
	for i := range c {
		if c[i].verdict == Accepted {
			c[i].op |= opStatus
		}
	}
}

// join puts cells one after the other.
func join(parts ...cell) (all cell) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// bits is the world a guard looks at: the facts of the event in the low half, conditions that
// follow from configuration and state in the high half. A guard is a mask and a value, so guards
// are data: they can be listed, drawn, exported and mutated.
type bits uint64

// row is one guarded edge of a cell. The first row whose guard holds is taken.
type row struct {
	// In the table its last word, such as replay; afterwards whole, such as
	// reading/401/ask-credentials.
	id      string
	mask    bits  // the guard: of these bits of the world ...
	want    bits  // ... exactly these must be set
	next    uint8 // phase after the step; 0 keeps the phase
	op      op
	mark    marks
	unmark  marks
	plan    Plan    // for opPlan
	failure Failure // for opFailure
	status  uint16  // for opStatus; statusOfState takes that of the event
	verdict Verdict
	effects [inside.MaxEffects]Effect
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
	return n * b // a shift, as b is a constant
}

// ignore and misuse are the two cells without transition.
var (
	ignore = cell{{verdict: Ignored}}
	misuse = cell{{verdict: Misuse}}
)

// op lists the other changes of a row to the state; 0 for rows that only change the phase.
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

// These conditions of guards have the words of the tables. Facts of the event are the low half of
// the world.
const (
	targetUsable       = bits(FactTargetUsable)
	targetVisited      = bits(FactTargetVisited)
	targetRefused      = bits(FactTargetRefused)
	khpSelected        = bits(FactKHP)
	kaazingAsked       = bits(FactKaazing)
	validRequest       = bits(FactValid)
	terminated         = bits(FactTerminated)
	responseComplete   = bits(FactHeadComplete)
	acceptMatches      = bits(FactAcceptMatches)
	subprotocolOffered = bits(FactProtocolOffered)
	extensionsAsked    = bits(FactExtensionsAsked)
	challengeUsable    = bits(FactChallengeUsable)
	proxyChallenge     = bits(FactProxyChallenge)
	upgradeToTLS       = bits(FactUpgradeTLS)
	newCredentials     = bits(FactNewCredentials)
	bodyExpected       = bits(FactExpectBody)
	extensionAgain     = bits(FactExtensionAgain)
	selectionValid     = bits(FactSelectionValid)
	locationGiven      = bits(FactLocation)
	challengeGiven     = bits(FactChallenge)
	upgradeGiven       = bits(FactUpgrade)
	rerouteGiven       = bits(FactReroute)
)

// Conditions that follow from configuration and state, in the high half of the world a guard looks
// at.
const (
	kaazing            bits = 1 << (32 + iota) // kaazing profile
	terminatorRequired                         // the terminator is required
	plainFallback                              // plain fallback allowed
	expectSent                                 // the request announced a body with Expect
	get                                        // the request is a GET
	redirectsOn                                // redirects are followed
	mayWait                                    // waiting after 202 is allowed
	proxyConfigured                            // a proxy is configured
	upgradeOn                                  // upgrade after 426 is allowed
	redirectsLeft                              // redirect budget left
	replaysLeft                                // replays (client) or challenges (server) left
	interimLeft                                // interim responses left
	plainServed                                // server: connections without KHP are served
	obligationsMet                             // server: the decision meets its status's duties
	unchecked                                  // server: obligations are not checked (test servers)
	auto                                       // auto profile
)

// The marks of the state take the highest bits.
const (
	condMarks      = 48
	waiting        = bits(markWait) << condMarks           // the wait deadline runs
	lateTerminator = bits(markLateTerminator) << condMarks // a late terminator may come
	bodySent       = bits(markBodySent) << condMarks       // body already sent
	bodyCut        = bits(markBodyCut) << condMarks        // body cut short by the response
	planFail       = bits(markPlanFail) << condMarks       // closing because of a failure
	// Closing as the application asked, or after open.
	planClose       = bits(markPlanClose) << condMarks
	proxyTried      = bits(markProxy) << condMarks   // the proxy was tried
	nothingReceived = bits(markEarly) << condMarks   // N may still come
	gateway         = bits(markGateway) << condMarks // N has come
	wasOpen         = bits(markOpened) << condMarks  // server: the connection was open
)

// bitNames name every bit of a guard for edge lists, pictures and exports.
var bitNames = map[bits]string{
	targetUsable:       "target usable",
	targetVisited:      "target visited",
	targetRefused:      "target refused",
	khpSelected:        "KHP selected",
	kaazingAsked:       ".kl=Y asked",
	validRequest:       "valid",
	terminated:         "terminated",
	responseComplete:   "response complete",
	acceptMatches:      "accept matches",
	subprotocolOffered: "subprotocol offered",
	extensionsAsked:    "extensions asked",
	challengeUsable:    "challenge usable",
	proxyChallenge:     "proxy challenge",
	upgradeToTLS:       "upgrade to TLS",
	newCredentials:     "new credentials",
	bodyExpected:       "Expect with body outstanding",
	extensionAgain:     "extension of the opening again",
	selectionValid:     "selection valid",
	locationGiven:      "Location",
	challengeGiven:     "WWW-Authenticate",
	upgradeGiven:       "Upgrade",
	rerouteGiven:       "reroute",
	kaazing:            "kaazing",
	terminatorRequired: "terminator required",
	plainFallback:      "plain fallback",
	expectSent:         "Expect sent",
	get:                "GET",
	redirectsOn:        "redirects on",
	mayWait:            "may wait",
	proxyConfigured:    "proxy configured",
	proxyTried:         "proxy tried",
	upgradeOn:          "upgrade on",
	redirectsLeft:      "redirects left",
	replaysLeft:        "replays left",
	interimLeft:        "interim left",
	waiting:            "wait running",
	lateTerminator:     "late terminator possible",
	bodySent:           "body sent",
	bodyCut:            "body cut short",
	planFail:           "plan fail",
	planClose:          "plan close",
	plainServed:        "plain served",
	obligationsMet:     "obligations met",
	unchecked:          "unchecked",
	auto:               "auto",
	nothingReceived:    "nothing received yet",
	gateway:            "N received",
	wasOpen:            "was open",
}

// guardText writes a guard as "a, b, not c".
func guardText(mask, want bits) string {
	var parts []string
	for b := bits(1); b != 0; b <<= 1 {
		if want&b != 0 {
			parts = append(parts, bitNames[b])
		}
	}
	for b := bits(1); b != 0; b <<= 1 {
		if mask&^want&b != 0 {
			parts = append(parts, "not "+bitNames[b])
		}
	}
	return strings.Join(parts, ", ")
}

// String lists the facts, for example "terminated, accept matches".
func (f Facts) String() string { return guardText(bits(f), bits(f)) }
