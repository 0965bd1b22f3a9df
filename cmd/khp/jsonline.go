package main

import (
	"encoding/json"
	"io"

	"example.com/khp/internal/visible"
)

// writeJSON writes v, in which a peer may have its say, as one line.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(visible.JSONWriter(w))
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
