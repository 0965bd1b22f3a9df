package transport

import (
	"net/http"
	"slices"
	"strings"

	"example.com/khp/wire"
)

// requestOf is r in the parser's form.
func requestOf(r *http.Request) *wire.Request {
	req := &wire.Request{Method: []byte(r.Method), Target: []byte(r.RequestURI), Minor: r.ProtoMinor, ContentLength: r.ContentLength}
	if r.ContentLength < 0 {
		req.ContentLength = 1 // chunked: there is a body, and it must not be taken for frames
	}
	count, size := 1, len("Host")+len(r.Host)
	var some [16]string
	names := some[:0] // in a fixed order
	for name, values := range r.Header {
		names = append(names, name)
		for _, v := range values {
			count, size = count+1, size+len(name)+len(v)
		}
	}
	req.Fields = make(wire.Fields, 0, count)
	text := make([]byte, 0, size) // of all fields
	view := func(s string) []byte {
		from := len(text)
		text = append(text, s...)
		return text[from:len(text):len(text)]
	}
	req.Fields = append(req.Fields, wire.Field{Name: view("Host"), Value: view(r.Host)})
	slices.Sort(names)
	for _, name := range names {
		for _, v := range r.Header[name] {
			req.Fields = append(req.Fields, wire.Field{Name: view(name), Value: view(v)})
		}
	}
	return req
}

// AnswerProbe answers what deployed Kaazing clients ask for by plain HTTP beside the upgrade, as a [Handler] does by itself. It reports whether r was such a
// request. Java clients want 200 from the cookie resource below the path before they upgrade; whatever belongs to the emulation of WebSocket by HTTP gets 404,
// which lets clients report the failure of the real attempt.
func AnswerProbe(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodPost || r.Header.Get("Upgrade") != "" {
		return false
	}
	_, emulated, ok := strings.Cut(r.URL.Path, "/;e/")
	switch {
	case ok && emulated == "cookies":
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusOK)
	case ok || strings.HasPrefix(r.URL.RawQuery, ".kr="):
		http.NotFound(w, r)
	default:
		return false
	}
	return true
}
