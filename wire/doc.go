// Package wire turns the bytes of a handshake into values and back: the HTTP messages of a
// WebSocket opening handshake, those that the x-kaazing-handshake protocol exchanges inside
// WebSocket messages, and the field values in them.
//
// Read a request that arrived in one message, and answer it:
//
//	var req wire.Request
//	if err := req.Parse(message, wire.Limits{}); err != nil {
//		// err is a *wire.ParseError: what and where
//	}
//	out, err = wire.AppendStatusLine(out[:0], 101, "Switching Protocols")
//	out, err = wire.AppendField(out, "Sec-WebSocket-Extensions", "x-example;level=3")
//	out = wire.AppendEnd(out)
//
// Read from a stream: call [Request.ParseOpening] or [Response.ParseOpening] with all bytes
// received so far, read on while the error has [KindIncomplete], and stop at any other error. Read
// a response from WebSocket messages: pass each message to [Assembler.Add] until it returns
// [UnitTerminated].
//
// # Ownership
//
// Parsed values are views into the bytes they were parsed from, valid as long as these stay as they
// are; an [Assembler] keeps its own copy until Reset. Append functions extend their first argument
// and return it, and leave it as it was on an error. A Request, Response or Assembler that is used
// again does not allocate. The functions keep no state, never block, start no goroutine, and do not
// panic, whatever the input. A value may not be used by two goroutines at once.
//
// # Strictness
//
// The grammar is that of RFC 9112, in both directions alike, with these choices; the two
// ParseOpening depart from them to read the answers of proxies:
//
//   - Lines end in CRLF. CR or LF alone is refused, and so is a line before the start line.
//   - No folded lines, no blank before the colon, no control byte but HTAB in a
//     value or reason. Bytes from 0x80 are opaque data there.
//   - Values and lists of fields may be empty, blanks around a value are dropped, and
//     repeated fields stay apart.
//   - The version is HTTP/1.1. HTTP/1.2 to 1.9 are read as the same; all others are
//     refused, 1.0 too.
//   - A request needs no Host, has at most one, and it is host[:port] or empty.
//   - The target is a path, or an http, https, ws or wss URL without userinfo.
//     Any visible ASCII may stand in it except '#': clients send quotes and
//     brackets unescaped, and so may bytes from 0x80: deployed clients decode
//     escapes before they write an extended request. It is never decoded or changed.
//   - Transfer-Encoding is refused. Content-Length is digits, once, not a list.
//   - A request without Content-Length has no body. A response without it has the rest of its unit,
//     except 1xx, 204, 205 and 304, which have no content; there Content-Length: 0 is tolerated.
//     That rest must not begin with "HTTP/1.": a second response in a unit is smuggling.
//   - Bytes after the end of a message are refused.
//   - A status code is three digits from 100; 600 to 999 are left to the
//     caller. The reason may be missing, with or without the space before it.
//   - Field names are written as spelled, with one space after the colon.
//   - All sizes and counts have a limit, and a field name has 256 bytes at most.
//
// An error is reported at the first wrong byte, whether or not more bytes have arrived: cutting
// input differently changes neither verdict nor kind.
//
// The file khp.ebnf says the same as a grammar. Tests write messages by it, and break
// them; fuzz/corpus/corpus.jsonl has the cases that parsers have stumbled over.
//
// # Speed
//
// A field line takes one pass over its name, to the colon, and one over its value, to CR LF; the
// two views are stored in place. Both passes test eight bytes at once (package internal/scan) and
// look up any byte but plain letters and signs in the table of byte classes. Names are compared
// with Host, Content-Length and Transfer-Encoding only if they are as long. A line that is refused
// or incomplete is looked at again, for the exact error (head.go).
//
// Writing tests eight bytes at once, too. The module in ../bench compares both
// with other parsers; docs/performance.md has the numbers.
//
// docs/examples/eventloop uses the bodies of Close frames ([AppendClose], [ParseClose]);
// docs/examples/ownparser tests another parser with the corpus that tests this one.
package wire
