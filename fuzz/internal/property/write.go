package property

import (
	"bytes"
	"strconv"

	"example.com/khp/internal/scan"
	"example.com/khp/wire"
)

// WriteRequest writes a request of any parts. Either it is refused and the destination is as it
// was, or the bytes are exactly these parts and parse back to them: no value breaks out of its
// place. A refused message would not have come back as it was, written naively.
func WriteRequest(method, target, name, value string, body []byte) error {
	return written(&request{wire.Request{Method: []byte(method), Target: []byte(target), Body: body,
		Fields: between(name, value)}}, method+" "+target+" HTTP/1.1\r\n", name, value)
}

// WriteResponse is [WriteRequest] for responses.
func WriteResponse(status int, reason, name, value string, body []byte) error {
	return written(&response{wire.Response{Status: status, Reason: []byte(reason), Body: body,
		Fields: between(name, value)}}, "HTTP/1.1 "+strconv.Itoa(status)+" "+reason+"\r\n", name, value)
}

// between puts a field between two others.
func between(name, value string) wire.Fields {
	return wire.Fields{{Name: []byte("X-First"), Value: []byte("1")},
		{Name: []byte(name), Value: []byte(value)}, {Name: []byte("X-Last"), Value: nil}}
}

// written is WriteRequest for messages of either kind. line is the start line, written naively.
func written(m message, line, name, value string) error {
	want, back := m.parts(), m.fresh()
	comesBack := func() bool {
		got := back.parts()
		return got.sameLine(want) && bytes.Equal(got.body, want.body) &&
			fieldsBack(got.fields, name, value, want.body)
	}
	out, err := m.Append([]byte("before"))
	naive := line + naiveRest(name, value, want.body)
	if err != nil {
		if string(out) != "before" {
			return broken("a refusal left %q", out)
		}
		if back.Parse([]byte(naive), wire.Limits{}) == nil && comesBack() {
			return broken("refused with %v, but it comes back as it was: %q", err, naive)
		}
		return parseError(err, len(naive)+wire.DefaultLimits().Body)
	}
	if string(out) != "before"+naive {
		return broken("wrote %q, expected %q", out, naive)
	}
	if err := back.Parse(out[len("before"):], wire.Limits{}); err != nil {
		return broken("what was written is refused: %v: %q", err, out)
	}
	if !comesBack() {
		return broken("the parts changed: %+v", back)
	}
	return nil
}

// naiveRest joins the parts behind the start line without any check.
func naiveRest(name, value string, body []byte) string {
	s := "X-First: 1\r\n" + name + ": " + value + "\r\nX-Last: \r\n"
	if len(body) > 0 && !scan.EqualFold([]byte(name), "Content-Length") {
		s += "Content-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	return s + "\r\n" + string(body)
}

func fieldsBack(f wire.Fields, name, value string, body []byte) bool {
	n := 3
	if len(body) > 0 && !scan.EqualFold([]byte(name), "Content-Length") {
		n = 4
	}
	return len(f) == n && string(f[0].Name) == "X-First" && string(f[1].Name) == name &&
		string(f[1].Value) == value && string(f[2].Name) == "X-Last"
}
