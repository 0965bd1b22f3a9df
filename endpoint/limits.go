package endpoint

import (
	"strings"

	"example.com/khp/wire"
)

// Limits are kept here as well as in the parser, because hosts may have the opening handshake
// parsed by another program, whose limits are its own or none.

// text is both kinds of byte string.
type text interface{ ~string | ~[]byte }

// sizes adds up a head that was parsed elsewhere. It never counts more than the head had, so that
// every head that the parser accepts passes.
type sizes struct {
	limits   *wire.Limits
	bytes    int
	fields   int
	elements [2]int // of the lists of subprotocols and extensions
	status   int    // to refuse it with, 0 so far
	what     string
}

// listFields are the fields whose elements are counted.
var listFields = [...]string{"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"}

const maxFieldName = 256 // as in the parser

func (s *sizes) refuse(status int, what string) {
	if s.status == 0 {
		s.status, s.what = status, what
	}
}

// requestLine counts the first line.
func (s *sizes) requestLine(method, target int) {
	s.bytes = method + target + len("  HTTP/1.1\r\n\r\n")
	if target > s.limits.Target || method+target+len("  HTTP/1.1") > s.limits.Line {
		s.refuse(414, "the request target has "+itoa(target)+" bytes, "+itoa(s.limits.Target)+" are read")
	}
}

// countField counts one field line.
func countField[N, V text](s *sizes, name N, value V) {
	s.fields++
	s.bytes += len(name) + len(":\r\n") + len(value)
	if len(name) > maxFieldName || len(name)+len(":")+len(value) > s.limits.Line {
		s.refuse(431, "field "+clip(string(name[:min(len(name), maxFieldName)]))+" is too long: "+itoa(len(name)+len(value))+" bytes, "+itoa(s.limits.Line)+" are read")
	}
	for i, list := range listFields {
		if len(name) == len(list) && strings.EqualFold(string(name), list) {
			s.countElements(i, listPlaces(value))
		}
	}
}

// listPlaces counts the places for elements in a list.
func listPlaces[V text](list V) int {
	n := 1
	for i := 0; i < len(list); i++ {
		if list[i] == ',' {
			n++
		}
	}
	return n
}

func (s *sizes) countElements(list, n int) {
	if s.elements[list] += n; s.elements[list] > s.limits.Elements {
		s.refuse(431, listFields[list]+" has more elements than the "+itoa(s.limits.Elements)+" that are read")
	}
}

// verdict returns how to refuse the head; 0 if it is within the limits.
func (s *sizes) verdict() (status int, what string) {
	switch {
	case s.fields > s.limits.Fields:
		s.refuse(431, "the head has "+itoa(s.fields)+" fields, "+itoa(s.limits.Fields)+" are read")
	case s.bytes > s.limits.Head:
		s.refuse(431, "the head has "+itoa(s.bytes)+" bytes, "+itoa(s.limits.Head)+" are read")
	}
	return s.status, s.what
}

// oversized judges the size of an opening request.
//
//khp:impl RFC6585-431-01
func oversized(r *wire.Request, l *wire.Limits) (status int, what string) {
	s := sizes{limits: l}
	s.requestLine(len(r.Method), len(r.Target))
	for i := range r.Fields {
		countField(&s, r.Fields[i].Name, r.Fields[i].Value)
	}
	return s.verdict()
}

// oversized judges the size of an opening request that the host's WebSocket layer has answered.
func (o *OpeningRequest) oversized(l *wire.Limits) (status int, what string) {
	s := sizes{limits: l}
	s.requestLine(len("GET"), len(o.Target))
	for _, f := range o.Opening {
		countField(&s, f.Name, f.Value)
	}
	if status, what := s.verdict(); status != 0 {
		return status, what
	}
	lists := sizes{limits: l, bytes: len(o.Host) + len(o.Origin) + len(o.Key)}
	for i, list := range [...][]string{o.Subprotocols, o.Extensions} {
		for _, e := range list {
			lists.bytes += len(e)
		}
		lists.countElements(i, len(list))
	}
	return lists.verdict()
}

// overlong judges the size of the fields of a response; "" if it is within the limits.
func overlong(fields wire.Fields, l *wire.Limits) string {
	s := sizes{limits: l}
	for i := range fields {
		countField(&s, fields[i].Name, fields[i].Value)
	}
	_, what := s.verdict()
	return what
}

// tooManyElements judges only the lists of a head, whose size the parser has judged.
func tooManyElements(fields wire.Fields, l *wire.Limits) string {
	s := sizes{limits: l}
	for i, list := range listFields {
		for v := range fields.All(list) {
			s.countElements(i, listPlaces(v))
		}
	}
	return s.what
}
