package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"example.com/khp/fsm"
	"example.com/khp/sim"
)

// model is what a template needs to know of the machines and of what surrounds them.
type model struct {
	Settings    []constant // bounds and switches
	Properties  []property
	Constants   []constant // phases, plans, failures, facts, timers
	Actions     []constant // what a client does with a status
	Columns     string     // all events
	ClientMarks []string
	ServerMarks []string
	Timers      []string
	Heeded      []constant
	Decisions   []decision
	Possible    []constant
	Capacity    int // of a queue
}

type constant struct{ Name, Value, Text string }

type property struct {
	Name   string
	Number int
	Text   string
}

// decision is something the server's application may decide.
type decision struct {
	Heeds, Column, Facts string
	Status               int
	Target               bool
	TargetIndex          int
	known                map[string]bool // facts
}

// closeColumn is the event of a response that just ends the connection.
var closeColumn = fsm.ClientColumn(fsm.Event{Kind: fsm.EventResponse, Status: 999})

// settings are the bounds and switches of the model with their defaults, which are those that the explorer uses.
var settings = []constant{
	{"KAAZING", "0", "the client speaks the kaazing profile"},
	{"AUTO", "0", "the client speaks the auto profile: it does not know how the server speaks"},
	{"UNAWARE", "0", "the server does not know the kaazing profile"},
	{"TERMINATOR_OPTIONAL", "0", "a response is complete without its terminator"},
	{"PLAIN_FALLBACK", "0", "the client opens a plain WebSocket if KHP is not selected"},
	{"EXPECT", "0", "the request announces a body with Expect: 100-continue"},
	{"OTHER_METHOD", "0", "the request is no GET"},
	{"NO_REDIRECTS", "0", "redirects are reported, not followed"},
	{"NO_WAIT", "0", "the client does not wait after 202"},
	{"PROXY", "0", "a proxy is configured"},
	{"UPGRADE", "0", "426 may be answered with TLS"},
	{"MAX_REDIRECTS", "1", "follow-up connections"},
	{"MAX_REPLAYS", "1", "replays after 401"},
	{"MAX_INTERIM", "2", "100 and 202 that a client takes"},
	{"SERVE_PLAIN", "0", "the server serves clients without KHP"},
	{"UNCHECKED", "0", "decisions may break the obligations of their status"},
	{"MAX_CHALLENGES", "1", "401 that a server sends"},
	{"MAX_DEFERRALS", "1", "202 that a server sends"},
	{"OBLIGATIONS_MET", "1", "the server's application gives what a status requires"},
}

// properties are checked in every state or at every order. Their numbers are those that a failed assertion shows.
var properties = []property{
	{"INV_01", 1, "open only if KHP was selected, every condition of completion holds and no Close came before"},
	{"INV_02", 2, "no application data is delivered before open, and none that was not sent"},
	{"INV_03", 3, "no application data is sent before open"},
	{"INV_04", 4, "opened at most once"},
	{"INV_05", 5, "exactly one terminal event, and nothing is ordered after it"},
	{"INV_06", 6, "an extended request only after an opening 101 that selected x-kaazing-handshake"},
	{"INV_07", 7, "at most one request is outstanding"},
	{"INV_08", 8, "accepted only in answer to a request, with what was requested"},
	{"INV_16", 16, "no request after a terminating status"},
	{"INV_17", 17, "a body only after 100, once, and only if it was announced"},
	{"INV_19", 19, "a replay only after 401 and with new credentials"},
	{"INV_20", 20, "replays within their bound"},
	{"INV_21", 21, "redirects and connections within their bounds"},
	{"INV_28", 28, "a new connection only after the old one is gone"},
	{"INV_39", 39, "no running timer is started over"},
	{"INV_40", 40, "the server sends no response after its Close"},
	{"INV_41", 41, "one deciding response, and a decision is asked for complete requests only"},
	{"INV_42", 42, "every response has its terminator right behind it"},
	{"INV_46", 46, "no 511, and 100 only if it was expected"},
	{"INV_50", 50, "a client is open only if its server completed the handshake"},
	{"INV_54", 54, "messages of the kaazing profile only to clients that asked for it"},
	{"LIV_01", 101, "until the end, or until both are open, somebody waits for something that time or the network brings"},
	{"LIV_06", 106, "whoever waits for the peer, the network or credentials has a timer running"},
	{"LIV_09", 109, "something can happen in every state that is not at rest"},
	{"BOUND", 200, "the queues are long enough"},
	{"TOTAL", 201, "an honest host is never told misuse"},
	{"WSP_FRAME_06", 202, "one Close frame each"},
}

// PropertyName returns the id of the property that a failed assertion shows as number, "" if there is none.
func PropertyName(number int) string {
	for _, p := range properties {
		if p.Number == number {
			return strings.ReplaceAll(p.Name, "_", "-")
		}
	}
	return ""
}

// possible are states that some run must reach.
var possible = []constant{
	{"LIV_03", "both_open", "open on both sides"},
	{"LIV_04", "both_open && c_replays == MAX_REPLAYS", "open after the last challenge"},
	{"LIV_05", "both_open && c_redirects == MAX_REDIRECTS", "open after the last redirect"},
	{"LIV_12", "c_phase == C_Closing && s_phase == S_Closing", "both close at the same time"},
	{"INV_35", "client_got == 1 && server_got == 1", "a message right behind the terminator arrives"},
}

// Possible returns the names of the formulas in the Promela model that must be refuted, because what they rule out must be possible.
func Possible() (names []string) {
	for _, p := range possible {
		names = append(names, "never_"+p.Name)
	}
	return names
}

func newModel() *model {
	m := &model{Settings: settings, Properties: properties, Possible: possible, ClientMarks: marksOf(Client), ServerMarks: marksOf(Server), Decisions: decisions()}
	m.constants()
	m.actions()
	for name := range (sim.Pair{}).Vars() {
		if strings.HasPrefix(name, "to_server_") {
			m.Capacity++
		}
	}
	var columns []string
	for _, side := range []Machine{Client, Server} {
		for _, c := range cellsOf(side) {
			if !slices.Contains(columns, ident(c.column)) {
				columns = append(columns, ident(c.column))
			}
		}
	}
	m.Columns = strings.Join(columns, ", ")
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		m.Timers = append(m.Timers, strings.TrimPrefix(t.String(), "Timer"))
	}
	return m
}

// constants lists numbers that the model shares with package fsm.
func (m *model) constants() {
	add := func(name string, value int) { m.Constants = append(m.Constants, constant{name, fmt.Sprint(value), ""}) }
	for p := fsm.ClientIdle; p <= fsm.ClientFailed; p++ {
		add(phaseName(Client, strings.TrimPrefix(p.String(), "Client")), int(p))
	}
	for p := fsm.ServerOpening; p <= fsm.ServerDone; p++ {
		add(phaseName(Server, strings.TrimPrefix(p.String(), "Server")), int(p))
	}
	for p := fsm.PlanFail; p <= fsm.PlanUpgrade; p++ {
		add(upper(p.String()), int(p))
	}
	for f := fsm.FailureAcceptMismatch; f <= fsm.FailureUnexpectedMessage; f++ {
		add(upper(f.String()), int(f))
	}
	for t := fsm.TimerOpening; t <= fsm.TimerReplay; t++ {
		add("T_"+strings.TrimPrefix(t.String(), "Timer"), 1<<t)
	}
	for f := fsm.FactTargetUsable; f <= fsm.FactReroute; f <<= 1 {
		add(factName(f.String()), int(f))
	}
}

// actions lists which statuses complete, and so on.
func (m *model) actions() {
	codes := map[string][]int{}
	names := map[fsm.Action]string{
		fsm.ActionComplete: "completes", fsm.ActionContinue: "continues", fsm.ActionWait: "waits", fsm.ActionReplay: "replays",
		fsm.ActionRedirect: "redirects", fsm.ActionRedirectChoice: "redirects", fsm.ActionRedirectIfGet: "redirects",
	}
	for r := range fsm.Statuses() {
		if name := names[r.Action]; name != "" {
			codes[name] = append(codes[name], r.Code)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(codes)) {
		m.Actions = append(m.Actions, constant{name, oneOf("status", codes[name]), ""})
	}
}

// decisions lists what the application of the server may decide, as the explorer's does.
func decisions() (list []decision) {
	met := []fsm.Facts{fsm.FactSelectionValid, fsm.FactLocation, fsm.FactChallenge, fsm.FactProxyChallenge, fsm.FactUpgrade}
	add := func(status, target int, facts []fsm.Facts, only string) {
		d := decision{Status: status, Target: target >= 0, TargetIndex: target, known: map[string]bool{}}
		for f := fsm.FactTargetUsable; f <= fsm.FactReroute; f <<= 1 {
			d.known[f.String()] = slices.Contains(facts, f)
		}
		var names []string
		for _, f := range facts {
			names = append(names, factName(f.String()))
		}
		column := fsm.ServerColumn(fsm.Event{Kind: fsm.EventDecided, Status: uint16(status)})
		d.Column, d.Facts = ident(column), strings.Join(names, " | ")
		d.Heeds = "server_heeds_" + d.Column + only
		list = append(list, d)
	}
	for _, status := range []int{101, 204, 202, 401, 403} {
		add(status, -1, met, "")
	}
	for target := range 4 {
		add(302, target, met, "")
	}
	for target := range 4 {
		add(101, target, append(slices.Clone(met), fsm.FactReroute), "_"+reroute)
	}
	return list
}

// reroute marks a decision that sends a client of the kaazing profile elsewhere.
const reroute = "elsewhere"

// heeded lists when a machine heeds the events that its host may always offer.
func (m *model) heeded(w wording) (list []constant) {
	list = append(list,
		constant{Name: "client_heeds_CloseRequested", Value: w.heeds(Client, "CloseRequested", nil)},
		constant{Name: "server_heeds_CloseRequested", Value: w.heeds(Server, "CloseRequested", nil)})
	for _, d := range m.Decisions {
		if slices.ContainsFunc(list, func(c constant) bool { return c.Name == d.Heeds }) {
			continue
		}
		column := fsm.ServerColumn(fsm.Event{Kind: fsm.EventDecided, Status: uint16(d.Status)})
		when := w.heeds(Server, column, d.known)
		if strings.HasSuffix(d.Heeds, reroute) {
			when = "MARKED" + w.and + when // only then the application may
		}
		list = append(list, constant{Name: d.Heeds, Value: when})
	}
	return list
}

// heeds writes when some row of a machine accepts an event, given facts.
func (w wording) heeds(side Machine, column string, known map[string]bool) string {
	var any []string
	for _, c := range cellsOf(side) {
		if c.column != column {
			continue
		}
		for i, r := range c.rows {
			rest, never := c.when[i].given(known)
			if r.Verdict == fsm.Accepted && !never {
				any = append(any, w.open+strings.Join(append([]string{w.phaseIs(side, c.phase)}, w.guard(side, rest)...), w.and)+w.close)
			}
		}
	}
	return w.open + strings.Join(any, w.or) + w.close
}

// statuses are the listed codes that fall under an event.
type statuses struct {
	column string
	codes  []int
}

func statusesOf(side Machine, kind fsm.EventKind) (list []statuses) {
	column := fsm.ClientColumn
	if side == Server {
		column = fsm.ServerColumn
	}
	for r := range fsm.Statuses() {
		name := column(fsm.Event{Kind: kind, Status: uint16(r.Code)})
		i := slices.IndexFunc(list, func(s statuses) bool { return s.column == name })
		if i < 0 {
			i = len(list)
			list = append(list, statuses{column: name})
		}
		list[i].codes = append(list[i].codes, r.Code)
	}
	return list
}

// oneOf writes "x == 1 || x == 2".
func oneOf(variable string, codes []int) string {
	var parts []string
	for _, c := range codes {
		parts = append(parts, fmt.Sprintf("%s == %d", variable, c))
	}
	return strings.Join(parts, " || ")
}

// marksOf returns the variables for the marks of a machine.
func marksOf(side Machine) (list []string) {
	names, server := fsm.MarkNames()
	if side == Server {
		names = server
	}
	for _, name := range names {
		list = append(list, sim.VarName(side.prefix()+"_", name))
	}
	return list
}

// prefix begins the names of a machine's variables.
func (m Machine) prefix() string { return m.String()[:1] }

// phaseName is the name of a phase in a model.
func phaseName(side Machine, phase string) string {
	return strings.ToUpper(side.prefix()) + "_" + phase
}

// phaseInline is the name of what a machine does in a phase.
func phaseInline(side Machine, phase string) string { return side.String() + "_in_" + snake(phase) }

// ident makes a name of words: "Response(Complete)" is Response_Complete.
func ident(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, strings.TrimSuffix(s, ")")), "_")
}

// factName is the name of a fact in a model.
func factName(s string) string {
	return "F_" + strings.ToUpper(strings.Trim(strings.ReplaceAll(ident(s), "__", "_"), "_"))
}

// snake writes SendClose as send_close, upper as SEND_CLOSE.
func snake(s string) string { return strings.ReplaceAll(words(s), " ", "_") }
func upper(s string) string { return strings.ToUpper(snake(s)) }
