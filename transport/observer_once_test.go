package transport

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// wantOneEnd checks that the observer was told of one end of each handshake, last, and for how long
// it went on, with the context of the caller.
func wantOneEnd(t *testing.T, story []Event, kind EventKind, took time.Duration) Event {
	t.Helper()
	require.NotEmpty(t, story)
	for i, ev := range story {
		end := ev.Kind == EventOpen || ev.Kind == EventFail || ev.Kind == EventClosed
		require.Equal(t, i == len(story)-1, end, "%d: %s of %v", i, ev.Kind, lines(story))
		require.Equal(t, "value", ev.Context().Value(contextKey{}), "%s", ev.Kind)
	}
	last := story[len(story)-1]
	require.Equal(t, kind, last.Kind)
	require.Equal(t, took, last.Duration)
	return last
}

type contextKey struct{}

// However a handshake ends, an observer on the client's side is told so once, and with the context
// of the call.
func TestObserver_ClientEndsOnce(t *testing.T) {
	for name, x := range map[string]struct {
		opts   DialOptions
		script func(*rawServer)
		cancel time.Duration // when ctx ends; 0 is never
		kind   EventKind
		failed fsm.Failure
		took   time.Duration
	}{
		"open": {script: func(p *rawServer) {
			p.asked()
			p.send(bin(response101), terminator)
			p.silent()
		}, kind: EventOpen},
		"refused": {script: func(p *rawServer) {
			p.asked()
			p.send(bin("HTTP/1.1 404 Not Found\r\n\r\n"), terminator)
		}, kind: EventFail, failed: fsm.FailureStatus},
		"opening 404": {script: func(p *rawServer) {
			p.openingRequest()
			p.bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		}, kind: EventFail, failed: fsm.FailureStatus},
		"timeout": {script: func(p *rawServer) { p.asked(); p.quiet = true; p.silent() },
			opts: DialOptions{Timeouts: Timeouts{Response: time.Minute}}, kind: EventFail,
			failed: fsm.FailureTimeout, took: time.Minute + 5*time.Second},
		"lost": {script: func(p *rawServer) { p.asked(); _ = p.nc.Close() }, kind: EventFail,
			failed: fsm.FailureConnectionLost},
		"given up": {script: func(p *rawServer) { p.asked(); p.silent() }, cancel: time.Second,
			kind: EventClosed, took: time.Second},
		"misgranted": {script: misgrant, opts: DialOptions{Compression: &Compression{}},
			kind: EventFail, failed: fsm.FailureExtensionNotRequested},
		"cannot dial": {opts: DialOptions{
			NetDial: func(context.Context, string, string) (net.Conn, error) {
				return nil, errors.New("no network")
			},
		}, kind: EventFail, failed: fsm.FailureConnect},
		"loop of two": {script: func(p *rawServer) {
			p.asked()
			p.send(bin("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), terminator)
		}, kind: EventFail, failed: fsm.FailureRedirectLoop},
		"wrong frames": {script: func(p *rawServer) { p.asked(); p.send(pf{Op: 3}) }, kind: EventFail,
			failed: fsm.FailureFrame},
	} {
		virtual(t, name, func(t *testing.T) {
			var seen recorder
			x.opts.Observer = &seen
			ctx := context.WithValue(t.Context(), contextKey{}, "value")
			if x.cancel > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, x.cancel)
				defer cancel()
			}
			if x.script == nil {
				_, err := Dial(ctx, "ws://one.example/", &x.opts)
				require.Error(t, err)
			} else {
				got := dialRaw(t, ctx, false, &x.opts, x.script)
				require.Equal(t, x.kind == EventOpen, got.err == nil)
				defer got.end()
			}
			require.Equal(t, x.failed, wantOneEnd(t, seen.story(), x.kind, x.took).Failure)
		})
	}
}

// A context may hold secrets, which an event does not print.
func TestEvent_HidesContext(t *testing.T) {
	ctx := context.WithValue(t.Context(), contextKey{}, "s3cr3t")
	ev := Event{Kind: EventOpen}.WithContext(ctx)
	require.Equal(t, ctx, ev.Context())
	require.Equal(t, context.Background(), Event{}.Context())
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", ev)
	for _, text := range []string{fmt.Sprint(ev), fmt.Sprintf("%+v %#v", ev, &ev), log.String()} {
		require.NotContains(t, text, "s3cr3t")
	}
}

// misgrant grants a compression that no one asked for.
func misgrant(p *rawServer) {
	p.openingRequest()
	p.bytes(strings.Replace(p.response101Opening(), "\r\n\r\n",
		"\r\nSec-WebSocket-Extensions: permessage-deflate; x\r\n\r\n", 1))
	p.message()
	p.send(bin(response101), terminator)
	p.silent()
}

// The same on the server's side, where the context is the one that ConnContext has made.
func TestObserver_ServerEndsOnce(t *testing.T) {
	decide := func(d Decision) func(context.Context, *Request) (Decision, error) {
		return func(context.Context, *Request) (Decision, error) { return d, nil }
	}
	for name, x := range map[string]struct {
		opening string
		script  func(h *Handler, c *rawClient)
		decide  func(context.Context, *Request) (Decision, error)
		kind    EventKind
	}{
		"open": {script: func(_ *Handler, c *rawClient) {
			c.send(bin(extendedRequest))
			c.status()
		}, kind: EventOpen},
		"redirected": {decide: decide(Redirect("/other")), script: func(_ *Handler, c *rawClient) {
			c.send(bin(extendedRequest))
			c.status()
			c.answer(c.closeCode())
		}, kind: EventFail},
		"sent on with R": {opening: strings.Replace(openingRequest, "/echo", "/echo?.kl=Y", 1),
			decide: decide(Decision{Reroute: "ws://other.example/"}),
			script: func(_ *Handler, c *rawClient) {
				<-c.got
				c.send(bin(extendedRequest))
				for f := range c.got {
					if f.Header.OpCode == opX {
						c.answer(CloseNormal)
					}
				}
			}, kind: EventClosed},
		"opening refused": {opening: strings.Replace(openingRequest, "Host", "Origin: "+
			"https://evil.example\r\nHost", 1), script: func(*Handler, *rawClient) {}, kind: EventFail},
		"lost": {script: func(_ *Handler, c *rawClient) { _ = c.nc.Close() }, kind: EventFail},
		"shutdown": {script: func(h *Handler, c *rawClient) {
			go func() { _ = h.Shutdown(context.Background()) }()
			c.status()
			c.closeCode()
		}, kind: EventFail},
	} {
		virtual(t, name, func(t *testing.T) {
			var seen recorder
			h := &Handler{Serve: echoServe, Decide: x.decide,
				Observer: &seen, ConnContext: func(ctx context.Context, _ *OpeningRequest) context.Context {
					return context.WithValue(ctx, contextKey{}, "value")
				}}
			c := servePipe(t, h, cmp.Or(x.opening, openingRequest))
			<-c.head
			x.script(h, c)
			_ = c.nc.Close()
			<-c.done
			wantOneEnd(t, seen.story(), x.kind, 0)
		})
	}
}
