package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

// Kaazing's clients follow R without end. Each R therefore has one more marker in its query, some clients add another one, and a client with more than mostMarks goes in
// circles. Repeated markers mean no more than one.
const (
	kaazingMark = ".kl=Y"
	mostMarks   = 10
)

const (
	balanceCheck  = time.Second     // how long a server may take to accept a connection
	balanceMemory = 2 * time.Second // how long the outcome is believed
)

// balanceTarget sends clients to its servers in turn: with 302, or with R those that speak the kaazing profile. Servers that accept no TCP connection are left out. If
// none does, the turn is kept: it may be that only the clients can reach them.
type balanceTarget struct {
	neverOpen
	servers []*balanced
	next    atomic.Uint64
	check   func(addr string) error // connects, and no more
}

func parseBalanceTarget(list string) (target, error) {
	t := &balanceTarget{check: connects}
	for one := range strings.SplitSeq(list, ",") {
		u, err := webSocketURL(one)
		if err != nil {
			return nil, fmt.Errorf("%w; expected balance:URL[,URL...], as in balance:ws://a.example/echo,ws://b.example/echo", err)
		}
		t.servers = append(t.servers, &balanced{url: u, up: true})
	}
	return t, nil
}

// connects reports whether addr accepts a connection.
func connects(addr string) error {
	nc, err := net.DialTimeout("tcp", addr, balanceCheck)
	if err != nil {
		return err
	}
	return nc.Close()
}

func (t *balanceTarget) decide(ctx context.Context, s *session, r *transport.Request) (transport.Decision, error) {
	if strings.Count(queryOf(r.Target), kaazingMark) > mostMarks {
		s.log.WarnContext(ctx, "a client goes in circles: does balance lead back here?", "path", s.path)
		return transport.Decision{Status: 508, Body: []byte("too many redirects: this address leads back to itself\n")}, nil
	}
	u := withQuery(t.choose(s.log), r.Target)
	if _, err := wire.ParseURL(u.String(), nil); err != nil { // the servers are usable, so that it is the query
		return transport.Decision{Status: 400, Body: []byte("the query cannot go along in a URL\n")}, nil
	}
	if r.Kaazing() {
		u.Query += "&" + kaazingMark
		return transport.Decision{Reroute: u.String(), Protocol: firstProtocol(r)}, nil
	}
	return transport.Decision{Status: 302, Location: u.String()}, nil
}

// choose returns the URL of the server whose turn it is, or of the next one that can be reached.
func (t *balanceTarget) choose(log *slog.Logger) wire.URL {
	turn, n := t.next.Add(1)-1, uint64(len(t.servers))
	if n > 1 {
		for i := range n {
			if b := t.servers[(turn+i)%n]; b.reachable(t.check, log) {
				return b.url
			}
		}
	}
	return t.servers[turn%n].url
}

// balanced is one server, and what is known of it.
type balanced struct {
	url   wire.URL
	mu    sync.Mutex
	until time.Time // when it is to be checked again
	up    bool
}

// reachable reports whether the server accepted a connection, now or a moment ago. While one caller checks, the others go by what was known before.
func (b *balanced) reachable(check func(addr string) error, log *slog.Logger) bool {
	b.mu.Lock()
	now := time.Now()
	if now.Before(b.until) {
		defer b.mu.Unlock()
		return b.up
	}
	b.until = now.Add(balanceCheck + balanceMemory)
	b.mu.Unlock()
	err := check(b.url.HostPort())
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.up
	b.up, b.until = err == nil, time.Now().Add(balanceMemory)
	switch where := observe.WithoutQueries(b.url.String()); {
	case was && !b.up:
		log.Warn("server cannot be reached, clients are sent to others if one can", "server", where, "error", systemError(err))
	case !was && b.up:
		log.Info("server can be reached again", "server", where)
	}
	return b.up
}

// withQuery adds the query of a request to u, as gateways do: the client's parameters, .kl=Y among them, go along.
func withQuery(u wire.URL, target string) wire.URL {
	query := queryOf(target)
	switch {
	case query == "":
		return u
	case u.Query != "":
		query = u.Query + "&" + query
	}
	u.Query, u.HasQuery = query, true
	return u
}

// circle finds a server of a balance target that is this one, listening on listen, at a path that is balanced again.
func (list routes) circle(listen string) (r *route, server string) {
	here, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, ""
	}
	for _, r := range list {
		t, ok := r.target.(*balanceTarget)
		if !ok {
			continue
		}
		for _, b := range t.servers {
			again := list.find(normalPath(cmp.Or(b.url.Path, "/")))
			if strconv.Itoa(int(b.url.Port)) != port || !isHere(b.url.Host, here) || again == nil {
				continue
			}
			if _, ok := again.target.(*balanceTarget); ok {
				return r, b.url.String()
			}
		}
	}
	return nil, ""
}

// isHere reports whether host is certainly reached at the address here, which may stand for all.
func isHere(host, here string) bool {
	a, aerr := netip.ParseAddr(strings.Trim(host, "[]"))
	b, berr := netip.ParseAddr(here)
	all := here == "" || berr == nil && b.IsUnspecified()
	switch {
	case strings.EqualFold(host, here):
		return true
	case strings.EqualFold(host, "localhost"), aerr == nil && a.IsLoopback():
		return all || strings.EqualFold(here, "localhost") || berr == nil && b.IsLoopback() && (aerr != nil || a == b)
	}
	return false
}
