package observe

import "example.com/khp/transport"

// Observers passes events on to several.
type Observers []transport.Observer

// Observe implements [transport.Observer].
func (list Observers) Observe(ev transport.Event) {
	for _, o := range list {
		o.Observe(ev)
	}
}

// OrNil returns the cheapest observer that does the same: nil for none.
func (list Observers) OrNil() transport.Observer {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}
