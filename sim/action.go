package sim

import (
	"fmt"
	"strings"

	"example.com/khp/fsm"
)

// Side says who acts.
type Side uint8

// Sides.
const (
	Client Side = iota + 1
	Server
	Network
)

// String returns "client", "server" or "network".
func (s Side) String() string {
	switch s {
	case Client:
		return "client"
	case Server:
		return "server"
	case Network:
		return "network"
	}
	return "nobody"
}

// Action is one thing that happens in an exploration: an event of one machine, or of the network.
type Action struct {
	Side  Side
	Event fsm.Event
	Cut   bool // the network drops everything under way
}

// String says who meets what, for example "client: Response 302 (TargetUsable)".
func (a Action) String() string {
	if a.Cut {
		return "network: cut"
	}
	s := a.Side.String() + ": " + strings.TrimPrefix(a.Event.Kind.String(), "Event")
	if a.Event.Timer != 0 {
		s += " " + strings.TrimPrefix(a.Event.Timer.String(), "Timer")
	}
	if a.Event.Failure != 0 {
		s += " " + strings.TrimPrefix(a.Event.Failure.String(), "Failure")
	}
	if a.Event.Status != 0 {
		s += fmt.Sprintf(" %d", a.Event.Status)
	}
	if a.Event.Facts != 0 {
		s += " (" + a.Event.Facts.String() + ")"
	}
	return s
}
