package target

import (
	"slices"
	"sync/atomic"
)

// Kinds are the protocols of clients, read from their opening requests.
var Kinds = [...]string{"spec", "kaazing", "plain"}

// Clients counts open connections by what their clients speak.
type Clients [len(Kinds)]atomic.Int64

// arrived counts a client until the result is called.
func (c *Clients) arrived(kind string) (gone func()) {
	if c == nil {
		return func() {}
	}
	n := &c[slices.Index(Kinds[:], kind)]
	n.Add(1)
	return func() { n.Add(-1) }
}

// Attrs says how many there are, for the log.
func (c *Clients) Attrs() (attrs []any) {
	for i, kind := range Kinds {
		attrs = append(attrs, kind, c[i].Load())
	}
	return attrs
}
