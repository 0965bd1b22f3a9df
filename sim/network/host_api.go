package network

import (
	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// Send sends an application message. It returns false, and nothing is sent, unless the connection
// is open.
func (h *host) Send(t wire.MessageType, p string) bool {
	ok := h.drive.Send(h.now(), t, []byte(p))
	if ok {
		h.sent = append(h.sent, Message{t, p})
	}
	return ok
}

// Close ends the connection or gives up the attempt, in any phase.
func (h *host) Close(code uint16, reason string) { h.drive.Close(h.now(), code, reason) }

// Expire tells the host that timer t has ended. If t would end next, the clock of the host runs
// ahead from now on, so that it has; otherwise the host is told too early, or once more, which must
// have no effect.
func (h *host) Expire(t fsm.Timer) {
	if due := h.side.Deadline(); t == h.side.Timer() && due.After(h.now()) {
		h.ahead += due.Sub(h.now())
	}
	h.expired(t)
}

// Conn returns the current connection, nil if there is none.
func (h *host) Conn() *Conn { return h.conn }

// Phase returns the phase of the host's machine.
func (h *host) Phase() string { return h.phase() }

// Opened reports whether the connection opened; it may have ended since.
func (h *host) Opened() bool { return h.open }

// Over reports whether the host has come to its end.
func (h *host) Over() bool { return h.over }

// Err returns why the handshake failed, a *endpoint.HandshakeError; nil if it did not.
func (h *host) Err() error { return h.err }

// Messages returns the application messages that came.
func (h *host) Messages() []Message { return h.received }

// Sent returns the close codes that were sent, one for each Close frame.
func (h *host) Sent() []uint16 { return h.watch.codes }
