// Package play has the peers that follow no protocol: their steps, and, in a graded case, their
// expectations of the other end and the grades of its answers.
package play

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"example.com/khp/internal/upgrade"
	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
	"example.com/khp/sim/verdict"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// Options reads those of an adversary.
func (p *Player) Options(a *lang.Args) (copies int, err error) {
	copies = 1
	for w, ok := a.Take(); ok; w, ok = a.Take() {
		switch {
		case w.Key == "" && w.Text == "stubborn":
			p.stubborn = true
		case w.Key == "name":
			p.Name = w.Text
		case w.Key == "copies":
			if copies, err = a.Number(w, "copies", 1, 10_000); err != nil {
				return 0, err
			}
		default:
			return 0, a.Mistake("unknown option %q of adversary; expected stubborn, copies= or name=", w)
		}
	}
	return copies, nil
}

// Player goes through the steps of an adversary on one connection.
type Player struct {
	world     *stage.World
	Name      string
	stubborn  bool   // does not answer Close
	Target    string // of a client
	HostField string
	Serial    int
	Steps     []step
	raw       *network.Raw
	head      []byte // of the peer, once it is there
	items     []network.Item
	ended     bool
	over      bool
	done      int // next step
	waits     func(p *Player) bool
	closed    bool
	muted     bool // in the middle of a long repetition
	graded
}

// Play starts.
func (p *Player) Play(w *stage.World, raw *network.Raw) {
	if p.Trial != nil {
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
func (p *Player) say(format string, v ...any) {
	if p.muted {
		return
	}
	name := p.Name
	if p.Serial > 1 {
		name += "#" + strconv.Itoa(p.Serial)
	}
	p.world.Say(name, format, v...)
	if p.Trial != nil {
		p.Trial.Result.Log = append(p.Trial.Result.Log,
			verdict.Entry{At: p.world.Net.Now(), Conn: p.conn, Ours: true, Text: fmt.Sprintf(format, v...)})
	}
}

// proceed takes steps until one has to wait.
func (p *Player) proceed() {
	for {
		if waits := p.waits; waits != nil {
			if p.waits = nil; !waits(p) {
				p.waits = waits
				break
			}
		}
		if p.Trial != nil && p.done == len(p.Steps) && !p.ending {
			p.conclude()
			continue
		}
		if p.done == len(p.Steps) || p.over || p.ended && p.Trial == nil {
			break
		}
		s := p.Steps[p.done]
		p.done++
		s(p)
	}
	if p.Trial == nil {
		p.answerClose()
	}
}

// answerClose answers the Close of the peer, unless the adversary is stubborn.
func (p *Player) answerClose() {
	for _, it := range p.items {
		if it.Op != ws.OpClose || p.over || p.stubborn {
			continue
		}
		p.over = true
		if !p.closed {
			p.close(it.Code, "")
		}
		if p.Target == "" {
			p.raw.Conn().Close()
		}
	}
}

func (p *Player) close(code uint16, reason string) {
	p.closed, p.muted = true, false
	p.say("close%s", stage.CloseText(code, reason))
	p.raw.SendClose(code, reason)
}

// await waits for an item and takes it with all items before it.
func (p *Player) await(is func(network.Item) bool) {
	p.waits = func(p *Player) bool {
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
func (p *Player) pause(d time.Duration) {
	over := false
	p.waits = func(*Player) bool { return over }
	p.world.Net.After(d, func() { over = true; p.proceed() })
}

// accept is the Sec-WebSocket-Accept that belongs to the peer's opening request.
func (p *Player) accept() string {
	if p.Target != "" {
		return string(upgrade.AppendAccept(nil, []byte(ourKey)))
	}
	var r wire.Request
	if _, err := r.ParseHead(p.head, wire.Limits{}); err != nil {
		return ""
	}
	key, _ := r.Fields.Get("Sec-WebSocket-Key")
	return string(upgrade.AppendAccept(nil, key))
}

// vars are the variables in texts of steps.
func (p *Player) vars(n int) *strings.Replacer {
	path, _, _ := strings.Cut(p.Target, "?")
	return strings.NewReplacer("$path", path, "$accept", p.accept(), "$target", p.Target, "$host",
		p.HostField, "$n", strconv.Itoa(n))
}
