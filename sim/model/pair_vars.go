package model

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"example.com/khp/fsm"
)

// Vars iterates over everything that makes p differ from other states, by the names of the
// variables in the exported model, so that another checker's states can be compared with those
// found here, one by one.
func (p Pair) Vars() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		if p.client == nil {
			p = pairOf(clientWorld{}, serverWorld{})
		}
		v := vars{yield: yield, more: true}
		v.machines(p)
		v.host("c_", p.client.host.host, clientMarks)
		v.num("c_dials", int(p.client.host.dials))
		v.host("s_", p.server.host.host, serverMarks)
		v.network(p)
	}
}

// Vars iterates over everything that makes w differ from other states, by the names that a pair has.
func (w clientWorld) Vars() iter.Seq2[string, int] { return pairOf(w, serverWorld{}).varsOf("c_") }

// Vars iterates over everything that makes w differ from other states, likewise.
// The server of a pair is never asked for an extension again, so that variable comes on top.
func (w serverWorld) Vars() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		v := vars{yield: yield, more: true}
		for name, value := range pairOf(clientWorld{}, w).varsOf("s_") {
			v.num(name, value)
		}
		v.bit("s_again", w.host.is(again))
	}
}

// pairOf returns a pair that has not met, outside of any system.
func pairOf(c clientWorld, s serverWorld) Pair {
	return Pair{client: &clientPart{clientWorld: c}, server: &serverPart{serverWorld: s}, toClient: &queuePart{}, toServer: &queuePart{}}
}

func (p Pair) varsOf(prefix string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for name, value := range p.Vars() {
			if strings.HasPrefix(name, prefix) && !yield(name, value) {
				return
			}
		}
	}
}

// vars hands out variables until it is told to stop.
type vars struct {
	yield func(string, int) bool
	more  bool
}

func (v *vars) num(name string, value int) { v.more = v.more && v.yield(name, value) }

func (v *vars) bit(name string, value bool) {
	n := 0
	if value {
		n = 1
	}
	v.num(name, n)
}

// VarName makes the name of a variable of a condition or mark: "wait running" of the client is
// c_wait_running.
func VarName(prefix, name string) string { return prefix + strings.ReplaceAll(name, " ", "_") }

func (v *vars) machines(p Pair) {
	c, s := p.client.state, p.server.state
	v.num("c_phase", int(c.Phase()))
	v.num("c_interim", c.Interim())
	v.num("c_replays", c.Replays())
	v.num("c_redirects", c.Redirects())
	v.num("c_plan", int(c.Plan()))
	v.num("c_failure", int(c.Failure()))
	v.num("c_status", c.Status())
	v.num("s_phase", int(s.Phase()))
	v.num("s_interim", s.Deferrals())
	v.num("s_replays", s.Challenges())
	v.num("s_failure", int(s.Failure()))
	v.num("s_status", s.Status())
	clientNames, serverNames := fsm.MarkNames()
	for _, name := range clientNames {
		v.bit(VarName("c_", name), slices.Contains(c.Marks(), name))
	}
	for _, name := range serverNames {
		v.bit(VarName("s_", name), slices.Contains(s.Marks(), name))
	}
}

// namedMark is a mark and its name in the exported model.
type namedMark struct {
	mark marks
	name string
}

// clientMarks and serverMarks list the marks that exported models have.
var (
	clientMarks = []namedMark{
		{dialing, "dialing"}, {connected, "connected"}, {webSocket, "web_socket"}, {asked, "asked"}, {writing, "writing"}, {following, "following"},
		{closeSent, "close_sent"}, {selected, "selected"}, {outstanding, "outstanding"}, {challenged, "challenged"}, {over, "over"},
		{bodyAllowed, "body_allowed"}, {good, "good"},
	}
	serverMarks = []namedMark{
		{connected, "connected"}, {webSocket, "web_socket"}, {deciding, "deciding"}, {bodyOwed, "body_owed"}, {closeSent, "close_sent"},
		{peerClosed, "peer_closed"}, {selected, "selected"}, {requested, "request"}, {responding, "responding"}, {decided, "decided"},
		{kaazingClient, "asked_kaazing"},
	}
)

func (v *vars) host(prefix string, h host, list []namedMark) {
	v.num(prefix+"running", int(h.timers.running))
	v.num(prefix+"paused", int(h.timers.paused))
	for _, m := range list {
		v.bit(prefix+m.name, h.is(m.mark))
	}
	v.num(prefix+"opened", int(h.opened))
	v.num(prefix+"ended", int(h.ended))
}

func (v *vars) network(p Pair) {
	v.bit("up", p.up)
	v.bit("cut", p.cut)
	v.num("unit", int(p.unit.kind))
	v.num("unit_status", int(p.unit.status))
	v.num("unit_target", int(p.unit.target))
	v.num("client_sent", int(p.clientSent))
	v.num("server_sent", int(p.serverSent))
	v.num("client_got", int(p.clientGot))
	v.num("server_got", int(p.serverGot))
	v.bit("server_opened", p.serverOpened)
	for i := range p.toClient.list {
		m := unpack(p.toClient.list[i])
		v.num(slot("to_client", i), int(m.kind)|int(m.status)<<8|int(m.target)<<24)
	}
	for i := range p.toServer.list {
		v.num(slot("to_server", i), int(unpack(p.toServer.list[i]).kind))
	}
}

// slot names a place in a queue.
func slot(queue string, i int) string { return queue + "_" + strconv.Itoa(i) }
