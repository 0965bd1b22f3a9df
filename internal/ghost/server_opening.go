package ghost

import (
	"bytes"
	"slices"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/place"
	"example.com/khp/internal/upgrade"
	"example.com/khp/wire"
)

// openingReceived reads the whole opening request anew at each call.
func (g *Server) openingReceived(b []byte, r results) error {
	if g.state.Phase() != fsm.ServerOpening {
		g.step(fsm.Event{Kind: fsm.EventOpeningRequest})
		return used(r, 0)
	}
	var q wire.Request
	n, err := q.ParseOpening(b, g.cfg.Limits)
	switch {
	case wire.KindOf(err) == wire.KindIncomplete, err != nil && r.used == 0 &&
		!bytes.HasSuffix(b, []byte("\n")):
		return used(r, 0)
	case err != nil:
		g.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: statusFor(err)})
		return used(r, len(b))
	}
	g.opening(&q)
	return used(r, n)
}

// statusFor is the status that answers a head that cannot be parsed.
func statusFor(err error) uint16 {
	//exhaustive:ignore
	switch wire.KindOf(err) {
	case wire.KindVersion:
		return 505
	case wire.KindTransferEncoding:
		return 501
	case wire.KindTargetTooLong:
		return 414
	case wire.KindHeadTooLarge, wire.KindLineTooLong, wire.KindTooManyFields:
		return 431
	case wire.KindBodyTooLarge:
		return 413
	}
	return 400
}

// opening judges an opening request.
func (g *Server) opening(q *wire.Request) {
	if status := g.judgeOpening(q); status != 0 {
		g.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(status)})
		return
	}
	g.accept = string(upgrade.AppendAccept(nil, []byte(g.open.key)))
	if !g.open.khp && g.machine.Plain && g.cfg.DecidePlain {
		g.plain = true
		g.asks = asks{protocols: own(g.open.protocols)}
		g.expect(endpoint.AskDecision, nil)
		return
	}
	g.step(g.valid())
}

// valid is the event of an opening request that is let in.
func (g *Server) valid() fsm.Event {
	ev := fsm.Event{Kind: fsm.EventOpeningRequest, Facts: fsm.FactValid}
	if g.open.khp {
		ev.Facts |= fsm.FactKHP
	}
	if g.open.kaazing {
		ev.Facts |= fsm.FactKaazing
	}
	return ev
}

// judgeOpening returns the status that refuses an opening request, 0 for a good one.
func (g *Server) judgeOpening(q *wire.Request) int {
	g.open = offered{}
	if status, _ := judge.RequestSize(q, &g.cfg.Limits); status != 0 {
		return status
	}
	g.open = offered{
		held: true, target: place.OriginForm(string(q.Target)), host: first(q.Fields, "Host"),
		key: first(q.Fields, "Sec-WebSocket-Key"), authorization: first(q.Fields, "Authorization"),
	}
	g.open.kaazing = balancer.Asked(g.open.target)
	if status, _ := judge.OpeningRequest(q, true); status != 0 {
		return status
	}
	count := q.Fields.Count
	origin, ok := originOf(count, func(name string) string { return first(q.Fields, name) })
	authority := schemeAndHost(string(q.Target))
	switch {
	case !ok, authority != "" && !endpoint.SameOrigin(authority, g.open.host):
		return 400
	case origin != "" && g.cfg.CheckOrigin != nil && !g.answers.origin,
		origin != "" && g.cfg.CheckOrigin == nil && !endpoint.SameOrigin(origin, g.open.host):
		return 403
	}
	var err error
	if g.open.protocols, err = tokensIn(q.Fields, false); err != nil {
		return 400
	}
	var empty bool
	if g.open.extensions, empty, err = extensionsIn(q.Fields); err != nil || empty {
		return 400
	}
	g.open.khp = slices.Contains(g.open.protocols, endpoint.Subprotocol)
	if g.answers.opening.status == 0 {
		g.granted = g.answers.grants
	}
	return g.refusal()
}

// refusal is the status by which CheckOpening refuses, 0 if it does not.
func (g *Server) refusal() int {
	status := g.answers.opening.status
	if status != 0 && (status < 400 || status > 599) {
		return 403
	}
	return status
}

func first(fields wire.Fields, name string) string {
	v, _ := fields.Get(name)
	return string(v)
}

// originOf returns the origin that one of two fields names. It is not ok if they contradict each
// other, if one is empty, or if a field is repeated on which security depends.
func originOf(
	count func(name string) int, value func(name string) string,
) (origin string, ok bool) {
	for _, name := range []string{"Authorization", "Cookie", "Host", "Origin", "Sec-WebSocket-Origin",
		"Sec-WebSocket-Key", "Sec-WebSocket-Version"} {
		if count(name) > 1 {
			return "", false
		}
	}
	today, old := value("Origin"), value("Sec-WebSocket-Origin")
	switch hasToday, hasOld := count("Origin") == 1, count("Sec-WebSocket-Origin") == 1; {
	case hasToday && hasOld && !strings.EqualFold(today, old), hasToday && today == "", !hasToday &&
		hasOld && old == "":
		return "", false
	case hasToday:
		return today, true
	}
	return old, true
}

// schemeAndHost is how a target in absolute form begins, "" for another.
func schemeAndHost(target string) string {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || strings.HasPrefix(target, "/") {
		return ""
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	return scheme + "://" + rest
}

// tokensIn lists the subprotocols of a head. An empty field is a fault unless it may be empty.
func tokensIn(fields wire.Fields, mayBeEmpty bool) (list []string, err error) {
	for v := range fields.All("Sec-WebSocket-Protocol") {
		if len(v) == 0 && mayBeEmpty {
			continue
		}
		tokens, e := wire.ParseTokens(nil, v)
		if e != nil {
			return nil, e
		}
		for _, t := range tokens {
			list = append(list, string(t))
		}
	}
	return list, nil
}

// own lists the subprotocols of the application, once each.
func own(list []string) (kept []string) {
	for _, p := range list {
		if p != endpoint.Subprotocol && p != bump && !slices.Contains(kept, p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// opened takes an opening request that the host's library has answered with 101.
func (g *Server) opened(o endpoint.OpeningRequest, granted []string) {
	if g.state.Phase() != fsm.ServerOpening {
		g.step(fsm.Event{Kind: fsm.EventOpeningRequest})
		return
	}
	g.accept = string(upgrade.AppendAccept(nil, []byte(o.Key)))
	g.granted = slices.Clone(granted)
	status := g.judgeOpened(&o)
	before := len(g.want)
	if status == 0 {
		g.open.khp = true
		g.step(g.valid())
	} else {
		g.step(fsm.Event{Kind: fsm.EventOpeningRequest, Status: uint16(status)})
	}
	g.want = slices.DeleteFunc(g.want, func(w order) bool { return w.kind == endpoint.SendBytes })
	if status != 0 { // no status can be sent any more
		why := func(out *endpoint.Output) string {
			if out.Code != 1008 {
				return "expected the code of a violated policy"
			}
			return ""
		}
		g.want = slices.Insert(g.want, before, order{endpoint.SendClose, why})
	}
}

func (g *Server) judgeOpened(o *endpoint.OpeningRequest) int {
	g.open = offered{}
	parts := judge.OpeningParts{Target: o.Target, Lists: [2][]string{o.Subprotocols, o.Extensions},
		Fields: func(yield func(name, value string) bool) {
			for _, f := range o.Opening {
				if !yield(f.Name, f.Value) {
					return
				}
			}
		}, Others: len(o.Host) + len(o.Origin) + len(o.Key)}
	if status, _ := judge.OpeningSize(parts, &g.cfg.Limits); status != 0 {
		g.granted = nil
		return status
	}
	values := func(name string) (list []string) {
		for _, f := range o.Opening {
			if strings.EqualFold(f.Name, name) {
				list = append(list, f.Value)
			}
		}
		return list
	}
	value := func(name string) string { return strings.Join(values(name), " ") }
	g.open = offered{held: true, target: o.Target, host: o.Host, key: o.Key, protocols: o.Subprotocols,
		extensions: namesOf(o.Extensions), kaazing: balancer.Asked(o.Target),
		authorization: value("Authorization")}
	origin, ok := originOf(func(name string) int { return len(values(name)) }, value)
	switch {
	case !ok:
		return 400
	case origin == "":
		origin = o.Origin
	}
	if origin != "" && g.cfg.CheckOrigin != nil && !g.answers.origin {
		return 403
	}
	return g.refusal()
}
