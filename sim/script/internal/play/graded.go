package play

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/stage"
	"example.com/khp/sim/verdict"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// graded is the additional state of a player in a graded case.
type graded struct {
	Trial    *Trial // nil in a scenario
	conn     int    // number of the connection in the case, from 1
	read     bool   // head was looked at
	answered bool   // the opening request, with 101
	pings    [][]byte
	alive    bool // it answered a probe
	lost     string
	left     bool // the connection was given up by a step
	ending   bool
	finished bool
	closes   *closing // expectations about the end
	peerCode *int     // of the Close that came
}

// closing is the expectation about the end of a connection.
type closing struct {
	peer    bool // the peer has to begin
	codes   []int
	line    int
	missing verdict.Grade // grade of a peer that leaves it to us to begin
}

// probeData is the payload of a Ping that asks whether the peer is still there.
var probeData = []byte("still there?")

// playGraded starts.
func (p *Player) playGraded(w *stage.World, raw *network.Raw) {
	t := p.Trial
	p.world, p.raw = w, raw
	t.begun++
	p.conn = t.begun
	raw.Wrote = func(b []byte) {
		if last := len(t.Result.Log) - 1; last >= 0 && t.Result.Log[last].Ours {
			t.Result.Log[last].Wire = append(t.Result.Log[last].Wire, b...)
		}
	}
	raw.Head = func(head []byte) {
		p.head = bytes.Clone(head)
		s, _, _ := verdict.Read(verdict.Input{Head: head})
		t.note(p.conn, s, p.head)
		p.proceed()
	}
	raw.Item = func(it network.Item) {
		if !p.websocket() {
			return // the body of a refusal
		}
		s, _, _ := verdict.Read(verdict.Input{Items: []network.Item{it}, Ended: "here"})
		t.note(p.conn, s, it.Wire)
		p.take(it)
		p.proceed()
	}
	raw.End = func(err error) {
		p.ended, p.lost = true, err.Error()
		if errors.Is(err, io.EOF) {
			p.lost = "the peer ended it"
		}
		s := verdict.Seen{Kind: verdict.End, Text: p.lost}
		t.note(p.conn, s, nil)
		p.proceed()
	}
	p.proceed()
}

// take keeps an item for the steps, and answers Pings.
func (p *Player) take(it network.Item) {
	switch {
	case it.Op == ws.OpPing && !p.left:
		p.say("pong %s", stage.Text(it.Data))
		p.raw.Send(network.Frame{Op: ws.OpPong, Data: it.Data})
	case it.Op == ws.OpPong && bytes.Equal(it.Data, probeData):
		p.alive = true
	case it.Op == ws.OpPong && len(p.pings) == 0: // unasked
	default:
		p.items = append(p.items, it)
	}
}

// websocket reports whether both ends have switched to frames.
func (p *Player) websocket() bool {
	if p.Target == "" {
		return p.answered
	}
	s, _, ok := verdict.Read(verdict.Input{Head: p.head})
	return ok && s.Code == 101
}

// probe asks whether the peer is still there.
func (p *Player) probe() {
	p.say("ping %s", stage.Text(probeData))
	p.raw.Send(network.Frame{Op: ws.OpPing, Data: probeData})
}

// next reads the next item of the peer.
func (p *Player) next() (verdict.Seen, bool) {
	in := verdict.Input{Items: p.items, Ended: p.lost}
	if !p.read {
		if in.Head = p.head; in.Head == nil {
			in.Items = nil
		}
	}
	s, used, ok := verdict.Read(in)
	if !ok {
		return s, false
	}
	p.items = p.items[used:]
	switch s.Kind {
	case verdict.Opening:
		p.read = true
	case verdict.Close:
		p.peerCode = &s.Code
	case verdict.Pong:
		p.pings = p.pings[1:]
	}
	return s, true
}

// expects waits for an alternative of e, and rules on the peer's answer.
func expects(e *verdict.Expectation) step {
	return func(p *Player) {
		p.awaitSeen(func(s verdict.Seen) {
			r, goesOn := e.Judge(s)
			p.Trial.Rule(r)
			if !goesOn {
				p.done = len(p.Steps)
			}
		})
	}
}

// awaitSeen has f look at the peer's next action, or at its silence when patience has come to an
// end. A silent peer is first asked whether it is still there.
func (p *Player) awaitSeen(f func(verdict.Seen)) {
	t := p.Trial
	p.alive = false
	var done func()
	settled := false
	done = t.hurry(p, true, func() {
		settled = true
		s := verdict.Seen{Kind: verdict.Silence, Text: within(t.patience)}
		switch {
		case p.alive:
			s.Text += ", although it answers a Ping"
		case p.websocket():
			s.Text += ", not even an answer to a Ping"
		}
		f(s)
		p.proceed()
	})
	p.waits = func(p *Player) bool {
		if settled {
			return true
		}
		s, ok := p.next()
		if ok {
			settled = true
			done()
			f(s)
		}
		return ok
	}
}

// insert has steps done before those that are left.
func (p *Player) insert(steps ...step) {
	p.Steps = slices.Insert(slices.Clone(p.Steps), p.done, steps...)
}

// conclude judges how the connection closes, once the steps are done.
func (p *Player) conclude() {
	if p.ending {
		return
	}
	p.ending = true
	t := p.Trial
	switch {
	case p.ended && p.closes != nil && p.closes.peer && p.peerCode == nil && !t.stopped():
		p.ruleClosing(verdict.Seen{Kind: verdict.End, Text: p.lost})
		p.finish()
	case p.ended || p.left || !p.websocket() || t.stopped():
		p.finish()
	case p.peerCode != nil:
		p.answerPeer()
	default:
		if p.closes == nil {
			p.closes = &closing{}
		}
		if !p.closes.peer && !p.closed {
			p.close(1000, "")
		}
		p.awaitClose()
	}
}

// awaitClose waits for the Close of the peer. If we have begun, other items on their way are passed
// over.
func (p *Player) awaitClose() {
	p.awaitSeen(func(s verdict.Seen) {
		switch {
		case s.Kind == verdict.Close:
			p.ruleClosing(s)
			p.answerPeer()
		case !p.closes.peer && s.Kind != verdict.End && s.Kind != verdict.Silence &&
			s.Kind != verdict.Broken:
			p.insert(func(p *Player) { p.awaitClose() })
		// it did not begin; does it answer?
		case s.Kind == verdict.Silence && p.closes.peer && !p.Trial.stopped():
			p.ruleClosing(s)
			if p.closes.missing == verdict.Fail {
				p.finish()
				return
			}
			p.closes = &closing{}
			p.close(1000, "")
			p.insert(func(p *Player) { p.awaitClose() })
		default:
			p.ruleClosing(s)
			p.finish()
		}
	})
}

// ruleClosing grades the end of the connection.
func (p *Player) ruleClosing(s verdict.Seen) {
	c := p.closes
	r := verdict.Ruling{Grade: verdict.Pass, Want: "close", Got: s.String(), Line: c.line}
	if !c.peer {
		r.Want = "close, as the answer to ours"
	}
	switch {
	case s.Kind == verdict.Close && (len(c.codes) == 0 || slices.Contains(c.codes, s.Code)):
	case s.Kind == verdict.Close:
		r.Grade, r.Why = verdict.Lenient, "another close code"
	case s.Kind == verdict.End && c.peer:
		r.Grade, r.Why = verdict.Lenient, "the connection ends without a Close frame"
	case s.Kind == verdict.End && p.Target == "": // a client that is done
		r.Grade, r.Why = verdict.Lenient, "the connection ends without an answer to our Close"
	case s.Kind == verdict.Silence && c.peer:
		r.Grade, r.Why = c.missing, "the peer does not close"
	case s.Kind == verdict.Silence || s.Kind == verdict.End:
		r.Grade, r.Why = verdict.Fail, "the peer does not answer our Close"
	default:
		r.Grade, r.Why = verdict.Fail, "something else comes in the place of Close"
	}
	if len(c.codes) > 0 {
		r.Want = "close " + closeWords(c.codes)
	}
	p.Trial.Result.Closing = p.Trial.Result.Closing.Add(r)
}

func closeWords(codes []int) string {
	s := ""
	for i, c := range codes {
		if i > 0 {
			s += " or "
		}
		s += strconv.Itoa(c)
	}
	return s
}

// answerPeer answers the peer's Close. A server then has to end the connection; as a server we do.
func (p *Player) answerPeer() {
	if p.Trial.Result.Closing.Grade == "" {
		p.Trial.Result.Closing = verdict.Ruling{Grade: verdict.Pass}
	}
	if !p.closed {
		p.close(uint16(*p.peerCode), "")
	}
	if p.Target == "" || p.ended {
		p.finish()
		return
	}
	p.awaitSeen(func(s verdict.Seen) {
		if s.Kind == verdict.Silence {
			p.Trial.Result.Closing = p.Trial.Result.Closing.Add(verdict.Ruling{
				Grade: verdict.Lenient, Why: "the server leaves it to the client to end TCP",
				Want: "end of the connection", Got: "nothing " + within(p.Trial.patience)})
		}
		p.finish()
	})
}

// finish ends the connection.
func (p *Player) finish() {
	if p.finished {
		return
	}
	p.finished, p.over = true, true
	p.raw.Conn().Close()
	p.Trial.finished()
}

// awaitHead waits for the opening handshake of the peer, and rules that it does not come if it does
// not.
func (p *Player) awaitHead(then func()) {
	if p.head != nil {
		p.read = true
		then()
		return
	}
	p.awaitSeen(func(s verdict.Seen) {
		if s.Kind != verdict.Opening {
			p.Trial.Rule(verdict.Ruling{Grade: verdict.Fail, Why: "the opening handshake does not come",
				Want: "opening", Got: s.String()})
			p.done = len(p.Steps)
			return
		}
		then()
	})
}

// messageOf is a step that sends a message in one frame.
func messageOf(t wire.MessageType, data string) step {
	return message(t, func(*Player) string { return data })
}
