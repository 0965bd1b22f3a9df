package cli

import (
	"encoding/json"
	"io"

	"example.com/khp/internal/visible"
)

// WriteJSON writes v as one line. The strings in v may be the words of a peer: invisible characters
// are escaped.
func WriteJSON(w io.Writer, v any) error { return jsonEncoder(w).Encode(v) }

// WriteJSONDocument writes v as [WriteJSON] does, indented.
func WriteJSONDocument(w io.Writer, v any) error {
	e := jsonEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func jsonEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(visible.JSONWriter(w))
	e.SetEscapeHTML(false)
	return e
}
