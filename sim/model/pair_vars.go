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
		v := vars{yield: yield, more: true}
		v.machines(p)
		v.client(p.client.host)
		v.server(p.server.host)
		v.network(p)
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
	clientMarks, serverMarks := fsm.MarkNames()
	for _, name := range clientMarks {
		v.bit(VarName("c_", name), slices.Contains(c.Marks(), name))
	}
	for _, name := range serverMarks {
		v.bit(VarName("s_", name), slices.Contains(s.Marks(), name))
	}
}

func (v *vars) client(h clientHost) {
	v.num("c_running", int(h.timers.running))
	v.num("c_paused", int(h.timers.paused))
	v.bit("c_dialing", h.dialing)
	v.bit("c_connected", h.connected)
	v.bit("c_web_socket", h.webSocket)
	v.bit("c_asked", h.asked)
	v.bit("c_writing", h.writing)
	v.bit("c_following", h.following)
	v.bit("c_close_sent", h.closeSent)
	v.bit("c_selected", h.selected)
	v.bit("c_outstanding", h.outstanding)
	v.bit("c_challenged", h.challenged)
	v.bit("c_over", h.over)
	v.bit("c_body_allowed", h.bodyAllowed)
	v.bit("c_good", h.good)
	v.num("c_opened", int(h.opened))
	v.num("c_ended", int(h.ended))
	v.num("c_dials", int(h.dials))
}

func (v *vars) server(h serverHost) {
	v.num("s_running", int(h.timers.running))
	v.num("s_paused", int(h.timers.paused))
	v.bit("s_connected", h.connected)
	v.bit("s_web_socket", h.webSocket)
	v.bit("s_deciding", h.deciding)
	v.bit("s_body_owed", h.bodyOwed)
	v.bit("s_close_sent", h.closeSent)
	v.bit("s_peer_closed", h.peerClosed)
	v.bit("s_selected", h.selected)
	v.bit("s_request", h.request)
	v.bit("s_responding", h.responding)
	v.bit("s_decided", h.decided)
	v.bit("s_asked_kaazing", h.kaazing)
	v.num("s_opened", int(h.opened))
	v.num("s_ended", int(h.ended))
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
