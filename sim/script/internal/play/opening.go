package play

import (
	"cmp"
	"strconv"
	"strings"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
)

// readOpening reads the opening handshake of an adversary: as server opening STATUS FIELD... [body
// CONTENT], which answers the opening request; as client opening [TARGET] FIELD..., which sends one
// and waits for the answer. A field replaces the usual one of that name; without=NAME leaves it
// out.
func readOpening(a *lang.Args, n int) (step, error) {
	o, err := readParts(a)
	if err != nil {
		return nil, err
	}
	if a.Graded {
		return o.graded(a.Line.Number, n), nil
	}
	return func(p *Player) {
		if p.Target != "" {
			p.ask(o.target, o.without, o.given, o.body)
			return
		}
		p.waits = func(p *Player) bool {
			if p.head == nil {
				return false
			}
			p.answer(o, n)
			return true
		}
	}, nil
}

// openingStep has the arguments of opening, answer and ask.
type openingStep struct {
	status         int
	target         string
	without, given []string
	body, reason   string
}

// readParts reads [STATUS|TARGET] FIELD... [without=NAME]... [body CONTENT].
func readParts(a *lang.Args) (o openingStep, err error) {
	status, target := 101, ""
	if w, ok := a.Peek(); ok && !w.Quoted && w.Key == "" {
		a.Next++
		if target = w.Text; !strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "$") {
			if status, err = a.Number(w, "a status code or a target", 100, 999); err != nil {
				return o, err
			}
			target = ""
		}
	}
	var without, given []string
	reason := ""
	for w, ok := a.Peek(); ok && (w.Quoted || w.Key == "without"); w, ok = a.Peek() {
		a.Next++
		switch w.Key {
		case "without":
			without = append(without, w.Text)
			continue
		case "reason":
			reason = w.Value()
			continue
		}
		name, _, _ := strings.Cut(w.Text, ":")
		without, given = append(without, name), append(given, w.Value())
	}
	body := ""
	if w, ok := a.Peek(); ok && w.Text == "body" {
		a.Next++
		body, err = a.Content()
	}
	return openingStep{status, target, without, given, body, reason}, err
}

// ourKey is the Sec-WebSocket-Key of adversaries.
const ourKey = "AAAAAAAAAAAAAAAAAAAAAA=="

// usual are the fields that belong to an opening handshake.
func usual(client bool) []string {
	if client {
		return []string{"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + ourKey,
			"Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: " + endpoint.Subprotocol}
	}
	return []string{"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: $accept",
		"Sec-WebSocket-Protocol: " + endpoint.Subprotocol}
}

// ask sends an opening request and waits for the answer.
func (p *Player) ask(target string, without, given []string, body string) {
	if target == "" {
		target = p.Target
	}
	start := []string{"GET " + target + " HTTP/1.1"}
	lines := append(start, fields(append([]string{"Host: " + p.HostField}, usual(true)...),
		without, given)...)
	for i := range lines {
		lines[i] = p.vars(1).Replace(lines[i])
	}
	p.write(lines, body)
	p.waits = func(p *Player) bool { return p.head != nil }
}

// answer answers the opening request.
func (p *Player) answer(o openingStep, n int) {
	lines := []string{"HTTP/1.1 " + strconv.Itoa(o.status) + " " +
		cmp.Or(o.reason, p.reason(o.status))}
	if o.status == 101 {
		lines = append(lines, fields(usual(false), o.without, o.given)...)
	} else {
		lines = append(lines, o.given...)
	}
	for i := range lines {
		lines[i] = p.vars(n).Replace(lines[i])
	}
	p.write(lines, o.body)
}

// reason is the reason phrase of a status; clients of Kaazing compare that of 101.
func (p *Player) reason(status int) string {
	if status == 101 && p.Trial != nil && p.Trial.kaazing {
		return "Web Socket Protocol Handshake"
	}
	return fsm.Status(status).Reason
}

func (p *Player) write(lines []string, body string) {
	b := []byte(strings.Join(lines, "\r\n") + "\r\n\r\n" + body)
	p.say("opening     %s", stage.Head(b))
	p.raw.Write(b)
}

// fields are the usual ones without some, and the given ones.
func fields(usual, without, given []string) (list []string) {
	for _, f := range usual {
		name, _, _ := strings.Cut(f, ":")
		keep := true
		for _, w := range without {
			keep = keep && !strings.EqualFold(w, name)
		}
		if keep {
			list = append(list, f)
		}
	}
	return append(list, given...)
}
