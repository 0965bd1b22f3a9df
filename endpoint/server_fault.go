package endpoint

import (
	"bytes"
	"errors"

	"example.com/khp/wire"
)

// faultOf says why head was refused, and which field it was if one alone is too long. Nothing of
// the field's value is in what it adds.
//
//khp:impl RFC6585-431-03
func faultOf(head []byte, err error) string {
	if name := longField(head, err); name != "" {
		return "field " + name + " is too long: " + parseText(err)
	}
	return parseText(err)
}

// parseText words a parse error for the peer, which reads it in the body of the answer.
func parseText(err error) string {
	var e *wire.ParseError
	switch {
	case !errors.As(err, &e):
		return err.Error()
	case e.Kind == wire.KindIncomplete:
		return "the request ends at byte " + itoa(e.Offset) + ", before the empty line behind its fields"
	case e.Detail == "":
		return e.Kind.String() + " at byte " + itoa(e.Offset)
	}
	return e.Kind.String() + " at byte " + itoa(e.Offset) + ": " + e.Detail
}

// longField returns the name of the field in whose line the limit was exceeded, "" if it was
// another limit or another line. A name is a token, so it is fit for a message.
func longField(head []byte, err error) string {
	var e *wire.ParseError
	if !errors.As(err, &e) || e.Kind != wire.KindLineTooLong {
		return ""
	}
	before := head[:min(e.Offset, len(head))]
	start := bytes.LastIndex(before, []byte("\r\n"))
	if start < 0 {
		return "" // the first line
	}
	name, _, ok := bytes.Cut(before[start+len("\r\n"):], []byte(":"))
	if !ok || !wire.ValidToken(string(name)) {
		return ""
	}
	return clip(string(name))
}
