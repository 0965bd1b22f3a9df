package replay

import (
	"bytes"
	"slices"
	"strconv"

	"example.com/khp/fsm"
	"example.com/khp/transport/trace"
	"example.com/khp/wire"
)

// unit is a row of messages of the server read as a response.
type unit struct {
	progress wire.Progress
	status   int // 0 while the head is not complete
	response wire.Response
	wrapped  bool // it is the body of another response, as gateways of Kaazing 3.x send it
	err      error
}

// over reports whether the response needs no more messages, but for a terminator. Without a length
// one message is one response. [AMB-04]
func (u *unit) over() bool {
	return u.progress >= wire.UnitFull || u.progress == wire.UnitBody && u.response.ContentLength < 0
}

// terminates reports whether the response ends the connection it came on.
func (u *unit) terminates() bool {
	return u.status != 0 &&
		fsm.Status(u.status).Action.Terminates()
}

// Bounds on putting responses together, which is done for each piece that a response may end with.
const (
	mostJoined = 256 << 20
	unitBytes  = 64 // of a message beside its bytes
)

// unitOf puts the server's messages from step first to step last together. Both are numbers of
// messages of the server, last included.
func (c *checker) unitOf(first, last int) *unit {
	key := [2]int{first, last}
	if u := c.units[key]; u != nil {
		return u
	}
	u := &unit{}
	c.units[key] = u
	a := wire.Assembler{Unwrap: c.heads.kaazing}
	for _, i := range c.inputs[Client][first : last+1] {
		s := &c.s.Steps[i]
		if s.Kind != Message {
			continue
		}
		c.joined += len(s.Data) + unitBytes
		if u.progress, u.err = a.Add(s.Type, s.Data); u.err != nil {
			break
		}
	}
	c.crowded = c.crowded || c.joined > mostJoined
	u.wrapped = a.Unwrapped()
	if a.HeadComplete() {
		u.status = a.Response.Status
		u.response = a.Response
	}
	if u.err != nil && c.redacted(first, last) &&
		(wire.KindOf(u.err) == wire.KindSurplus || wire.KindOf(u.err) == wire.KindBodyTooShort) {
		u.err, u.progress = nil, wire.UnitFull // a replaced value has another length
	}
	return u
}

// redacted reports whether a secret was replaced in one of the messages.
func (c *checker) redacted(first, last int) bool {
	return slices.ContainsFunc(c.inputs[Client][first:last+1], func(i int) bool {
		return bytes.Contains(c.s.Steps[i].Data, []byte(trace.Redacted))
	})
}

// begun reports whether one of the server's messages from first up to, without, last has content.
func (c *checker) begun(first, last int) bool {
	return slices.ContainsFunc(c.inputs[Client][first:last],
		func(i int) bool { return len(c.s.Steps[i].Data) > 0 })
}

// responseAt is the response that begins with the server's message first, as far as its messages
// go. At the terminator, where one is missing, and at the first mistake it ends.
func (c *checker) responseAt(first int) *unit {
	u := c.unitOf(first, first)
	for k := first + 1; k < len(c.inputs[Client]) && u.err == nil && u.progress < wire.UnitFull; k++ {
		s := &c.s.Steps[c.inputs[Client][k]]
		if s.Kind != Message {
			break
		}
		next := c.unitOf(first, k)
		if next.err != nil && u.over() {
			break // the next message is something else
		}
		u = next
	}
	return u
}

// cutOff reports whether a step is the beginning of an answer to the opening request of which no
// more came: that is as good as none.
func cutOff(s *Step) bool {
	if s.Kind != Opening || s.From != Server {
		return false
	}
	var r wire.Response
	_, _, err := r.ParseOpening(behindInterim(s.Data), wire.Limits{})
	return wire.KindOf(err) == wire.KindIncomplete
}

func itoa(n int) string { return strconv.Itoa(n) }

// oldForm describes the behaviour of Kaazing 3.x gateways.
const oldForm = "the server answers with a challenge inside a 200 response, " +
	"which is the old form of Kaazing 3.x gateways"

// Bounds of the search for the old form.
const (
	nestedMessages = 8
	nestedBytes    = 64 << 10
)

// nestedBy reports whether the server has sent a 401 as the body of a 200, in the same message or
// in those that follow. The 200 is step last or one before.
func (c *checker) nestedBy(last int) bool {
	messages := c.inputs[Client]
	for k, i := range messages {
		if i > last {
			return false
		}
		s := &c.s.Steps[i]
		if s.Kind != Message || statusOf(s.Data) != 200 {
			continue
		}
		a := wire.Assembler{Unwrap: true}
		for _, j := range messages[k:min(len(messages), k+nestedMessages)] {
			if t := &c.s.Steps[j]; t.Kind == Message && a.Len() < nestedBytes {
				if _, err := a.Add(t.Type, t.Data); err != nil {
					break
				}
			}
		}
		if a.Unwrapped() {
			return true
		}
	}
	return false
}
