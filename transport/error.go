package transport

import (
	"errors"
	"net/http"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/transport/endpoint"
	"example.com/khp/wire"
)

// HandshakeError is why a connection was not opened. It carries what the server said, so that the caller can show it and decide whether to try
// again; nothing is retried by itself.
//
// errors.Is matches it with the [fsm.Failure] it holds, such as fsm.FailureRedirectLoop, and with whatever the cause was: context.Canceled,
// context.DeadlineExceeded, or a network error; errors.As finds those too.
type HandshakeError struct {
	Leg        endpoint.Leg  // connect, opening handshake or extended handshake
	Failure    fsm.Failure   // what happened; 0 if the caller's context ended first
	Status     int           // status code of the last response, 0 if there was none
	Reason     string        // its reason phrase, which means nothing
	Header     http.Header   // its fields
	Body       []byte        // its body, at most 64 KiB; treat as untrusted
	RetryAfter time.Duration // how long the server asks to wait, at most a year; 0 if it does not ask
	URL        string        // of the connection that failed
	Attempt    int           // which connection of the call it was, from 1
	Path       []string      // all URLs visited, then the one that was refused, if any
	Cause      error         // network error or context error behind it, may be nil
	text       string
}

// Error says what happened, where, and what the server had to say about it, in one line.
func (e *HandshakeError) Error() string { return e.text }

// Unwrap returns the cause.
func (e *HandshakeError) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, fsm.FailureRedirectLoop) work.
func (e *HandshakeError) Is(target error) bool {
	f, ok := target.(fsm.Failure)
	return ok && f == e.Failure
}

// Temporary reports whether the same call may succeed later without any change: the server said so with 408, 429 or 503, with Retry-After, or
// there was a timeout. [AMB-47]
func (e *HandshakeError) Temporary() bool {
	switch e.Status {
	case 408, 429, 503:
		return true
	}
	return e.RetryAfter > 0 || e.Failure == fsm.FailureTimeout || e.Failure == fsm.FailureAcceptedOnly
}

// newHandshakeError makes the endpoint's account of a failure the caller's.
func newHandshakeError(err error, cause error) *HandshakeError {
	var from *endpoint.HandshakeError
	if !errors.As(err, &from) {
		return &HandshakeError{Cause: err, text: "khp: " + err.Error()}
	}
	e := &HandshakeError{
		Leg: from.Leg, Failure: from.Failure, Status: from.Status, Reason: from.Reason, Header: httpHeader(from.Header), Body: from.Body,
		URL: from.URL, Attempt: from.Attempt, Path: from.Path, Cause: cause, text: "khp: " + from.Error(),
	}
	if v := from.Field("Retry-After"); v != "" {
		if seconds, ok := wire.RetryAfter([]byte(v), time.Now().Unix()); ok {
			e.RetryAfter = time.Duration(seconds) * time.Second
		}
	}
	return e
}

func httpHeader(fields []endpoint.HeaderField) http.Header {
	h := make(http.Header, len(fields))
	for _, f := range fields {
		h.Add(f.Name, f.Value)
	}
	return h
}

// headerFields is the other way round, sorted by name so that requests are reproducible.
func headerFields(h http.Header) []endpoint.HeaderField {
	var list []endpoint.HeaderField
	for _, name := range sortedKeys(h) {
		for _, v := range h[name] {
			list = append(list, endpoint.HeaderField{Name: name, Value: v})
		}
	}
	return list
}
