package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKind_String(t *testing.T) {
	seen := map[string]bool{}
	for k := KindIncomplete; k <= KindClose; k++ {
		require.NotContains(t, k.String(), "Kind(")
		require.False(t, seen[k.String()], "%s twice", k)
		seen[k.String()] = true
	}
	require.Equal(t, "Kind(0)", Kind(0).String())
	require.Equal(t, "Kind(200)", Kind(200).String())
}

func TestParseError(t *testing.T) {
	var r Request
	err := r.Parse([]byte("GET / HTTP/1.1\r\nHost a\r\n\r\n"), Limits{})
	require.EqualError(t, err,
		`bad field name at byte 20: blank in a name or before the colon, near "Host a"`)
	require.Equal(t, KindFieldName, KindOf(fmt.Errorf("wrapped: %w", err)))
	require.True(t, errors.Is(fmt.Errorf("wrapped: %w", err), &ParseError{Kind: KindFieldName}))
	require.Zero(t, KindOf(nil))
	require.Zero(t, KindOf(errors.New("other")))
	require.EqualError(t, &ParseError{Kind: KindEmpty}, "empty message at byte 0")
}

// Errors go to logs, so they name the place of a fault in credentials but do not quote them.
func TestParseError_NoSecrets(t *testing.T) {
	const secret = "c2VjcmV0"
	var req Request
	var rsp Response
	var a Assembler
	text := func() error {
		_, err := a.Add(Text, []byte("HTTP/1.1 101 OK\r\nSet-Cookie: "+secret+"\xff"))
		return err
	}
	field := func() error {
		_, err := AppendField(nil, "Authorization", "Basic "+secret+"\n")
		return err
	}
	location := func(s string) error {
		_, err := ParseURL(s, nil)
		return err
	}
	for name, err := range map[string]error{
		"value": req.Parse([]byte("GET / HTTP/1.1\r\nAuthorization: Basic "+secret+
			"\x00\r\n\r\n"), Limits{}),
		"line end":  req.Parse([]byte("GET / HTTP/1.1\r\nCookie: "+secret+"\n\r\n"), Limits{}),
		"next line": req.Parse([]byte("GET / HTTP/1.1\r\nCookie: "+secret+"\r\n\x00\r\n"), Limits{}),
		"folded": req.Parse([]byte("GET / HTTP/1.1\r\nCookie: a\r\n "+secret+"\r\n\r\n"),
			Limits{}),
		"incomplete": req.Parse([]byte("GET / HTTP/1.1\r\nCookie: "+secret), Limits{}),
		"surplus":    req.Parse([]byte("GET / HTTP/1.1\r\nCookie: "+secret+"\r\n\r\nx"), Limits{}),
		"body":       rsp.Parse([]byte("HTTP/1.1 101\r\nSet-Cookie: "+secret+"\r\n\r\nx"), Limits{}),
		"short": rsp.Parse([]byte("HTTP/1.1 200\r\nContent-Length: 9\r\nSet-Cookie: "+secret+
			"\r\n\r\n"), Limits{}),
		"text":          text(),
		"append":        field(),
		"url":           location("ws://user:" + secret + "@h/"),
		"url of scheme": location("ftp://user:" + secret + "@h/"),
	} {
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), secret, name)
	}
}

// An error quotes the 16 bytes before the one that is wrong, that one, and 15 behind it.
func TestParseError_Quotes(t *testing.T) {
	in := strings.Repeat("abcdefghij", 10)
	for _, at := range []int{0, 1, 16, 17, 40, 90, 99} {
		b := []byte(in)
		b[at] = '='
		_, err := ParseTokens(nil, b)
		wantKind(t, KindList, err)
		require.Equal(t, at, err.(*ParseError).Offset)
		from := max(at-16, 0)
		quoted := string(b[from:min(from+32, len(b))])
		_, quote, _ := strings.Cut(err.(*ParseError).Detail, ", near ")
		require.Equal(t, `"`+quoted+`"`, quote)
	}
	for in, want := range map[string]ParseError{
		"=":    {KindList, 0, `not a token, near "="`},
		"a, =": {KindList, 3, `not a token, near "a, ="`},
		"a b":  {KindList, 2, `comma expected, near "a b"`},
		" ,":   {KindList, 0, `no element, near " ,"`},
	} {
		_, err := ParseTokens(nil, []byte(in))
		require.Equal(t, &want, err, in)
	}
}

// An error in a line of a head quotes that line, around the wrong byte, up to a query or a secret.
func TestParseError_QuotesTheLine(t *testing.T) {
	in := strings.Repeat("abcdefghij", 10)
	for text, want := range map[string]ParseError{
		"GET /p HTTP/1.1\r\nHost: h": {KindIncomplete, 24, "more bytes needed"},
		"GET /" + in + "\x00": {KindTarget, 105,
			`byte not allowed, near "efghijabcdefghij\x00"`},
		"GET /a@b/c \x00 HTTP/1.1": {KindVersion, 11,
			`not an HTTP version, near "GET /a@b/c \x00 HTTP/1.1"`},
		"GET /p HTTP/1.1\r\nX: " + in + "\x00": {KindFieldValue, 120,
			`control byte, near "efghijabcdefghij\x00"`},
		"GET http://joe:pw@h/ HTTP/1.1\r\nHost: h\r\n\r\n": {KindTarget, 4,
			`neither a path nor an http or ws URL, near "GET http://"`},
		"GET /p HTTP/1.1\r\n: b": {KindFieldName, 17, `empty name, near ": b"`},
		"GET /p HTTP/1.1\r\nA\t: b": {KindFieldName, 18,
			`blank in a name or before the colon, near "A\t: b"`},
		"GET /p HTTP/1.1\r\nCookie: a=b\x00": {KindFieldValue, 28,
			`control byte, near "Cookie:"`},
	} {
		var r Request
		_, err := r.ParseHead([]byte(text), DefaultLimits())
		require.Equal(t, &want, err, "%q", text)
	}
	_, err := ParseURL("ws://a\x80/", nil)
	require.ErrorContains(t, err, "host is not ASCII")
	const text = "HTTP/1.1 403 No\r\nContent-Length: 1\r\n 2\r\n\r\n"
	_, _, err = new(Response).ParseOpening([]byte(text), DefaultLimits())
	require.Equal(t, &ParseError{KindFolded, 36,
		"line starts with a blank, in a field that says where the message ends"}, err)
}

// A byte that no legal line can have at its place is refused as soon as it is there, whatever
// follows: a peer need not be waited for. What is judged as a whole is the end of a line and the
// value of some fields.
func TestParseError_AtOnce(t *testing.T) {
	whole := map[Kind]bool{KindLineEnd: true, KindContentLength: true, KindTransferEncoding: true,
		KindHost: true, KindTarget: true, KindBodyTooLarge: true, KindIncomplete: true,
		KindLineTooLong: true, KindHeadTooLarge: true, KindTargetTooLong: true, KindTooManyFields: true,
		KindBodyForbidden: true}
	request := func(b []byte) error {
		_, err := new(Request).ParseHead(b, DefaultLimits())
		return err
	}
	response := func(b []byte) error {
		_, err := new(Response).ParseHead(b, DefaultLimits())
		return err
	}
	check := func(text string, parse func(b []byte) error) {
		b := []byte(text)
		err := parse(b)
		if err == nil || whole[KindOf(err)] {
			return
		}
		at := err.(*ParseError).Offset
		require.Equal(t, KindIncomplete, KindOf(parse(b[:at])), "%q before byte %d", text, at)
		require.Equal(t, KindOf(err), KindOf(parse(b[:at+1])), "%q with byte %d", text, at)
	}
	for _, c := range loadCorpus(t) {
		switch c.Kind {
		case "request":
			check(string(c.bytes), request)
		case "response":
			check(string(c.bytes), response)
		}
	}
	const good = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
	for i := range good {
		for _, c := range []byte("xX:1 \x00\xff") {
			check(good[:i]+string(c)+good[i+1:], response)
		}
	}
	const asked = "GET /p HTTP/1.1\r\nA: b\r\n\r\n"
	for i := range asked {
		for _, c := range []byte("xX:1 \x00\xff") {
			check(asked[:i]+string(c)+asked[i+1:], request)
		}
	}
}

// An error quotes no half of a character, wherever it is: that would read as bytes that were not
// sent.
func TestParseError_QuotesWholeCharacters(t *testing.T) {
	for _, wide := range []string{"é", "€", "💩"} {
		for before := range 60 {
			for after := range 40 {
				value := strings.Repeat("a", before%4) + strings.Repeat(wide, before/4) + "=" +
					strings.Repeat(wide, after/2)
				_, err := ParseTokens(nil, []byte("x, "+value))
				require.Error(t, err)
				require.NotContains(t, err.Error(), `\x`, "%q", value)
				_, err = ParseURL("ws://h/"+value, nil)
				if strings.Contains(value, wide) {
					require.Error(t, err)
					require.NotContains(t, err.Error(), `\x`, "%q", value)
				}
			}
		}
	}
}

// No error quotes a query, or the user and password of a URL, whatever is wrong beside them.
func TestParseError_QuotesNoURLSecret(t *testing.T) {
	var q Request
	var r Response
	request := func(s string) error { return q.Parse([]byte(s), Limits{}) }
	response := func(s string) error { return r.Parse([]byte(s), Limits{}) }
	line := func(target string) error { _, err := AppendRequestLine(nil, "GET", target); return err }
	url := func(s string) error { _, err := ParseURL(s, nil); return err }
	base := URL{Host: "h", Port: 80, Path: "/"}
	location := func(s string) error { _, err := base.Resolve([]byte(s), nil); return err }
	challenge := func(s string) error { _, err := ParseChallenges(nil, []byte(s)); return err }
	for _, secret := range []string{
		"ws://u:s3cret@h/", "//u:s3cret@h/", "ws://h/?s3cret", "/?s3cret",
	} {
		for name, err := range map[string]error{
			"form":    request("GET x" + secret + " HTTP/1.1\r\n\r\n"),
			"byte":    request("GET " + secret + "\x01 HTTP/1.1\r\n\r\n"),
			"version": request("GET " + secret + " HTTP/2.1\r\n\r\n"),
			"value":   response("HTTP/1.1 302 x\r\nLocation: " + secret + "\x01\r\n\r\n"),
			"line":    response("HTTP/1.1 302 x\r\nLocation: " + secret + "\rX"),
			"write":   line(secret + "\x01"), "write form": line("x" + secret), "URL": url(secret + "%zz"),
			"port":      url(strings.Replace("ws:"+strings.TrimPrefix(secret, "ws:"), "h/", "h:x/", 1)),
			"location":  location(secret + "%zz"),
			"challenge": challenge("Application Token " + secret + `"`),
		} {
			require.Error(t, err, "%s %s", name, secret)
			require.NotContains(t, err.Error(), "s3cret", "%s %s", name, secret)
		}
	}
}
