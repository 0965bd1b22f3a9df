package ghost

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/internal/judge"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// openingReceived reads the whole answer anew at each call.
func (g *Client) openingReceived(b []byte, r results) error {
	if g.state.Phase() != fsm.ClientOpening {
		g.step(fsm.Event{Kind: fsm.EventOpened})
		return used(r, 0)
	}
	g.pending = wire.Response{}
	rest, interim := b, 0
	for {
		p := &g.pending
		n, chunked, err := p.ParseOpening(rest, g.cfg.Limits)
		switch {
		case err != nil && r.used == 0 && !bytes.HasSuffix(b, []byte("\n")):
			p.Status = 0 // a line is not judged before it ends
			return nil
		case wire.KindOf(err) == wire.KindIncomplete:
			p.Status = 0
			return used(r, 0)
		case err != nil:
			p.Status = 0
			g.step(fsm.Event{Kind: fsm.EventViolation, Failure: openingFailure(err)})
			return used(r, len(b))
		case p.Status < 200 && p.Status != 101:
			if rest, interim = rest[n:], interim+n; interim > g.cfg.Limits.Unit {
				p.Status = 0
				g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureLimit})
				return used(r, len(b))
			}
			continue
		case p.Status == 101:
			g.switched(rest[n:])
			return used(r, len(b)-len(rest)+n)
		}
		var whole bool
		if p.Body, whole = g.body(rest[n:], chunked); !whole {
			return used(r, 0)
		}
		g.answered()
		return used(r, len(b))
	}
}

func used(r results, want int) error {
	if r.used != want {
		return fmt.Errorf("expected %d bytes to be used, got %d", want, r.used)
	}
	return nil
}

func openingFailure(err error) fsm.Failure {
	if judge.OverLimit(wire.KindOf(err)) {
		return fsm.FailureLimit
	}
	return fsm.FailureOpening
}

// body is the part of the body that has come, up to the limit, and whether that is all.
func (g *Client) body(b []byte, chunked bool) (body []byte, whole bool) {
	most := g.cfg.Limits.Body
	switch length := g.pending.ContentLength; {
	case wire.Bodiless(g.pending.Status):
		return nil, true
	case chunked:
		body, whole = unchunked(b, most)
		return body, whole || len(b) >= 2*most
	case length >= 0 && length < int64(most):
		most = int(length)
	}
	return b[:min(len(b), most)], len(b) >= most
}

// unchunked joins chunks, up to most bytes. Anything else than a chunk ends them.
func unchunked(b []byte, most int) (body []byte, whole bool) {
	const longestLine = 1 << 10
	for len(body) < most {
		line, rest, ok := bytes.Cut(b, []byte("\r\n"))
		if !ok || len(line)+2 > longestLine {
			return body, len(b) >= longestLine
		}
		size := 0
		for i, c := range line {
			d := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
			if d < 0 || c < '0' || i == 7 {
				break
			}
			size = size*16 + d
		}
		if size == 0 {
			return body, true
		}
		body = append(body, rest[:min(len(rest), size, most-len(body))]...)
		if len(body) == most {
			return body, true
		}
		if len(rest) < size+2 {
			return body, false
		}
		b = rest[size+2:]
	}
	return body, true
}

// switched takes an opening 101; behind are the bytes that came with it.
func (g *Client) switched(behind []byte) {
	r := &g.pending
	defer func() { g.pending = wire.Response{} }()
	if judge.ListsSize(r.Fields, &g.cfg.Limits) != "" {
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureLimit})
		return
	}
	asked := judge.Asked{Accept: g.accept, Subprotocols: g.offer(),
		Extensions: g.cfg.OpeningExtensions}
	if judge.Opening(r.Fields, &asked).Found() {
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureOpening})
		return
	}
	g.granted, _, _ = extensionsIn(r.Fields)
	g.early = messagesIn(behind)
	g.selected(asked.Selected(r.Fields))
}

// bump is a token that some openings offer and that stands for no subprotocol.
const bump = "x-kaazing-bump"

// offer lists the subprotocols that the opening request offers. [AMB-33]
func (g *Client) offer() []string {
	khp, own := []string{endpoint.Subprotocol}, g.cfg.Subprotocols
	switch {
	case g.cfg.PlainOnly:
		return own
	case !g.machine.PlainFallback:
		return append(khp, own...)
	case len(own) == 0:
		return append([]string{bump}, khp...)
	}
	return append(slices.Clone(own), khp...)
}

// selected takes the subprotocol of a good opening 101.
func (g *Client) selected(subprotocol string) {
	ev := fsm.Event{Kind: fsm.EventOpened}
	g.refused = ""
	switch {
	case subprotocol == endpoint.Subprotocol:
		ev.Facts, g.extended = fsm.FactKHP, true
	case subprotocol != bump || slices.Contains(g.cfg.Subprotocols, bump):
		g.result.Subprotocol = subprotocol
	}
	g.step(ev)
}

// messagesIn counts the whole data messages at the beginning of b.
func messagesIn(b []byte) (n int) {
	r := bytes.NewReader(b)
	for {
		h, err := ws.ReadHeader(r)
		if err != nil || h.Masked || h.Length > int64(r.Len()) {
			return n
		}
		if h.Fin && !h.OpCode.IsControl() {
			n++
		}
		_, _ = r.Seek(h.Length, io.SeekCurrent)
	}
}

// opened takes the opening 101 that the host's library has read.
func (g *Client) opened(subprotocol string, extensions []string, accept string) {
	if g.state.Phase() != fsm.ClientOpening {
		g.step(fsm.Event{Kind: fsm.EventOpened})
		return
	}
	var fields wire.Fields
	for _, e := range extensions {
		fields = append(fields, wire.Field{Name: []byte("Sec-WebSocket-Extensions"), Value: []byte(e)})
	}
	if judge.FieldsSize(fields, &g.cfg.Limits) != "" {
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureLimit})
		return
	}
	g.granted = namesOf(extensions)
	var digest [28]byte
	if copy(digest[:], accept); digest == [28]byte{} {
		g.accept = nil
	} else {
		g.accept = digest[:]
	}
	if subprotocol != "" && !slices.Contains(g.offer(), subprotocol) {
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureOpening})
		return
	}
	g.selected(subprotocol)
}

// namesOf lists the names of elements of extensions; malformed ones have none.
func namesOf(elements []string) (names []string) {
	for _, e := range elements {
		list, _ := wire.ParseExtensions(nil, []byte(e))
		for _, x := range list {
			names = append(names, string(x.Name))
		}
	}
	return names
}

func (g *Client) openingRefused(status int, fields []endpoint.HeaderField, body []byte) {
	if g.state.Phase() != fsm.ClientOpening {
		return
	}
	g.pending = wire.Response{Status: status, Body: body[:min(len(body), g.cfg.Limits.Body)]}
	for _, f := range fields {
		g.pending.Fields = append(g.pending.Fields,
			wire.Field{Name: []byte(f.Name), Value: []byte(f.Value)})
	}
	if judge.FieldsSize(g.pending.Fields, &g.cfg.Limits) != "" {
		g.pending = wire.Response{}
		g.step(fsm.Event{Kind: fsm.EventViolation, Failure: fsm.FailureLimit})
		return
	}
	g.answered()
}

// answered takes an answer to the opening request that is no 101.
func (g *Client) answered() {
	r := g.pending
	g.pending = wire.Response{}
	g.step(judge.OpeningResponse(r.Status, g.judge(&r, fsm.OpeningStatus(r.Status).Action, 0)))
}

// answerEnds takes an answer without length as whole, because nothing more comes.
func (g *Client) answerEnds() bool {
	if g.state.Phase() != fsm.ClientOpening || g.pending.Status == 0 {
		return false
	}
	g.answered()
	return true
}
