package script

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// runAdversary starts a peer that follows no protocol: adversary HOST as server, adversary URL as
// client. The lines below it are its steps; behind a line that says next come those for the next
// connection.
func runAdversary(r *runner, a *args) error {
	at, err := a.plain("a host name for a server, or a URL for a client")
	if err != nil {
		return err
	}
	setup := player{runner: r, name: at.text}
	copies, err := setup.options(a)
	if err != nil {
		return err
	}
	scripts, err := r.steps(a.line.below)
	if err != nil {
		return err
	}
	w := r.world
	w.started = true
	if w.trial != nil {
		w.trial.sections, w.trial.world = scripts, w
	}
	if !strings.Contains(at.text, "://") {
		used := 0
		w.net.RawServer(at.text, func(raw *network.Raw) {
			p := setup
			used++
			p.serial, p.steps = used, scripts[min(used, len(scripts))-1].steps
			if w.trial != nil && used > len(scripts) {
				w.trial.surplus(raw)
				return
			}
			p.play(w, raw)
		})
		return nil
	}
	u, err := wire.ParseURL(at.text, nil)
	if err != nil {
		return a.mistake("%s is no ws or wss URL: %s", at.text, err)
	}
	if setup.name == at.text {
		setup.name = "adversary"
	}
	setup.target, setup.hostField = u.Target(), u.HostField()
	for i := range copies {
		w.raws++
		w.net.RawDial(u.HostPort(), u.Host, func(raw *network.Raw) {
			p := setup
			p.serial, p.steps = i+1, scripts[0].steps
			p.play(w, raw)
		}, func(reason string) { w.say(setup.name, "cannot: %s", reason) })
	}
	if copies > 1 {
		w.quiet = true
	}
	return nil
}

// options reads those of an adversary.
func (p *player) options(a *args) (copies int, err error) {
	copies = 1
	for w, ok := a.take(); ok; w, ok = a.take() {
		switch {
		case w.key == "" && w.text == "stubborn":
			p.stubborn = true
		case w.key == "name":
			p.name = w.text
		case w.key == "copies":
			if copies, err = a.asNumber(w, "copies", 1, 10_000); err != nil {
				return 0, err
			}
		default:
			return 0, a.mistake("unknown option %q of adversary; expected stubborn, copies= or name=", w)
		}
	}
	return copies, nil
}

// player goes through the steps of an adversary on one connection.
type player struct {
	runner    *runner
	world     *world
	name      string
	stubborn  bool   // does not answer Close
	target    string // of a client
	hostField string
	serial    int
	steps     []step
	raw       *network.Raw
	head      []byte // of the peer, once it is there
	items     []network.Item
	ended     bool
	over      bool
	done      int // next step
	waits     func(p *player) bool
	closed    bool
	muted     bool // in the middle of a long repetition
	graded
}

// play starts.
func (p *player) play(w *world, raw *network.Raw) {
	if p.trial = w.trial; p.trial != nil {
		p.playGraded(w, raw)
		return
	}
	p.world, p.raw = w, raw
	raw.Head = func(head []byte) { p.head = head; p.proceed() }
	raw.Item = func(it network.Item) { p.items = append(p.items, it); p.proceed() }
	raw.End = func(err error) {
		p.ended, p.muted = true, false
		text := err.Error()
		if errors.Is(err, io.EOF) {
			text = "the peer ended it"
		}
		p.say("lost: %s", text)
		p.proceed()
	}
	p.proceed()
}

// say adds a line to the transcript.
func (p *player) say(format string, v ...any) {
	if p.muted {
		return
	}
	name := p.name
	if p.serial > 1 {
		name += "#" + itoa(p.serial)
	}
	p.world.say(name, format, v...)
	if p.trial != nil {
		p.trial.result.Log = append(p.trial.result.Log, Entry{At: p.world.net.Now(), Conn: p.conn, Ours: true, Text: fmt.Sprintf(format, v...)})
	}
}

// proceed takes steps until one has to wait.
func (p *player) proceed() {
	for {
		if waits := p.waits; waits != nil {
			if p.waits = nil; !waits(p) {
				p.waits = waits
				break
			}
		}
		if p.trial != nil && p.done == len(p.steps) && !p.ending {
			p.conclude()
			continue
		}
		if p.done == len(p.steps) || p.over || p.ended && p.trial == nil {
			break
		}
		s := p.steps[p.done]
		p.done++
		s(p)
	}
	if p.trial == nil {
		p.answerClose()
	}
}

// answerClose ends the connection when the peer closes it, as everybody does who is not stubborn.
func (p *player) answerClose() {
	for _, it := range p.items {
		if it.Op != ws.OpClose || p.over || p.stubborn {
			continue
		}
		p.over = true
		if !p.closed {
			p.close(it.Code, "")
		}
		if p.target == "" {
			p.raw.Conn().Close()
		}
	}
}

func (p *player) close(code uint16, reason string) {
	p.closed, p.muted = true, false
	p.say("close%s", closeText(code, reason))
	p.raw.SendClose(code, reason)
}

// await waits for an item and takes it with all items before it.
func (p *player) await(is func(network.Item) bool) {
	p.waits = func(p *player) bool {
		for i, it := range p.items {
			if is(it) {
				p.items = p.items[i+1:]
				return true
			}
		}
		return false
	}
}

// pause waits for d.
func (p *player) pause(d time.Duration) {
	over := false
	p.waits = func(*player) bool { return over }
	p.world.net.After(d, func() { over = true; p.proceed() })
}

// accept is the Sec-WebSocket-Accept that belongs to the peer's opening request.
func (p *player) accept() string {
	if p.target != "" {
		return string(wire.AppendAccept(nil, []byte(ourKey)))
	}
	var r wire.Request
	if _, err := r.ParseHead(p.head, wire.Limits{}); err != nil {
		return ""
	}
	key, _ := r.Fields.Get("Sec-WebSocket-Key")
	return string(wire.AppendAccept(nil, key))
}

// vars are what can stand in texts of steps.
func (p *player) vars(n int) *strings.Replacer {
	path, _, _ := strings.Cut(p.target, "?")
	return strings.NewReplacer("$path", path, "$accept", p.accept(), "$target", p.target, "$host", p.hostField, "$n", itoa(n))
}
