package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/retryafter"
	"example.com/khp/transport/internal/field"
	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/portal"
	"example.com/khp/transport/internal/reach"
	"example.com/khp/transport/internal/sock"
)

// HandshakeError is the reason why a connection was not opened. It carries the server's response,
// so that the caller can show it and decide whether to try again; Dial retries only if
// [DialOptions].Retry says so.
//
// errors.Is matches it with the [fsm.Failure] it holds, such as fsm.FailureRedirectLoop, and with
// its cause: context.Canceled, context.DeadlineExceeded, a network error, or the error of the
// credentials provider; errors.As finds those too, and a [*ProxyError].
type HandshakeError struct {
	Leg     endpoint.Leg // connect, opening handshake or extended handshake
	Failure fsm.Failure  // 0 if the caller's context ended first
	Status  int          // status code of the last response, 0 if there was none
	Reason  string       // its reason phrase; informational
	Header  http.Header  // its fields
	// The received part of its body, bounded by Limits.Body, 64 KiB; treat as untrusted.
	Body []byte
	// How long the server or the proxy asks to wait, at most a year; 0 if it does not ask.
	RetryAfter time.Duration
	// Close code of the peer, if it closed before the handshake was complete; 0 if it did not, or
	// gave none.
	Close     uint16
	CloseText string   // its reason, at most 123 bytes; treat as untrusted
	URL       string   // of the connection that failed
	Attempt   int      // which connection of the call it was, from 1
	Path      []string // all URLs visited, then the one that was refused, if any
	// Network error, context error or error of the credentials provider behind it, may be nil.
	Cause error
	Tries int // how often the whole call was tried, from 1; 0 without DialOptions.Retry

	// NetworkLogin says that the network, a captive portal, wants a login before it lets a client
	// through. It is set after a 511 and, if the connection began without TLS, also after a web page
	// instead of an opening handshake, or a redirect to one on another host that was not followed.
	// LoginURL is the http or https address of the login page, "" if it is not known. Show it to the
	// user, and do not open it by yourself: it is untrusted.
	NetworkLogin bool
	LoginURL     string

	text string
}

// Error names the failure, its place and the explanation of the server, in one line.
func (e *HandshakeError) Error() string { return e.text }

// Unwrap returns the cause.
func (e *HandshakeError) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, fsm.FailureRedirectLoop) work.
func (e *HandshakeError) Is(target error) bool {
	f, ok := target.(fsm.Failure)
	return ok && f == e.Failure
}

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *HandshakeError) As(target any) bool { return asFailure(e.Failure, target) }

// Temporary reports whether the same call may succeed later without any change: because the server
// or the proxy said so, with 408, 429, 502, 503 or 504, with Retry-After, or with a Close of 1001,
// 1012 or 1013; because something took too long; or because of effects of a restarting server: its
// address cannot be reached, or it refuses, resets or drops the connection before the handshake is
// complete. A 410 is final, whatever else the response says; and an unknown host name, a refused
// certificate or an invalid address do not pass by themselves. [AMB-47, AMB-48]
//
//khp:impl RFC2068-410-02
func (e *HandshakeError) Temporary() bool {
	//exhaustive:ignore
	switch e.Failure {
	case fsm.FailureTimeout, fsm.FailureAcceptedOnly, fsm.FailureConnectionLost:
		return true
	case fsm.FailureStatus:
		return busy(e.Status) || e.RetryAfter > 0 && e.Status != 410
	case fsm.FailurePeerClosed, fsm.FailureMissingTerminator:
		return e.Close == CloseGoingAway || e.Close == CloseServiceRestart ||
			e.Close == CloseTryAgainLater
	case fsm.FailureConnect:
		if proxy := proxyErrorOf(e.Cause); proxy != nil && proxy.Status != 0 {
			return busy(proxy.Status)
		}
		return reach.MayPass(e.Cause)
	case 0:
		return errors.Is(e.Cause, context.DeadlineExceeded)
	}
	return false
}

// busy reports whether a status says that only the moment is wrong.
func busy(status int) bool {
	switch status {
	case 408, 429, 502, 503, 504:
		return true
	}
	return false
}

// asFailure is As of an error that stands for f, if that is one.
func asFailure(f fsm.Failure, target any) bool {
	to, ok := target.(*fsm.Failure)
	if ok = ok && f != 0; ok {
		*to = f
	}
	return ok
}

// newHandshakeError makes the endpoint's account of a failure the caller's.
func newHandshakeError(err error) *HandshakeError {
	var from *endpoint.HandshakeError
	if !errors.As(err, &from) {
		return &HandshakeError{Cause: err, text: "khp: " + err.Error()}
	}
	e := &HandshakeError{
		Leg:       from.Leg,
		Failure:   from.Failure,
		Status:    from.Status,
		Reason:    from.Reason,
		Header:    field.Header(from.Header),
		Body:      from.Body,
		Close:     from.Close,
		CloseText: from.Text,
		URL:       from.URL,
		Attempt:   from.Attempt,
		Path:      from.Path,
		text:      "khp: " + from.Error(),
	}
	e.RetryAfter = retryAfter(e.Header)
	return e
}

// retryAfter reads the Retry-After field, 0 if there is none to be understood.
func retryAfter(h http.Header) time.Duration {
	seconds, _ := retryafter.Seconds([]byte(h.Get("Retry-After")), time.Now().Unix())
	return time.Duration(seconds) * time.Second
}

// clientError is the error of Dial if no attempt can even begin: a HandshakeError for the URL,
// another error for the options.
func clientError(err error) error {
	var from *endpoint.HandshakeError
	if errors.As(err, &from) {
		return newHandshakeError(err)
	}
	return errors.New("transport: these options cannot be used: " +
		strings.TrimPrefix(err.Error(), "endpoint: "))
}

// noticePortal notes whether a network that wants a login first has answered in the place of the
// server or the proxy.
func (e *HandshakeError) noticePortal() {
	a := portal.Answer{URL: e.URL, Status: e.Status, Header: e.Header, Body: e.Body,
		Refused: e.Failure == fsm.FailureRedirectRefused}
	if proxy := proxyErrorOf(e.Cause); proxy != nil {
		a = portal.Answer{URL: e.URL, Status: proxy.Status, Header: proxy.Header, Body: proxy.Body,
			Proxy: true}
	} else if e.Failure != fsm.FailureStatus && !a.Refused {
		return
	}
	a.Unproven = e.Leg == endpoint.LegOpening && len(e.Path) > 0 && strings.HasPrefix(e.Path[0], "ws:")
	login, ok := portal.Detect(a)
	if !ok {
		return
	}
	e.NetworkLogin, e.LoginURL = true, login.URL
	e.text += "; " + login.String()
}

// The following functions are for programs that drive package endpoint on connections of their own,
// as package adapter does, and want to keep the errors and providers of this package; AnswerProbe
// is for them, too.

var errUnexplained = errors.New("the handshake failed")

// NewHandshakeError turns the failure of an endpoint, or the error that ended it from outside, into
// the error that Dial would return. cause is the network or context error behind it and may be nil.
// Without either the error only says that the handshake failed.
func NewHandshakeError(err, cause error) *HandshakeError {
	if err = cmp.Or(err, cause); err == nil {
		err = errUnexplained
	}
	e := newHandshakeError(err)
	e.Cause = cmp.Or(cause, e.Cause)
	if e.Attempt > 0 { // a client's
		e.noticePortal()
	}
	return e
}

// Values that hold credentials or cookies print without them, for every verb and logger. Code can
// read the fields.

// LogValue is the message, for log/slog.
func (e HandshakeError) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Format writes the same text for every verb, even for one that does not fit.
func (e HandshakeError) Format(s fmt.State, verb rune) { field.Show(s, verb, e.Error()) }

// MarshalText is for encoders of logs.
func (e HandshakeError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// ProxyError reports that a proxy made no connection: the cause of a [*HandshakeError] with
// fsm.FailureConnect or fsm.FailureTimeout. It never shows the user and password of the proxy.
type ProxyError struct {
	Proxy  string      // scheme://host:port; "" if the proxy to use could not be found out
	Target string      // host:port it was asked for
	Status int         // of its answer, 0 if there was none
	Header http.Header // its fields
	// The received part of its body, bounded by DialOptions.Limits; treat as untrusted.
	Body []byte
	Err  error // network error, or why a challenge of the proxy was not answered; may be nil
}

// Error names the proxy and says what it did.
func (e *ProxyError) Error() string {
	s := "proxy " + e.Proxy
	switch {
	case e.Proxy == "":
		s = "no proxy found"
	case e.Status != 0:
		s += fmt.Sprintf(" refused to connect to %s with %d", e.Target, e.Status)
		if text := http.StatusText(e.Status); text != "" {
			s += " " + text
		}
	default:
		s += " did not connect to " + e.Target
	}
	if e.Err != nil {
		s += ": " + sock.Reason(e.Err)
	} else if e.Status == http.StatusProxyAuthRequired {
		s += ": its credentials are refused"
	}
	return s
}

// Is makes errors.Is(err, fsm.FailureConnect) work.
func (e *ProxyError) Is(target error) bool { return target == fsm.FailureConnect }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *ProxyError) As(target any) bool { return asFailure(fsm.FailureConnect, target) }

// Unwrap returns Err.
func (e *ProxyError) Unwrap() error { return e.Err }

// proxyErrorOf finds a ProxyError behind err, nil if there is none.
func proxyErrorOf(err error) *ProxyError {
	var e *ProxyError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// LogValue is the message, for log/slog.
func (e ProxyError) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Format writes the same text for every verb, even for one that does not fit.
func (e ProxyError) Format(s fmt.State, verb rune) { field.Show(s, verb, e.Error()) }

// MarshalText is for encoders of logs.
func (e ProxyError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// CloseError reports that the peer sent a Close frame. [Conn.Read] returns it, as a pointer.
type CloseError struct {
	Code   uint16 // the peer's close code; CloseNoStatus if its Close frame had no body
	Reason string // the peer's words, at most 123 bytes of valid UTF-8; treat as untrusted
}

// Error says who closed, with which code, and quotes the reason.
func (e *CloseError) Error() string {
	s := "transport: peer closed the connection: " + frames.CodeString(e.Code)
	if e.Reason != "" {
		s += ": " + strconv.Quote(e.Reason)
	}
	return s
}

// CloseCode returns the code of the [CloseError] in err's tree, or 0 if the peer sent no Close
// frame.
func CloseCode(err error) uint16 {
	var e *CloseError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// Is makes errors.Is(err, fsm.FailurePeerClosed) work.
func (e *CloseError) Is(target error) bool { return target == fsm.FailurePeerClosed }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *CloseError) As(target any) bool { return asFailure(fsm.FailurePeerClosed, target) }

// ProtocolError reports that the connection was failed from this side: the peer broke a rule of RFC
// 6455, or an extension that was agreed on gave it up. The peer was told with a Close frame where
// that was possible, and the TCP connection is closed. [RFC 6455 7.1.7]
type ProtocolError struct {
	// Code is the close code that was sent: CloseProtocolError, CloseInvalidPayload, CloseTooBig, or
	// the code that an extension names.
	Code uint16
	Msg  string // describes the mistake; never contains data of the peer
}

// Error says why, and which code the peer was told.
func (e *ProtocolError) Error() string {
	return "transport: failed the connection: " + e.Msg + ": closed with " + frames.CodeString(e.Code)
}

// failure is the failure of a handshake for the same reason.
func (e *ProtocolError) failure() fsm.Failure { return frames.Failure(e.Code) }

// Is makes errors.Is(err, fsm.FailureFrame) and the like work.
func (e *ProtocolError) Is(target error) bool { return target == e.failure() }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *ProtocolError) As(target any) bool { return asFailure(e.failure(), target) }

// InactivityError ends a connection on which nothing arrived for a whole KeepAlive, although a Ping
// asked for a sign of life halfway. [Conn.Read] returns it, as a pointer. It matches
// [io.ErrUnexpectedEOF], like the end of any connection without a Close frame of the peer.
type InactivityError struct {
	Silence time.Duration // how long nothing arrived: the KeepAlive of the connection
}

// Error says for how long nothing arrived.
func (e *InactivityError) Error() string { return "transport: " + e.reason() }

func (e *InactivityError) reason() string {
	return "nothing was received for " + e.Silence.String() + ", and no answer to a Ping"
}

// Unwrap returns [io.ErrUnexpectedEOF].
func (e *InactivityError) Unwrap() error { return io.ErrUnexpectedEOF }

// Is makes errors.Is(err, fsm.FailureTimeout) work.
func (e *InactivityError) Is(target error) bool { return target == fsm.FailureTimeout }

// As makes errors.As(err, &failure) work, with a failure of type [fsm.Failure].
func (e *InactivityError) As(target any) bool { return asFailure(fsm.FailureTimeout, target) }
