package wire_test

import (
	"errors"
	"fmt"

	"example.com/khp/wire"
)

// A server reads the extended request from one message.
func ExampleRequest_Parse() {
	message := []byte("GET /echo HTTP/1.1\r\n" +
		"Sec-WebSocket-Extensions: x-kaazing-idle-timeout,x-kaazing-ping-pong\r\n\r\n")
	var r wire.Request
	if err := r.Parse(message, wire.Limits{}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s\n", r.Method, r.Target)
	var exts []wire.Extension
	for value := range r.Fields.All("Sec-WebSocket-Extensions") {
		var err error
		if exts, err = wire.ParseExtensions(exts, value); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, e := range exts {
		fmt.Printf("%s\n", e.Name)
	}
	// Output:
	// GET /echo
	// x-kaazing-idle-timeout
	// x-kaazing-ping-pong
}

// An error says what is wrong and where; the kind is for programs.
func ExampleParseError() {
	var r wire.Request
	err := r.Parse([]byte("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), wire.Limits{})
	fmt.Println(wire.KindOf(err))
	var e *wire.ParseError
	if errors.As(err, &e) {
		fmt.Println(e.Offset)
	}
	fmt.Println(errors.Is(err, &wire.ParseError{Kind: wire.KindFieldName}))
	// Output:
	// bad field name
	// 20
	// true
}

// A head on a stream comes in pieces.
func ExampleResponse_ParseHead() {
	stream := []string{"HTTP/1.1 101 Web Socket Pro",
		"tocol Handshake\r\nUpgrade: websocket\r\n", "\r\nframes"}
	var buf []byte
	var r wire.Response
	for _, s := range stream {
		buf = append(buf, s...)
		n, err := r.ParseHead(buf, wire.Limits{})
		if wire.KindOf(err) == wire.KindIncomplete {
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d %s, then %q\n", r.Status, r.Reason, buf[n:])
	}
	// Output: 101 Web Socket Protocol Handshake, then "frames"
}

// A client collects the messages of an extended response until the empty one.
func ExampleAssembler() {
	var a wire.Assembler
	a.Reset(wire.Limits{})
	for _, message := range []string{"HTTP/1.1 401 Unauthorized\r\n" +
		"WWW-Authenticate: Application Basic realm=\"demo\"\r\n", "\r\nsorry", ""} {
		progress, err := a.Add(wire.Binary, []byte(message))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(progress)
	}
	value, _ := a.Response.Fields.Get("WWW-Authenticate")
	challenges, _ := wire.ParseChallenges(nil, value)
	realm, _ := challenges[0].Param("realm")
	fmt.Printf("%d %s %s: %s\n", a.Response.Status, challenges[0].Scheme, realm, a.Response.Body)
	// Output:
	// partial
	// body
	// terminated
	// 401 Basic demo: sorry
}

func ExampleResponse_Append() {
	r := wire.Response{
		Status: 403,
		Reason: []byte("Forbidden"),
		Fields: wire.Fields{{Name: []byte("Content-Type"), Value: []byte("text/plain")}},
		Body:   []byte("no\n"),
	}
	out, err := r.Append(nil)
	fmt.Printf("%q %v\n", out, err)
	r.Reason = []byte("Forbidden\r\nSet-Cookie: evil")
	_, err = r.Append(nil)
	fmt.Println(wire.KindOf(err))
	// Output:
	// "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nno\n" <nil>
	// bad status line
}

func ExampleAppendField() {
	out, _ := wire.AppendRequestLine(nil, "GET", "/echo")
	out, _ = wire.AppendField(out, "Sec-WebSocket-Protocol", "amqp")
	out = wire.AppendEnd(out)
	fmt.Printf("%q\n", out)
	// Output: "GET /echo HTTP/1.1\r\nSec-WebSocket-Protocol: amqp\r\n\r\n"
}

// A redirect target is resolved against the URL that was asked, and its key tells
// whether it was visited.
func ExampleURL_Resolve() {
	u, _ := wire.ParseURL("wss://Example.com/chat/room", nil)
	v, err := u.Resolve([]byte("https://example.com:443/chat/./%72oom"), nil)
	fmt.Println(v, err)
	fmt.Println(u.Key() == v.Key(), u.SameOrigin(v))
	// Output:
	// wss://example.com/chat/%72oom <nil>
	// true true
}
