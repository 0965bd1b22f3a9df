package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/transport"
	"example.com/khp/wire"
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

func (t *balanceTarget) decide(_ context.Context, s *session, r *transport.Request) (transport.Decision, error) {
	u := withQuery(t.choose(s.log), r.Target)
	if _, err := wire.ParseURL(u.String(), nil); err != nil { // the servers are usable, so that it is the query
		return transport.Decision{Status: 400, Body: []byte("the query cannot go along in a URL\n")}, nil
	}
	if r.Kaazing() {
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
	switch where := withoutQueries(b.url.String()); {
	case was && !b.up:
		log.Warn("server cannot be reached, clients are sent to the others", "server", where, "error", err.Error())
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
