package transport

import (
	"example.com/khp/fsm"
	"example.com/khp/transport/extension"
)

// confirm makes sessions for what the server has granted.
func (d *dialer) confirm(granted []string) (err error) {
	d.sessions, err = extension.Confirm(d.opts.Use, granted)
	return err
}

// grant adds to a decision that lets the client in what the handler's extensions answer.
func (a *acceptor) grant(d Decision) Decision {
	a.sessions = nil
	if d.Status == 0 || fsm.Status(d.Status).Action == fsm.ActionComplete {
		d.Extensions, a.sessions = extension.Accept(a.handler.Use, a.server.Request().Extensions, d.Extensions)
	}
	return d
}
