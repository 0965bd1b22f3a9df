// Package random draws scenarios for package script, and makes those that fail small.
package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Scenario returns the one that belongs to a seed: a network, a client, a server or an adversary,
// and a schedule of things that happen to them, drawn at random. Equal seeds give equal scenarios.
// It has no expectations: the invariants are checked, which hold in every run.
func Scenario(seed uint64) string {
	g := &generator{r: rand.New(rand.NewPCG(seed, 1)),
		lines: []string{fmt.Sprintf("# Random schedule %d", seed)}}
	g.network()
	g.client()
	served := g.r.IntN(3) > 0
	if served {
		g.server()
	} else {
		g.adversary()
		g.line("server b.example%s", g.some(3, "echo=yes"))
	}
	for range 1 + g.r.IntN(8) {
		g.action(served)
	}
	g.line("run")
	return strings.Join(g.lines, "\n") + "\n"
}

// generator writes a scenario.
type generator struct {
	r     *rand.Rand
	lines []string
}

func (g *generator) line(format string, v ...any) {
	g.lines = append(g.lines, fmt.Sprintf(format, v...))
}

func (g *generator) pick(list ...string) string { return list[g.r.IntN(len(list))] }

// some returns each of the words with a chance of one in n.
func (g *generator) some(n int, words ...string) string {
	var b strings.Builder
	for _, w := range words {
		if g.r.IntN(n) == 0 {
			b.WriteString(" " + w)
		}
	}
	return b.String()
}

func (g *generator) network() {
	g.line("network latency=%s timers=%s%s", g.pick("0ms", "1ms", "10ms", "1s", "4s", "5s"),
		g.pick("first", "last"), g.some(2, fmt.Sprintf("split=%d", 1+g.r.IntN(40))))
}

func (g *generator) client() {
	g.line("client %s profile=%s%s", g.pick("ws://a.example/p", "wss://a.example/p?x"),
		g.pick("spec", "spec", "kaazing", "auto"),
		g.some(3, "protocols=amqp,stomp", "extensions=x-a,x-b", "opening-extensions=x-open",
			"credentials="+g.pick("basic:joe:welcome", "basic:joe:wrong", "each", "none", "never"),
			"credentials-after="+g.pick("1s", "20s", "70s"), "redirects="+g.pick("0", "1", "5", "never",
				"same-host"), "replays=1", "wait=no", "upgrade=yes", "downgrade=yes",
			"fallback=plain", "terminator=optional", `opening-header="Cookie: secret=42"`, `say="hello"`))
	if last := len(g.lines) - 1; strings.Contains(g.lines[last], "profile=spec") && g.r.IntN(5) == 0 {
		g.lines[last] += ` body="the body"`
	}
}

func (g *generator) server() {
	g.line("server a.example%s", g.some(3, "echo=yes", `say="welcome"`, "plain=yes", "challenges=1",
		"opening-extensions=x-open"))
	for range g.r.IntN(4) {
		g.rule()
	}
	g.line("server b.example%s", g.some(3, "echo=yes"))
	if g.r.IntN(3) == 0 {
		g.rule()
	}
}

// rule is a line below a server.
func (g *generator) rule() {
	g.line("  %s%s", g.pick(
		"101", "201", "204", "101 protocol=amqp", "101 extensions=x-b,x-a",
		"202 times=2", "never", "fail",
		`401 unless=basic:joe:welcome challenge="Application Basic realm=\"r\""`,
		`401 challenge="Application Token"`,
		"302 location=/p?n=$n", "301 location=ws://b.example/q", "303 location=wss://a.example/r",
		"307 location=/p", "300 location=/s", "403", "404", "426 upgrade=TLS/1.2", "503"),
		g.some(3, "times=1", "after="+g.pick("1s", "9s", "40s")))
}

// adversary is a server that sends anything.
func (g *generator) adversary() {
	g.line("adversary a.example%s", g.some(3, "stubborn"))
	if g.r.IntN(5) == 0 {
		g.login()
	}
	for n := range 1 + g.r.IntN(3) {
		if n > 0 {
			g.line("  next")
		}
		if g.r.IntN(10) > 0 {
			g.line("  opening %s", g.pick("101", "101", "101", "101", "302 \"Location: /o\"",
				"401 \"WWW-Authenticate: Basic\"", "503"))
		}
		if g.r.IntN(4) > 0 {
			g.line("  await")
		}
		for range g.r.IntN(7) {
			g.step()
		}
	}
}

// login is an adversary that has the client log in, in the opening handshake or behind it, and then
// sends it elsewhere.
func (g *generator) login() {
	challenge := `401 "WWW-Authenticate: Basic realm=\"r\"" "Content-Length: 0"`
	if g.r.IntN(2) == 0 {
		g.line("  opening %s\n  next\n  opening 101\n  await", challenge)
	} else {
		g.line("  opening 101\n  await\n  respond %s\n  await", challenge)
	}
	g.line("  respond 302 \"Location: %s\"\n  next", g.pick("/q", "ws://b.example/q",
		"ws://a.example:8080/q", "wss://a.example/q", "wss://b.example/q"))
}

// step is a line below an adversary.
func (g *generator) step() {
	g.line("  %s", g.pick(
		"respond 101", "respond 101", "response 101", "respond 204", `respond 401 "WWW-Authenticate: `+
			`Basic realm=\"r\""`, "respond 202", "respond 100", `respond 302 "Location: /q"`,
		`respond 302 "Location: ws://b.example/q"`, `response 302 "Location: /r"`, "respond 403",
		fmt.Sprintf("respond %d", 100+g.r.IntN(500)), fmt.Sprintf("respond at=%d 204", 1+g.r.IntN(27)),
		fmt.Sprintf("respond frames=%d 204", 1+g.r.IntN(27)), "send empty", "send N",
		"send R ws://b.example/x", `send text "hello"`, `send binary "HTTP/1.1 2"`, `ping "p"`, `pong ""`,
		"close 1000", "close 4000 \"enough\"", "close", "end", "cut", "vanish", "await", "await pong",
		"wait 1s", "wait 9s", "wait 31s", fmt.Sprintf("split %d every=%s",
			g.r.IntN(9), g.pick("0s", "1s")),
		`frame binary more "HT"`, `frame continuation ""`, `frame 3 "x"`, `frame binary rsv=4 "x"`,
		`raw "\x88\x01x"`, "frame binary length=300000 \"x\""))
}

// action is an event at a random time.
func (g *generator) action(served bool) {
	if served && g.r.IntN(4) == 0 {
		g.line("%s", g.pick(`send a.example text "from the server"`, "close a.example 1001",
			"cut a.example", "timer a.example "+g.pick("request", "body", "replay", "overall", "close")))
		return
	}
	g.line("%s", g.pick(
		"run", "advance "+g.pick("1ms", "5ms", "10ms", "15ms", "40ms", "1s", "5s", "10s", "30s", "1m"),
		"advance "+g.pick("10ms", "20ms", "30ms", "1s"), `send client text "from the client"`,
		"send client binary \"\"", "close client 1000", "close client 3000 \"bye\"", "cut client",
		"cut client silently", "timer client "+
			g.pick("opening", "response", "wait", "credentials", "overall", "close"), "timer client close"))
}
