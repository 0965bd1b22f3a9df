package guard

import (
	"example.com/khp/transport"
	"example.com/khp/transport/trace"
)

// Discreet keeps the tokens of a route from an observer, which may be nil.
func (a *Guard) Discreet(path string, to transport.Observer) transport.Observer {
	if to == nil {
		return nil
	}
	for _, z := range a.around(path) {
		if z.carriers.any() {
			to = discreet{to, z.carriers}
		}
	}
	return to
}

type discreet struct {
	to       transport.Observer
	carriers Carriers
}

// Observe implements [transport.Observer].
func (d discreet) Observe(ev transport.Event) {
	if len(ev.Data) > 0 {
		ev.Data = []byte(d.carriers.Hide(string(ev.Data)))
		if d.carriers.Header != "" {
			ev.Data = trace.Redact(ev.Data, d.carriers.Header)
		}
	}
	ev.Text, ev.URL = d.carriers.Hide(ev.Text), d.carriers.Hide(ev.URL)
	if ev.Err != nil {
		ev.Err = discreetError{ev.Err, d.carriers.Hide(ev.Err.Error())}
	}
	d.to.Observe(ev)
}

// discreetError is an error with another text.
type discreetError struct {
	error
	text string
}

func (e discreetError) Error() string { return e.text }
func (e discreetError) Unwrap() error { return e.error }
