package endpoint

import (
	"maps"
	"slices"
	"strings"

	"example.com/khp/wire"
)

// OpeningFromHTTP returns the opening request that a host's HTTP server has parsed, for
// [Server.Opened]: the request target as sent, the value of Host, and the other fields. With
// net/http that is
//
//	endpoint.OpeningFromHTTP(r.RequestURI, r.Host, r.Header)
//
// Malformed lists are left out: the library has accepted them before it answered. The arguments are
// not kept.
func OpeningFromHTTP(target, host string, header map[string][]string) OpeningRequest {
	fields := make([]HeaderField, 0, len(header)+1)
	fields = append(fields, HeaderField{Name: "Host", Value: host})
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if f := (HeaderField{Name: name, Value: value}); !(strings.EqualFold(name, "Host") && value == host) {
				fields = append(fields, f)
			}
		}
	}
	return openingOf(target, fields)
}

// OpeningFromRequest is [OpeningFromHTTP] for a host that parses opening requests with package wire
// and answers them itself. One that leaves the answer to the endpoint calls [Server.Opening]. r is
// not kept; nil gives a request without fields.
func OpeningFromRequest(r *wire.Request) OpeningRequest {
	if r == nil {
		return OpeningRequest{}
	}
	return openingOf(string(r.Target), copyFields(r.Fields))
}

// openingOf finds the parts of an opening request that is known to be valid in its fields.
func openingOf(target string, fields []HeaderField) OpeningRequest {
	o := OpeningRequest{
		Target: wire.OriginForm(target), Opening: fields,
		Host: fieldValue(fields, "Host"), Key: fieldValue(fields, "Sec-WebSocket-Key"),
	}
	for _, f := range fields {
		switch {
		case strings.EqualFold(f.Name, "Sec-WebSocket-Protocol"):
			list, _ := wire.ParseTokens(nil, []byte(f.Value))
			for _, p := range list {
				o.Subprotocols = append(o.Subprotocols, string(p))
			}
		case strings.EqualFold(f.Name, "Sec-WebSocket-Extensions"):
			list, _ := wire.ParseExtensions(nil, []byte(f.Value))
			for _, e := range list {
				o.Extensions = append(o.Extensions, elementText(e))
			}
		}
	}
	return o
}
