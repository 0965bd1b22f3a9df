package play

import (
	"strconv"
	"strings"

	"example.com/khp/sim/network"
	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/internal/stage"
	"github.com/gobwas/ws"
)

// opcodes by name.
var opcodes = map[string]ws.OpCode{
	"continuation": ws.OpContinuation, "text": ws.OpText, "binary": ws.OpBinary, "close": ws.OpClose,
	"ping": ws.OpPing, "pong": ws.OpPong,
}

// readFrame reads frame OPCODE [more] [masked|unmasked] [rsv=N] [length=N] CONTENT: one frame,
// legal or not.
func readFrame(a *lang.Args, n int) (step, error) {
	w, err := a.Plain("an opcode")
	if err != nil {
		return nil, err
	}
	op, ok := opcodes[w.Text]
	if !ok {
		number, err := strconv.Atoi(w.Text)
		if err != nil || number < 0 || number > 15 {
			return nil, a.Mistake("expected text, binary, continuation, ping, pong, "+
				"close or a number from 0 to 15, got %q", w.Text)
		}
		op = ws.OpCode(number)
	}
	f := network.Frame{Op: op}
	asIs, words := false, []string{w.Text}
	for w, ok := a.Peek(); ok && !w.Quoted && w.Text != "lines"; w, ok = a.Peek() {
		a.Next++
		number := 0
		switch {
		case w.Key == "" && w.Text == "more":
			f.More = true
		case w.Key == "" && (w.Text == "masked" || w.Text == "unmasked"):
			asIs, f.Masked = true, w.Text == "masked"
		case w.Key == "rsv":
			number, err = a.Number(w, "rsv", 0, 7)
			f.Rsv = byte(number)
		case w.Key == "length":
			f.Claimed, err = a.Long(w, "length", 1, 1<<40)
		default:
			return nil, a.Mistake("expected more, masked, unmasked, rsv=, length= or a quoted text, got %q",
				w.Text)
		}
		if err != nil {
			return nil, err
		}
		words = append(words, strings.TrimPrefix(w.Key+"="+w.Text, "="))
	}
	data, err := a.Content()
	return func(p *Player) {
		g := f
		g.Data = []byte(p.vars(n).Replace(data))
		p.say("frame %s %s", strings.Join(words, " "), stage.Text(g.Data))
		if asIs {
			p.raw.SendAsIs(g)
			return
		}
		p.raw.Send(g)
	}, err
}
