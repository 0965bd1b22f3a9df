package prove

import (
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/tables"
)

// Machine is a machine of package fsm with its surroundings, as terms.
type Machine struct {
	Side   string // "client" or "server"
	rows   []fsm.Row
	phases []string
	first  string   // phase at the start
	state  []string // variables that steps change: marks, knowledge of the host, timers
	config []string // variables that no step changes
	start  []string // variables of the state that are set at the start; all others are not
	host   host
	goals  []goal
	limits limits
	cell   [2]string // phase and event of the one cell that is asked about, if it is one
}

// Cell returns the machine to ask about one cell alone: enough once all others are proven.
func (m *Machine) Cell(phase, event string) *Machine {
	one := *m
	one.cell = [2]string{phase, event}
	return &one
}

func (m *Machine) asks(r fsm.Row) bool {
	return m.cell == [2]string{} || m.cell == [2]string{r.From, r.Event}
}

// host is the surroundings of a machine.
type host struct {
	possible func(*run) *term       // whether the event can happen
	learn    func(*run)             // the host learns from the event alone
	obey     func(*run, fsm.Effect) // carries out an effect, and returns its condition
	done     func(*run)             // conditions once all are carried out; nil is none
}

// goal must hold in every state.
type goal struct {
	id, text string
	phases   []string // where it must hold; nil: everywhere
	holds    *term
}

// run is the symbolic run of one row.
type run struct {
	m      *Machine
	row    fsm.Row
	at     map[string]*term // values of the variables of the state
	when   *term            // the event can happen and the row is taken, by the values before
	duties []duty
	stated [][2]string // ids and texts of the conditions, also of those that the row meets alone
}

// duty is a condition that a row has to meet.
type duty struct {
	id, text string
	holds    *term
}

// get returns the value of a variable of the state; set changes it.
func (r *run) get(name string) *term {
	t, ok := r.at[name]
	if !ok {
		panic("prove: no variable " + name)
	}
	return t
}

func (r *run) set(name string, t *term) { r.get(name); r.at[name] = t }

// fact is a finding about the event.
func fact(f fsm.Facts) *term { return variable(factPrefix + f.String()) }

const factPrefix = "fact "

// must notes a duty.
func (r *run) must(id, text string, holds *term) {
	r.stated = append(r.stated, [2]string{id, text})
	if holds != yes {
		r.duties = append(r.duties, duty{id, text, holds})
	}
}

// in reports whether the row starts in one of the phases.
func (r *run) in(phases ...string) *term { return constant(slices.Contains(phases, r.row.From)) }

// event is the kind of the row's event, and the text in parentheses behind it: of
// Response(Complete) it is "Response" and "Complete".
func (r *run) event() (kind, of string) {
	kind, of, _ = strings.Cut(strings.TrimSuffix(r.row.Event, ")"), "(")
	return kind, of
}

// condition is the condition of a guard.
func (r *run) condition(c fsm.Condition) *term {
	t, ok := r.at[c.Name]
	switch {
	case ok:
	case slices.Contains(r.m.config, c.Name), r.m.limits.of[c.Name] != (limit{}):
		t = variable(c.Name)
	case c.Name == obligationsMet:
		t = r.obligations()
	default:
		t = variable(factPrefix + c.Name)
	}
	if c.Not {
		return not(t)
	}
	return t
}

func (r *run) guard(row fsm.Row) *term {
	all := make([]*term, len(row.When))
	for i, c := range row.When {
		all[i] = r.condition(c)
	}
	return and(all...)
}

// run runs row number n.
func (m *Machine) run(n int) *run {
	r := &run{m: m, row: m.rows[n], at: map[string]*term{}}
	for _, v := range m.state {
		r.at[v] = variable(v)
	}
	when := []*term{m.host.possible(r), r.guard(r.row)}
	for i := n - 1; i >= 0 && m.rows[i].From == r.row.From && m.rows[i].Event == r.row.Event; i-- {
		when = append(when, not(r.guard(m.rows[i])))
	}
	r.when = and(when...)
	if r.row.Verdict == fsm.Misuse {
		r.misuse()
		return r
	}
	before := map[string]*term{}
	for k, v := range r.at {
		before[k] = v
	}
	m.host.learn(r)
	if r.row.Verdict == fsm.Accepted {
		r.change(before)
		for _, e := range r.row.Effects {
			r.timer(e)
			r.obey(e)
			m.host.obey(r, e)
			r.fits(e)
		}
	}
	if m.host.done != nil {
		m.host.done(r)
	}
	return r
}

// misuse must not be the verdict for an honest driver; only decisions may be refused like that.
func (r *run) misuse() {
	if kind, _ := r.event(); kind != "Decided" {
		r.must("TOTAL", "an honest driver is never told Misuse", no)
	}
}

// change changes the marks as the row says.
func (r *run) change(before map[string]*term) {
	client, server := tables.FSM.MarkNames()
	marks := client
	if r.m.Side == "server" {
		marks = server
	}
	for _, name := range marks {
		t := before[name]
		switch c := r.row.Changes; {
		case slices.Contains(c.Set, name):
			t = yes
		case slices.Contains(c.Clear, name), c.NewConnection && name != "proxy tried":
			t = no
		}
		r.set(name, t)
	}
}

// timer carries out an effect on timers.
func (r *run) timer(e fsm.Effect) {
	name := strings.TrimPrefix(e.Timer.String(), "Timer")
	runs, still := runs(name), still(name)
	if _, ok := r.at[runs]; !ok && e.Kind != fsm.EffectStopTimers {
		r.must("TOTAL", carriedOut, constant(!aboutTimer(e.Kind))) // it has no such timer
		return
	}
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectArmTimer:
		r.must("INV-39", "no timer is started over while it runs", not(or(r.get(runs), r.get(still))))
		r.set(runs, yes)
	case fsm.EffectStopTimer:
		r.set(runs, no)
		r.set(still, no)
	case fsm.EffectPauseTimer:
		r.set(still, or(r.get(still), r.get(runs)))
		r.set(runs, no)
	case fsm.EffectResumeTimer:
		r.set(runs, or(r.get(runs), r.get(still)))
		r.set(still, no)
	case fsm.EffectStopTimers:
		for _, v := range r.m.state {
			if strings.HasSuffix(v, runs0) || strings.HasSuffix(v, still0) {
				r.set(v, no)
			}
		}
	}
}

// obey carries out the part of an order that both sides have in common.
func (r *run) obey(e fsm.Effect) {
	r.must("INV-05", "nothing after the terminal event", not(r.get(toldEnd)))
	//exhaustive:ignore
	switch e.Kind {
	case fsm.EffectDeliver:
		r.must("INV-02", "no application data delivered before open", r.in("Open", "Plain"))
	case fsm.EffectSendClose:
		r.must("WSP-FRAME-06", "one Close frame at most", not(r.get(closeSent)))
		r.set(closeSent, yes)
	case fsm.EffectClosed, fsm.EffectFail:
		r.set(toldEnd, yes)
		r.must("INV-05", "the end is told when the connection is gone", not(r.get(connected)))
	}
}

const (
	runs0  = " timer runs"
	still0 = " timer stands still"
)

func runs(timer string) string  { return strings.ToLower(timer) + runs0 }
func still(timer string) string { return strings.ToLower(timer) + still0 }

// timers are the variables of the timers that a machine knows.
func timers(names ...string) (list []string) {
	for _, n := range names {
		list = append(list, runs(n), still(n))
	}
	return list
}

// phasesOf lists the phases of rows in order.
func phasesOf(rows []fsm.Row) (list []string) {
	for _, r := range rows {
		if !slices.Contains(list, r.From) {
			list = append(list, r.From)
		}
	}
	return list
}
