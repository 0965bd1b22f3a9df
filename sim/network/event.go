package network

import (
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
)

// EventKind is the kind of an [Event].
type EventKind uint8

// Kinds of events.
const (
	_        EventKind = iota
	Did                // a host carried out Output
	Received           // a host got Item
	Expired            // Timer of a host ran out, or was said to
	Lost               // the connection of a host ended; Text says how
	Accepted           // a site got a connection
	Failed             // a host could not connect; Text says why
)

// Event is one thing that a host did or was told, for transcripts. Its slices are valid during the
// call only.
type Event struct {
	At     time.Duration
	Host   string // the client's name or the site's address
	Conn   int    // which connection of that host, from 1; for servers: of the site
	Kind   EventKind
	Output endpoint.Output
	Item   Item
	Timer  fsm.Timer
	Text   string
	Phase  string        // of the host, before it was told, or after it did
	Waits  fsm.Timer     // that ends next, likewise; 0 if none runs
	Until  time.Duration // when that ends
}
