package script

import (
	"strings"
	"testing"

	"example.com/khp/sim/script/internal/lang"
	"example.com/khp/sim/script/random"
	"github.com/stretchr/testify/require"
)

// Every mistake is reported with its place and with the words expected there.
func TestErrors(t *testing.T) {
	for _, v := range []struct{ name, source, want string }{
		{"empty", "", "x.txt:1:1: no command; expected one of advance, adversary"},
		{"only comments", "# title\n", "x.txt:1:1: no command"},
		{"unknown command", "run\nrum\n", `x.txt:2:1: unknown command "rum"; expected one of advance`},
		{"indented first", "  101\n", "x.txt:1:1: an indented line belongs to the command above it"},
		{"indented where nothing is", "run\n  101\n", "x.txt:2:3: run takes no indented lines"},
		{"open quote", "case \"a\n", "x.txt:1:6: expected a quoted text as in Go"},
		{"quote in a word", "case a\"b\"\n", "x.txt:1:7: unexpected quote"},
		{"no blank behind a quote", "case \"a\"b\n", "x.txt:1:9: expected a blank"},
		{"repetition", "case \"a\"*x\n", "x.txt:1:10: expected a number up to 1000000"},
		{"surplus word", "run now\n", `x.txt:1:5: unexpected "now"`},
		{"missing word", "advance\n", "x.txt:1:9: expected how long, such as 30s at the end of the line"},
		{"duration", "advance soon\n",
			`x.txt:1:9: expected a duration up to 10000h such as 10ms, 30s or 1h, got "soon"`},
		{"URL", "client\n", "x.txt:1:8: expected a URL such as ws://a.example/echo"},
		{"option", "client ws://a/ colour=red\n", `x.txt:1:16: unknown option "colour=red"`},
		{"choice", "client ws://a/ wait=maybe\n",
			`x.txt:1:16: expected wait=no or wait=yes, got "maybe"`},
		{"number", "client ws://a/ redirects=many\n",
			`x.txt:1:16: expected redirects, a number from 0 to 20, got "many"`},
		{"profile", "client ws://a/ profile=old\n",
			`x.txt:1:16: expected profile=spec, profile=kaazing or profile=auto`},
		{"credentials", "client ws://a/ credentials=joe\n",
			`x.txt:1:16: expected credentials=basic:USER:PASSWORD`},
		{"field", "client ws://a/ header=x\n", `x.txt:1:16: expected header="Name: value"`},
		{"timer of a timeout", "client ws://a/ timeout.lunch=1h\n",
			`x.txt:1:16: unknown timer "lunch"; expected one of body, close`},
		{"client twice", "client ws://a/\nclient ws://a/\n",
			`x.txt:2:8: there is a client "client" already`},
		{"network too late", "server a\nnetwork latency=1s\n", "x.txt:2:1: network has to come before"},
		{"network", "network speed=1\n",
			`x.txt:1:9: unknown option "speed=1" of network; expected latency=`},
		{"nobody", "send client text \"x\"\n",
			`x.txt:1:6: there is no client or server "client"; there is none yet`},
		{"another", "server b\nsend a text \"x\"\n",
			`x.txt:2:6: there is no client or server "a"; expected one of b`},
		{"type", "server a\nsend a words \"x\"\n", `x.txt:2:8: expected text or binary, got "words"`},
		{"unquoted", "server a\nsend a text x\n", "x.txt:2:13: expected a quoted text, got x"},
		{"timer", "server a\ntimer a lunch\n", `x.txt:2:9: unknown timer "lunch"`},
		{"cut", "server a\ncut a loudly\n", "x.txt:2:7: expected silently or nothing"},
		{"trace", "trace everything\n", "x.txt:1:7: expected phases, timers, all or off"},
		{"status of a rule", "server a\n  1010\n",
			"x.txt:2:3: expected a status code, fail or never, a number from 100 to 999"},
		{"step", "adversary a\n  hop\n", `x.txt:2:3: unknown step "hop"; expected one of await`},
		{"await", "adversary a\n  await spring\n",
			"x.txt:2:9: expected message, ping, pong, close or end"},
		{"frame", "adversary a\n  frame 16 \"x\"\n",
			"x.txt:2:9: expected text, binary, continuation, ping, pong, close or a number from 0 to 15"},
		{"frame option", "adversary a\n  frame text less \"x\"\n", "x.txt:2:14: expected more, masked"},
		{"send", "adversary a\n  send letter\n", "x.txt:2:8: expected text, binary, empty, N or R"},
		{"repeat", "adversary a\n  repeat often send empty\n", "x.txt:2:10: expected how often"},
		{"close code", "adversary a\n  close never\n", "x.txt:2:9: expected a close code"},
		{"surplus in a step", "adversary a\n  end now\n", `x.txt:2:7: unexpected "now"`},
		{"adversary URL", "adversary ftp://a/\n", "x.txt:1:11: ftp://a/ is no ws or wss URL"},
		{"case without adversary", "case x level=MUST\nrun\n",
			"x.txt:1:8: a graded case needs an adversary"},
		{"case level", "case x level=HIGH\nadversary target\n",
			"x.txt:1:8: expected level=MUST, SHOULD or MAY"},
		{"case option", "case x level=MUST size=1\nadversary target\n", `x.txt:1:19: expected ` +
			`level=MUST, SHOULD or MAY, req=ID,ID, profile=spec or kaazing, ` +
			`slow=3m or sim=no, got "size=1"`},
		{"graded with transcript", "case x level=MUST\nadversary target\n----\n",
			"x.txt:3:1: a file of graded cases has no transcripts"},
		{"ungraded among graded", "case x level=MUST\nadversary target\ncase y\n",
			"x.txt:3:1: expected case NAME level="},
		{"expect what", "case x level=MUST\nadversary target\n  expect letter\n",
			`x.txt:3:10: expected one of opening, request`},
		{"expect grade", "case x level=MUST\nadversary target\n  expect N as good\n",
			`x.txt:3:15: expected pass, info, lenient, skip or fail, got "good"`},
		{"expect reason", "case x level=MUST\nadversary target\n  expect N as lenient\n",
			"x.txt:3:15: a grade other than pass needs a reason"},
		{"expect condition", "case x level=MUST\nadversary target\n  expect response colour=red\n",
			`x.txt:3:19: expected a code, a range such as 400-499`},
		{"expect range", "case x level=MUST\nadversary target\n  expect response 500-400\n",
			`x.txt:3:19: expected a code such as 101, or a range such as 400-499, got "500-400"`},
		{"expect or", "case x level=MUST\nadversary target\n  expect N as pass and\n",
			`x.txt:3:20: expected or, as or ends, or the end of the line, got "and"`},
		{"closes", "case x level=MUST\nadversary target\n  closes or fail\n",
			`x.txt:3:13: expected lenient or info, got "fail"`},
		{"next", "case x level=MUST\nadversary target\n  next maybe\n",
			"x.txt:3:8: expected none, or, or the end of the line"},
		{"graded step elsewhere", "adversary a\n  handshake\n", `x.txt:2:3: unknown step "handshake"`},
		{"each without in", "each code of 1\n", "x.txt:1:11: expected in"},
		{"each without values", "each code in\n", "x.txt:1:14: expected at least one value"},
		{"each range", "each code in 5..1\nrun\n",
			"x.txt:1:14: expected a range of at most 10000 numbers"},
	} {
		t.Run(v.name, func(t *testing.T) {
			f, err := Parse("x.txt", v.source)
			if err == nil {
				_, err = f.Run(Options{})
			}
			var e *lang.Error
			require.ErrorAs(t, err, &e)
			require.True(t, strings.HasPrefix(err.Error(), v.want), "%s", err)
		})
	}
}

func TestRun_Mismatch(t *testing.T) {
	f := mustParse(t, "x.txt", "# title\n# Requirements: A-1 B-2\nclient ws://a.example/\nrun\n"+
		"expect client open\n----\nsomething else\n\nclient ws://a.example/ name=two\n")
	require.Equal(t, "title", f.Title)
	require.Equal(t, []string{"A-1", "B-2"}, f.Requirements)
	out, err := f.Run(Options{})
	require.NoError(t, err)
	require.False(t, out.Passed())
	require.Len(t, out.Mismatches, 3)
	require.Equal(t, Mismatch{Line: 5, Want: []string{"expect client open"},
		Got: []string{"client failed Connect"}}, out.Mismatches[0])
	require.Equal(t, 6, out.Mismatches[1].Line)
	require.Equal(t, []string{"something else"}, out.Mismatches[1].Want)
	require.Equal(t, 9, out.Mismatches[2].Line, "what nobody compares is not expected")

	again, err := mustParse(t, "x.txt", out.Source).Run(Options{})
	require.NoError(t, err)
	require.Len(t, again.Mismatches, 1, "what came out is written down, what was asked for is not")
	require.Equal(t, out.Source, again.Source)
	require.True(t, strings.HasPrefix(out.Source,
		"# title\n# Requirements: A-1 B-2\nclient ws://a.example/\n"))
}

func TestExpect(t *testing.T) {
	const scene = "client ws://a.example/ protocols=amqp say=\"hello\"\n" +
		"server a.example echo=yes\n  101 protocol=amqp\nrun\n"
	for expect, right := range map[string]bool{
		"expect client open": true, "expect client closed": false,
		"expect client open status=101 protocol=amqp": true, "expect client status=204": false,
		"expect client got=\"hello\"": true, "expect client got=none": false,
		"expect client plain=none": true, "expect client connections=1": true,
		"expect client connections=2":         false,
		"expect a.example open got=\"hello\"": true, "expect a.example close=1000": false,
		"expect client failed Connect": false, "expect client waiting ClientReading": false,
	} {
		out, err := mustParse(t, "x.txt", scene+expect+"\n").Run(Options{})
		require.NoError(t, err, expect)
		asked := 0
		for _, m := range out.Mismatches {
			if len(m.Want) > 0 && strings.HasPrefix(m.Want[0], "expect ") {
				asked++
			}
		}
		require.Equal(t, right, asked == 0, expect)
	}
}

func TestEach_Table(t *testing.T) {
	out, err := mustParse(t, "x.txt", "each n in 1..3 7 8\neach word in a b\n"+
		"client ws://a.example/ redirects=$n say=$word\nrun\n").Run(Options{})
	require.NoError(t, err)
	require.Contains(t, out.Source, `3 "b": client failed Connect`)
	out, err = mustParse(t, "x.txt", "each word in \"a\\n\"\n"+
		"each code in 201..202 204..205 403..405\nclient ws://a.example/ wait=no\n"+
		"adversary a.example\n  opening 101\n  await\n  respond $code\nrun\n").Run(Options{})
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(out.Source, `----
"a\n" 201: client open status=201
"a\n" 202: client failed AcceptedOnly status=202 close=1000
"a\n" 204..205: client open status=$code
"a\n" 403..405: client failed Status status=$code close=1000
`), out.Source)
}

func TestDiff(t *testing.T) {
	require.Equal(t, "  a\n- b\n  c\n+ d\n", Diff([]string{"a", "b", "c"}, []string{"a", "c", "d"}))
	require.Equal(t, "+ a\n", Diff(nil, []string{"a"}))
	require.Equal(t, "- a\n", Diff([]string{"a"}, nil))
	many := strings.Split(strings.Repeat("a\n", 2500), "\n")
	require.Equal(t, strings.Repeat("- a\n", 2500)+strings.Repeat("+ b\n", 2500)+"  \n",
		Diff(many, strings.Split(strings.Repeat("b\n", 2500), "\n")), "memory is bounded")
}

// A state that no host can be in is a mistake: an expectation that cannot fail, or hold, helps
// nobody.
func TestExpect_Mistakes(t *testing.T) {
	for expect, want := range map[string]string{
		"statsu=none":     `x.txt:4:15: unknown key "statsu"; expected one of close, connections`,
		"failed Statuss":  `unknown state "failed Statuss"; expected open, closed`,
		"failed":          `unknown state "failed"`,
		"waiting Reading": `unknown state "waiting Reading"`,
		"opne":            `unknown state "opne"`,
	} {
		_, err := mustParse(t, "x.txt", "client ws://a.example/\nserver a.example\nrun\nexpect client "+
			expect+"\n").Run(Options{})
		require.ErrorContains(t, err, want)
	}
}

// A schedule in five against an adversary logs in and is sent elsewhere: credentials that stay with
// the client come out.
func TestRandom_LogsInAndIsSentElsewhere(t *testing.T) {
	found := false
	for seed := uint64(0); seed < 2000 && !found; seed++ {
		source := random.Scenario(seed)
		if !strings.Contains(source, "WWW-Authenticate: Basic realm=") ||
			!strings.Contains(source, "//b.example/q") {
			continue
		}
		out, err := mustParse(t, "random", source).Run(Options{Seed: seed})
		require.NoError(t, err)
		login, elsewhere, ok := strings.Cut(out.Source, "Authorization: Basic [redacted]")
		found = ok && !strings.Contains(login, "connects to ws://b.example") &&
			strings.Contains(elsewhere, "request     GET /q")
	}
	require.True(t, found)
}

// Random scenarios are scenarios, the same for the same seed, and break nothing.
func TestRandom(t *testing.T) {
	for _, id := range []string{"INV-01", "INV-02", "INV-03", "INV-04", "INV-05", "INV-21", "INV-22",
		"INV-27", "INV-28", "INV-42", "INV-49", "INV-50", "LIV-01"} {
		t.Attr("req", id)
	}
	different := map[string]bool{}
	for seed := range uint64(1000) {
		source := random.Scenario(seed)
		require.Equal(t, source, random.Scenario(seed))
		different[source] = true
		f, err := Parse("random", source)
		require.NoError(t, err, "seed %d", seed)
		out, err := f.Run(Options{Seed: seed})
		require.NoError(t, err, "seed %d:\n%s", seed, source)
		require.Empty(t, out.Broken, "seed %d:\n%s", seed, source)
		require.Empty(t, Fails("random", source, Options{Seed: seed}))
	}
	require.Greater(t, len(different), 950)
}

func TestWithTranscript(t *testing.T) {
	require.Equal(t, "rum\n", WithTranscript("x", "rum\n", Options{}), "what does not run stays")
	require.Contains(t, WithTranscript("x", "client ws://a.example/\nrun\n", Options{}),
		"run\n----\n       0s  client        connects to ws://a.example/\n")
}

// Broken invariants and panics are told, mistakes and expectations are not.
func TestFails(t *testing.T) {
	require.Empty(t, Fails("x", "rum\n", Options{}), "a mistake in a scenario is no broken invariant")
	require.Empty(t, Fails("x", "client ws://a.example/\nrun\nexpect client open\n", Options{}),
		"nor is what it expects")
	why := failing("x", func() []string { panic("oops") })
	require.Equal(t, "x: panic: oops", why)
	require.Equal(t, "a\nb", failing("x", func() []string { return []string{"a", "b"} }))
}
