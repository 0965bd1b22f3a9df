package main

import (
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

func TestConfig_Serves(t *testing.T) {
	s := serveHere(t, "--config", khptest.File(t, "khp.yaml", khptest.Config))
	wantEcho(t, dialHere(t, s.url+"/echo",
		&transport.DialOptions{Credentials: auth.Basic("ann", "sesame")}), transport.Text, []byte("x"))
	wantFailure(t, s.url+"/no", nil, fsm.FailureStatus, 403)
	wantFailure(t, s.url+"/echo", nil, fsm.FailureAuthRequired, 401)
}

// TestConfig_ErrorsNameTheLine has every kind of mistake; the first line of each file is line 1.
func TestConfig_ErrorsNameTheLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no YAML": {"listen: :0\n  bad: [", "khp.yaml:2: "},
		"a tab":   {"route:\n\t/a: echo", "khp.yaml:2: "},
		"a list":  {"- listen", "khp.yaml:1: expected lines NAME: VALUE"},
		"unknown": {"listen: 127.0.0.1:0\nlisen: x", `khp.yaml:2: there is no setting "lisen"`},
		"plural": {"routess: {/a: echo}",
			`there is no setting "routess" (did you mean routes?)`},
		"underscore":    {"idle_timeout: 1s", "(did you mean idle-timeout?)"},
		"not for files": {"config: other.yaml", `there is no setting "config"`},
		"twice":         {"log: text\nlog: json", "khp.yaml:2: log is set already in line 1"},
		"no value":      {"log: text\nlisten:", "khp.yaml:2: listen has no value"},
		"no duration": {"idle-timeout: soon",
			`khp.yaml:1: idle-timeout soon: expected a time with its unit, as in 30s`},
		"no size": {"max-message: 12 apples",
			`khp.yaml:1: max-message "12 apples": expected a number of bytes`},
		"no bool":         {"verbose: maybe", `khp.yaml:1: verbose maybe: expected true or false`},
		"list for one":    {"realm: [a, b]", "khp.yaml:1: realm takes one value, not a list"},
		"mapping for one": {"realm: {a: b}", "khp.yaml:1: realm takes no paths"},
		"nested list": {"route:\n- /a=echo\n- [x]",
			"khp.yaml:3: expected a plain value in the list of route"},
		"nested mapping": {"route:\n  /a: {x: y}", "khp.yaml:2: expected a plain value for /a"},
		"target":         {"route:\n  /a: echo\n  /b: ftp://h", "khp.yaml:3: route /b=ftp://h: "},
		"path": {"route:\n  /a: echo\n  b: echo",
			"khp.yaml:3: route b=echo: the path must start with /"},
		"blank": {"route:\n  /a b: echo", `khp.yaml:2: route "/a b=echo": no request`},
		"two targets": {"route:\n  /a: [echo, status:404]",
			"khp.yaml:2: route /a=status:404: /a has a route already"},
		"auth": {"route: {/a: echo}\nauth:\n  /a: joe",
			"khp.yaml:3: auth /a=...: expected PATH=USER:PASSWORD"},
		"auth elsewhere": {"route: {/a: echo}\nauth:\n- /b=joe:hunter2",
			"khp.yaml:3: auth /b=joe:...: no --route leads to /b"},
		"htpasswd": {"htpasswd:\n  /: /does/not/exist",
			"khp.yaml:2: htpasswd /=/does/not/exist: "},
		"realm": {"log: text\nrealm: \"a\\nb\"",
			`khp.yaml:2: realm "a\nb": expected printable`},
		"scheme": {"scheme: digets",
			"khp.yaml:1: scheme digets: expected basic, digest, token or bearer"},
		"origin": {"allow-origin: [https://h, https://h/p]",
			"khp.yaml:1: allow-origin https://h/p"},
		"negative": {"log: text\ndrain-timeout: -1s",
			"khp.yaml:2: drain-timeout -1s: a time cannot be negative"},
		"negative number": {"max-connections: -1", "khp.yaml:1: max-connections -1: "},
		"certificate": {"tls-cert: /does/not/exist\ntls-key: k",
			"khp.yaml:1: tls-cert /does/not/exist"},
		"no key":          {"log: text\ntls-cert: c", "khp.yaml:2: tls-cert c: needs --tls-key"},
		"authorities":     {"backend-ca: /does/not/exist", "khp.yaml:1: backend-ca /does/not/exist"},
		"address":         {"log: text\nlisten: 8080", "khp.yaml:2: listen 8080: expected HOST:PORT"},
		"metrics":         {"metrics: 9090", "khp.yaml:1: metrics 9090: expected HOST:PORT"},
		"trace":           {"trace: /does/not/exist", "khp.yaml:1: trace /does/not/exist: "},
		"log":             {"log: xml", "khp.yaml:1: log xml: expected text or json"},
		"password hidden": {"auth:\n  /: joe:hunter2:\n- x", "khp.yaml:"},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"--config", khptest.File(t, "khp.yaml", c.text)}
			if !strings.Contains(c.text, "listen: 8080") {
				args = append(args, "--listen", "127.0.0.1:0")
			}
			code, errs := serveBriefly(args...)
			require.Equal(t, cli.ExitUsage, code, errs)
			require.Contains(t, errs, c.want)
			require.Equal(t, 1, strings.Count(errs, "\n"), errs)
			require.NotContains(t, errs, "hunter2")
		})
	}
	code, errs := serveBriefly("--config", "/does/not/exist")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "--config /does/not/exist: ")
}

// TestConfig_CommandLineKeepsItsErrors has a mistake on the command line where the file says
// something else.
func TestConfig_CommandLineKeepsItsErrors(t *testing.T) {
	code, errs := serveBriefly("--config", khptest.File(t, "khp.yaml", "route: {/a: echo}"),
		"--route", "/a=ftp://h")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "khp: --route /a=ftp://h: ")
}
