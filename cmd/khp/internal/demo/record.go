package demo

import (
	"strings"
	"sync"

	"example.com/khp/transport"
)

// recorder keeps the steps of a scene's client, in order: those of the handshake as an observer,
// and the messages after it as the scene reports them.
type recorder struct {
	mu      sync.Mutex
	moments []moment
	servers []*host
}

// moment is one event of a scene.
type moment struct {
	transport.Event
	server string // where the connection goes, with EventDial
	app    bool   // a message of the application
}

// Observe implements transport.Observer.
func (r *recorder) Observe(ev transport.Event) { r.add(moment{Event: ev}) }

func (r *recorder) add(m moment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moments = append(r.moments, m)
}

// application records a message of the open connection.
func (r *recorder) application(kind transport.EventKind, t transport.MessageType, p []byte) {
	r.add(moment{Event: transport.Event{Kind: kind, Type: t, Data: p}, app: true})
}

// closing records a Close frame of the open connection.
func (r *recorder) closing(kind transport.EventKind, code uint16) {
	r.add(moment{Event: transport.Event{Kind: kind, Code: code}, app: true})
}

// names lists the servers.
func (r *recorder) names(servers ...*host) { r.servers = servers }

// all returns the records, with the names of the servers.
func (r *recorder) all() []moment {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.moments {
		m := &r.moments[i]
		if m.Kind != transport.EventDial {
			continue
		}
		for _, s := range r.servers {
			if strings.Contains(m.Text, s.addr) {
				m.server = s.name
			}
		}
	}
	return r.moments
}
