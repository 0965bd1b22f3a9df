package main

import (
	"bufio"
	"bytes"

	"github.com/valyala/fasthttp"
)

type fastHTTPReader struct {
	src       bytes.Reader
	buf       *bufio.Reader
	req       fasthttp.RequestHeader
	rsp       fasthttp.ResponseHeader
	responded bool // the last message was a response
}

func newFastHTTPReader() *fastHTTPReader {
	r := new(fastHTTPReader)
	r.buf = bufio.NewReader(&r.src)
	return r
}

func (r *fastHTTPReader) reset(message []byte) {
	r.src.Reset(message)
	r.buf.Reset(&r.src)
}

func (r *fastHTTPReader) request(message []byte) error {
	r.reset(message)
	r.responded = false
	return r.req.Read(r.buf)
}

func (r *fastHTTPReader) response(message []byte) error {
	r.reset(message)
	r.responded = true
	return r.rsp.Read(r.buf)
}

func (r *fastHTTPReader) fields() int {
	if r.responded {
		return r.rsp.Len() - 1 // a Content-Type is added
	}
	return r.req.Len()
}
