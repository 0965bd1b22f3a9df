package target

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/khp/cmd/khp/internal/gateway/metrics"
	"example.com/khp/transport"
)

const (
	// backendTimeout is how long a back end may take to accept a connection.
	backendTimeout = 5 * time.Second
	// poolTimeout is how long it may take to find one that does, where there are several. Clients
	// wait for 10 seconds, as a rule.
	poolTimeout = 8 * time.Second
	// memberTimeout is how long each of several may take, while there are others to ask.
	memberTimeout = 2 * time.Second
)

// backend is one server that connections are passed on to.
type backend interface {
	// connect makes a connection for a request, while the request is decided: so a back end that is
	// down leads to a clear answer, and the back end selects the subprotocol.
	connect(ctx context.Context, s *session, r *transport.Request) (line, error)
	// where is its URL without its secrets.
	where() string
	// secure reports whether its certificate counts.
	secure() bool
}

// line is a connection to a back end.
type line interface {
	// subprotocol selects one for the client.
	subprotocol(r *transport.Request) string
	// join passes messages on in both directions, until both have ended.
	join(ctx context.Context, s *session, c *client) error
	// drop ends it at once.
	drop() error
}

// pool is a target with one or several back ends of the same kind. Each new connection goes to the
// one whose turn it is, and if that cannot be reached to the next one, which the client does not
// notice.
type pool struct {
	members []*member
	mu      sync.Mutex // of the changing state of members
}

// member is a back end in a pool.
type member struct {
	backend
	weight int // its share of the connections

	// current grows by weight while others have their turn, as smooth weighted round robin has it.
	current int
	failed  int       // how often it was not reached, one time after the other
	noted   time.Time // when failed changed last
	until   time.Time // when it is asked again, if failed is not 0

	seen *metrics.Backend // nil without metrics
}

// next returns the member whose turn it is, of those that were not tried and that can be reached as
// far as that is known; nil if there is none. more reports whether there are others. A pool of one
// asks it always.
func (p *pool) next(tried map[*member]bool, now time.Time) (chosen *member, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	total := 0
	for _, m := range p.members {
		if tried[m] || len(p.members) > 1 && m.failed > 0 && now.Before(m.until) {
			continue
		}
		more = chosen != nil
		m.current += m.weight
		total += m.weight
		if chosen == nil || m.current > chosen.current {
			chosen = m
		}
	}
	if chosen == nil {
		return nil, false
	}
	chosen.current -= total
	if chosen.failed > 0 { // one client tries, the others go elsewhere meanwhile
		chosen.until = now.Add(backendTimeout)
	}
	return chosen, more
}

// reached notes that a member was reached, or not, by an attempt that began at begin, and returns
// whether that is news, and how many of the others are up. An attempt that began before the last
// change reports on the time before it: several that fail together are one failure, and a
// connection accepted just before a back end went does not bring it back.
func (p *pool) reached(m *member, ok bool, begin time.Time) (news bool, others int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range p.members {
		if o != m && o.failed == 0 {
			others++
		}
	}
	was := m.failed == 0
	if begin.Before(m.noted) || ok && was {
		return false, others
	}
	now := time.Now()
	m.noted = now
	m.seen.Up(ok)
	if ok {
		m.failed = 0
		return true, others
	}
	m.failed = min(m.failed+1, 5)
	// 2 s, and up to 32 s if it stays away
	m.current, m.until = 0, now.Add(balanceMemory<<(m.failed-1))
	return was, others
}

// decide connects to a back end.
func (p *pool) decide(
	ctx context.Context, s *session, r *transport.Request,
) (transport.Decision, error) {
	patience := backendTimeout
	if len(p.members) > 1 {
		patience = poolTimeout
	}
	end := time.Now().Add(patience)
	tried := make(map[*member]bool)
	var last *failure
	for len(tried) < len(p.members) && time.Now().Before(end) {
		m, more := p.next(tried, time.Now())
		if m == nil {
			break
		}
		tried[m] = true
		due := end
		if one := time.Now().Add(memberTimeout); more && one.Before(end) {
			due = one
		}
		l, err := p.connect(ctx, s, r, m, due)
		if err == nil {
			if !s.keep(l) {
				return transport.Decision{}, context.Canceled
			}
			return transport.Decision{Subprotocol: l.subprotocol(r)}, nil
		}
		if ctx.Err() != nil { // it is the fault of no back end that a client has gone
			return transport.Decision{}, ctx.Err()
		}
		last = s.failureOf(m.backend, err)
		s.report(ctx, m.backend, last)
		if !last.elsewhere() {
			return last.decision(), nil
		}
	}
	if len(p.members) > 1 {
		return s.noneReached(ctx, "none", "back_ends", len(p.members)), nil
	}
	return last.decision(), nil
}

// connect connects to a member, and notes how that went.
func (p *pool) connect(
	ctx context.Context, s *session, r *transport.Request, m *member, due time.Time,
) (line, error) {
	limited, cancel := context.WithDeadline(ctx, due)
	defer cancel()
	begin := time.Now()
	l, err := m.connect(limited, s, r)
	up := err == nil || answers(err)
	if err == nil {
		m.seen.Connected(time.Since(begin))
	}
	if ctx.Err() != nil { // it may be the client that had no patience
		return l, err
	}
	if news, others := p.reached(m, up, begin); news && up {
		s.log.InfoContext(ctx, "back end is up again", "backend", m.where())
	} else if news {
		s.log.WarnContext(ctx, "back end is down", "backend", m.where(), "others_up", others)
	}
	return l, err
}

func (p *pool) serve(ctx context.Context, s *session, c *client) error {
	return s.kept().join(ctx, s, c)
}

// count makes the metrics of the members, which exist from then on.
func (p *pool) count(m *metrics.Metrics, route string) {
	for _, one := range p.members {
		one.seen = m.Backend(route, one.where())
	}
}

// stream reports whether the back ends are of bytes.
func (p *pool) stream() bool {
	_, ok := p.members[0].backend.(*streamBackend)
	return ok
}

// add puts a back end into the pool, whose members are all of one kind: clients would find that
// messages of theirs become bytes, now and then.
func (p *pool) add(b backend, weight int) error {
	if len(p.members) > 0 {
		if _, stream := b.(*streamBackend); stream != p.stream() {
			return errors.New("back ends of one route are all of WebSocket, " +
				"or all of bytes as tcp:// has it")
		}
		for _, m := range p.members {
			if m.where() == b.where() {
				return fmt.Errorf("%s is there twice; its weight gives it more connections, as in 2*%s",
					b.where(), b.where())
			}
		}
	}
	p.members = append(p.members, &member{backend: b, weight: weight})
	return nil
}
