package property

import (
	"bytes"
	"unicode/utf8"

	"example.com/khp/wire"
)

// Assembler drives an assembler with a program: five bytes of limits, then instructions of a byte
// and their data (see [Program]). At every step it says that nothing goes backwards, that an error
// stays, that memory stays within the limits, and at the end that the same bytes in one message
// have the same verdict, and that a unit which was taken is a response that Parse takes. [INV-31]
func Assembler(program []byte) error {
	p := Program{b: program}
	limits := wire.Limits{Head: 40 + 4*int(p.Byte()), Line: 20 + 2*int(p.Byte())}
	fields := int(p.Byte())
	limits.Fields, limits.Body = 1+fields%8, 1+2*int(p.Byte())
	limits.Unit, limits.Messages = 60+6*int(p.Byte()), 1+int(p.Byte())
	a := wire.Assembler{Unwrap: fields >= 128}
	for unit := 0; unit < 3 && p.More(); unit++ {
		a.Reset(limits)
		if err := oneUnit(&a, &p, limits); err != nil {
			return err
		}
	}
	return nil
}

// oneUnit adds messages until the unit ends, and compares the result with that of the
// whole unit at once.
func oneUnit(a *wire.Assembler, p *Program, limits wire.Limits) error {
	var unit []byte
	var kind wire.MessageType
	var last wire.Progress
	messages := 0
	for p.More() {
		t, piece := nextMessage(p)
		given := bytes.Clone(piece)
		progress, err := a.Add(t, given)
		for i := range given { // the assembler has its own copy
			given[i] = '!'
		}
		if a.Len() > limits.Unit || cap(a.Response.Body) > limits.Unit {
			return broken("%d bytes are held, the limit is %d", a.Len(), limits.Unit)
		}
		if err != nil {
			if _, again := a.Add(wire.Binary, []byte("x")); !sameError(again, err) ||
				!sameError(a.Finish(), err) {
				return broken("error %v does not stay: %v", err, again)
			}
			switch wire.KindOf(err) {
			case wire.KindMixedTypes, wire.KindTooManyMessages: // not about bytes
				return parseError(err, len(unit))
			}
			if len(unit) == 0 {
				kind = t
			}
			return refusedUnit(a, err, append(unit, piece...), kind, limits)
		}
		if len(piece) > 0 || t == wire.Text {
			messages++
		}
		if unit = append(unit, piece...); len(piece) > 0 {
			kind = t
		}
		switch {
		case progress < last && !a.Unwrapped() || progress == 0 ||
			a.HeadComplete() != (progress > wire.UnitPartial):
			return broken("progress from %v to %v, head complete %v", last, progress, a.HeadComplete())
		case a.Len() != len(unit) && !a.Unwrapped() || messages > limits.Messages:
			return broken("%d bytes in %d messages, expected %d", a.Len(), messages, len(unit))
		}
		if last = progress; progress == wire.UnitTerminated {
			return takenUnit(a, unit, kind, limits)
		}
	}
	if err := a.Finish(); err == nil {
		return takenUnit(a, unit, kind, limits)
	} else if last == wire.UnitFull && kind == wire.Binary {
		return broken("a full unit cannot be finished: %v", err)
	} else if wire.KindOf(err) != wire.KindNoUnit {
		return refusedUnit(a, err, unit, kind, limits)
	}
	return nil
}

// nextMessage draws a message of a unit.
func nextMessage(p *Program) (t wire.MessageType, piece []byte) {
	t = wire.Binary
	switch op := p.Byte() % 16; {
	case op < 6:
		piece = p.Text()
	case op < 10:
		piece = p.Piece()
	case op < 11: // a terminator
	case op < 13:
		t, piece = wire.Text, p.Text()
	case op < 14:
		t = wire.Text
	case op < 15:
		t, piece = wire.MessageType(p.Byte()), p.Piece()
	default:
		piece = bytes.Repeat([]byte{p.Byte()}, 8*int(p.Byte()))
	}
	return t, piece
}

// takenUnit compares a unit with the same bytes at once.
func takenUnit(a *wire.Assembler, unit []byte, kind wire.MessageType, limits wire.Limits) error {
	r, _, err := atOnce(a, unit, kind, limits)
	if err == nil && !a.Unwrapped() {
		r = new(wire.Response)
		err = r.Parse(unit, limits)
	}
	if err != nil {
		return broken("taken in pieces, refused at once: %v: %q", err, unit)
	}
	if !partsOfResponse(r).same(partsOfResponse(&a.Response)) {
		return broken("in pieces %+v, at once %+v", a.Response, r)
	}
	if kind == wire.Text && !utf8.Valid(unit) {
		return broken("text that is not UTF-8: %q", unit)
	}
	if _, err := a.Add(wire.Binary, []byte("x")); wire.KindOf(err) != wire.KindSurplus {
		return broken("a message after the terminator gives %v", err)
	}
	return nil
}

// refusedUnit compares the error of a unit with that of the same bytes at once.
func refusedUnit(
	a *wire.Assembler, err error, unit []byte, kind wire.MessageType, limits wire.Limits,
) error {
	if bad := parseError(err, len(unit)); bad != nil {
		return bad
	}
	switch _, unwrapped, whole := atOnce(a, unit, kind, limits); {
	case !sameError(err, whole):
		return broken("%v in pieces: %v, at once: %v: %q", kind, err, whole, unit)
	case a.Unwrapped() != unwrapped:
		return broken("%v unwrapped in pieces: %v, at once: %v: %q", kind, a.Unwrapped(), unwrapped, unit)
	}
	return nil
}

// atOnce gives the bytes of a unit to another assembler in one message.
func atOnce(
	like *wire.Assembler, unit []byte, kind wire.MessageType, limits wire.Limits,
) (r *wire.Response, unwrapped bool, err error) {
	a := wire.Assembler{Unwrap: like.Unwrap}
	a.Reset(limits)
	if len(unit) > 0 {
		_, err = a.Add(kind, unit)
	}
	if err == nil {
		err = a.Finish()
	}
	return &a.Response, a.Unwrapped(), err
}
