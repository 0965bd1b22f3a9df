package transport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/khp/internal/upgrade"
	"example.com/khp/transport/auth"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

// oneServer is how a server answers on one connection.
type oneServer struct {
	down      bool     // there is none
	opening   string   // in the place of 101
	fields    string   // of the 101, in the place of KHP's
	responses []string // to extended requests; without one it says nothing
	cut       bool     // the connection ends amid the response
}

const (
	accepts    = "HTTP/1.1 101 x\r\nSec-WebSocket-Protocol: amqp\r\n\r\n"
	asksBasic  = "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n"
	asksDigest = "HTTP/1.1 401 x\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", " +
		"qop=\"auth\", algorithm=SHA-256\r\n\r\n"
)

func movedTo(location string) string {
	return "HTTP/1.1 302 x\r\nLocation: " + location + "\r\n\r\n"
}

func grants(extension string) string {
	return "HTTP/1.1 101 x\r\nSec-WebSocket-Extensions: " + extension + "\r\n\r\n"
}

// kindsOfServers differ in everything that a client learns while it shakes hands.
var kindsOfServers = map[string][]oneServer{
	"accepts":     {{responses: []string{accepts}}},
	"extension":   {{responses: []string{grants("x-a;n=2")}}},
	"basic":       {{responses: []string{asksBasic, accepts}}},
	"digest":      {{responses: []string{asksDigest, accepts}}},
	"not him":     {{responses: []string{asksBasic, asksBasic}}},
	"waits":       {{responses: []string{"HTTP/1.1 202 x\r\n\r\n", accepts}}},
	"forbids":     {{responses: []string{"HTTP/1.1 403 x\r\nX: y\r\n\r\nno"}}},
	"nonsense":    {{responses: []string{"nonsense\r\n\r\n"}}},
	"grants more": {{responses: []string{grants("x-b")}}},
	"cuts":        {{responses: []string{"HTTP/1.1 101 x"}, cut: true}},
	"silent":      {{}},
	"down":        {{down: true}},
	"not found":   {{opening: "HTTP/1.1 404 x\r\nContent-Length: 2\r\n\r\nno"}},
	"garbage":     {{opening: "SSH-2.0-x\r\n"}},
	"not khp":     {{fields: "Sec-WebSocket-Protocol: amqp\r\n"}},
	"redirects": {{responses: []string{movedTo("/two")}}, {responses: []string{asksBasic, accepts}},
		{responses: []string{accepts}}},
	"elsewhere": {{responses: []string{movedTo("ws://two.example/")}},
		{responses: []string{accepts}}},
	"forbidden place": {{responses: []string{movedTo("ws://secret.example/")}}},
	"round": {{responses: []string{movedTo("/two")}},
		{responses: []string{movedTo("/")}}},
	"opening asks": {
		{opening: "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=\"r\"\r\nContent-Length: 0\r\n\r\n"},
		{responses: []string{accepts}}},
}

// scriptedServer plays servers of one kind after the other, and records its input.
type scriptedServer struct {
	t     *testing.T
	next  []oneServer
	notes chan string
}

// fresh matches the parts that differ between any two connect calls.
var fresh = regexp.MustCompile(`(cnonce|response)="[^"]*"`)

func (s *scriptedServer) note(format string, args ...any) {
	s.notes <- fresh.ReplaceAllString(fmt.Sprintf(format, args...), "")
}

func (s *scriptedServer) dial(_ context.Context, _, addr string) (net.Conn, error) {
	s.note("dial %s", addr)
	if len(s.next) == 0 {
		return nil, errors.New("one connection too many")
	}
	a := s.next[0]
	if s.next = s.next[1:]; a.down {
		return nil, errors.New("no route to host")
	}
	ours, theirs := connection(s.t)
	go s.serve(theirs, a)
	return ours, nil
}

func (s *scriptedServer) serve(nc net.Conn, a oneServer) {
	defer func() { _ = nc.Close() }()
	r, err := http.ReadRequest(bufio.NewReader(nc))
	if err != nil {
		s.note("no opening request: %v", err)
		return
	}
	key := r.Header.Get("Sec-WebSocket-Key")
	r.Header.Del("Sec-WebSocket-Key")
	s.note("%s %s %s %v", r.Method, r.RequestURI, r.Host, r.Header)
	if a.opening != "" {
		_, _ = io.WriteString(nc, a.opening)
		return
	}
	fields := a.fields
	if fields == "" {
		fields = "Sec-WebSocket-Protocol: x-kaazing-handshake\r\n"
	}
	_, _ = io.WriteString(nc, "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+fields+
		"Sec-WebSocket-Accept: "+string(upgrade.AppendAccept(nil, []byte(key)))+"\r\n\r\n")
	for {
		f, err := frametest.ReadFrame(nc)
		if err != nil {
			return
		}
		if f.Header.Masked {
			ws.Cipher(f.Payload, f.Header.Mask, 0)
		}
		s.note("%v %s", f.Header.OpCode, f.Payload)
		switch {
		case f.Header.OpCode == opX:
			_, _ = nc.Write(frametest.Encode(true, pf{Op: opX, P: "\x03\xe8"}))
			return
		case len(a.responses) == 0:
			continue
		}
		if a.cut {
			_, _ = nc.Write(frametest.Encode(true, pf{Op: opB, P: a.responses[0]}))
			return
		}
		for more := true; more; { // behind 202 comes another one
			response := a.responses[0]
			a.responses = a.responses[1:]
			more = strings.HasPrefix(response, "HTTP/1.1 202 ")
			_, _ = nc.Write(frametest.Encode(true, pf{Op: opB, P: response}, pf{Op: opB}))
		}
	}
}

// reusable are options with everything in them that a connect call could change by mistake.
func reusable(s *scriptedServer, seen *events) *DialOptions {
	return &DialOptions{
		Subprotocols: []string{"amqp", "stomp"}, Extensions: []string{"x-a;n=1"},
		Header:        http.Header{"X-A": {"1"}, "X-Secret": {"2"}},
		OpeningHeader: http.Header{"Origin": {"http://o.example"}, "Cookie": {"c=d"}},
		Sensitive:     []string{"x-secret"}, Compression: &Compression{},
		Credentials: auth.FirstOf(auth.Digest("joe", "welcome"), auth.Basic("joe", "welcome")),
		CheckRedirect: func(via []string, to string) error {
			s.note("redirect %q %s", via, to)
			if to == "ws://secret.example/" {
				return errors.New("not there")
			}
			return nil
		},
		Timeouts: Timeouts{Response: 5 * time.Second}, NetDial: s.dial, Observer: seen,
	}
}

// call makes a connect call to a server of some kind, and returns all that can be seen of it.
func (s *scriptedServer) call(kind string, opts *DialOptions) (lines []string) {
	s.next, s.notes = kindsOfServers[kind], make(chan string, 1000)
	begin := time.Now()
	c, err := Dial(s.t.Context(), "ws://one.example/", opts)
	lines = append(lines, fmt.Sprint("after ", time.Since(begin)), fmt.Sprint(err))
	if err == nil {
		lines = append(lines, fmt.Sprint(c.Subprotocol(), c.Status(), c.Plain(), c.Extensions()))
		_ = c.Close(CloseNormal, "")
	}
	synctest.Wait()
	seen := opts.Observer.(*events)
	lines = append(lines, seen.lines...)
	seen.lines = nil
	close(s.notes)
	for note := range s.notes {
		lines = append(lines, note)
	}
	return lines
}

// A connect call with options that were used before has the same course as with new ones, whatever
// servers the earlier calls met.
func TestDial_OptionsAgain(t *testing.T) {
	names := slices.Sorted(maps.Keys(kindsOfServers))
	for at, first := range names {
		virtual(t, "after "+first, func(t *testing.T) {
			s := &scriptedServer{t: t}
			opts := reusable(s, &events{})
			for _, name := range slices.Concat(names[at:], names[:at]) {
				n := &scriptedServer{t: t}
				want := n.call(name, reusable(n, &events{}))
				require.Greater(t, len(want), 3, name)
				require.Equal(t, want, s.call(name, opts), "%s, in a row that begins with %s", name, first)
			}
		})
	}
}
