package replay

import (
	"bytes"

	"example.com/khp/wire"
)

// oldForm names what gateways of Kaazing 3.x do.
const oldForm = "the server answers with a challenge inside a 200 response, which is the old form of Kaazing 3.x gateways"

// Bounds of what is looked through for the old form.
const (
	nestedMessages = 8
	nestedBytes    = 64 << 10
)

// nested reports whether the server has sent a 401 as the body of a 200, in the same message or in those that follow, up to the step being judged or
// begun there.
func (c *checker) nested() bool {
	messages := c.inputs[Client]
	for k, i := range messages {
		if i > c.now {
			return false
		}
		s := &c.s.Steps[i]
		if s.Kind != Message || statusOf(s.Data) != 200 {
			continue
		}
		var all []byte
		for _, j := range messages[k:min(len(messages), k+nestedMessages)] {
			if t := &c.s.Steps[j]; t.Kind == Message && len(all) < nestedBytes {
				all = append(all, t.Data...)
			}
		}
		var r wire.Response
		if n, err := r.ParseHead(all, wire.Limits{}); err == nil && statusOf(bytes.TrimLeft(all[n:], "\r\n")) == 401 {
			return true
		}
	}
	return false
}
