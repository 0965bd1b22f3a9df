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

// receive takes a message.
func (g *Server) receive(t wire.MessageType, p []byte, r results) {
	g.typ, g.message = t, p
	//exhaustive:ignore
	switch g.state.Phase() {
	case fsm.ServerAwaitRequest, fsm.ServerAwaitReplay:
		g.requested(p, r)
	case fsm.ServerAwaitBody:
		g.left -= int64(len(p))
		switch {
		case g.left < 0:
			g.left += int64(len(p)) // none of it counts
			g.step(fsm.Event{Kind: fsm.EventBadRequest, Status: 400})
		case g.left == 0:
			g.body = append(g.body, p...)
			g.step(fsm.Event{Kind: fsm.EventBodyReceived})
		default:
			g.body = append(g.body, p...)
			g.step(fsm.Event{Kind: fsm.EventDataReceived})
		}
	default:
		kind := fsm.EventDataReceived
		if len(p) == 0 && t == wire.Binary {
			kind = fsm.EventTerminatorReceived
		}
		g.step(fsm.Event{Kind: kind})
	}
}

func (g *Server) kaazing() bool {
	return g.state.Profile() == fsm.ProfileKaazing || g.waits() && g.open.kaazing
}

// requested takes a message where a request is due; in the kaazing profile a piece of one. [AMB-05]
func (g *Server) requested(p []byte, r results) {
	if len(p) == 0 && g.kaazing() {
		return
	}
	if !g.partial {
		g.text = nil
	}
	most := g.cfg.Limits.Head + g.cfg.Limits.Body + 1 - len(g.text)
	g.text = append(g.text, p[:min(len(p), most)]...)
	var q wire.Request
	n, err := q.ParseHead(g.text, g.cfg.Limits)
	if g.partial = g.kaazing() && wire.KindOf(err) == wire.KindIncomplete; g.partial {
		return
	}
	if g.kaazing() && err != nil && len(r.outs) == 0 && bytes.IndexByte(p, '\n') < 0 &&
		!judge.OverLimit(wire.KindOf(err)) {
		g.partial = true // a line may be judged before it ends, and need not
		return
	}
	var status uint16
	if err != nil {
		status = statusFor(err)
	} else {
		q.Body = g.text[n:]
		status = uint16(g.judgeRequest(&q))
	}
	if status != 0 {
		g.step(fsm.Event{Kind: fsm.EventBadRequest, Status: status})
		return
	}
	g.body = bytes.Clone(q.Body)
	ev := fsm.Event{Kind: fsm.EventRequest}
	if g.left > 0 {
		ev.Facts |= fsm.FactExpectBody
	}
	granted := namesOf(g.granted)
	if slices.ContainsFunc(g.asks.extensions,
		func(name string) bool { return foldedIn(granted, name) }) {
		ev.Facts |= fsm.FactExtensionAgain
	}
	g.step(ev)
}

func foldedIn(list []string, name string) bool {
	return slices.ContainsFunc(list, func(n string) bool { return strings.EqualFold(n, name) })
}

// methods are those that are known, though no request may have them.
var methods = []string{"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"}

// judgeRequest returns the status that refuses a request, 0 for a good one.
func (g *Server) judgeRequest(q *wire.Request) int {
	spec := !g.kaazing()
	sameHost := func(host string) bool {
		return place.SameAuthority(host, g.open.host) ||
			slices.ContainsFunc(g.cfg.Outside.Hosts,
				func(h string) bool { return place.SameAuthority(host, h) })
	}
	_, absolute, isAbsolute := strings.Cut(schemeAndHost(string(q.Target)), "://")
	expect, expects := q.Fields.Get("Expect")
	host, hasHost := q.Fields.Get("Host")
	switch {
	case slices.Contains(methods, string(q.Method)):
		return 405
	case string(q.Method) != "GET":
		return 501
	case (spec || !g.cfg.AnyTarget) && !g.samePath(place.TargetPath(string(q.Target))),
		spec && isAbsolute && !sameHost(absolute), spec && hasHost && !sameHost(string(host)),
		q.Fields.Count("Authorization") > 1, q.Fields.Count("Cookie") > 1:
		return 400
	case expects && !strings.EqualFold(string(expect), "100-continue"):
		return 417
	case expects && q.ContentLength < 0:
		return 411
	}
	if g.left = max(q.ContentLength, 0) - int64(len(q.Body)); g.left < 0 || g.left > 0 && !expects {
		return 400
	}
	if judge.ListsSize(q.Fields, &g.cfg.Limits) != "" {
		return 431
	}
	protocols, err := tokensIn(q.Fields, true)
	extensions, empty, wrong := extensionsIn(withoutEmpty(q.Fields, !spec))
	if err != nil || wrong != nil || empty {
		return 400
	}
	if !spec {
		protocols = slices.Concat(g.open.protocols, protocols)
	}
	g.asks = asks{protocols: own(protocols), extensions: extensions, authorization: first(q.Fields,
		"Authorization"), expects: expects}
	if g.asks.authorization == "" && !spec {
		g.asks.authorization = g.open.authorization
	}
	return 0
}

// withoutEmpty leaves out fields without a value, if they mean nothing.
func withoutEmpty(fields wire.Fields, leave bool) (kept wire.Fields) {
	for _, f := range fields {
		if len(f.Value) > 0 || !leave {
			kept = append(kept, f)
		}
	}
	return kept
}

// samePath reports whether a request is for the path of the opening request, as it is or as clients
// see it. [AMB-21]
func (g *Server) samePath(path string) bool {
	opening := place.TargetPath(g.open.target)
	prefix := strings.TrimSuffix(g.cfg.Outside.Prefix, "/")
	return place.SamePath(path, opening) || prefix != "" && place.SamePath(path, prefix+opening)
}
