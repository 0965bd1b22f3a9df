package main

import (
	"bufio"
	"bytes"
	"net/http"
)

// netHTTPReader keeps the readers that net/http asks for. New ones for each message
// would cost 4 KiB more.
type netHTTPReader struct {
	src    bytes.Reader
	buf    *bufio.Reader
	header http.Header
	host   string
}

func newNetHTTPReader() *netHTTPReader {
	r := new(netHTTPReader)
	r.buf = bufio.NewReader(&r.src)
	return r
}

func (r *netHTTPReader) reset(message []byte) {
	r.src.Reset(message)
	r.buf.Reset(&r.src)
}

func (r *netHTTPReader) request(message []byte) error {
	r.reset(message)
	req, err := http.ReadRequest(r.buf)
	if err == nil {
		r.header, r.host = req.Header, req.Host
	}
	return err
}

func (r *netHTTPReader) response(message []byte) error {
	r.reset(message)
	rsp, err := http.ReadResponse(r.buf, nil)
	if err == nil {
		r.header, r.host = rsp.Header, ""
	}
	return err
}

func (r *netHTTPReader) fields() (n int) {
	if r.host != "" { // taken out of the header
		n++
	}
	for _, values := range r.header {
		n += len(values)
	}
	return n
}
