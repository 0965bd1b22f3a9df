package main

import (
	"io"

	"github.com/cloudwego/hertz/pkg/protocol"
	"github.com/cloudwego/hertz/pkg/protocol/http1/req"
	"github.com/cloudwego/hertz/pkg/protocol/http1/resp"
)

type hertzReader struct {
	memory    memory
	req       protocol.RequestHeader
	rsp       protocol.ResponseHeader
	responded bool // the last message was a response
}

func (r *hertzReader) request(message []byte) error {
	r.memory, r.responded = memory{message}, false
	return req.ReadHeader(&r.req, &r.memory)
}

func (r *hertzReader) response(message []byte) error {
	r.memory, r.responded = memory{message}, true
	return resp.ReadHeader(&r.rsp, &r.memory)
}

func (r *hertzReader) fields() int {
	if r.responded {
		return r.rsp.Len() - 1 // a Content-Type is added
	}
	return r.req.Len()
}

// memory is the smallest network.Reader of hertz: bytes that are all there.
type memory struct{ rest []byte }

func (m *memory) Peek(n int) ([]byte, error) {
	if n > len(m.rest) {
		return m.rest, io.EOF
	}
	return m.rest[:n], nil
}

func (m *memory) Skip(n int) error {
	if n > len(m.rest) {
		return io.EOF
	}
	m.rest = m.rest[n:]
	return nil
}

func (m *memory) ReadBinary(n int) ([]byte, error) {
	p, err := m.Peek(n)
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), p...), m.Skip(n)
}

func (m *memory) ReadByte() (byte, error) {
	p, err := m.Peek(1)
	if err != nil {
		return 0, err
	}
	return p[0], m.Skip(1)
}

func (m *memory) Len() int       { return len(m.rest) }
func (m *memory) Release() error { return nil }
