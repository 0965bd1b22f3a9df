package property

import (
	"bytes"

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
// caller's slices afterwards. [INV-31]
func Units(b, cuts []byte) error {
	limits := wire.Limits{Messages: len(b) + 1}
	var want wire.Response
	whole := want.Parse(b, limits)
	var a wire.Assembler
	a.Reset(limits)
	err := addPieces(&a, b, cuts)
	if len(b) == 0 { // a terminator with nothing before it
		if wire.KindOf(err) != wire.KindNoUnit || wire.KindOf(whole) != wire.KindEmpty {
			return broken("nothing at all gives %v, and by Parse %v", err, whole)
		}
		return nil
	}
	if !sameError(err, whole) {
		return broken("%d bytes in pieces of %v give %v, at once %v", len(b), cuts, err, whole)
	}
	if err == nil && !partsOfResponse(&a.Response).same(partsOfResponse(&want)) {
		return broken("in pieces of %v: %+v, at once: %+v", cuts, a.Response, want)
	}
	return nil
}

// addPieces adds b in binary messages whose sizes are the bytes of cuts, over and over, and the
// terminator.
func addPieces(a *wire.Assembler, b, cuts []byte) error {
	for i := 0; len(b) > 0; i++ {
		n := len(b)
		if len(cuts) > 0 {
			n = min(1+int(cuts[i%len(cuts)]), len(b))
		}
		piece := bytes.Clone(b[:n])
		b = b[n:]
		_, err := a.Add(wire.Binary, piece)
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
