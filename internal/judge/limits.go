package judge

import (
	"iter"
	"strconv"
	"strings"

	"example.com/khp/wire"
)

// Limits hold here as well as in the parser, because a host may have the opening handshake parsed
// by another library, with limits of its own or none.

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
		s.refuse(414, "the request target has "+strconv.Itoa(target)+" bytes, "+
			strconv.Itoa(s.limits.Target)+" are read")
	}
}

// countField counts one field line.
func countField[N, V text](s *sizes, name N, value V) {
	s.fields++
	s.bytes += len(name) + len(":\r\n") + len(value)
	if len(name) > maxFieldName || len(name)+len(":")+len(value) > s.limits.Line {
		s.refuse(431, "field "+Clip(string(name[:min(len(name),
			maxFieldName)]))+" is too long: "+strconv.Itoa(len(name)+len(value))+" bytes, "+
			strconv.Itoa(s.limits.Line)+" are read")
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
		s.refuse(431, listFields[list]+" has more elements than the "+strconv.Itoa(s.limits.Elements)+
			" that are read")
	}
}

// verdict returns how to refuse the head; 0 if it is within the limits.
func (s *sizes) verdict() (status int, what string) {
	switch {
	case s.fields > s.limits.Fields:
		s.refuse(431, "the head has "+strconv.Itoa(s.fields)+" fields, "+
			strconv.Itoa(s.limits.Fields)+" are read")
	case s.bytes > s.limits.Head:
		s.refuse(431, "the head has "+strconv.Itoa(s.bytes)+" bytes, "+
			strconv.Itoa(s.limits.Head)+" are read")
	}
	return s.status, s.what
}

// RequestSize judges the size of an opening request, and returns the status that refuses it; 0 if
// it is within the limits.
//
//khp:impl RFC6585-431-01
func RequestSize(r *wire.Request, l *wire.Limits) (status int, what string) {
	s := sizes{limits: l}
	s.requestLine(len(r.Method), len(r.Target))
	for i := range r.Fields {
		countField(&s, r.Fields[i].Name, r.Fields[i].Value)
	}
	return s.verdict()
}

// OpeningParts are the parts of an opening request that another WebSocket library has parsed.
type OpeningParts struct {
	Target string
	Fields iter.Seq2[string, string]
	Lists  [2][]string // the elements of the lists of subprotocols and extensions
	Others int         // bytes of all other values
}

// OpeningSize judges the size of an opening request that another WebSocket library has answered.
func OpeningSize(o OpeningParts, l *wire.Limits) (status int, what string) {
	s := sizes{limits: l}
	s.requestLine(len("GET"), len(o.Target))
	for name, value := range o.Fields {
		countField(&s, name, value)
	}
	if status, what := s.verdict(); status != 0 {
		return status, what
	}
	lists := sizes{limits: l, bytes: o.Others}
	for i, list := range o.Lists {
		for _, e := range list {
			lists.bytes += len(e)
		}
		lists.countElements(i, len(list))
	}
	return lists.verdict()
}

// FieldsSize judges the size of the fields of a response; "" if it is within the limits.
func FieldsSize(fields wire.Fields, l *wire.Limits) string {
	s := sizes{limits: l}
	for i := range fields {
		countField(&s, fields[i].Name, fields[i].Value)
	}
	_, what := s.verdict()
	return what
}

// ListsSize judges only the lists of a head, whose size the parser has judged.
func ListsSize(fields wire.Fields, l *wire.Limits) string {
	s := sizes{limits: l}
	for i, list := range listFields {
		for v := range fields.All(list) {
			s.countElements(i, listPlaces(v))
		}
	}
	return s.what
}

// OverLimit reports whether a parse error stands for a size or number over one of the limits.
func OverLimit(k wire.Kind) bool {
	switch k {
	case wire.KindTargetTooLong, wire.KindHeadTooLarge, wire.KindLineTooLong,
		wire.KindTooManyFields, wire.KindBodyTooLarge, wire.KindTooManyMessages,
		wire.KindUnitTooLarge:
		return true
	}
	return false
}
