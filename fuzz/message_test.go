package fuzz

import (
	"testing"

	"example.com/khp/fuzz/corpus"
	"example.com/khp/fuzz/internal/property"
)

// Any bytes as a request.
func FuzzParseRequest(f *testing.F) {
	for c := range corpus.Of(corpus.Request) {
		f.Add(c.Input)
	}
	f.Fuzz(func(t *testing.T, b []byte) { property.Check(t, property.Request(b)) })
}

// Any bytes as a response.
func FuzzParseResponse(f *testing.F) {
	for c := range corpus.Of(corpus.Response) {
		f.Add(c.Input)
	}
	f.Fuzz(func(t *testing.T, b []byte) { property.Check(t, property.Response(b)) })
}

// Any parts as a request, and as a response.
func FuzzRoundTrip(f *testing.F) {
	f.Add("GET", "/echo?.kl=Y", 101, "Switching Protocols", "Sec-WebSocket-Extensions",
		"x-kaazing-idle-timeout;timeout=2000", []byte(nil))
	f.Add("POST", "ws://h:1/", 201, "", "Content-Length", "4", []byte("made"))
	f.Add("GET", "/ HTTP/1.1\r\nX: y", 200, "OK\r\nX: y", "X: y\r\nZ", "a\r\n\r\nHTTP/1.1 200",
		[]byte("HTTP/1.1 200 OK\r\n\r\n"))
	f.Add("G\x00T", "", 99, "\x7f", "Host", "a:1:2", []byte("x"))
	f.Add("GET", "//", 204, "No", "Transfer-Encoding", " chunked", []byte{})
	f.Add("GET", "/", 200, "OK", "X", "a\x7f", []byte{})
	f.Fuzz(
		func(t *testing.T, method, target string, status int, reason, name, value string, body []byte) {
			property.Check(t, property.WriteRequest(method, target, name, value, body))
			property.Check(t, property.WriteResponse(status, reason, name, value, body))
		})
}

// Any bytes cut anywhere: into the bytes read so far, and into messages.
func FuzzSplit(f *testing.F) {
	for _, kind := range []corpus.Kind{corpus.Request, corpus.Response} {
		for c := range corpus.Of(kind) {
			if len(c.Input) < 1000 {
				f.Add(c.Input, []byte{6, 0, 40})
			}
		}
	}
	for _, wrong := range []string{ // for UTF-8, and one byte before, there or behind for HTTP as well
		"\xe2\x82A: x\r\n", "A\xe2\x82: x\r\n", "A \xe2\x82: x\r\n", "Content-Length: \xff\r\n",
		"Content-Length: 5\xff\r\n\r\n", "A: \xf0\x9f\x00\r\n", "\r\n\xed\xa0\x80HTTP/1.1",
	} {
		f.Add([]byte("HTTP/1.1 200 OK\r\n"+wrong), []byte{18, 0})
	}
	f.Fuzz(func(t *testing.T, b, cuts []byte) {
		property.Check(t, property.RequestPrefix(b))
		property.Check(t, property.ResponsePrefix(b))
		property.Check(t, property.Units(b, cuts))
	})
}
