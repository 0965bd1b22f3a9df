package transport

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/interleave"
	"example.com/khp/internal/interleave/weave"
	"example.com/khp/internal/tcptest"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

var shutdownFaults = []weave.Fault{
	{Name: "an end before the loop is not told to it", Before: "\tif x != nil && e.ending {",
		After: "\tif !seeded && x != nil && e.ending {"},
	{Name: "an open connection does not hear of the end",
		Before: "\t\tc.EndBy((*inner)(c.conn))\n",
		After:  "\t\tif !seeded {\n\t\t\tc.EndBy((*inner)(c.conn))\n\t\t}\n"},
	{Name: "a connection is let in after the end", Before: "\tif t.ending {\n\t\treturn false\n\t}",
		After: "\tif !seeded && t.ending {\n\t\treturn false\n\t}"},
	{Name: "the end waits for none", Before: "\tif t.endAll(ctx, rest, over) {",
		After: "\tif seeded || t.endAll(ctx, rest, over) {"},
	{Name: "a silent client is not noticed at once", Before: "\tcase e.unheard:\n",
		After: "\tcase !seeded && e.unheard:\n"},
	{Name: "a client is silent when the end has come", Before: "e.dropped || e.ending && unheard",
		After: "e.dropped || !seeded && e.ending && unheard"},
	{Name: "a handshake goes on after the end", Before: "\tif d.Context.Err() != nil {\n",
		After: "\tif !seeded && d.Context.Err() != nil {\n"},
	{Name: "the loop hears of no end", Before: "\t\td.Entry.EndBy(d)\n",
		After: "\t\tif !seeded {\n\t\t\td.Entry.EndBy(d)\n\t\t}\n"},
	{Name: "the end of Serve is normal", Before: "\tcase c.ctx.Err() != nil:\n\t\tcode =",
		After: "\tcase !seeded && c.ctx.Err() != nil:\n\t\tcode ="},
	{Name: "the last connection ends no wait", Before: "\tif t.ending && len(t.live) == 0 {",
		After: "\tif !seeded && t.ending && len(t.live) == 0 {"},
	{Name: "a connection is forgotten before it ends",
		Before: "\tif c.shake(o, false) == nil {\n",
		After: "\tif seeded {\n\t\tc.server.live.Remove(&c.Entry)\n\t}\n" +
			"\tif c.shake(o, false) == nil {\n"},
}

// Whenever a server is shut down, of a handshake that asks for credentials and of the use and the
// end of its connection: the client has 503 or an open connection, and then 1001 unless it closes
// first; once Shutdown has returned nothing is served, and no connection is left. The end comes in
// each phase, and at each moment at which one becomes another; all schedules with one preemption
// are tried.
func TestShutdown_Interleavings(t *testing.T) {
	dirs := []string{".", "internal/tracker", "internal/loop"}
	weave.Explore(t, dirs, shutdownFaults, func(t *testing.T) {
		for _, s := range shutdownScenes {
			total := 0
			for at := 0; at < 2*lastShutdownStep; at += s.every {
				count, err := interleave.Explore(t, 1, func(r *interleave.Run) func() error {
					c := newShutdownScene(time.Duration(at) * shutdownStep / 2)
					check := s.run(r, c)
					return func() error {
						<-c.left
						if err := check(); err != nil {
							return err
						}
						return c.over()
					}
				})
				require.NoError(t, err, "%s, at step %g", s.name, float64(at)/2)
				total += count
			}
			t.Logf("%s: %d schedules", s.name, total)
		}
	})
}

// The client and the application take that long for each step: opening request, extended request,
// 401, replay, decision, Close.
const (
	shutdownStep     = time.Millisecond
	lastShutdownStep = 7
)

// shutdownScene is a server, a client that speaks to it, and an end.
type shutdownScene struct {
	h      *Handler
	s      *Server
	nc     *interleave.Conn // of the server
	client *tcptest.Conn
	deaf   bool // Serve does not mind its context
	mute   bool // the client says nothing
	stops  bool // the client says no more than the opening request
	silent bool // the client does not answer Close
	closes bool // the client closes the open connections

	heard    []string      // by the client
	left     chan struct{} // closed when the client is gone
	serving  int
	served   int
	err      error         // of the end
	at       time.Duration // when the end comes
	took     time.Duration // how long it takes
	after    string        // the rest when the end had returned
	answered int           // the status that net/http would send, instead of the handshake
}

func newShutdownScene(at time.Duration) *shutdownScene {
	c := &shutdownScene{at: at, left: make(chan struct{})}
	a, b := tcptest.Pair(tcptest.Options{})
	c.nc, c.client = &interleave.Conn{Conn: a}, b
	c.h = &Handler{
		Decide: func(ctx context.Context, r *Request) (Decision, error) {
			select {
			case <-time.After(shutdownStep):
			case <-ctx.Done():
				return Decision{}, ctx.Err()
			}
			if r.Authorization == "" {
				return Decision{Status: 401, Challenges: []string{`Basic realm="r"`}}, nil
			}
			return Decision{}, nil
		},
		Serve: func(ctx context.Context, conn *Conn) error {
			c.served++
			c.serving++
			defer func() { c.serving-- }()
			if c.deaf {
				ctx = context.Background()
			}
			_, _, err := conn.Read(ctx)
			interleave.Yield("serve")
			return err
		},
	}
	c.s = &Server{Handler: c.h}
	return c
}

// talk is the client: it asks, answers 401, and closes when the server does. It is no thread of the
// exploration, only its time counts.
func (c *shutdownScene) talk(opening string) {
	defer close(c.left)
	defer func() { _ = c.client.Close() }()
	if opening != "" && !c.mute {
		time.Sleep(shutdownStep)
		_, _ = io.WriteString(c.client, opening)
	}
	var head []byte
	for b := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, b[0]) {
		if _, err := io.ReadFull(c.client, b); err != nil {
			return
		}
	}
	c.heard = append(c.heard, string(head[9:12]))
	if c.heard[0] != "101" {
		_, _ = io.Copy(io.Discard, c.client)
		return
	}
	say := func(f frametest.Frame) { _, _ = c.client.Write(frametest.Encode(false, f)) }
	if !c.stops {
		time.Sleep(shutdownStep)
		say(bin(extendedRequest))
	}
	for {
		f, err := frametest.ReadFrame(c.client)
		if err != nil {
			return
		}
		switch {
		case f.Header.OpCode == ws.OpClose:
			c.heard = append(c.heard, fmt.Sprint("close ", int(f.Payload[0])<<8+int(f.Payload[1])))
			if !c.silent {
				say(frametest.Frame{Op: ws.OpClose, P: string(f.Payload)})
			}
			continue
		case len(f.Payload) == 0:
			c.heard = append(c.heard, "end")
			if c.closes && c.heard[len(c.heard)-2] == "101" {
				time.Sleep(shutdownStep)
				say(frametest.Frame{Op: ws.OpClose, P: "\x03\xe8"})
			}
			continue
		}
		status := string(f.Payload[9:12])
		if c.heard = append(c.heard, status); status == "401" {
			time.Sleep(shutdownStep)
			say(bin(replayedRequest))
		}
	}
}

// serveHTTP has the handler serve a connection whose opening request net/http has read.
func (c *shutdownScene) serveHTTP(r *interleave.Run) {
	request, _ := http.ReadRequest(newReader(openingRequest))
	go c.talk("")
	r.Go("server", func() {
		w := &hijacked{httptest.NewRecorder(), c.nc}
		c.h.ServeHTTP(w, request)
		if w.Code != http.StatusOK { // net/http closes the connection
			c.answered = w.Code
			_ = c.nc.Close()
		}
	})
}

// listen has the server serve a connection.
func (c *shutdownScene) listen(r *interleave.Run) {
	l := newPipeListener()
	l.queue <- c.nc
	go c.talk(openingRequest)
	r.Go("server", func() {
		_ = c.s.Serve(l)
		select {
		case v := <-l.queue: // as the system does with connections that were not accepted
			_ = v.(io.Closer).Close()
		default:
		}
	})
}

// end is the result for a caller of Shutdown.
func (c *shutdownScene) end(r *interleave.Run, shutdown func() error) {
	r.Go("end", func() {
		time.Sleep(c.at)
		interleave.Yield("end")
		begin := time.Now()
		c.err = shutdown()
		c.took = time.Since(begin)
		if c.serving != 0 || c.h.Connections() != 0 {
			c.after = fmt.Sprintf("%d served, %d connections", c.serving, c.h.Connections())
		}
	})
}

// over checks the observations.
func (c *shutdownScene) over() error {
	if c.serving > 0 || c.h.Connections() > 0 || c.s.Connections() > 0 || c.nc.Closed == 0 {
		return fmt.Errorf("left in the end: %d served, %d and %d connections, closed %d times",
			c.serving, c.h.Connections(), c.s.Connections(), c.nc.Closed)
	}
	return nil
}

// orderly checks a Shutdown that has as much time as it needs.
func (c *shutdownScene) orderly(silentToo bool) error {
	heard := strings.Join(c.heard, " ")
	open := []string{"close 1001"}
	if c.closes {
		open = append(open, "close 1000")
	}
	ends := []string{"503 end close 1001"}
	for _, o := range open {
		ends = append(ends, "401 end 101 end "+o)
	}
	ends = append(ends, "401 end 503 end close 1001")
	rest, opened := strings.CutPrefix(heard, "101 ")
	switch {
	case c.err != nil:
		return fmt.Errorf("Shutdown: %w", c.err)
	case c.after != "":
		return fmt.Errorf("left after Shutdown: %s", c.after)
	case c.took > time.Second:
		return fmt.Errorf("it took %v", c.took)
	case !opened && heard == "" && (silentToo || c.answered == 503) && c.served == 0:
	case !opened || !slices.Contains(ends, rest):
		return fmt.Errorf("the client heard %q", heard)
	case strings.Contains(rest, "101") != (c.served == 1):
		return fmt.Errorf("it was served %d times, and heard %q", c.served, heard)
	}
	return nil
}

func newReader(text string) *bufio.Reader { return bufio.NewReader(strings.NewReader(text)) }

var shutdownScenes = []struct {
	name  string
	every int // of the moments, each half a step long
	run   func(r *interleave.Run, c *shutdownScene) (check func() error)
}{
	{"Server.Shutdown, unheard", 99, func(r *interleave.Run, c *shutdownScene) func() error {
		c.mute = true
		c.listen(r)
		c.end(r, func() error { return c.s.Shutdown(context.Background()) })
		return func() error { return c.orderly(true) }
	}},
	{"Server.Shutdown, waiting", 4, func(r *interleave.Run, c *shutdownScene) func() error {
		c.stops = true
		c.listen(r)
		c.end(r, func() error { return c.s.Shutdown(context.Background()) })
		return func() error { return c.orderly(true) }
	}},
	{"Server.Shutdown", 1, func(r *interleave.Run, c *shutdownScene) func() error {
		c.deaf = true
		c.listen(r)
		c.end(r, func() error { return c.s.Shutdown(context.Background()) })
		return func() error { return c.orderly(true) }
	}},
	{"Handler.Shutdown", 1, func(r *interleave.Run, c *shutdownScene) func() error {
		c.closes = true
		c.serveHTTP(r)
		c.end(r, func() error { return c.h.Shutdown(context.Background()) })
		return func() error { return c.orderly(false) }
	}},
	{"Server.Shutdown without time", 2, func(r *interleave.Run, c *shutdownScene) func() error {
		c.silent, c.deaf = true, true
		c.listen(r)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		c.end(r, func() error { return c.s.Shutdown(ctx) })
		return func() error {
			cancel()
			if c.err != nil && !errors.Is(c.err, context.DeadlineExceeded) || c.took > time.Second {
				return fmt.Errorf("Shutdown: %v after %v", c.err, c.took)
			}
			return nil
		}
	}},
	{"Server.Close", 2, func(r *interleave.Run, c *shutdownScene) func() error {
		c.listen(r)
		c.end(r, c.s.Close)
		return func() error {
			if c.err != nil || c.took > 0 {
				return fmt.Errorf("Close: %v after %v", c.err, c.took)
			}
			return nil
		}
	}},
}
