package differential

import (
	"net/http"
	"slices"

	"example.com/khp/wire"
)

// explain returns the difference that explains two verdicts, nil if there is none.
func explain(ours, theirs error) *Difference {
	for i := range Differences {
		if Differences[i].here(ours, theirs) {
			return &Differences[i]
		}
	}
	return nil
}

// sameHeader compares fields with a header, which has canonical names and forgets the order of
// different ones. Fields that net/http takes out are left out.
func sameHeader(fields wire.Fields, h http.Header) bool {
	count := 0
	for _, f := range fields {
		name := http.CanonicalHeaderKey(string(f.Name))
		if removed(name) {
			continue
		}
		if !slices.Contains(h.Values(name), string(f.Value)) {
			return false
		}
		count++
	}
	for name, list := range h {
		if !removed(name) {
			count -= len(list)
		}
	}
	return count == 0
}

// removed are the fields that net/http puts elsewhere or adds by itself.
func removed(name string) bool {
	switch name {
	case "Host", "Content-Length", "Trailer", "Cache-Control", "Pragma":
		return true
	}
	return false
}
