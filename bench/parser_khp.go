package main

import "example.com/khp/wire"

type khpReader struct {
	req  wire.Request
	rsp  wire.Response
	last *wire.Fields
}

func (r *khpReader) request(message []byte) error {
	r.last = &r.req.Fields
	return r.req.Parse(message, wire.Limits{})
}

func (r *khpReader) response(message []byte) error {
	r.last = &r.rsp.Fields
	return r.rsp.Parse(message, wire.Limits{})
}

func (r *khpReader) fields() int { return len(*r.last) }
