package play

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/khp/fsm"
	"example.com/khp/internal/balancer"
	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
	"example.com/khp/wire"
	"github.com/gobwas/ws"
)

// step is one thing that an adversary does.
type step func(p *Player)

// Reader reads the steps of an adversary.
type Reader struct {
	File  string
	Vars  *strings.Replacer
	Trial *Trial                             // of a graded case, nil in a scenario
	Spend func(l lang.Line, times int) error // counts a line's texts and steps
}

// Steps reads the lines below an adversary: the steps for the first connection, the second, and so
// on.
func (r *Reader) Steps(lines []lang.Line) (scripts []section, err error) {
	scripts = []section{{}}
	for _, l := range lines {
		if err := r.Spend(l, 1); err != nil {
			return nil, err
		}
		l.Words = lang.Substitute(l.Words, r.Vars)
		if l.Words[0].Text == "next" {
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
		last.Steps = append(last.Steps, more...)
	}
	return scripts, nil
}

// nextSection begins the steps for the next connection.
func (r *Reader) nextSection(scripts []section, l lang.Line) ([]section, error) {
	if r.Trial == nil {
		return append(scripts, section{}), nil
	}
	a := &lang.Args{File: r.File, Line: l, Next: 1}
	e, none, err := readNext(a)
	if none {
		r.Trial.lonely = true
		return scripts, err
	}
	return append(scripts, section{missing: e}), err
}

// step reads one line; repeat makes many steps of it.
func (r *Reader) step(l lang.Line) (steps []step, err error) {
	times, every := 1, time.Duration(0)
	a := &lang.Args{File: r.File, Line: l, Graded: r.Trial != nil}
	if l.Words[0].Text == "repeat" {
		a.Next = 1
		if times, err = a.TakeNumber("how often", 1, lang.MostTimes); err != nil {
			return nil, err
		}
		if w, ok := a.Peek(); ok && w.Key == "every" {
			a.Next++
			if every, err = a.Duration(w); err != nil {
				return nil, err
			}
		}
	}
	if err := r.Spend(l, times); err != nil {
		return nil, err
	}
	from := a.Next
	for n := range times {
		a.Next = from
		s, err := readStep(a, n+1)
		if err != nil {
			return nil, err
		}
		steps = append(steps, hidden(s, n, times))
		if every > 0 {
			steps = append(steps, func(p *Player) { p.pause(every) })
		}
		if err := a.Done(); err != nil {
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
		return func(p *Player) {
			p.muted = false
			p.say("... %d more", times-shown-1)
			s(p)
		}
	}
	return func(p *Player) {
		p.muted = true
		s(p)
	}
}

// StepReaders read the words behind the name of a step; n is which repetition it is.
var StepReaders map[string]func(a *lang.Args, n int) (step, error)

func init() { // the readers name the list in their errors
	StepReaders = map[string]func(a *lang.Args, n int) (step, error){
		"await": readAwait, "close": readClose, "cut": simple(func(p *Player) {
			p.left = true
			p.say("cuts the connection")
			p.raw.Conn().Reset()
		}),
		"end": simple(func(p *Player) {
			p.left = true
			p.say("ends the connection")
			p.raw.Conn().Close()
		}),
		"frame": readFrame, "opening": readOpening, "ping": readControl(ws.OpPing),
		"pong": readControl(ws.OpPong), "raw": readRaw,
		"request": readRequest, "respond": readRespond(true), "response": readRespond(false),
		"send": readSend, "split": readSplit,
		"vanish": simple(func(p *Player) { p.left = true; p.raw.Conn().Vanish(); p.say("vanishes") }),
		"wait":   readWait,
	}
}

// readStep reads one step.
func readStep(a *lang.Args, n int) (step, error) {
	expected := stepNames(a.Graded)
	w, err := a.Plain(expected)
	if err != nil {
		return nil, err
	}
	read, ok := StepReaders[w.Text]
	if more := GradedSteps[w.Text]; a.Graded && more != nil {
		read, ok = more, true
	}
	if !ok {
		return nil, a.Mistake("unknown step %q; expected %s", w.Text, expected)
	}
	return read(a, n)
}

func simple(s step) func(*lang.Args, int) (step, error) {
	return func(*lang.Args, int) (step, error) { return s, nil }
}

// readAwait reads await [message|ping|pong|close|end].
func readAwait(a *lang.Args, _ int) (step, error) {
	what := "message"
	if w, ok := a.Take(); ok {
		what = w.Text
	}
	is := map[string]func(network.Item) bool{
		"message": func(it network.Item) bool { return it.Type != 0 },
		"ping":    func(it network.Item) bool { return it.Op == ws.OpPing },
		"pong":    func(it network.Item) bool { return it.Op == ws.OpPong },
		"close":   func(it network.Item) bool { return it.Op == ws.OpClose },
	}[what]
	switch {
	case what == "end":
		return func(p *Player) { p.waits = func(p *Player) bool { return p.ended } }, nil
	case is == nil:
		return nil, a.Mistake("expected message, ping, pong, close or end, got %q", what)
	}
	return func(p *Player) { p.await(is) }, nil
}

func readClose(a *lang.Args, _ int) (step, error) {
	code, reason, err := a.Closing()
	return func(p *Player) { p.close(uint16(code), reason) }, err
}

func readWait(a *lang.Args, _ int) (step, error) {
	d, err := a.TakeDuration("how long, such as 3s")
	return func(p *Player) { p.pause(d) }, err
}

// readSplit reads split BYTES [every=DURATION].
func readSplit(a *lang.Args, _ int) (step, error) {
	size, err := a.TakeNumber("a number of bytes", 0, 1<<20)
	every := time.Duration(0)
	if w, ok := a.Peek(); err == nil && ok && w.Key == "every" {
		a.Next++
		every, err = a.Duration(w)
	}
	return func(p *Player) { p.raw.Conn().Split(size, every) }, err
}

// readSend reads send text|binary CONTENT, send empty, send N, or send R URL.
func readSend(a *lang.Args, n int) (step, error) {
	w, err := a.Plain("text, binary, empty, N or R")
	if err != nil {
		return nil, err
	}
	switch w.Text {
	case "empty":
		return message(wire.Binary, func(*Player) string { return "" }), nil
	case "N":
		return message(wire.Binary, func(*Player) string {
			return string(balancer.Append(nil, balancer.Proceed, ""))
		}), nil
	case "R":
		url, ok := a.Take()
		if !ok {
			return nil, a.End("a URL")
		}
		return message(wire.Binary, func(*Player) string {
			return string(balancer.Append(nil, balancer.Reroute, url.Value()))
		}), nil
	case "text", "binary":
		t := map[string]wire.MessageType{"text": wire.Text, "binary": wire.Binary}[w.Text]
		cut, err := readCut(a)
		if err != nil {
			return nil, err
		}
		data, err := a.Content()
		return cut.of(t, func(p *Player) string { return p.vars(n).Replace(data) }), err
	}
	return nil, a.Mistake("expected text, binary, empty, N or R, got %q", w.Text)
}

// cut is where a message is cut: into two messages, into two frames with a Ping between them, or so
// that the rest is not sent. 0 is not at all.
type cut struct{ message, frame, first int }

// readCut takes at=BYTES, frames=BYTES or first=BYTES.
func readCut(a *lang.Args) (c cut, err error) {
	w, ok := a.Peek()
	into := map[string]*int{"at": &c.message, "frames": &c.frame, "first": &c.first}[w.Key]
	if !ok || into == nil {
		return c, nil
	}
	a.Next++
	*into, err = a.Number(w, w.Key, 1, 1<<20)
	return c, err
}

// message sends one message in one frame.
func message(t wire.MessageType, data func(p *Player) string) step { return cut{}.of(t, data) }

// of sends one message, or the pieces of it.
func (c cut) of(t wire.MessageType, data func(p *Player) string) step {
	return func(p *Player) {
		b := []byte(data(p))
		if c.first > 0 {
			b = b[:min(c.first, len(b))]
		}
		p.say("%s", stage.Sent(t, b))
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

func readControl(op ws.OpCode) func(*lang.Args, int) (step, error) {
	return func(a *lang.Args, n int) (step, error) {
		data, err := a.Content()
		return func(p *Player) {
			b := []byte(p.vars(n).Replace(data))
			p.say("%s %s", map[ws.OpCode]string{ws.OpPing: "ping", ws.OpPong: "pong"}[op], stage.Text(b))
			if op == ws.OpPing {
				p.pings = append(p.pings, b)
			}
			p.raw.Send(network.Frame{Op: op, Data: b})
		}, err
	}
}

// readRespond reads respond STATUS FIELD... [body CONTENT]: a whole response, with its terminator
// if there is one.
func readRespond(terminated bool) func(*lang.Args, int) (step, error) {
	return func(a *lang.Args, n int) (step, error) {
		cut, err := readCut(a)
		if err != nil {
			return nil, err
		}
		status, err := a.TakeNumber("a status code", 0, 9999)
		if err != nil {
			return nil, err
		}
		head, err := readHead(a, "HTTP/1.1 "+strconv.Itoa(status)+" "+fsm.Status(status).Reason+"\r\n")
		return func(p *Player) {
			cut.of(wire.Binary, func(p *Player) string { return p.vars(n).Replace(head) })(p)
			if terminated {
				message(wire.Binary, func(*Player) string { return "" })(p)
			}
		}, err
	}
}

// readRequest reads request FIELD... [body CONTENT]: an extended request for the target of the URL.
func readRequest(a *lang.Args, n int) (step, error) {
	cut, err := readCut(a)
	if err != nil {
		return nil, err
	}
	head, err := readHead(a, "")
	return cut.of(wire.Binary, func(p *Player) string {
		return "GET " + p.Target + " HTTP/1.1\r\n" +
			p.vars(n).Replace(head)
	}), err
}

// readHead takes fields, and a body behind the word body.
func readHead(a *lang.Args, start string) (string, error) {
	b := lang.Args{File: a.File, Line: a.Line, Next: a.Next - 1}
	b.Line.Words = slices.Clone(a.Line.Words)
	b.Line.Words[b.Next] = lang.Word{Text: "lines", Times: 1, Column: b.Line.Words[b.Next].Column}
	rest, err := b.Content()
	a.Next = b.Next
	return start + rest, err
}

// readRaw reads raw CONTENT: bytes as they are.
func readRaw(a *lang.Args, n int) (step, error) {
	data, err := a.Content()
	return func(p *Player) {
		b := []byte(p.vars(n).Replace(data))
		p.say("raw %s", stage.Text(b))
		p.raw.Write(b)
	}, err
}
