package capture

import (
	"bufio"
	"bytes"
	"net/http"

	"example.com/khp/wire"
)

// Pages may be in HTTP that the parser of the handshake refuses: they are read as net/http does,
// for nothing but their framing.

// headLen is the length of the head that b begins with, 0 if it is not whole.
func headLen(b []byte) int {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(b, []byte(end)); i >= 0 {
			return i + len(end)
		}
	}
	return 0
}

// pageRequest reads a request that is no part of a handshake; n is 0 if that is not possible.
func pageRequest(b []byte) (r wire.Request, n int) {
	n = headLen(b)
	p, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b[:n])))
	if n == 0 || err != nil || p.Header.Get("Sec-WebSocket-Key") != "" {
		return r, 0
	}
	r = wire.Request{Method: []byte(p.Method), Target: []byte(p.RequestURI),
		ContentLength: p.ContentLength}
	if len(p.TransferEncoding) > 0 {
		r.Fields = wire.Fields{{Name: []byte("Transfer-Encoding"), Value: []byte("chunked")}}
	}
	return r, n
}

// pageResponse reads a response that is no part of a handshake; n is 0 if that is not possible.
func pageResponse(b []byte, head bool) (r wire.Response, n int) {
	n = headLen(b)
	asked := &http.Request{Method: http.MethodGet}
	if head {
		asked.Method = http.MethodHead
	}
	p, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b[:n])), asked)
	if n == 0 || err != nil || p.StatusCode == http.StatusSwitchingProtocols {
		return r, 0
	}
	r = wire.Response{Status: p.StatusCode, ContentLength: p.ContentLength}
	if len(p.TransferEncoding) > 0 {
		r.Fields = wire.Fields{{Name: []byte("Transfer-Encoding"), Value: []byte("chunked")}}
	}
	return r, n
}
