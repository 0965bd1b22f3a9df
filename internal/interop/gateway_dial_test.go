package interop

import "strings"

// Replay's output for a handshake.
const (
	kaazingOpen  = "kaazing profile; open with 101"
	kaazingMoved = "kaazing profile; extended handshake answered with 101"
	challenged   = "opening handshake answered with 401"
)

// hello returns dials of a target with both profiles that suit a gateway: they open, and say hello.
func hello(replay []string, args ...string) []dial {
	var dials []dial
	for _, profile := range []string{"kaazing", "auto"} {
		dials = append(dials,
			dial{args: lines(args, "--send", "hello", "--profile", profile), out: "hello\n", replay: replay})
	}
	return dials
}

var dialCases = []gatewayCase{
	does("echo", append(hello([]string{kaazingOpen}, "WS/echo"),
		dial{args: []string{"WS/echo?room=7", "--profile", "kaazing", "--send", "grüße", "--send", "two"},
			out: "grüße\ntwo\n", replay: []string{kaazingOpen}},
		dial{args: []string{"WS/echo", "--profile", "kaazing", "--binary", "--send", "\x01\x02"},
			out: "<binary, 2 bytes> 01 02\n", replay: []string{kaazingOpen}},
	)...),
	does("large message", dial{args: []string{
		"WS/echo", "--profile", "kaazing", "--send", strings.Repeat("x", 100_000),
	}, out: strings.Repeat("x", 100_000) + "\n", replay: []string{kaazingOpen}}),
	does("encrypted", hello([]string{kaazingOpen}, "WSS/echo")...),
	does("credentials", hello([]string{kaazingOpen}, "WS/members", "--user", "joe:welcome")...),
	does("wrong credentials",
		dial{args: []string{"WS/members", "--profile", "kaazing", "--user", "joe:guess"},
			errs:   "check name, password or token",
			replay: []string{"kaazing profile; extended handshake answered with 401"}},
		dial{args: []string{"WS/members", "--profile", "auto", "--user", "ann:welcome"},
			errs:   "check name, password or token",
			replay: []string{"kaazing profile; extended handshake answered with 401"}},
		dial{args: []string{"WS/members", "--profile", "kaazing"}, errs: "try --user NAME:PASSWORD",
			replay: []string{"kaazing profile; extended handshake answered with 401"}},
	),
	does("credentials in the opening", append(hello([]string{challenged, kaazingOpen}, "WS/native",
		"--user", "joe:welcome"),
		dial{args: []string{"WS/native", "--profile", "kaazing", "--user", "joe:guess"},
			errs: "wrong credentials", replay: []string{challenged, challenged}},
	)...),
	does("balanced", append(hello([]string{kaazingMoved, kaazingOpen}, "WS/balanced"),
		dial{args: []string{"WS/balanced", "--profile", "kaazing", "--max-redirects", "0"},
			errs: "try --max-redirects with more than 0", replay: []string{kaazingMoved}},
	)...),
	does("balanced to nobody", dial{args: []string{"WS/nobody", "--profile", "kaazing"},
		errs: "redirect without usable target", replay: []string{kaazingMoved}}),
	does("subprotocol not selected", dial{args: []string{"WS/echo", "--profile", "kaazing",
		"--protocol", "chat", "--send", "hello"}, out: "hello\n", replay: []string{kaazingOpen}}),
	does("unknown extension", dial{args: []string{"WS/echo", "--profile", "kaazing",
		"--extension", "x-example", "--send", "hello"}, out: "hello\n", replay: []string{kaazingOpen}}),
	does("origin",
		dial{args: []string{"WS/echo", "--profile", "kaazing",
			"--opening-header", "Origin: http://page.example", "--send", "hello"}, out: "hello\n",
			replay: []string{kaazingOpen}},
		dial{args: []string{"WS/echo", "--profile", "kaazing",
			"--opening-header", "Origin: http://other.example"}, errs: "403 Forbidden",
			replay: []string{"opening handshake answered with 403"}},
	),
	does("unknown path", dial{args: []string{"WS/unknown", "--profile", "kaazing"},
		errs: "404 Not Found", replay: []string{"opening handshake answered with 404"}}),
	does("without the marker",
		dial{args: []string{"WS/echo", "--timeout", "2s"}, errs: "try --profile kaazing",
			replay: []string{"spec profile; extended handshake answered with 101"}}),
}
