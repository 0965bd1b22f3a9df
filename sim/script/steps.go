package script

import (
	"slices"
	"strconv"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/sim/network"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

func itoa(n int) string { return strconv.Itoa(n) }

// step is one thing that an adversary does.
type step func(p *player)

// steps reads the lines below an adversary: the steps for the first connection, the second, and so
// on.
func (r *runner) steps(lines []line) (scripts []section, err error) {
	scripts = []section{{}}
	for _, l := range lines {
		if err := r.spend(l, 1); err != nil {
			return nil, err
		}
		l.words = substitute(l.words, r.vars)
		if l.words[0].text == "next" {
			if scripts, err = r.nextSection(scripts, l); err != nil {
				return nil, err
			}
			continue
		}
		more, err := r.step(l)
		if err != nil {
			return nil, err
		}
		last := &scripts[len(scripts)-1]
		last.steps = append(last.steps, more...)
	}
	return scripts, nil
}

// nextSection begins the steps for the next connection.
func (r *runner) nextSection(scripts []section, l line) ([]section, error) {
	if r.world.trial == nil {
		return append(scripts, section{}), nil
	}
	a := &args{file: r.file.Name, line: l, next: 1}
	e, none, err := a.readNext()
	if none {
		r.world.trial.lonely = true
		return scripts, err
	}
	return append(scripts, section{missing: e}), err
}

// step reads one line; repeat makes many steps of it.
func (r *runner) step(l line) (steps []step, err error) {
	times, every := 1, time.Duration(0)
	a := &args{file: r.file.Name, line: l, graded: r.world.trial != nil}
	if l.words[0].text == "repeat" {
		a.next = 1
		if times, err = a.number("how often", 1, mostTimes); err != nil {
			return nil, err
		}
		if w, ok := a.peek(); ok && w.key == "every" {
			a.next++
			if every, err = a.asDuration(w); err != nil {
				return nil, err
			}
		}
	}
	if err := r.spend(l, times); err != nil {
		return nil, err
	}
	from := a.next
	for n := range times {
		a.next = from
		s, err := a.step(n + 1)
		if err != nil {
			return nil, err
		}
		steps = append(steps, hidden(s, n, times))
		if every > 0 {
			steps = append(steps, func(p *player) { p.pause(every) })
		}
		if err := a.done(); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// shown is how many of a long repetition a transcript shows at its beginning.
const shown = 2

// hidden keeps all but the first and the last step of a long repetition out of the transcript.
func hidden(s step, n, times int) step {
	switch {
	case times <= shown+2 || n < shown:
		return s
	case n == times-1:
		return func(p *player) {
			p.muted = false
			p.say("... %d more", times-shown-1)
			s(p)
		}
	}
	return func(p *player) {
		p.muted = true
		s(p)
	}
}

// stepReaders read what stands behind the name of a step; n is which repetition it is.
var stepReaders map[string]func(a *args, n int) (step, error)

func init() { // the readers name the list in their errors
	stepReaders = map[string]func(a *args, n int) (step, error){
		"await": readAwait, "close": readClose, "cut": simple(func(p *player) { p.left = true; p.say("cuts the connection"); p.raw.Conn().Reset() }),
		"end":   simple(func(p *player) { p.left = true; p.say("ends the connection"); p.raw.Conn().Close() }),
		"frame": readFrame, "opening": readOpening, "ping": readControl(ws.OpPing), "pong": readControl(ws.OpPong), "raw": readRaw,
		"request": readRequest, "respond": readRespond(true), "response": readRespond(false), "send": readSend, "split": readSplit,
		"vanish": simple(func(p *player) { p.left = true; p.raw.Conn().Vanish(); p.say("vanishes") }), "wait": readWait,
	}
}

// step reads one step.
func (a *args) step(n int) (step, error) {
	expected := stepNames(a.graded)
	w, err := a.plain(expected)
	if err != nil {
		return nil, err
	}
	read, ok := stepReaders[w.text]
	if more := gradedSteps[w.text]; a.graded && more != nil {
		read, ok = more, true
	}
	if !ok {
		return nil, a.mistake("unknown step %q; expected %s", w.text, expected)
	}
	return read(a, n)
}

func simple(s step) func(*args, int) (step, error) {
	return func(*args, int) (step, error) { return s, nil }
}

// readAwait reads await [message|ping|pong|close|end].
func readAwait(a *args, _ int) (step, error) {
	what := "message"
	if w, ok := a.take(); ok {
		what = w.text
	}
	is := map[string]func(network.Item) bool{
		"message": func(it network.Item) bool { return it.Type != 0 }, "ping": func(it network.Item) bool { return it.Op == ws.OpPing },
		"pong": func(it network.Item) bool { return it.Op == ws.OpPong }, "close": func(it network.Item) bool { return it.Op == ws.OpClose },
	}[what]
	switch {
	case what == "end":
		return func(p *player) { p.waits = func(p *player) bool { return p.ended } }, nil
	case is == nil:
		return nil, a.mistake("expected message, ping, pong, close or end, got %q", what)
	}
	return func(p *player) { p.await(is) }, nil
}

func readClose(a *args, _ int) (step, error) {
	code, reason, err := a.closing()
	return func(p *player) { p.close(uint16(code), reason) }, err
}

func readWait(a *args, _ int) (step, error) {
	d, err := a.duration("how long, such as 3s")
	return func(p *player) { p.pause(d) }, err
}

// readSplit reads split BYTES [every=DURATION].
func readSplit(a *args, _ int) (step, error) {
	size, err := a.number("a number of bytes", 0, 1<<20)
	every := time.Duration(0)
	if w, ok := a.peek(); err == nil && ok && w.key == "every" {
		a.next++
		every, err = a.asDuration(w)
	}
	return func(p *player) { p.raw.Conn().Split(size, every) }, err
}

// readSend reads send text|binary CONTENT, send empty, send N, or send R URL.
func readSend(a *args, n int) (step, error) {
	w, err := a.plain("text, binary, empty, N or R")
	if err != nil {
		return nil, err
	}
	switch w.text {
	case "empty":
		return message(wire.Binary, func(*player) string { return "" }), nil
	case "N":
		return message(wire.Binary, func(*player) string { return string(wire.AppendBalancer(nil, wire.BalancerProceed, "")) }), nil
	case "R":
		url, ok := a.take()
		if !ok {
			return nil, a.end("a URL")
		}
		return message(wire.Binary, func(*player) string { return string(wire.AppendBalancer(nil, wire.BalancerReroute, url.value())) }), nil
	case "text", "binary":
		t := map[string]wire.MessageType{"text": wire.Text, "binary": wire.Binary}[w.text]
		cut, err := a.cut()
		if err != nil {
			return nil, err
		}
		data, err := a.content()
		return cut.of(t, func(p *player) string { return p.vars(n).Replace(data) }), err
	}
	return nil, a.mistake("expected text, binary, empty, N or R, got %q", w.text)
}

// cut is where a message is cut: into two messages, into two frames with a Ping between them, or so
// that the rest is not sent. 0 is not at all.
type cut struct{ message, frame, first int }

// cut takes at=BYTES, frames=BYTES or first=BYTES.
func (a *args) cut() (c cut, err error) {
	w, ok := a.peek()
	into := map[string]*int{"at": &c.message, "frames": &c.frame, "first": &c.first}[w.key]
	if !ok || into == nil {
		return c, nil
	}
	a.next++
	*into, err = a.asNumber(w, w.key, 1, 1<<20)
	return c, err
}

// message sends one message in one frame.
func message(t wire.MessageType, data func(p *player) string) step { return cut{}.of(t, data) }

// of sends one message, or the pieces of it.
func (c cut) of(t wire.MessageType, data func(p *player) string) step {
	return func(p *player) {
		b := []byte(data(p))
		if c.first > 0 {
			b = b[:min(c.first, len(b))]
		}
		p.say("%s", sent(t, b))
		switch {
		case c.message > 0 && c.message < len(b):
			p.raw.Send(network.Frame{Op: ws.OpCode(t), Data: b[:c.message]})
			b = b[c.message:]
		case c.frame > 0 && c.frame < len(b):
			p.raw.Send(network.Frame{Op: ws.OpCode(t), Data: b[:c.frame], More: true})
			p.pings = append(p.pings, []byte("between"))
			p.raw.Send(network.Frame{Op: ws.OpPing, Data: []byte("between")})
			p.raw.Send(network.Frame{Op: ws.OpContinuation, Data: b[c.frame:]})
			return
		}
		p.raw.Send(network.Frame{Op: ws.OpCode(t), Data: b})
	}
}

func readControl(op ws.OpCode) func(*args, int) (step, error) {
	return func(a *args, n int) (step, error) {
		data, err := a.content()
		return func(p *player) {
			b := []byte(p.vars(n).Replace(data))
			p.say("%s %s", map[ws.OpCode]string{ws.OpPing: "ping", ws.OpPong: "pong"}[op], text(b))
			if op == ws.OpPing {
				p.pings = append(p.pings, b)
			}
			p.raw.Send(network.Frame{Op: op, Data: b})
		}, err
	}
}

// readRespond reads respond STATUS FIELD... [body CONTENT]: a whole response, with its terminator
// if there is one.
func readRespond(terminated bool) func(*args, int) (step, error) {
	return func(a *args, n int) (step, error) {
		cut, err := a.cut()
		if err != nil {
			return nil, err
		}
		status, err := a.number("a status code", 0, 9999)
		if err != nil {
			return nil, err
		}
		head, err := a.head("HTTP/1.1 " + itoa(status) + " " + fsm.Status(status).Reason + "\r\n")
		return func(p *player) {
			cut.of(wire.Binary, func(p *player) string { return p.vars(n).Replace(head) })(p)
			if terminated {
				message(wire.Binary, func(*player) string { return "" })(p)
			}
		}, err
	}
}

// readRequest reads request FIELD... [body CONTENT]: an extended request for the target of the URL.
func readRequest(a *args, n int) (step, error) {
	cut, err := a.cut()
	if err != nil {
		return nil, err
	}
	head, err := a.head("")
	return cut.of(wire.Binary, func(p *player) string { return "GET " + p.target + " HTTP/1.1\r\n" + p.vars(n).Replace(head) }), err
}

// head takes fields, and a body behind the word body.
func (a *args) head(start string) (string, error) {
	b := args{file: a.file, line: a.line, next: a.next - 1}
	b.line.words = slices.Clone(a.line.words)
	b.line.words[b.next] = word{text: "lines", times: 1, column: b.line.words[b.next].column}
	rest, err := b.content()
	a.next = b.next
	return start + rest, err
}

// readRaw reads raw CONTENT: bytes as they are.
func readRaw(a *args, n int) (step, error) {
	data, err := a.content()
	return func(p *player) {
		b := []byte(p.vars(n).Replace(data))
		p.say("raw %s", text(b))
		p.raw.Write(b)
	}, err
}
