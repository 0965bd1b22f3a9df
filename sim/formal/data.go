package formal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/tables"
	"example.com/khp/sim/export"
	"example.com/khp/sim/model"
)

// pairModel is the data of a template about the machines and their surroundings.
type pairModel struct {
	Settings    []constant // bounds and switches
	Properties  []property
	Constants   []constant // phases, plans, failures, facts, timers
	Actions     []constant // predicates of statuses
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

// closeColumn is the event of a response that just ends the connection.
var closeColumn = tables.FSM.ClientColumn(fsm.Event{Kind: fsm.EventResponse, Status: 999})

func newModel() *pairModel {
	m := &pairModel{Settings: settings, Properties: properties, Possible: possible,
		ClientMarks: marksOf(model.Client), ServerMarks: marksOf(model.Server), Decisions: decisions()}
	m.constants()
	m.actions()
	for name := range (model.Pair{}).Vars() {
		if strings.HasPrefix(name, "to_server_") {
			m.Capacity++
		}
	}
	var columns []string
	for _, side := range []model.Side{model.Client, model.Server} {
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
func (m *pairModel) constants() {
	add := func(name string, value int) {
		m.Constants = append(m.Constants, constant{name, fmt.Sprint(value), ""})
	}
	for p := fsm.ClientIdle; p <= fsm.ClientFailed; p++ {
		add(phaseName(model.Client, strings.TrimPrefix(p.String(), "Client")), int(p))
	}
	for p := fsm.ServerOpening; p <= fsm.ServerDone; p++ {
		add(phaseName(model.Server, strings.TrimPrefix(p.String(), "Server")), int(p))
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
func (m *pairModel) actions() {
	statuses := actionStatuses()
	for _, name := range slices.Sorted(maps.Keys(statuses)) {
		m.Actions = append(m.Actions, constant{name, oneOf("status", statuses[name]), ""})
	}
}

// actionStatuses lists the statuses of each action that a model asks for; a status in no list
// terminates.
func actionStatuses() map[string][]int {
	lists := map[string][]int{}
	names := map[codes.Action]string{
		codes.ActionComplete: "completes", codes.ActionContinue: "continues", codes.ActionWait: "waits",
		codes.ActionReplay:   "replays",
		codes.ActionRedirect: "redirects", codes.ActionRedirectChoice: "redirects",
		codes.ActionRedirectIfGet: "redirects",
	}
	for r := range fsm.Statuses() {
		if name := names[r.Action]; name != "" {
			lists[name] = append(lists[name], r.Code)
		}
	}
	return lists
}

// statuses are the listed codes that fall under an event.
type statuses struct {
	column string
	codes  []int
}

func statusesOf(side model.Side, kind fsm.EventKind) (list []statuses) {
	column := tables.FSM.ClientColumn
	if side == model.Server {
		column = tables.FSM.ServerColumn
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
func marksOf(side model.Side) (list []string) {
	for _, name := range markNames(side) {
		list = append(list, promelaWords.mark(side, name))
	}
	return list
}

// prefix begins the names of a machine's variables.
func prefix(s model.Side) string { return s.String()[:1] }

// phasesOf returns the phases of a machine.
func phasesOf(s model.Side) []export.Phase {
	m, _ := export.ParseMachine(s.String())
	return export.Phases(m)
}

// phaseName is the name of a phase in a model.
func phaseName(side model.Side, phase string) string {
	return strings.ToUpper(prefix(side)) + "_" + phase
}

// phaseInline is the name of the inline with the rows of a phase.
func phaseInline(side model.Side, phase string) string {
	return side.String() + "_in_" + snake(phase)
}

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
func snake(s string) string { return strings.ReplaceAll(export.Words(s), " ", "_") }
func upper(s string) string { return strings.ToUpper(snake(s)) }
