package transport

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"reflect"
	"testing"
	"time"

	"example.com/khp/internal/anycall"
	format "example.com/khp/transport/trace"
	"pgregory.net/rapid"
)

// No call panics, in any order and with any arguments. This test covers the functions without a
// network; Dial, Server and Conn are tested with one.
func TestAnyCalls(t *testing.T) {
	functions := map[string]any{
		"CloseCode": CloseCode, "CloseCodeText": CloseCodeText, "NewHandshakeError": NewHandshakeError,
		"Prepare": Prepare, "ProxyFromEnvironment": ProxyFromEnvironment, "Redirect": Redirect,
		"Refuse": Refuse, "SourceOf": SourceOf, "TraceTo": TraceTo,
	}
	all := maps.Clone(functions)
	all["Dial"], all["AnswerProbe"] = Dial, AnswerProbe
	anycall.Complete(t, ".", all)
	values := func(t *rapid.T, typ reflect.Type) (v reflect.Value, ok bool) {
		switch typ {
		case reflect.TypeFor[error]():
			v = reflect.New(typ).Elem()
			list := []error{nil, io.EOF, &HandshakeError{}, &CloseError{Code: 1001}, &ProxyError{},
				&ProtocolError{}, &InactivityError{}, errors.Join(io.EOF, nil)}
			if err := rapid.SampledFrom(list).Draw(t, "error"); err != nil {
				v.Set(reflect.ValueOf(err))
			}
			return v, true
		case reflect.TypeFor[time.Duration]():
			return reflect.ValueOf(rapid.SampledFrom([]time.Duration{0, -1, time.Second, 1<<63 - 1}).Draw(t,
				"duration")), true
		case reflect.TypeFor[time.Time]():
			return reflect.ValueOf(time.Unix(rapid.Int64Range(0, 1<<40).Draw(t, "time"), 0)), true
		case reflect.TypeFor[*format.Writer]():
			w, err := format.NewWriter(&bytes.Buffer{}, format.Header{})
			if err != nil {
				t.Fatal(err)
			}
			return reflect.ValueOf(rapid.SampledFrom([]*format.Writer{w, {}}).Draw(t, "writer")), true
		}
		return v, false
	}
	texts := []string{"ws://u:p@h/p?q", "HTTP/1.1 401 x", "GET /p HTTP/1.1\r\nCookie: a\r\n\r\n",
		"reason", "opening", "/p", "Basic eA=="}
	rapid.Check(t, func(t *rapid.T) {
		c := anycall.Caller{Texts: texts, Values: values, Skip: []string{"Format", "Shutdown", "Close",
			"ServeHTTP", "Accept", "Serve", "ListenAndServe"}}
		c.Run(t, []any{
			&HandshakeError{}, &HandshakeError{Status: 401}, &CloseError{}, &ProxyError{}, &ProtocolError{},
			&InactivityError{}, &Handler{}, &Event{}, &Retry{}, &DialOptions{}, &Decision{}, &Request{},
			&OpeningRequest{}, &HeaderField{},
		}, functions, 60)
	})
}
