package model

import (
	"iter"
	"strconv"

	"example.com/khp/sim/model/internal/world"
)

// Vars iterates over everything that makes p differ from other states, by the names of the
// variables in the exported model, so that another checker's states can be compared with those
// found here, one by one.
func (p Pair) Vars() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		v := world.Vars{Yield: yield, More: true}
		if p.client == nil {
			p = Pair{client: &clientPart{}, server: &serverPart{}, toClient: &queuePart{},
				toServer: &queuePart{}}
		}
		p.client.Numbers(&v)
		p.server.Numbers(&v)
		p.client.Marks(&v)
		p.server.Marks(&v)
		p.client.Around(&v)
		p.server.Around(&v)
		p.network(&v)
	}
}

// network has the messages under way.
func (p *Pair) network(v *world.Vars) {
	v.Bit("up", p.up)
	v.Bit("cut", p.cut)
	v.Num("unit", int(p.unit.kind))
	v.Num("unit_status", int(p.unit.status))
	v.Num("unit_target", int(p.unit.target))
	v.Num("client_sent", int(p.clientSent))
	v.Num("server_sent", int(p.serverSent))
	v.Num("client_got", int(p.clientGot))
	v.Num("server_got", int(p.serverGot))
	v.Bit("server_opened", p.serverOpened)
	for i := range p.toClient.list {
		m := unpack(p.toClient.list[i])
		v.Num(slot("to_client", i), int(m.kind)|int(m.status)<<8|int(m.target)<<24)
	}
	for i := range p.toServer.list {
		v.Num(slot("to_server", i), int(unpack(p.toServer.list[i]).kind))
	}
}

// slot names a place in a queue.
func slot(queue string, i int) string { return queue + "_" + strconv.Itoa(i) }
