package conform

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script"
	"example.com/khp/sim/verdict"
)

// casePrefix is where the cases for clients are.
const casePrefix = "/case/"

// notVisited says why a case has no result.
const notVisited = "the client did not come for it"

// CaseURL is where a client finds the case of that id, if [Client] listens at base, ws://host:port.
func CaseURL(base, id string) string { return base + casePrefix + id }

// Missed reports whether the client did not come for a case.
func (c *Outcome) Missed() bool { return c.Grade == verdict.Skip && c.Why == notVisited }

// bench waits for a client, and runs a case for each path that it asks for.
type bench struct {
	ctx     context.Context
	o       Options
	run     *Run
	base    string
	web     *web
	wg      sync.WaitGroup
	changed chan struct{} // has a token when something has come or ended

	mu      sync.Mutex
	list    []Selected
	running map[string]*visit // by id
	results map[string]Outcome
	visited bool
}

// visit is a case that a client has come for.
type visit struct {
	loop *loop
	gone func()
}

// Client runs cases for a client that comes to l and asks for the path of one after the other. It
// returns when all have a result, when ctx ends, or when the client stays away for too long.
func Client(ctx context.Context, l net.Listener, list []Selected, o Options) *Run {
	address := l.Addr().String()
	b := &bench{ctx: ctx, o: o, base: "ws://" + address, list: list, running: map[string]*visit{},
		results: map[string]Outcome{}, changed: make(chan struct{}, 1)}
	b.run = &Run{Name: cmp.Or(o.Name, "client"), Role: "client", Target: b.base}
	b.web = newWeb(b, l.Addr())
	b.wg.Go(func() { b.accept(l) })
	b.wait()
	_ = l.Close()
	b.web.close()
	b.wg.Wait()
	b.run.add(b.outcomes(notVisited), o)
	if !b.visited {
		b.run.Down = "no client came to " + b.base
	}
	return b.run
}

// outcomes are those so far, with the reason for those that there are not.
func (b *bench) outcomes(missing string) []Outcome {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Outcome, 0, len(b.list))
	for _, s := range b.list {
		c, ok := b.results[s.Name]
		if !ok {
			c = s.skipped(missing)
		}
		list = append(list, c)
	}
	return list
}

// wait returns when there is nothing more to wait for.
func (b *bench) wait() {
	var idle <-chan time.Time
	leaves, left := b.o.Leaves, false
	for {
		b.mu.Lock()
		complete, rests := len(b.results) == len(b.list), len(b.running) == 0
		quiet := b.visited && rests
		b.mu.Unlock()
		if complete || left && rests {
			return
		}
		if idle = nil; quiet && b.o.Idle > 0 {
			idle = time.After(b.o.Idle)
		}
		select {
		case <-b.changed:
		case <-leaves:
			leaves, left = nil, true
			b.gone("")
		case <-idle:
			return
		case <-b.ctx.Done():
			return
		}
	}
}

func (b *bench) touch() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

func (b *bench) accept(l net.Listener) {
	for {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		b.wg.Go(func() { b.serve(nc) })
	}
}

// serve recognizes the purpose of a connection: a case, or a page of results.
func (b *bench) serve(nc net.Conn) {
	stop := context.AfterFunc(b.ctx, func() { _ = nc.Close() })
	defer stop()
	_ = nc.SetReadDeadline(time.Now().Add(time.Minute))
	first, err := readRequest(nc)
	if err != nil {
		_ = nc.Close()
		return
	}
	_ = nc.SetReadDeadline(time.Time{})
	s, host := b.asksFor(first)
	if s == nil || host == "" {
		b.web.take(nc, first)
		return
	}
	b.visit(*s, host, nc, first)
}

// readRequest reads up to the end of the head of a request.
func readRequest(nc net.Conn) (first []byte, err error) {
	buf := make([]byte, 4096)
	for !bytes.Contains(first, []byte("\r\n\r\n")) {
		n, err := nc.Read(buf)
		if first = append(first, buf[:n]...); err != nil {
			return first, err
		}
		if len(first) > mostHead {
			return first, errors.New("the head of the request does not end")
		}
	}
	return first, nil
}

// asksFor finds the case in a request, and the host by which the client knows us; "" if it is no
// opening handshake.
func (b *bench) asksFor(first []byte) (s *Selected, host string) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(first)))
	if err != nil {
		return nil, ""
	}
	path, ok := strings.CutPrefix(r.URL.Path, casePrefix)
	if !ok {
		return nil, ""
	}
	for i := range b.list {
		if id := b.list[i].Name; path == id ||
			strings.HasPrefix(path, id+"/") && (s == nil || len(id) > len(s.Name)) {
			s = &b.list[i]
		}
	}
	if r.Header.Get("Upgrade") == "" && r.Header.Get("Sec-WebSocket-Key") == "" {
		return s, ""
	}
	return s, cmp.Or(r.Host, strings.TrimPrefix(b.base, "ws://"))
}

// visit gives a connection to its case, which begins with the first one.
func (b *bench) visit(s Selected, host string, nc net.Conn, first []byte) {
	b.mu.Lock()
	_, done := b.results[s.Name]
	v := b.running[s.Name]
	if done {
		b.mu.Unlock()
		b.web.take(nc, first)
		return
	}
	if v == nil {
		v = b.start(s, host)
	}
	b.mu.Unlock()
	b.gone(s.Name)
	ok := v.loop.call(func() {
		stream := &network.Stream{}
		bridge := newBridge(v.loop, stream)
		if !v.loop.net.Enter("target", stream) {
			_ = nc.Close()
			return
		}
		bridge.run(nc, first)
	})
	if !ok {
		_ = nc.Close()
	}
	b.touch()
}

// gone tells all cases but one that the client makes no more connections for them.
func (b *bench) gone(except string) {
	b.mu.Lock()
	var others []*visit
	for id, v := range b.running {
		if id != except {
			others = append(others, v)
		}
	}
	b.mu.Unlock()
	for _, v := range others {
		v.loop.call(v.gone)
	}
}

// start begins a case. b.mu is held.
func (b *bench) start(s Selected, host string) *visit {
	v := &visit{gone: func() {}}
	v.loop = newLoop(b.ctx, func(_ *loop, _ *network.Network, gone func()) { v.gone = gone })
	began := make(chan struct{})
	begin := v.loop.begin
	v.loop.begin = func(l *loop, n *network.Network, gone func()) { begin(l, n, gone); close(began) }
	b.running[s.Name], b.visited = v, true
	b.wg.Go(func() {
		res, err := s.Run(script.Options{Profile: s.Profile, Patience: b.o.patience(),
			Vars: map[string]string{"base": "ws://" + host}, Live: v.loop})
		c := s.outcome(res, err, b.o)
		if b.ctx.Err() != nil && c.Grade == verdict.Error {
			c = s.skipped("interrupted")
		}
		b.mu.Lock()
		delete(b.running, s.Name)
		b.results[s.Name] = c
		b.mu.Unlock()
		b.o.tell(c)
		b.touch()
	})
	<-began
	return v
}

// prefixed is a connection of which something was read already.
type prefixed struct {
	net.Conn
	r io.Reader
}

// Read implements net.Conn.
func (p *prefixed) Read(b []byte) (int, error) { return p.r.Read(b) }
