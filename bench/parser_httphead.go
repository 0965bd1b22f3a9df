package main

import (
	"bufio"
	"bytes"
	"errors"

	"github.com/gobwas/httphead"
)

// httpHeadReader reads line by line, the way the WebSocket library of the same author does. It does
// not look at values.
type httpHeadReader struct {
	src   bytes.Reader
	buf   *bufio.Reader
	count int
}

func newHTTPHeadReader() *httpHeadReader {
	r := new(httpHeadReader)
	r.buf = bufio.NewReader(&r.src)
	return r
}

var errLine = errors.New("malformed line")

func (r *httpHeadReader) read(message []byte, start func([]byte) bool) error {
	r.src.Reset(message)
	r.buf.Reset(&r.src)
	r.count = 0
	line, err := httphead.ReadLine(r.buf)
	if err != nil {
		return err
	}
	if !start(line) {
		return errLine
	}
	for {
		line, err := httphead.ReadLine(r.buf)
		if err != nil || len(line) == 0 {
			return err
		}
		if _, _, ok := httphead.ParseHeaderLine(line); !ok {
			return errLine
		}
		r.count++
	}
}

func (r *httpHeadReader) request(message []byte) error {
	return r.read(message, func(line []byte) bool {
		_, ok := httphead.ParseRequestLine(line)
		return ok
	})
}

func (r *httpHeadReader) response(message []byte) error {
	return r.read(message, func(line []byte) bool {
		_, ok := httphead.ParseResponseLine(line)
		return ok
	})
}

func (r *httpHeadReader) fields() int { return r.count }
