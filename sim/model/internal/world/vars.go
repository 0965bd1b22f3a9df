package world

import (
	"iter"
	"slices"
	"strings"

	"example.com/khp/internal/tables"
)

// Vars iterates over everything that makes w differ from other states, by the names that a pair
// has.
func (w Client) Vars() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		v := Vars{Yield: yield, More: true}
		w.Numbers(&v)
		w.Marks(&v)
		w.Around(&v)
	}
}

// Vars iterates over everything that makes w differ from other states, likewise.
// The server of a pair is never asked for an extension again, so that variable comes on top.
func (w Server) Vars() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		v := Vars{Yield: yield, More: true}
		w.Numbers(&v)
		w.Marks(&v)
		w.Around(&v)
		v.Bit("s_again", w.Host.Is(again))
	}
}

// Vars hands out variables until it is told to stop.
type Vars struct {
	Yield func(string, int) bool
	More  bool
}

func (v *Vars) Num(name string, value int) { v.More = v.More && v.Yield(name, value) }

func (v *Vars) Bit(name string, value bool) {
	n := 0
	if value {
		n = 1
	}
	v.Num(name, n)
}

// VarName makes the name of a variable of a condition or mark: "wait running" of the client is
// c_wait_running.
func VarName(prefix, name string) string { return prefix + strings.ReplaceAll(name, " ", "_") }

// Numbers are those of the machine's state.
func (w *Client) Numbers(v *Vars) {
	c := w.State
	v.Num("c_phase", int(c.Phase()))
	v.Num("c_interim", c.Interim())
	v.Num("c_replays", c.Replays())
	v.Num("c_redirects", c.Redirects())
	v.Num("c_plan", int(c.Plan()))
	v.Num("c_failure", int(c.Failure()))
	v.Num("c_status", c.Status())
}

// Numbers are those of the machine's state.
func (w *Server) Numbers(v *Vars) {
	s := w.State
	v.Num("s_phase", int(s.Phase()))
	v.Num("s_interim", s.Deferrals())
	v.Num("s_replays", s.Challenges())
	v.Num("s_failure", int(s.Failure()))
	v.Num("s_status", s.Status())
}

// Marks are those of the machine's state.
func (w *Client) Marks(v *Vars) {
	names, _ := tables.FSM.MarkNames()
	v.marks("c_", names, tables.FSM.ClientMarks(w.State))
}

// Marks are those of the machine's state.
func (w *Server) Marks(v *Vars) {
	_, names := tables.FSM.MarkNames()
	v.marks("s_", names, tables.FSM.ServerMarks(w.State))
}

func (v *Vars) marks(prefix string, names, set []string) {
	for _, name := range names {
		v.Bit(VarName(prefix, name), slices.Contains(set, name))
	}
}

// Around is the state of the machine's surroundings.
func (w *Client) Around(v *Vars) {
	v.host("c_", w.Host.Host, clientMarks)
	v.Num("c_dials", int(w.Host.Dials))
}

// Around is the state of the machine's surroundings.
func (w *Server) Around(v *Vars) { v.host("s_", w.Host.Host, serverMarks) }

// namedMark is a mark and its name in the exported model.
type namedMark struct {
	mark marks
	name string
}

// clientMarks and serverMarks list the marks that exported models have.
var (
	clientMarks = []namedMark{
		{Dialing, "dialing"}, {Connected, "connected"}, {WebSocket, "web_socket"}, {Asked, "asked"},
		{Writing, "writing"}, {Following, "following"},
		{CloseSent, "close_sent"}, {selected, "selected"}, {outstanding, "outstanding"},
		{challenged, "challenged"}, {over, "over"},
		{bodyAllowed, "body_allowed"}, {good, "good"},
	}
	serverMarks = []namedMark{
		{Connected, "connected"}, {WebSocket, "web_socket"}, {Deciding, "deciding"},
		{bodyOwed, "body_owed"}, {CloseSent, "close_sent"},
		{peerClosed, "peer_closed"}, {selected, "selected"}, {requested, "request"},
		{responding, "responding"}, {Decided, "decided"},
		{kaazingClient, "asked_kaazing"},
	}
)

func (v *Vars) host(prefix string, h Host, list []namedMark) {
	v.Num(prefix+"running", int(h.Timers.running))
	v.Num(prefix+"paused", int(h.Timers.paused))
	for _, m := range list {
		v.Bit(prefix+m.name, h.Is(m.mark))
	}
	v.Num(prefix+"opened", int(h.Opened))
	v.Num(prefix+"ended", int(h.Ended))
}
