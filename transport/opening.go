package transport

import (
	"bytes"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"example.com/khp/wire"
)

// opening is an opening request that has been read.
type opening struct {
	request *wire.Request // nil if it cannot be parsed
	head    []byte        // the same as it came; nil if net/http has read it
	rest    []byte        // what came behind it

	buffer []byte       // from a pool, for head and rest; nil if net/http has read it
	parsed wire.Request // views into buffer
}

const headSize = 4 << 10 // bytes of a pooled buffer for an opening request; real ones have less than one

var openings = sync.Pool{New: func() any {
	return &opening{buffer: make([]byte, 0, headSize), parsed: wire.Request{Fields: make(wire.Fields, 0, 32)}}
}}

// release gives the buffer back, unless it has grown. Nothing of o may be used any more.
func (o *opening) release() {
	o.request, o.head, o.rest = nil, nil, nil
	if cap(o.buffer) == headSize {
		o.buffer = o.buffer[:0]
		openings.Put(o)
	}
}

// readHead reads one request head from nc, whose read deadline is set. If err is nil and o.request
// is too, the head is wrong. Whatever was read is in o.head and o.rest, but for an empty line
// before a right head, which net/http would stumble over; an error of reading comes with it.
func readHead(nc net.Conn, limits wire.Limits) (o *opening, err error) {
	o = openings.Get().(*opening)
	var lines wire.Lines
	for {
		if len(o.buffer) == cap(o.buffer) {
			o.buffer = slices.Grow(o.buffer, len(o.buffer))
		}
		from := len(o.buffer)
		n, err := nc.Read(o.buffer[from:cap(o.buffer)])
		o.buffer = o.buffer[:from+n]
		if lines.Grew(o.buffer, limits) {
			used, bad := o.parsed.ParseOpening(o.buffer, limits)
			switch {
			case bad == nil:
				o.request, o.head, o.rest = &o.parsed, bytes.TrimPrefix(o.buffer[:used:used], []byte("\r\n")), o.buffer[used:]
				return o, nil
			case wire.KindOf(bad) != wire.KindIncomplete:
				o.head = o.buffer
				return o, nil
			}
		}
		if err != nil {
			o.head = o.buffer
			return o, err
		}
	}
}

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

// AnswerProbe answers what deployed Kaazing clients ask for by plain HTTP beside the upgrade, as a
// [Handler] does by itself. It reports whether r was such a request. Java clients want 200 from the
// cookie resource below the path before they upgrade; whatever belongs to the emulation of
// WebSocket by HTTP gets 404, which lets clients report the failure of the real attempt.
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
