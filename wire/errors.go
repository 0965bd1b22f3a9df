package wire

import (
	"errors"
	"strconv"

	"example.com/khp/internal/scan"
)

// Kind is the kind of a parse error. The zero Kind stands for none.
type Kind uint8

const (
	KindIncomplete       Kind = 1 + iota // the bytes so far are fine, more are needed
	KindEmpty                            // a message of no bytes
	KindRequestLine                      // not method, space, target, space, version
	KindStatusLine                       // not version, space, status, space, reason
	KindStatusCode                       // not three digits, or below 100
	KindMethod                           // not a token
	KindTarget                           // neither origin-form nor absolute-form, or a wrong byte
	KindTargetTooLong                    // over Limits.Target, or over Limits.Line within the target
	KindVersion                          // anything but HTTP/1.1 to HTTP/1.9
	KindLineEnd                          // CR or LF on its own
	KindFolded                           // a field line that starts with a blank
	KindNoColon                          // a field line without a colon
	KindFieldName                        // not a token, or a blank before the colon
	KindFieldValue                       // a control byte in a value
	KindHeadTooLarge                     // over Limits.Head
	KindLineTooLong                      // over Limits.Line
	KindTooManyFields                    // over Limits.Fields
	KindContentLength                    // repeated, a list, not digits, or beyond 63 bits
	KindTransferEncoding                 // present
	KindHost                             // repeated, or not host[:port]
	KindBodyTooShort                     // ends before Content-Length
	KindSurplus                          // bytes after the end
	KindBodyTooLarge                     // over Limits.Body
	KindBodyForbidden                    // content in a response that cannot have any
	KindList                             // malformed or empty extension or token list
	KindChallenge                        // malformed WWW-Authenticate value
	KindCredentials                      // credentials that cannot be written
	KindURL                              // not a usable ws, wss, http or https URL
	KindTooManyMessages                  // over Limits.Messages
	KindUnitTooLarge                     // over Limits.Unit
	KindMixedTypes                       // text and binary messages in one unit
	KindNoUnit                           // a terminator with nothing before it
	KindUTF8                             // text that is not UTF-8
	KindClose                            // body of a Close frame: one byte, or a code not to be sent
)

var kindNames = [...]string{
	KindIncomplete:       "incomplete",
	KindEmpty:            "empty message",
	KindRequestLine:      "bad request line",
	KindStatusLine:       "bad status line",
	KindStatusCode:       "bad status code",
	KindMethod:           "bad method",
	KindTarget:           "bad request target",
	KindTargetTooLong:    "request target too long",
	KindVersion:          "unsupported version",
	KindLineEnd:          "bad line end",
	KindFolded:           "folded line",
	KindNoColon:          "field line without colon",
	KindFieldName:        "bad field name",
	KindFieldValue:       "bad field value",
	KindHeadTooLarge:     "head too large",
	KindLineTooLong:      "line too long",
	KindTooManyFields:    "too many fields",
	KindContentLength:    "bad Content-Length",
	KindTransferEncoding: "Transfer-Encoding refused",
	KindHost:             "bad Host",
	KindBodyTooShort:     "body too short",
	KindSurplus:          "surplus bytes",
	KindBodyTooLarge:     "body too large",
	KindBodyForbidden:    "body forbidden",
	KindList:             "bad list",
	KindChallenge:        "bad challenge",
	KindCredentials:      "bad credentials",
	KindURL:              "bad URL",
	KindTooManyMessages:  "too many messages",
	KindUnitTooLarge:     "unit too large",
	KindMixedTypes:       "mixed message types",
	KindNoUnit:           "terminator without content",
	KindUTF8:             "invalid UTF-8",
	KindClose:            "bad Close frame",
}

// String returns a few words, for example "bad field name".
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// ParseError is the only type of error in this package.
//
// Offset counts bytes from the start of the input: a message, a unit, a field value, a URL.
// For an Append function it counts from the start of the part that was refused. Detail says more
// and quotes at most 32 bytes of the input in ASCII, so that it can be logged; it never quotes the
// value of a field that carries credentials or cookies, nor the query or the userinfo of a URL.
type ParseError struct {
	Kind   Kind
	Offset int
	Detail string
}

// Error returns the kind and the place of the error, in one line of printable ASCII. The name of
// this package is not in it: most readers are told it as part of another error.
func (e *ParseError) Error() string {
	s := e.Kind.String() + " at byte " + strconv.Itoa(e.Offset)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Is makes errors.Is(err, &ParseError{Kind: k}) match on the kind alone.
func (e *ParseError) Is(target error) bool {
	t, ok := target.(*ParseError)
	return ok && t.Kind == e.Kind
}

// KindOf returns the kind of the ParseError in err's chain, or 0.
func KindOf(err error) Kind {
	if err == nil { // the usual case; errors.As would allocate
		return 0
	}
	var e *ParseError
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}

// excerpt is how many bytes of the input an error quotes.
const excerpt = 32

// quotable is the part of b that an error may show: no query, which may hold credentials, and of a
// URL with a user and password its scheme.
func quotable[S scan.Text](b S) S {
	authority := -1
	for i := range len(b) {
		switch c := b[i]; {
		case c == '?':
			return b[:i]
		case c == '/' && authority < 0 && i > 0 && b[i-1] == '/':
			authority = i + 1
		case c == '@' && authority >= 0:
			return b[:authority]
		}
	}
	return b
}

// newError quotes the bytes of b around off, and no half of a character at the ends. It must not be
// given credentials.
func newError[S scan.Text](k Kind, off int, what string, b S) *ParseError {
	b = quotable(b)
	before := scan.Cut(b, max(off-excerpt/2, 0))
	if near := scan.Cut(b[len(before):], excerpt); len(near) > 0 {
		what += ", near " + strconv.QuoteToASCII(string(near))
	}
	return &ParseError{Kind: k, Offset: off, Detail: what}
}
