package main

import (
	"example.com/khp/wire"
	"github.com/valyala/fasthttp"
)

// writer puts the extended 101 together from its parts again.
type writer struct {
	name string
	new  func() func() ([]byte, error)
}

var writers = []writer{
	{"khp/wire", newKHPWriter},
	{"plain append", newPlainWriter},
	{"fasthttp", newFastHTTPWriter},
}

// writerTarget is how much longer than a plain append ours may take.
const writerTarget = 1.5

func parts() (r wire.Response) {
	if err := r.Parse([]byte(extended101), wire.Limits{}); err != nil {
		panic(err)
	}
	return r
}

func newKHPWriter() func() ([]byte, error) {
	r, out := parts(), make([]byte, 0, 512)
	return func() ([]byte, error) { return r.Append(out) }
}

// newPlainWriter appends the same parts without a look at them.
func newPlainWriter() func() ([]byte, error) {
	r, buf := parts(), make([]byte, 0, 512)
	return func() ([]byte, error) {
		out := append(buf, "HTTP/1.1 101 "...)
		out = append(out, r.Reason...)
		out = append(out, '\r', '\n')
		for i := range r.Fields {
			out = append(out, r.Fields[i].Name...)
			out = append(out, ':', ' ')
			out = append(out, r.Fields[i].Value...)
			out = append(out, '\r', '\n')
		}
		return append(out, '\r', '\n'), nil
	}
}

// newFastHTTPWriter writes the fields in an order of its own, and one more.
func newFastHTTPWriter() func() ([]byte, error) {
	r, out := parts(), make([]byte, 0, 512)
	var h fasthttp.ResponseHeader
	h.SetStatusCode(r.Status)
	h.SetStatusMessage(r.Reason)
	for _, f := range r.Fields {
		h.SetBytesKV(f.Name, f.Value)
	}
	return func() ([]byte, error) { return h.AppendBytes(out), nil }
}
