package target

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

	"example.com/khp/cmd/khp/internal/gateway/paths"
	"example.com/khp/cmd/khp/internal/listen"
	"example.com/khp/cmd/khp/internal/observe"
	"example.com/khp/transport"
	"example.com/khp/wire"
)

const (
	balanceCheck  = time.Second     // how long a server may take to accept a connection
	balanceMemory = 2 * time.Second // how long the outcome is believed
)

// balanceTarget sends clients to its servers in turn. Servers that accept no TCP connection are
// left out.
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
			return nil, fmt.Errorf("%w; expected balance:URL[,URL...], "+
				"as in balance:ws://a.example/echo,ws://b.example/echo", err)
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

func (t *balanceTarget) decide(
	ctx context.Context, s *session, r *transport.Request,
) (transport.Decision, error) {
	u, ok := t.choose(s.log)
	if !ok {
		return s.noneReached(ctx, "unreachable", "servers", len(t.servers)), nil
	}
	return s.sendTo(ctx, withQuery(u, r.Target), r), nil
}

// choose returns the URL of the server whose turn it is, or of the next one that can be reached; ok
// is false if none can.
func (t *balanceTarget) choose(log *slog.Logger) (u wire.URL, ok bool) {
	turn, n := t.next.Add(1)-1, uint64(len(t.servers))
	for i := range n {
		if b := t.servers[(turn+i)%n]; b.reachable(t.check, log) {
			return b.url, true
		}
	}
	return wire.URL{}, false
}

// balanced is one server and its state.
type balanced struct {
	url   wire.URL
	mu    sync.Mutex
	until time.Time // when it is to be checked again
	up    bool
}

// reachable reports whether the server accepted a connection, now or a moment ago. While one caller
// checks, the others go by the last result.
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
		log.Warn("server cannot be reached, clients are sent to others", "server", where, "error",
			listen.SystemError(err))
	case !was && b.up:
		log.Info("server can be reached again", "server", where)
	}
	return b.up
}

// Circle finds a server of a balance target that is this one, listening on listen, at a path that
// is balanced again.
func (list Routes) Circle(listen string) (r *Route, server string) {
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
			again := list.Find(paths.Normal(cmp.Or(b.url.Path, "/")))
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
		return all || strings.EqualFold(here, "localhost") ||
			berr == nil && b.IsLoopback() && (aerr != nil || a == b)
	}
	return false
}
