package property

import (
	"bytes"

	"example.com/khp/wire"
)

// Request parses b as a whole request. The slow judge agrees; the parser leaves its input alone and
// does not depend on the earlier content of its destination; an accepted request survives being
// written and parsed again.
func Request(b []byte) error {
	before := bytes.Clone(b)
	var r wire.Request
	err := r.Parse(b, wire.Limits{})
	if !bytes.Equal(b, before) {
		return broken("the input was changed: %q", b)
	}
	if slow := slowRequest(b); slow != (err == nil) {
		return broken("the slow judge says %v, wire says %v", slow, err)
	}
	dirty := wire.Request{Method: []byte("X"), Minor: 3, ContentLength: 9, Body: []byte("x"),
		Fields: make(wire.Fields, 1, 4)}
	if again := dirty.Parse(b, wire.Limits{}); !sameError(again, err) {
		return broken("the same request gives %v, then %v", err, again)
	}
	if err != nil {
		return parseError(err, len(b))
	}
	if !sameRequest(&r, &dirty) {
		return broken("a used destination gives %+v instead of %+v", dirty, r)
	}
	var h wire.Request
	n, err := h.ParseHead(b, wire.Limits{})
	if err != nil || h.Body != nil || len(b)-n != len(r.Body) || !sameFields(h.Fields, r.Fields) {
		return broken("ParseHead differs from Parse: %d, %v", n, err)
	}
	return rewriteRequest(&r)
}

// rewriteRequest writes an accepted request and parses that.
func rewriteRequest(r *wire.Request) error {
	out, err := r.Append([]byte("before"))
	if err != nil {
		return longerWhenWritten(r.Fields, len(r.Method)+len(r.Target), err)
	}
	var again wire.Request
	if err := again.Parse(out[len("before"):], wire.Limits{}); err != nil {
		return broken("what was written is refused: %v: %q", err, out)
	}
	r.Minor = 1 // always written so
	if !bytes.HasPrefix(out, []byte("before")) || !sameRequest(r, &again) {
		return broken("the round trip changed %+v to %+v", r, again)
	}
	return nil
}

// Response is [Request] for responses.
func Response(b []byte) error {
	before := bytes.Clone(b)
	var r wire.Response
	err := r.Parse(b, wire.Limits{})
	if !bytes.Equal(b, before) {
		return broken("the input was changed: %q", b)
	}
	if slow := slowResponse(b); slow != (err == nil) {
		return broken("the slow judge says %v, wire says %v", slow, err)
	}
	dirty := wire.Response{Status: 1, Minor: 3, Reason: []byte("X"), ContentLength: 9,
		Body: []byte("x"), Fields: make(wire.Fields, 1, 4)}
	if again := dirty.Parse(b, wire.Limits{}); !sameError(again, err) {
		return broken("the same response gives %v, then %v", err, again)
	}
	if err != nil {
		return parseError(err, len(b))
	}
	if !sameResponse(&r, &dirty) {
		return broken("a used destination gives %+v instead of %+v", dirty, r)
	}
	var h wire.Response
	n, err := h.ParseHead(b, wire.Limits{})
	if err != nil || h.Body != nil || len(b)-n != len(r.Body) || !sameFields(h.Fields, r.Fields) {
		return broken("ParseHead differs from Parse: %d, %v", n, err)
	}
	return rewriteResponse(&r)
}

// rewriteResponse writes an accepted response and parses that.
func rewriteResponse(r *wire.Response) error {
	out, err := r.Append([]byte("before"))
	if err != nil {
		return longerWhenWritten(r.Fields, len(r.Reason), err)
	}
	var again wire.Response
	if err := again.Parse(out[len("before"):], wire.Limits{}); err != nil {
		return broken("what was written is refused: %v: %q", err, out)
	}
	r.Minor = 1
	if r.ContentLength < 0 && len(r.Body) > 0 { // it is added
		r.ContentLength = again.ContentLength
		r.Fields = append(r.Fields, again.Fields[len(again.Fields)-1])
	}
	if !bytes.HasPrefix(out, []byte("before")) || !sameResponse(r, &again) {
		return broken("the round trip changed %+v to %+v", r, again)
	}
	return nil
}

// longerWhenWritten excuses a refusal to write a parsed message: a space behind each colon and
// Content-Length may take a head that was just small enough over a limit. Nothing else may.
func longerWhenWritten(fields wire.Fields, start int, err error) error {
	limits := wire.DefaultLimits()
	size, longest := start+len("  HTTP/1.1\r\n\r\n"), 0
	for _, f := range fields {
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
		if len(fields) == limits.Fields {
			return nil
		}
	}
	return broken("what was parsed cannot be written: %v", err)
}
