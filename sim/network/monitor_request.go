package network

import (
	"bytes"
	"errors"
	"fmt"

	"example.com/khp/fsm"
	"example.com/khp/wire"
)

// request checks an extended request, or the body that follows one.
func (m *Monitor) request(p []byte) error {
	if !m.leg.opening {
		return errors.New("INV-06: an extended request before the opening handshake")
	}
	var r wire.Request
	_, err := r.ParseHead(p, wire.Limits{})
	last := m.leg.request
	switch {
	case err != nil && bytes.Contains(last, []byte("Expect: 100-continue")):
		if m.leg.body {
			return errors.New("INV-17: the body is sent twice")
		}
		m.leg.body = true
		return nil
	case err != nil:
		return m.legal(err, p)
	case last != nil && !m.leg.again:
		return errors.New("INV-07: a second request, and nobody asked for credentials")
	case last != nil && bytes.Equal(last, p):
		return errors.New("INV-20: the same credentials again")
	case last != nil && !bytes.Equal(withoutAuthorization(last), withoutAuthorization(p)):
		return errors.New("INV-19: the replay differs by more than its Authorization")
	}
	m.leg.request, m.leg.again, m.leg.body = bytes.Clone(p), false, false
	return nil
}

// withoutAuthorization leaves the lines of that field out.
func withoutAuthorization(head []byte) []byte {
	var kept []byte
	for line := range bytes.SplitAfterSeq(head, []byte("\r\n")) {
		if !bytes.HasPrefix(line, []byte("Authorization:")) {
			kept = append(kept, line...)
		}
	}
	return kept
}

// response checks the obligations of a server's response. [INV-45, INV-46]
func (m *Monitor) response(p []byte) error {
	var r wire.Response
	if err := m.legal(r.Parse(p, wire.Limits{}), p); err != nil {
		return err
	}
	need := map[int]string{401: "WWW-Authenticate", 407: "Proxy-Authenticate", 300: "Location",
		301: "Location", 302: "Location", 303: "Location", 307: "Location", 426: "Upgrade"}[r.Status]
	switch {
	case m.Unchecked:
	case need != "" && r.Fields.Count(need) == 0:
		return fmt.Errorf("INV-45: a %d without %s", r.Status, need)
	case r.Status == 511:
		return errors.New("INV-46: a 511 is sent")
	}
	m.leg.refused = fsm.Status(r.Status).Action.Terminates()
	m.leg.moved = r.Status/100 == 3
	return nil
}
