package property

import (
	"bytes"
	"slices"

	"example.com/khp/wire"
)

// message is a request or a response.
type message interface {
	Parse(b []byte, l wire.Limits) error
	ParseHead(b []byte, l wire.Limits) (int, error)
	Append(dst []byte) ([]byte, error)
	parts() parts
	fresh() message // an empty one of the same kind
}

type (
	request  struct{ wire.Request }
	response struct{ wire.Response }
)

func (r *request) parts() parts  { return partsOfRequest(&r.Request) }
func (r *response) parts() parts { return partsOfResponse(&r.Response) }

func (*request) fresh() message  { return new(request) }
func (*response) fresh() message { return new(response) }

// parts are everything that a message says.
type parts struct {
	status       int    // of a response
	method, rest string // of a request with its target, or "" and the reason of a response
	minor        int
	fields       wire.Fields
	length       int64
	body         []byte
}

func partsOfRequest(r *wire.Request) parts {
	return parts{0, string(r.Method), string(r.Target), r.Minor, r.Fields, r.ContentLength, r.Body}
}

func partsOfResponse(r *wire.Response) parts {
	return parts{r.Status, "", string(r.Reason), r.Minor, r.Fields, r.ContentLength, r.Body}
}

// same compares everything, with nil and empty alike.
func (p parts) same(o parts) bool {
	return p.sameLine(o) && p.minor == o.minor && sameFields(p.fields, o.fields) &&
		p.length == o.length && bytes.Equal(p.body, o.body)
}

// sameLine compares the start lines, but for the version.
func (p parts) sameLine(o parts) bool {
	return p.status == o.status && p.method == o.method && p.rest == o.rest
}

// sameFields compares names, values and order.
func sameFields(a, b wire.Fields) bool {
	return slices.EqualFunc(a, b, func(a, b wire.Field) bool {
		return bytes.Equal(a.Name, b.Name) && bytes.Equal(a.Value, b.Value)
	})
}

// Request parses b as a whole request. The slow judge agrees; the parser leaves its input alone and
// does not depend on the earlier content of its destination; an accepted request survives being
// written and parsed again.
func Request(b []byte) error {
	return parsed(b, slowRequest, &request{wire.Request{Method: []byte("X"), Minor: 3,
		ContentLength: 9, Body: []byte("x"), Fields: make(wire.Fields, 1, 4)}})
}

// Response is [Request] for responses.
func Response(b []byte) error {
	return parsed(b, slowResponse, &response{wire.Response{Status: 1, Minor: 3, Reason: []byte("X"),
		ContentLength: 9, Body: []byte("x"), Fields: make(wire.Fields, 1, 4)}})
}

// parsed is Request for messages of either kind; dirty is a used destination.
func parsed(b []byte, judge func([]byte) bool, dirty message) error {
	before := bytes.Clone(b)
	r := dirty.fresh()
	err := r.Parse(b, wire.Limits{})
	if !bytes.Equal(b, before) {
		return broken("the input was changed: %q", b)
	}
	if slow := judge(b); slow != (err == nil) {
		return broken("the slow judge says %v, wire says %v", slow, err)
	}
	if again := dirty.Parse(b, wire.Limits{}); !sameError(again, err) {
		return broken("the same message gives %v, then %v", err, again)
	}
	if err != nil {
		if !dirty.parts().same(parts{length: -1}) {
			return broken("%v leaves %+v behind", err, dirty)
		}
		return parseError(err, len(b))
	}
	whole := r.parts()
	if !whole.same(dirty.parts()) {
		return broken("a used destination gives %+v instead of %+v", dirty, r)
	}
	head := dirty.fresh()
	n, err := head.ParseHead(b, wire.Limits{})
	if p := head.parts(); err != nil || p.body != nil || len(b)-n != len(whole.body) ||
		!sameFields(p.fields, whole.fields) {
		return broken("ParseHead differs from Parse: %d, %v", n, err)
	}
	return roundTrip(r)
}

// roundTrip writes an accepted message and parses that.
func roundTrip(r message) error {
	want := r.parts()
	out, err := r.Append([]byte("before"))
	if err != nil {
		return longerWhenWritten(want, err)
	}
	again := r.fresh()
	if err := again.Parse(out[len("before"):], wire.Limits{}); err != nil {
		return broken("what was written is refused: %v: %q", err, out)
	}
	got := again.parts()
	want.minor = 1                                                // always written so
	if want.status > 0 && want.length < 0 && len(want.body) > 0 { // it is added
		want.length = got.length
		want.fields = append(want.fields, got.fields[len(got.fields)-1])
	}
	if !bytes.HasPrefix(out, []byte("before")) || !want.same(got) {
		return broken("the round trip changed %+v to %+v", r, again)
	}
	return nil
}

// longerWhenWritten excuses a refusal to write a parsed message: a space behind each colon and
// Content-Length may take a head that was just small enough over a limit. Nothing else may.
func longerWhenWritten(p parts, err error) error {
	limits := wire.DefaultLimits()
	start := len(p.method) + len(p.rest)
	size, longest := start+len("  HTTP/1.1\r\n\r\n"), 0
	for _, f := range p.fields {
		line := len(f.Name) + len(": ") + len(f.Value)
		size, longest = size+line+2, max(longest, line)
	}
	size += len("Content-Length: 65536\r\n")
	switch wire.KindOf(err) {
	case wire.KindHeadTooLarge:
		if size > limits.Head {
			return nil
		}
	case wire.KindLineTooLong:
		if longest > limits.Line || start+len("HTTP/1.1 101 ") > limits.Line {
			return nil
		}
	case wire.KindTooManyFields:
		if len(p.fields) == limits.Fields {
			return nil
		}
	}
	return broken("what was parsed cannot be written: %v", err)
}
