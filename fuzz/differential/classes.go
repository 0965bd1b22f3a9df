package differential

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"example.com/khp/wire"
)

// Difference is a way in which net/http decides otherwise than wire.
type Difference struct {
	Name    string
	Why     string
	Example string // a message, of which one beginning with HTTP is a response
	here    func(ours, theirs error) bool
}

// refused explains that wire refuses, with one of some kinds, input that net/http accepts.
func refused(list ...wire.Kind) func(ours, theirs error) bool {
	return func(ours, theirs error) bool {
		return theirs == nil &&
			slices.Contains(list, wire.KindOf(ours))
	}
}

// Differences lists all that are allowed.
var Differences = []Difference{
	{
		"line ends", "net/http takes LF for CR LF. Where two readers disagree about lines, " +
			"a value becomes a field: wire takes CR LF only.",
		"GET / HTTP/1.1\nHost: a\n\n", refused(wire.KindLineEnd),
	},
	{
		"folded lines", "net/http joins a line that starts with a blank to the one before it, " +
			"as was legal once. wire refuses it.",
		"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", refused(wire.KindFolded),
	},
	{
		"reasons", "net/http takes any bytes as a reason, control bytes included; " +
			"reasons end up in logs and on terminals.",
		"HTTP/1.1 200 \x1b[2J\r\n\r\n", refused(wire.KindStatusLine),
	},
	{
		"status codes", "net/http takes any three characters that Atoi reads, " +
			"a sign or zeros in front included, and blanks before them. wire takes three digits from 100.",
		"HTTP/1.1 +10 OK\r\n\r\n", refused(wire.KindStatusCode),
	},
	{
		"targets", "net/http takes all targets that net/url reads: fragments, other schemes, an " +
			"asterisk. A WebSocket needs a path or a ws or http URL.",
		"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", refused(wire.KindTarget),
	},
	{
		"odd targets", "Clients send stray percent signs and unescaped quotes; " +
			"wire never decodes a target, and lets all bytes pass but blanks and control bytes. " +
			"net/http refuses targets that net/url cannot read.",
		"GET /% HTTP/1.1\r\nHost: a\r\n\r\n", func(ours, theirs error) bool {
			var e *url.Error
			return ours == nil && errors.As(theirs, &e)
		},
	},
	{
		"versions", "net/http parses HTTP/1.0 and 2.0. The handshake needs HTTP/1.1.",
		"GET / HTTP/1.0\r\n\r\n", refused(wire.KindVersion),
	},
	{
		"names", "net/http hands out field names with blanks in them or before the colon, as they are. " +
			"wire wants a token.",
		"HTTP/1.1 200 OK\r\nX : a\r\n\r\n", refused(wire.KindFieldName),
	},
	{
		"hosts", "net/http looks at Host in its server, not in ReadRequest. wire allows one, " +
			"and only host[:port].",
		"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", refused(wire.KindHost),
	},
	{
		"content lengths",
		"net/http allows the same Content-Length several times. wire allows one field.",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		refused(wire.KindContentLength),
	},
	{
		"transfer encodings", "Chunks make no sense inside a message, " +
			"and two framings at once are how requests are smuggled: wire refuses the field.",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		refused(wire.KindTransferEncoding),
	},
	{
		"bytes behind", "On a stream the next message follows, and after a response without a length " +
			"anything. A WebSocket message is one request or response and nothing else.",
		"GET / HTTP/1.1\r\n\r\nmore", refused(wire.KindSurplus, wire.KindBodyForbidden),
	},
	{
		"limits", "wire bounds heads, lines, fields, targets and bodies by default. " +
			"net/http bounds heads, in its server.",
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 9000) + "\r\n\r\n",
		refused(wire.KindHeadTooLarge, wire.KindLineTooLong, wire.KindTooManyFields,
			wire.KindTargetTooLong, wire.KindBodyTooLarge),
	},
}
