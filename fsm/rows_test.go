package fsm

import (
	"iter"
	"slices"
	"strings"
	"testing"

	"example.com/khp/fsm/codes"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// plainState is a state of either machine without types of this package, as a model checker would
// keep it.
type plainState struct {
	phase                       string
	marks                       map[string]bool
	interim, replays, redirects int
	plan                        Plan
	failure                     Failure
	status                      uint16
}

// interpret runs rows from their data alone.
func interpret(
	rows []Row, s plainState, column string, ev Event, holds func(string) bool,
) (plainState, []Effect, Verdict) {
	if column == "" {
		return s, nil, Misuse
	}
	for _, r := range rows {
		if r.From != s.phase || r.Event != column ||
			slices.ContainsFunc(r.When, func(c Condition) bool { return holds(c.Name) == c.Not }) {
			continue
		}
		if r.Verdict != Accepted {
			return s, nil, r.Verdict
		}
		s = s.apply(r, ev)
		return s, s.orders(r.Effects), Accepted
	}
	panic("no row of " + s.phase + " takes " + column)
}

// apply makes the changes of a row, in the documented order.
func (s plainState) apply(r Row, ev Event) plainState {
	c, marks := r.Changes, map[string]bool{}
	for name, on := range s.marks {
		marks[name] = on && (!c.NewConnection || name == "proxy tried")
	}
	if c.NewConnection {
		s.interim, s.replays, s.plan, s.failure, s.status = 0, 0, 0, 0, 0
	}
	for _, name := range c.Clear {
		marks[name] = false
	}
	for _, name := range c.Set {
		marks[name] = true
	}
	s.phase, s.marks = r.To, marks
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	count(&s.interim, c.Interim)
	count(&s.replays, c.Replay)
	count(&s.redirects, c.Redirect)
	if r.Plan != 0 {
		s.plan = r.Plan
	}
	if r.Failure != 0 {
		s.failure = r.Failure
	}
	if c.FailureOfEvent {
		if s.failure = ev.Failure; s.failure == 0 {
			s.failure = FailureMalformed
		}
	}
	switch {
	case c.StatusOfEvent:
		s.status = ev.Status
	case c.Status != 0:
		s.status = c.Status
	}
	return s
}

// orders fills in the data that effects take from the state.
func (s plainState) orders(list []Effect) (out []Effect) {
	for _, f := range list {
		switch {
		case f.Kind == EffectFail:
			f.Failure, f.Code = s.failure, s.status
		case f.Kind == EffectSendClose && f.Code == 1:
			f.Code = CloseCode(s.failure)
		case (f.Kind == EffectSendResponse || f.Kind == EffectRefuseOpening) && f.Code == 0:
			f.Code = s.status
		}
		out = append(out, f)
	}
	return out
}

// marked lists marks by name.
func marked(m marks, names markNames, all []string) map[string]bool {
	list := map[string]bool{}
	for _, name := range all {
		list[name] = slices.Contains(names.of(m), name)
	}
	return list
}

func anyEvent(t *rapid.T, withStatus EventKind) Event {
	ev := Event{Kind: EventKind(rapid.IntRange(0, int(EventApplicationFailed)+1).Draw(t, "kind"))}
	if rapid.Bool().Draw(t, "response or timer") {
		ev.Kind = rapid.SampledFrom([]EventKind{withStatus, EventTimerExpired}).Draw(t, "which")
	}
	ev.Timer = Timer(rapid.IntRange(0, int(TimerReplay)+1).Draw(t, "timer"))
	ev.Failure = Failure(rapid.IntRange(0, int(FailureUnexpectedMessage)).Draw(t, "failure"))
	ev.Status = rapid.SampledFrom([]uint16{0, 100, 101, 200, 202, 204, 300, 302, 307, 401, 403, 407,
		426, 511, 600, 1000}).Draw(t, "status")
	for f := FactTargetUsable; f <= FactReroute; f <<= 1 {
		if rapid.Bool().Draw(t, f.String()) {
			ev.Facts |= f
		}
	}
	return ev
}

// fact looks a condition up among the facts of an event.
func fact(name string, facts Facts) (holds, isFact bool) {
	for f := FactTargetUsable; f <= FactReroute; f <<= 1 {
		if f.String() == name {
			return facts.Has(f), true
		}
	}
	return false, false
}

func TestRows_DoWhatClientStepDoes(t *testing.T) {
	rows, names := slices.Collect(ClientRows()), first(tools{}.MarkNames())
	taken, runs := map[string]bool{}, 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		flag, small := rapid.Bool(), rapid.Uint8Range(0, 3)
		cfg := ClientConfig{
			rapid.SampledFrom([]Profile{ProfileSpec, ProfileKaazing, ProfileAuto}).Draw(t, "profile"),
			flag.Draw(t, "optional"), flag.Draw(t, "plain"), flag.Draw(t, "expect"), flag.Draw(t, "other"),
			flag.Draw(t, "stay"), flag.Draw(t, "no wait"), flag.Draw(t, "proxy"), flag.Draw(t, "upgrade"),
			small.Draw(t, "redirects"), small.Draw(t, "replays"), small.Draw(t, "interim"), nil,
		}
		s := ClientState{
			ClientPhase(rapid.IntRange(1, int(clientPhases)-1).Draw(t, "phase")),
			marks(rapid.IntRange(0, int(markGateway)*2-1).Draw(t, "marks")),
			counts{small.Draw(t, "had interim"), small.Draw(t, "had replays"),
				small.Draw(t, "had redirects")},
			ending{Plan(rapid.IntRange(0, int(PlanUpgrade)).Draw(t, "plan")), Failure(rapid.IntRange(0,
				int(FailureUTF8)).Draw(t, "had failure")), rapid.Uint16Range(0, 999).Draw(t, "had status")},
		}
		ev := anyEvent(t, EventResponse)
		plain := func(s ClientState) plainState {
			return plainState{bare(s.phase.String()), marked(s.marks, clientMarks, names),
				int(s.count.interim), int(s.count.replays), int(s.count.redirects), s.end.plan,
				s.end.failure, s.end.status}
		}
		before := plain(s)
		switches := map[string]bool{
			"kaazing": cfg.Profile == ProfileKaazing, "auto": cfg.Profile == ProfileAuto,
			"terminator required": !cfg.TerminatorOptional, "plain fallback": cfg.PlainFallback,
			"Expect sent": cfg.Expect, "GET": !cfg.OtherMethod,
			"redirects on": !cfg.NoRedirects, "may wait": !cfg.NoWait, "proxy configured": cfg.Proxy,
			"upgrade on":     cfg.Upgrade,
			"redirects left": s.count.redirects < cfg.MaxRedirects,
			"replays left":   s.count.replays < cfg.MaxReplays,
			"interim left":   s.count.interim < cfg.MaxInterim,
		}
		got, effects, verdict := interpret(rows, before, tools{}.ClientColumn(ev), ev,
			look(t, ev, before, switches))
		next, wantEffects, want := cfg.Step(s, ev)
		require.Equal(t, want, verdict)
		require.Equal(t, plain(next), got)
		require.Equal(t, slices.Collect(wantEffects.All()), effects)
		taken[s.phase.String()+tools{}.ClientColumn(ev)] = true
	})
	require.Greater(t, len(taken), min(runs, 100)/2, "random runs meet many cells")
}

func TestRows_DoWhatServerStepDoes(t *testing.T) {
	_, names := tools{}.MarkNames()
	rows := slices.Collect(ServerRows())
	rapid.Check(t, func(t *rapid.T) {
		flag, small := rapid.Bool(), rapid.Uint8Range(0, 3)
		cfg := ServerConfig{flag.Draw(t, "plain"), flag.Draw(t, "unchecked"), small.Draw(t, "challenges"),
			small.Draw(t, "deferrals"), nil}
		s := ServerState{phase: ServerPhase(rapid.IntRange(1, int(serverPhases)-1).Draw(t, "phase"))}
		for _, m := range []marks{markKaazing, markOpened} {
			if flag.Draw(t, "mark") {
				s.marks |= m
			}
		}
		s.count = serverCounts{small.Draw(t, "had challenges"), small.Draw(t, "had deferrals")}
		s.end = ending{0, Failure(rapid.IntRange(0, int(FailureUTF8)).Draw(t, "had failure")),
			rapid.Uint16Range(0, 999).Draw(t, "had status")}
		ev := anyEvent(t, EventDecided)
		plain := func(s ServerState) plainState {
			return plainState{bare(s.phase.String()), marked(s.marks, serverMarks, names),
				int(s.count.deferrals), int(s.count.challenges), 0, 0, s.end.failure, s.end.status}
		}
		before := plain(s)
		switches := map[string]bool{
			"plain served": cfg.Plain, "unchecked": cfg.Unchecked,
			"replays left": s.count.challenges < cfg.MaxChallenges,
			"interim left": s.count.deferrals < cfg.MaxDeferrals,
			"obligations met": ev.Kind == EventDecided &&
				(cfg.Unchecked || Status(int(ev.Status)).Duties&codes.NeverSend == 0 &&
					MissingField(Status(int(ev.Status)), ev.Facts) == ""),
		}
		got, effects, verdict := interpret(rows, before, tools{}.ServerColumn(ev), ev,
			look(t, ev, before, switches))
		next, wantEffects, want := cfg.Step(s, ev)
		require.Equal(t, want, verdict)
		require.Equal(t, plain(next), got)
		require.Equal(t, slices.Collect(wantEffects.All()), effects)
	})
}

// look finds out whether a condition holds; there are none but facts, marks and switches.
func look(t *rapid.T, ev Event, s plainState, switches map[string]bool) func(string) bool {
	return func(name string) bool {
		if holds, ok := fact(name, ev.Facts); ok {
			return holds
		}
		if holds, ok := s.marks[name]; ok {
			return holds
		}
		holds, ok := switches[name]
		require.True(t, ok, "the condition %q is a fact, a mark or a switch", name)
		return holds
	}
}

func first[A, B any](a A, _ B) A { return a }

func TestRows_ArePutBackAsTheyWere(t *testing.T) {
	for side, cells := range map[string]func(func(place) bool){"client": clientPlaces,
		"server": serverPlaces} {
		n, rows := 0, slices.Collect(RowsOf(side))
		cells(func(r place) bool {
			want := *r.row
			if want.next != 0 && r.phase(want.next) == r.from {
				want.next = 0 // going where it is already is staying
			}
			require.Equal(t, want, read(side, rows[n]), "%s %s %s %s", side, r.from, r.event, r.row.id)
			n++
			return true
		})
		require.Len(t, rows, n)
	}
}

func TestRows_StopWhenAsked(t *testing.T) {
	n := 0
	for range ClientRows() {
		if n++; n == 3 {
			break
		}
	}
	require.Equal(t, 3, n)
}

// RowsOf iterates over the rows of "client" or "server".
func RowsOf(side string) iter.Seq[Row] {
	if side == "server" {
		return ServerRows()
	}
	return ClientRows()
}

func TestRows_GuardsInWords(t *testing.T) {
	for _, side := range []string{"client", "server"} {
		for r := range RowsOf(side) {
			var texts []string
			for _, c := range r.When {
				texts = append(texts, c.String())
			}
			require.Equal(t, r.Guard, strings.Join(texts, ", "))
		}
	}
}
