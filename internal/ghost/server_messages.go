package ghost

import (
	"bytes"
	"slices"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/internal/place"
	"example.com/khp/wire"
)

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
