package wire

import (
	"testing"

	"example.com/khp/internal/anycall"
	"pgregory.net/rapid"
)

// functions has every exported function. Where one takes strings and bytes, both are called.
var functions = map[string]any{
	"AppendEnd": AppendEnd, "AppendField/bytes": AppendField[[]byte, string],
	"AppendField/string":       AppendField[string, []byte],
	"AppendRequestLine/bytes":  AppendRequestLine[[]byte, string],
	"AppendRequestLine/string": AppendRequestLine[string, []byte],
	"AppendStatusLine/bytes":   AppendStatusLine[[]byte],
	"AppendStatusLine/string":  AppendStatusLine[string], "Bodiless": Bodiless,
	"DefaultLimits": DefaultLimits, "CloseReason": CloseReason, "AppendClose": AppendClose,
	"ParseClose": ParseClose, "ScriptCloseCode": ScriptCloseCode, "KindOf": KindOf,
	"ParseChallenges": ParseChallenges, "ParseExtensions": ParseExtensions, "ParseTokens": ParseTokens,
	"ParseURL": ParseURL, "ValidCloseCode": ValidCloseCode}

// Whatever is called in whatever order with whatever arguments: nothing panics.
func TestAnyCalls(t *testing.T) {
	anycall.Complete(t, ".", functions)
	texts := []string{
		"GET /p HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody",
		"HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 200 x\r\n\r\nthe body",
		"HTTP/1.1 201 x\r\nContent-Length: 4\r\n\r\nmade",
		"ws://u@h:80/a/../b?c#d", "wss://[::1]:443", "//h/x", "../b?q", "Basic realm=\"a\\\"b\", " +
			"Digest realm=r, nonce=\"n\", qop=\"auth\"", "x-a;n=1;m=\"2\", x-b", "a, b ,c",
		`username="u", realm="r", nonce="n", uri="/", response="0123456789abcdef0123456789abcdef"`,
		"am9lOndlbGNvbWU=", "\xef\x83\xbfN", "\xef\x83\xbfRws://h/", "Sun, 06 Nov 1994 08:49:37 GMT",
		"120", "Host", "GET",
	}
	for name, first := range map[string]any{
		"Assembler": &Assembler{}, "URL": &URL{Host: "h", Port: 80, Path: "/a/b"}, "Request": &Request{},
		"Response": &Response{}, "Fields": &Fields{}, "Limits": &Limits{},
		"ParseError": &ParseError{}, "Extension": &Extension{}, "Challenge": &Challenge{},
		"Kind": new(Kind),
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c := anycall.Caller{Texts: texts}
				c.Run(t, []any{first}, functions, 40)
			})
		})
	}
}
