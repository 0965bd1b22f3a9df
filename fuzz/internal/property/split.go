package property

import (
	"bytes"
	"unicode/utf8"

	"example.com/khp/wire"
)

// RequestPrefix says of every beginning of a request (of at most 100 of them, evenly spread) that
// it is either incomplete, up to its very end, or judged as the whole is.
func RequestPrefix(b []byte) error { return prefixes(b, new(request)) }

// ResponsePrefix is [RequestPrefix] for responses.
func ResponsePrefix(b []byte) error { return prefixes(b, new(response)) }

func prefixes(b []byte, m message) error {
	n, whole := m.ParseHead(b, wire.Limits{})
	step := 1 + len(b)/100
	for i := 0; i < len(b); i += step {
		head, err := m.ParseHead(b[:i:i], wire.Limits{})
		switch {
		case err == nil:
			if whole != nil || head != n || i < n {
				return broken("%d of %d bytes give a head of %d, all of them %d, %v", i, len(b), head, n, whole)
			}
		case wire.KindOf(err) == wire.KindIncomplete:
			if e := err.(*wire.ParseError); e.Offset != i {
				return broken("%d bytes are incomplete at %d", i, e.Offset)
			}
			if whole == nil && i >= n {
				return broken("a head of %d bytes is incomplete with %d", n, i)
			}
		case !sameError(err, whole):
			return broken("%d bytes give %v, all of them %v", i, err, whole)
		}
	}
	return nil
}

// Units cuts a response into messages after every cut bytes and checks that the assembler makes the
// same of them as Parse makes of the whole, wherever the cuts are and whatever is written over the
// caller's slices afterwards. In text messages it makes the same of them, but bytes that are not
// UTF-8 are an error of their own, unless an earlier byte proves another one. [INV-31]
func Units(b, cuts []byte) error {
	limits := wire.Limits{Messages: len(b) + 1}
	var want wire.Response
	whole := want.Parse(b, limits)
	if len(b) == 0 { // a terminator with nothing before it
		if wire.KindOf(whole) != wire.KindEmpty {
			return broken("nothing at all gives %v", whole)
		}
		whole = &wire.ParseError{Kind: wire.KindNoUnit}
	}
	for _, t := range []wire.MessageType{wire.Binary, wire.Text} {
		if t == wire.Text && !utf8.Valid(b) {
			whole = textError(b, limits)
		}
		var a wire.Assembler
		a.Reset(limits)
		err := addPieces(&a, t, b, cuts)
		if !sameError(err, whole) {
			return broken("%d bytes of %v in pieces of %v give %v, at once %v", len(b), t, cuts, err, whole)
		}
		if err == nil && !partsOfResponse(&a.Response).same(partsOfResponse(&want)) {
			return broken("%v in pieces of %v: %+v, at once: %+v", t, cuts, a.Response, want)
		}
	}
	return nil
}

// textError is the error of a unit of text messages with the bytes b, which are not UTF-8: that of
// the bytes before the one that proves it, or else KindUTF8 where the broken character begins.
func textError(b []byte, limits wire.Limits) error {
	text, proof := beginOfText(b)
	var a wire.Assembler
	a.Reset(limits)
	if proof > 0 {
		if _, err := a.Add(wire.Binary, b[:proof]); err != nil {
			return err
		}
	}
	if proof == len(b) && !a.HeadComplete() {
		return a.Finish() // cut in a character, and in the head
	}
	return &wire.ParseError{Kind: wire.KindUTF8, Offset: text}
}

// beginOfText returns how many bytes of b are UTF-8, and how many might become so if others came
// behind them.
func beginOfText(b []byte) (text, proof int) {
	for r, n := utf8.DecodeRune(b); r != utf8.RuneError || n > 1; r, n = utf8.DecodeRune(b[text:]) {
		text += n
	}
	for proof = text; proof < len(b) && beginsCharacter(b[text:proof+1]); {
		proof++
	}
	return text, proof
}

// beginsCharacter reports whether some bytes behind b make a character of it. Each first byte takes
// the lowest or the highest of the bytes that go on.
func beginsCharacter(b []byte) bool {
	for _, rest := range []string{"\x80\x80\x80", "\xbf\xbf\xbf"} {
		for n := range rest {
			if utf8.ValidString(string(b) + rest[:n+1]) {
				return true
			}
		}
	}
	return false
}

// addPieces adds b in messages whose sizes are the bytes of cuts, over and over, and the
// terminator.
func addPieces(a *wire.Assembler, t wire.MessageType, b, cuts []byte) error {
	for i := 0; len(b) > 0; i++ {
		n := len(b)
		if len(cuts) > 0 {
			n = min(1+int(cuts[i%len(cuts)]), len(b))
		}
		piece := bytes.Clone(b[:n])
		b = b[n:]
		_, err := a.Add(t, piece)
		for j := range piece {
			piece[j] = '!'
		}
		if err != nil {
			return err
		}
	}
	_, err := a.Add(wire.Binary, nil)
	return err
}
