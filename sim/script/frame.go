package script

import (
	"strconv"
	"strings"

	"example.com/khp/sim/network"
	"github.com/gobwas/ws"
)

// opcodes by name.
var opcodes = map[string]ws.OpCode{
	"continuation": ws.OpContinuation, "text": ws.OpText, "binary": ws.OpBinary, "close": ws.OpClose, "ping": ws.OpPing, "pong": ws.OpPong,
}

// readFrame reads frame OPCODE [more] [masked|unmasked] [rsv=N] [length=N] CONTENT: one frame,
// legal or not.
func readFrame(a *args, n int) (step, error) {
	w, err := a.plain("an opcode")
	if err != nil {
		return nil, err
	}
	op, ok := opcodes[w.text]
	if !ok {
		number, err := strconv.Atoi(w.text)
		if err != nil || number < 0 || number > 15 {
			return nil, a.mistake("expected text, binary, continuation, ping, pong, close or a number from 0 to 15, got %q", w.text)
		}
		op = ws.OpCode(number)
	}
	f := network.Frame{Op: op}
	asIs, words := false, []string{w.text}
	for w, ok := a.peek(); ok && !w.quoted && w.text != "lines"; w, ok = a.peek() {
		a.next++
		number := 0
		switch {
		case w.key == "" && w.text == "more":
			f.More = true
		case w.key == "" && (w.text == "masked" || w.text == "unmasked"):
			asIs, f.Masked = true, w.text == "masked"
		case w.key == "rsv":
			number, err = a.asNumber(w, "rsv", 0, 7)
			f.Rsv = byte(number)
		case w.key == "length":
			f.Claimed, err = a.asLong(w, "length", 1, 1<<40)
		default:
			return nil, a.mistake("expected more, masked, unmasked, rsv=, length= or a quoted text, got %q", w.text)
		}
		if err != nil {
			return nil, err
		}
		words = append(words, strings.TrimPrefix(w.key+"="+w.text, "="))
	}
	data, err := a.content()
	return func(p *player) {
		g := f
		g.Data = []byte(p.vars(n).Replace(data))
		p.say("frame %s %s", strings.Join(words, " "), text(g.Data))
		if asIs {
			p.raw.SendAsIs(g)
			return
		}
		p.raw.Send(g)
	}, err
}
