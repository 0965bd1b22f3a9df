// Package field translates between the fields of package endpoint, which keep their order and
// spelling, and those of net/http.
package field

import (
	"maps"
	"net/http"
	"slices"

	"example.com/khp/endpoint"
)

// Header returns fields as net/http has them. It is never nil.
func Header(fields []endpoint.HeaderField) http.Header {
	h := make(http.Header, len(fields))
	for _, f := range fields {
		h.Add(f.Name, f.Value)
	}
	return h
}

// List is the other way round, sorted by name so that requests are reproducible; names keep their
// spelling.
func List(h http.Header) (list []endpoint.HeaderField) {
	if len(h) == 0 { // sorting nothing allocates, too
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			list = append(list, endpoint.HeaderField{Name: name, Value: value})
		}
	}
	return list
}
