// Package opening reads the opening requests of a server: from a socket, or as net/http has read
// them.
package opening

import (
	"bytes"
	"net"
	"net/http"
	"slices"
	"sync"

	"example.com/khp/internal/lines"
	"example.com/khp/wire"
)

// Request is an opening request. Its memory comes from a pool: after Release neither the Request
// nor any view into it may be used.
type Request struct {
	Parsed *wire.Request // nil if the head cannot be parsed
	Head   []byte        // the head as it was received; nil if net/http has read it
	Rest   []byte        // the bytes received behind the head

	buffer []byte       // holds Head and Rest, or the text of a request that net/http has read
	parsed wire.Request // views into buffer
	names  []string     // room to sort the names of fields
}

const headSize = 4 << 10 // bytes of a pooled buffer; real opening requests have less than 1 KiB

var requests = sync.Pool{New: func() any {
	return &Request{buffer: make([]byte, 0, headSize),
		parsed: wire.Request{Fields: make(wire.Fields, 0, 32)}}
}}

// Release returns the memory to the pool, unless the buffer has grown.
func (o *Request) Release() {
	o.Parsed, o.Head, o.Rest = nil, nil, nil
	if cap(o.buffer) == headSize {
		o.buffer = o.buffer[:0]
		clear(o.names)
		requests.Put(o)
	}
}

// Read reads one request head from nc, whose read deadline is set. If err is nil and Parsed is nil
// too, the head is malformed. All bytes that were read are in Head and Rest, except an empty line
// before a well-formed head, which net/http would not accept. An error of the socket comes together
// with the bytes read before it.
func Read(nc net.Conn, limits wire.Limits) (o *Request, err error) {
	o = requests.Get().(*Request)
	var lines lines.Watch
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
				o.Parsed, o.Head, o.Rest = &o.parsed, bytes.TrimPrefix(o.buffer[:used:used], []byte("\r\n")),
					o.buffer[used:]
				return o, nil
			case wire.KindOf(bad) != wire.KindIncomplete:
				o.Head = o.buffer
				return o, nil
			}
		}
		if err != nil {
			o.Head = o.buffer
			return o, err
		}
	}
}

// Of converts a request that net/http has read.
func Of(r *http.Request) *Request {
	o := requests.Get().(*Request)
	size := len(r.Method) + len(r.RequestURI) + len("Host") + len(r.Host)
	o.names = o.names[:0]
	for name, values := range r.Header {
		o.names = append(o.names, name)
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	slices.Sort(o.names) // in a fixed order
	o.buffer = slices.Grow(o.buffer, size)
	o.parsed = wire.Request{
		Method:        o.view(r.Method),
		Target:        o.view(r.RequestURI),
		Minor:         r.ProtoMinor,
		ContentLength: r.ContentLength,
		Fields: append(o.parsed.Fields[:0],
			wire.Field{Name: o.view("Host"), Value: o.view(r.Host)}),
	}
	if r.ContentLength < 0 {
		o.parsed.ContentLength = 1 // chunked: there is a body, and it must not be taken for frames
	}
	for _, name := range o.names {
		for _, v := range r.Header[name] {
			o.parsed.Fields = append(o.parsed.Fields, wire.Field{Name: o.view(name), Value: o.view(v)})
		}
	}
	o.Parsed = &o.parsed
	return o
}

// view copies s to the buffer, which has room for it.
func (o *Request) view(s string) []byte {
	from := len(o.buffer)
	o.buffer = append(o.buffer, s...)
	return o.buffer[from:len(o.buffer):len(o.buffer)]
}
