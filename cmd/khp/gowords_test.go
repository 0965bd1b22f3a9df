package main

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/stretchr/testify/require"
)

// goWords are names of packages, types and fields, and words of libraries, that mean nothing to the
// reader of an error.
var goWords = regexp.MustCompile(`%!|\b(wire|endpoint|transport|fsm|trace|capture|tls|x509): ` +
	`|\b(json|xml|yaml|strconv|time|bind|connect|accept): |\b(open|stat|mkdir) /|\bEOF\b|<nil>` +
	`|\b(dial|listen|read|write|lookup) (tcp|udp|unix)|invalid character|NetDial|provider` +
	`|context (deadline|canceled)`)

// An error of any command is in the words of its reader, and says what to try where it is usage.
func TestErrors_NoGoWords(t *testing.T) {
	const nobody = "127.0.0.1:1"                    // listens there
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	dir := t.TempDir()
	nowhere, unwritten := filepath.Join(dir, "no", "where"), filepath.Join(t.TempDir(), "a")
	garbage, short := khptest.File(t, "garbage", "garbage\n"), khptest.File(t, "short",
		"\xd4\xc3\xb2\xa1")
	empty, xml := khptest.File(t, "empty", ""), khptest.File(t, "cut.xml", "<gateway-config>")
	scenario := khptest.File(t, "s.txt", "case a\nclient xx\nrun\n----\n")
	s := serveHere(t, "--auth", "/=joe:welcome")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"dial " + s.url + "/ -u joe:wrong", cli.ExitFailed,
			"credentials refused with 401 Unauthorized: the credentials at hand are those that were just " +
				"refused"},
		{"dial " + s.url + "/", cli.ExitFailed, "try --user"},
		{"dial ws://" + nobody + "/", cli.ExitUnreachable, "connection refused; is the address right"},
		{"dial ws://[fe80::1%eth0]/", cli.ExitUsage,
			"the zone of an IPv6 address is written as in ws://[fe80::1%25eth0]/"},
		{"dial ws://[fe80::1%25nosuchdevice]:1/ --timeout 20s", cli.ExitUnreachable,
			"cannot connect to ws://[fe80::1]:1/: "},
		{"dial ws://h/ --proxy socks5://" + nobody, cli.ExitUnreachable,
			"did not connect to h:80: connection refused; try another proxy, or --proxy none"},
		{"dial ws://h/ --proxy http://" + nobody, cli.ExitUnreachable,
			"did not connect to h:80: connection refused; try another proxy"},
		{"dial ws://h/ --proxy socks5://" + silent.Addr().String() + " --timeout 1s", cli.ExitUnreachable,
			"cannot connect to ws://h/: no answer within 1s"},
		{"dial ws://h/ --connect-to h:name", cli.ExitUsage,
			"expected HOST:PORT with a port from 1 to 65535"},
		{"dial ws://h/ --connect-to h:0", cli.ExitUsage,
			"expected HOST:PORT with a port from 1 to 65535"},
		{"dial ws://h/ --send a --count 99999999999999999999", cli.ExitUsage, "of at most 18 digits"},
		{"dial ws:/h:80/", cli.ExitUsage, "did you mean ws://h:80/?"},
		{"dial wss:h", cli.ExitUsage, "did you mean wss://h?"},
		{"dial http:/h", cli.ExitUsage, "did you mean http://h?"},
		{"dial mailto:x", cli.ExitUsage, "the URL is not usable: not an absolute URL"},
		{"dial ws://h/#a", cli.ExitUsage, "a fragment, # and what is behind it, cannot stand there"},
		{"dial ws://h:99999/", cli.ExitUsage, "a port is a number from 1 to 65535"},
		{"dial ws://h/ --trace -", cli.ExitUsage, "--trace -: expected a file; /dev/stdout is"},
		{"serve --trace - --check", cli.ExitUsage, "--trace -: expected a file; /dev/stdout is"},
		{"serve --auth /=a:b --htpasswd /=" + nowhere, cli.ExitUsage,
			"no such file or directory; choose a file that can be read"},
		{"serve --htpasswd /=" + dir, cli.ExitUsage,
			"is a directory; choose a file that can be read"},
		{"graph client x", cli.ExitUsage, "got 2 arguments"},
		{"explore --bounds small --html -", cli.ExitUsage, "--html -: expected a file"},
		{"explore --bounds small --html " + unwritten + " --counterexample " + unwritten,
			cli.ExitUsage, "--html writes there as well; choose another file"},
		{"explore --depth -1", cli.ExitUsage, "--depth -1: expected a number from 0 on"},
		{"explore --workers -1", cli.ExitUsage, "--workers -1: expected a number from 0 on"},
		{"explore --max-states 0", cli.ExitUsage, "--max-states 0: expected a number from 1 on"},
		{"replay " + garbage + " --conn 0", cli.ExitUsage, "--conn 0: connections count from 1"},
		{"conform diff x", cli.ExitUsage, "takes two reports, got 1 argument;"},
		{"conform server h:80/x", cli.ExitUsage, "not an absolute URL; did you mean ws://h:80/x?"},
		{"conform server ws://h.invalid/", cli.ExitUnreachable,
			"there is no address for the host h.invalid; is its name right?"},
		{"conform self --run khp/ext/401/* --html " + unwritten + " --json " + unwritten,
			cli.ExitUsage, "writes there as well; choose another file"},
		{"graph client --output " + nowhere, cli.ExitUsage, "choose a file that can be written"},
		{"explore --bounds small --html " + nowhere, cli.ExitUsage, "--html " + nowhere +
			": no such file or directory; choose a file that can be written"},
		{"explore --bounds small --out " + nowhere, cli.ExitUsage, "choose a file that can be written"},
		{"explore --bounds small --counterexample " + dir, cli.ExitUsage,
			"is a directory; choose a file that can be written"},
		{"explore --bounds small --checkpoint " + nowhere, cli.ExitUsage,
			"choose a file that can be written"},
		{"explore --only none", cli.ExitUsage,
			"no configuration of model all fits --only none; leave one out"},
		{"explore merge " + garbage, cli.ExitUsage, "it was not written by khp explore"},
		{"explore merge " + nowhere, cli.ExitUsage, "cannot read " + nowhere +
			": no such file or directory; give what khp explore --out wrote"},
		{"sim --random 0", cli.ExitUsage, "--random takes a number from 1 on, got 0"},
		{"sim " + scenario, cli.ExitFailed,
			"refused: unusable URL: bad URL at byte 0: not an absolute URL"},
		{"replay " + nowhere, cli.ExitUsage, "no such file or directory; name a trace or a capture"},
		{"replay " + garbage, cli.ExitUsage, ": line 1: this is not a trace of khp"},
		{"replay " + empty, cli.ExitUsage, "empty: the file is empty"},
		{"replay " + short, cli.ExitUsage, "it ends too early"},
		{"replay " + dir, cli.ExitUsage, ": is a directory; name a trace or a capture"},
		{"convert " + xml, cli.ExitUsage, "it ends before its last element does"},
		{"convert " + dir, cli.ExitUsage, "is a directory"},
		{"conform server none", cli.ExitUsage, "not an absolute URL; did you mean ws://none?"},
		{"conform server /none", cli.ExitUsage, "/none: the URL is not usable: not an absolute URL"},
		{"conform server ws://" + nobody + "/", cli.ExitUnreachable,
			"connection refused; is the address right"},
		{"conform client --listen none", cli.ExitUsage,
			"--listen none: expected HOST:PORT, as in 127.0.0.1:8080 or :8080"},
		{"conform client --listen " + silent.Addr().String(), cli.ExitFailed,
			"something listens there already; stop it, or choose another port with --listen"},
		{"serve --listen " + silent.Addr().String(), cli.ExitFailed,
			"something listens there already; stop it, or choose another port with --listen"},
		{"conform report " + garbage, cli.ExitUsage, "it is no report that khp conform --json wrote"},
		{"conform diff " + nowhere + " " + garbage, cli.ExitUsage, "cannot read " + nowhere +
			": no such file or directory; give a report"},
		{"conform self --run khp/ext/401/* --html " + nowhere, cli.ExitUsage,
			"choose a file that can be written"},
		{"conform self --run khp/ext/401/* --expect " + nowhere, cli.ExitUsage,
			"choose a file that can be read"},
		{"man " + garbage, cli.ExitFailed, "not a directory"},
	} {
		t.Run(c.args, func(t *testing.T) {
			code, out, errs := runHere(t, "", strings.Fields(c.args)...)
			require.Equal(t, c.code, code, errs)
			require.Contains(t, out+errs, c.want)
			require.NotRegexp(t, goWords, strings.NewReplacer(nowhere, "", dir, "").Replace(out+errs))
		})
	}
}
