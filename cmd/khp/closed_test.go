package main

import (
	"io"
	"strings"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// A file that says less than was meant is refused, because the missing part may be who is let
// in.
func TestConfig_SaysNothing(t *testing.T) {
	const routes = "route: {/chat: echo}\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"", "khp.yaml: there is no setting in it"},
		"comments":         {"# nothing yet\n", "khp.yaml: there is no setting in it"},
		"blank":            {" \n\n", "khp.yaml: there is no setting in it"},
		"document":         {"---\n", "khp.yaml: there is no setting in it"},
		"null":             {"null\n", "khp.yaml: there is no setting in it"},
		"tilde":            {"~", "khp.yaml: there is no setting in it"},
		"mapping":          {"{}", "khp.yaml: there is no setting in it"},
		"list":             {"[]", "khp.yaml:1: expected lines NAME: VALUE"},
		"auth mapping":     {routes + "auth: {}", "khp.yaml:2: auth is empty"},
		"auth list":        {routes + "auth: []", "khp.yaml:2: the list of auth is empty"},
		"auth of a path":   {routes + "auth: {/chat: []}", "khp.yaml:2: the list of /chat is empty"},
		"auth null":        {routes + "auth: {/chat: }", "khp.yaml:2: /chat has no value"},
		"auth tilde":       {routes + "auth: {/chat: [~]}", "khp.yaml:2: /chat has no value"},
		"auth text":        {routes + `auth: ""`, "khp.yaml:2: auth has no value"},
		"auth empty":       {routes + `auth: {/chat: ""}`, "khp.yaml:2: /chat has no value"},
		"htpasswd mapping": {routes + "htpasswd: {}", "khp.yaml:2: htpasswd is empty"},
		"htpasswd list": {routes + "htpasswd: {/chat: []}",
			"khp.yaml:2: the list of /chat is empty"},
		"htpasswd nobody": {routes + "htpasswd: {/chat: /dev/null}",
			"khp.yaml:2: htpasswd /chat=/dev/null: "},
		"route":       {"route: {}", "khp.yaml:1: route is empty"},
		"origin":      {"allow-origin: []", "khp.yaml:1: the list of allow-origin is empty"},
		"no-auth":     {routes + "no-auth: []", "khp.yaml:2: the list of no-auth is empty"},
		"certificate": {"tls-cert: ''\ntls-key: ''", "khp.yaml:1: tls-cert has no value"},
		"authorities": {"backend-ca: ''", "khp.yaml:1: backend-ca has no value"},
		"second document": {routes + "---\nauth: {/chat: joe:hunter2}\n",
			"khp.yaml:2: a second document begins here"},
		"empty second":  {routes + "---\n", "a second document begins here"},
		"broken second": {routes + "---\nauth: [", "khp.yaml:3: "},
		"repeated path": {routes + "auth:\n  /chat: joe:hunter2\n  /chat: ann:hunter2\n",
			"khp.yaml:4: auth has /chat already in line 3"},
		"repeated route": {"route:\n  /a: echo\n  /a: echo\n",
			"khp.yaml:3: route has /a already in line 2"},
		"route spelled anew": {"route:\n  /a: echo\n  //a: status:404\n",
			"khp.yaml:3: route //a=status:404: /a has a route already"},
		"equals":          {"route: {/a=b: echo}", "khp.yaml:1: expected a path in front of the colon"},
		"merge":           {"<<: {listen: x}", `khp.yaml:1: there is no setting "<<"`},
		"tag":             {"listen: !secret x", "khp.yaml:1: the tag !secret has no meaning here"},
		"realm of nobody": {"realm: mine", "khp.yaml:1: realm mine: nobody is asked for credentials"},
		"scheme of nobody": {"scheme: token",
			"khp.yaml:1: scheme token: nobody is asked for credentials"},
		"realm of tokens": {routes + "scheme: token\nrealm: mine\nauth: {/chat: joe:hunter2}",
			"khp.yaml:3: realm mine: --scheme token has no realm"},
		"trust in nobody": {routes + "backend-ca: CA", "khp.yaml:2: backend-ca "},
		"open and guarded": {routes + "auth: {/chat: joe:hunter2}\nno-auth: /chat",
			"khp.yaml:3: no-auth /chat: /chat is guarded"},
		"open below": {"route: {/: echo}\nauth: {/: joe:hunter2}\nno-auth: [/public]",
			"khp.yaml:3: no-auth /public: / is guarded"},
		"open above": {"route: {/: echo}\nauth: {/x: joe:hunter2}\nno-auth: [/]",
			"khp.yaml:3: no-auth /: /x is guarded"},
		"open nowhere": {routes + "no-auth: /chaat",
			"khp.yaml:2: no-auth /chaat: no --route leads to /chaat"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.ReplaceAll(c.text, "CA", testCertificate(t))
			code, errs := serveBriefly("--config", khptest.File(t, "khp.yaml", text),
				"--listen", "127.0.0.1:0")
			require.Equal(t, cli.ExitUsage, code, errs)
			require.Contains(t, errs, c.want)
			require.NotContains(t, errs, "hunter2")
			require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		})
	}
}

// testCertificate is the name of a file with a certificate.
func testCertificate(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, gencert(dir+"/cert.pem", dir+"/key.pem"))
	return dir + "/cert.pem"
}

// Guards of the file hold although the command line has some; they cannot be in both.
func TestConfig_CommandLineTakesNoGuardAway(t *testing.T) {
	config := khptest.File(t, "khp.yaml",
		"route: {/chat: echo, /new: echo}\nauth: {/chat: joe:welcome}\n")
	code, errs := serveBriefly("--config", config, "--auth", "/new=ann:sesame")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "khp.yaml:2: auth is set on the command line as well")
	users := khptest.File(t, "users", "ann:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n") // test
	s := serveHere(t, "--config", config, "--htpasswd", "/new="+users)
	wantFailure(t, s.url+"/chat", nil, fsm.FailureAuthRequired, 401)
	wantFailure(t, s.url+"/new", nil, fsm.FailureAuthRequired, 401)

	code, errs = serveBriefly("--config", khptest.File(t, "khp.yaml",
		"realm: [a]\nlisten: 127.0.0.1:0\n"), "--realm", "x", "--auth", "/=joe:welcome")
	require.Equal(t, cli.ExitUsage, code, "what the command line says better has to be right, too")
	require.Contains(t, errs, "khp.yaml:1: realm takes one value")
}

// A reload takes no guard away from a path that is still served, in whatever way the file lost it,
// unless it says so.
func TestReload_KeepsGuards(t *testing.T) {
	const guarded = "route: {/chat: echo, /open: echo}\nauth: {/chat: joe:welcome}\n"
	config := khptest.File(t, "khp.yaml", guarded)
	s := serveHere(t, "--config", config)
	refused := 0
	for _, text := range map[string]string{
		"emptied":     "",
		"comments":    "# " + strings.ReplaceAll(guarded, "\n", "\n# "),
		"null":        "null",
		"no auth":     "route: {/chat: echo, /open: echo}\n",
		"empty auth":  "route: {/chat: echo, /open: echo}\nauth: {}\n",
		"no list":     "route: {/chat: echo, /open: echo}\nauth: {/chat: []}\n",
		"other path":  "route: {/chat: echo, /open: echo}\nauth: {/open: joe:welcome}\n",
		"only below":  "route: {/chat/: echo}\nauth: {/chat/room: joe:welcome}\n",
		"wide route":  "route: {/: echo}\n",
		"route below": "route: {/chat/room: echo}\n",
		"no routes":   "verbose: true\n",
		"two":         "route: {/chat: echo}\n---\n" + guarded,
		"other open":  "route: {/chat: echo, /open: echo}\nno-auth: /open\n",
	} {
		khptest.File(t, config, text)
		s.hangup(t)
		refused++
		wantLines(t, s.log, refused, "not reloaded, the settings stay as they were")
		wantFailure(t, s.url+"/chat", nil, fsm.FailureAuthRequired, 401)
		wantEcho(t, dialHere(t, s.url+"/open", nil), transport.Text, []byte("x"))
	}
	wantLogged(t, s.log, "/chat was guarded and everybody could use it now; "+
		"guard it with auth or htpasswd, or say that it is meant: no-auth: /chat")
	khptest.File(t, config, "route: {/chat: echo}\nno-auth: /chat\n")
	s.hangup(t)
	wantLog(t, s.log, "msg=reloaded changed=")
	wantEcho(t, dialHere(t, s.url+"/chat", nil), transport.Text, []byte("x"))
}

// Of a flag that takes one value a second one is refused by every command, not used instead of the
// first; its values are not shown.
func TestFlags_RepeatedIsRefused(t *testing.T) {
	tried := 0
	every(rootCommand(&cli.Env{}, io.Discard), func(cmd *cobra.Command) {
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if _, list := f.Value.(pflag.SliceValue); list || f.Name == "help" {
				return
			}
			tried++
			first, second := "7", "8"
			switch f.Value.Type() {
			case "bool":
				first, second = "true", "false"
			case "duration":
				first, second = "1s", "2s"
			}
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+f.Name+"="+first,
				"--"+f.Name+"="+second)
			code, out, errs := runHere(t, "", args...)
			require.Equal(t, cli.ExitUsage, code, args)
			require.Empty(t, out)
			require.Equal(t, "khp: --"+f.Name+" is given twice; it takes one value; see "+cmd.CommandPath()+
				" --help\n", errs)
		})
	})
	require.Greater(t, tried, 40)
	code, errs := serveBriefly("-v", "-v")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "--verbose is given twice")
}

// An empty value, as of a shell variable that is not set, does not switch a setting off.
func TestServe_EmptyFlagIsRefused(t *testing.T) {
	gateway.Command(&cli.Env{}).Flags().VisitAll(func(f *pflag.Flag) {
		code, errs := serveBriefly("--"+f.Name, "")
		if f.NoOptDefVal != "" { // an argument behind it would not be its own
			code, errs = serveBriefly("--" + f.Name + "=")
		}
		require.Equal(t, cli.ExitUsage, code, f.Name)
		require.Contains(t, errs, "khp: --"+f.Name+" ")
	})
}

// Every part of a target counts, or the target is refused; errors show nothing that may be secret.
func TestTarget_WhatIsWrittenCounts(t *testing.T) {
	for target, want := range map[string]string{
		"balance:ws://a/,http://b/":          "its scheme is ws:// or wss://; write ws://b/",
		"balance:ws://a/,HTTPS://b/":         "write wsS://b/",
		"balance:http://b/?k=hunter2":        "write ws://b/?...",
		"balance:":                           "expected balance:URL[,URL...]",
		"balance:ws://a/,":                   "expected balance:URL[,URL...]",
		"balance:ws://a/,ws://b/,status:404": "the URL is not usable",
		"status:999":                         "a number from 100 to 599",
		"status:600":                         "a number from 100 to 599",
		"status:99":                          "a number from 100 to 599",
		"status:+99":                         "a number from 100 to 599",
		"status:0200":                        "a number from 100 to 599",
		"status:":                            "a number from 100 to 599",
		"status":                             "a number from 100 to 599",
		"status:404,500":                     "a number from 100 to 599",
		"echo:":                              "echo takes nothing behind it",
		"echo:x":                             "echo takes nothing behind it",
		"echo,status:404":                    "is no target",
		"ws://h/#hunter2":                    "fragment",
		"ws://joe:hunter2@h/":                "no user and password can stand in it",
		"ws://joe:a/hunter2@h/?hunter2":      "the URL is not usable",
		"wss://":                             "the URL is not usable",
		"ws://h:0/":                          "the URL is not usable",
		"ws://h/?key=hunter2 x":              "the URL is not usable",
		"http://joe:hunter2@h/?hunter2":      "a WebSocket back end is written ws://...@h/?...",
		"ftp://joe:hunter2@h/?hunter2":       "is no target",
		"localhost:8080": "did you mean tcp://localhost:8080 or " +
			"ws://localhost:8080/?",
		"localhost:8080/x":             "is no target; did you mean ws://localhost:8080/x?",
		"tcp://h:80/x":                 "has more than a host and a port",
		"tcp://joe:hunter2@h:80":       "has more than a host and a port",
		"tcp://h:80?hunter2":           "has more than a host and a port",
		"tcp://h:80,i:81":              "is no TCP back end",
		"tcp://h:+80":                  "is not a number from 1 to 65535",
		"tcp://h:0":                    "is not a number from 1 to 65535",
		"tcp:h:80":                     "is no TCP back end",
		"redirect:":                    "expected redirect:URL",
		"redirect:/a#b":                "expected redirect:URL",
		"redirect:ws://joe:hunter2@h/": "no user and password can stand in it",
		"redirect:mailto:x":            "expected redirect:URL",
	} {
		code, errs := serveBriefly("--listen", "127.0.0.1:0", "--route", "/a="+target)
		require.Equal(t, cli.ExitUsage, code, target)
		require.Contains(t, errs, "khp: --route /a=", target)
		require.Contains(t, errs, want, target)
		require.NotContains(t, errs, "hunter2", target)
	}
	for _, specs := range [][]string{
		{"/a=ws://h/?key=hunter2", "/a=ws://h/?key=hunter2"}, {"a=ws://h/?hunter2"},
		{"ws://joe:hunter2@h/"}, {"/a?hunter2=ws://h/"}, {"/a b=ws://h/?hunter2"},
		{"/=ws://h/?hunter2", "//=echo"},
		{"/a=ftp://h/?x=hunter2&y=hunter2"}, {"/?a=x=hunter2"},
	} {
		args := []string{"--listen", "127.0.0.1:0"}
		for _, s := range specs {
			args = append(args, "--route", s)
		}
		code, errs := serveBriefly(args...)
		require.Equal(t, cli.ExitUsage, code, specs)
		require.NotContains(t, errs, "hunter2", specs)
	}
}

// A reload that fails because of a route shows no secret of its target in the log.
func TestReload_ErrorsShowNoSecret(t *testing.T) {
	config := khptest.File(t, "khp.yaml", "route: {/a: echo}\n")
	s := serveHere(t, "--config", config)
	for _, text := range []string{
		"route: {/a: 'http://joe:hunter2@h/?k=hunter2'}\n", "route: {/a: 'ws://joe:hunter2@h/'}\n",
		"route: {a: 'ws://h/?hunter2'}\n",
		"route: [/a=tcp://joe:hunter2@h:1]\n", "route: [/a=ws://h/?hunter2, /a=ws://h/?hunter2]\n",
		"route: [/a=balance:ws://h/?hunter2,x]\n",
	} {
		khptest.File(t, config, text)
		s.hangup(t)
		require.NotContains(t, s.log.String(), "hunter2")
		wantLog(t, s.log, "khp.yaml:1: route ")
	}
}

// Guards of /a and /a/ are guards of the same paths: those of both count.
func TestAuthority_SlashAtTheEnd(t *testing.T) {
	s := serveHere(t, "--route", "/a/=echo", "--auth", "/a=joe:welcome", "--auth", "/a/=ann:sesame")
	for user, password := range map[string]string{"joe": "welcome", "ann": "sesame"} {
		for _, path := range []string{"/a", "/a/", "/a/x", "//a"} {
			wantEcho(t, dialHere(t, s.url+path,
				&transport.DialOptions{Credentials: auth.Basic(user, password)}), transport.Text, []byte("x"))
		}
	}
	code, errs := serveBriefly("--route", "/a/=echo", "--auth", "/a=joe:welcome",
		"--auth", "/a/=joe:sesame")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "joe is known at /a already")
}

func TestConfig_NamesNoFile(t *testing.T) {
	code, errs := serveBriefly("--config", khptest.File(t, "khp.yaml", "config: x"))
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs,
		`khp.yaml:1: there is no setting "config" in a file, only on the command line`)
	require.NotContains(t, errs, "did you mean")
}

// Invalid YAML is reported with its line and without the words of the parser.
func TestConfig_NoYAML(t *testing.T) {
	for text, want := range map[string]string{
		"\tlisten: x":             "khp.yaml:1: a tab",
		"route:\n\t/a: echo":      "khp.yaml:2: a tab",
		"listen: a: b":            "khp.yaml:1: a second colon",
		"listen: @x":              "khp.yaml:1: a tab, or a value that has to stand in quotes",
		"log: text\nlisten: 'x":   "a quotation mark or bracket is not closed",
		"log: text\nlisten: [a":   "khp.yaml:",
		"log: text\n\x01":         "khp.yaml:1: control characters",
		"log: \xff":               "khp.yaml:1: characters that are not UTF-8",
		"log: *x":                 "khp.yaml:1: an alias of an anchor that does not exist",
		"log: text\nx\nlisten: y": "khp.yaml:",
	} {
		code, errs := serveBriefly("--config", khptest.File(t, "khp.yaml", text))
		require.Equal(t, cli.ExitUsage, code)
		require.Contains(t, errs, want)
		require.Regexp(t, `khp\.yaml:\d+: .*; expected YAML, a line NAME: VALUE for each flag`, errs)
		for _, words := range []string{"yaml:", "token", "found", "did not find", "mapping values"} {
			require.NotContains(t, strings.ReplaceAll(errs, "khp.yaml:", ""), words)
		}
	}
}

// A pattern that no Origin can have lets nobody in, so that it is a mistake: a list, a name that is
// not written in ASCII, a stray character.
func TestOrigin_PatternsThatMatchNothing(t *testing.T) {
	for _, pattern := range []string{"https://a.example,https://b.example", "a.example b.example",
		"https://bücher.example", "[", "https://[::1", "https://a.example/", "https://", "://a", "a;b",
		"https://a.example?x", "user@a.example"} {
		code, errs := serveBriefly("--listen", "127.0.0.1:0", "--allow-origin", pattern)
		require.Equal(t, cli.ExitUsage, code, pattern)
		require.Contains(t, errs, "--allow-origin "+pattern+": expected a host or scheme://host[:port]")
	}
	for _, pattern := range []string{"*", "null", "https://*.example.com:*", "intranet",
		"http://[::1]:8080", "192.0.2.1", "*://a-b.example", "xn--bcher-kva.example", "app+x://host_1"} {
		code, errs := serveBriefly("--listen", "127.0.0.1:0", "--allow-origin", pattern)
		require.Equal(t, cli.ExitOK, code, errs)
	}
}

// Faults of a certificate or a flag are reported without the words of a library.
func TestServe_PlainWords(t *testing.T) {
	dir := t.TempDir()
	cert, key, other := dir+"/cert.pem", dir+"/key.pem", dir+"/other.pem"
	require.NoError(t, gencert(cert, key))
	require.NoError(t, gencert(dir+"/unused.pem", other))
	damaged := khptest.File(t, "damaged.pem",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	damagedKey := khptest.File(t, "damagedkey.pem",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
	empty := khptest.File(t, "empty.pem", "x")
	for _, c := range []struct{ args, want string }{
		{"--tls-cert " + dir + "/none --tls-key " + key, "khp: --tls-cert " + dir +
			"/none: no such file"},
		{"--tls-cert " + cert + " --tls-key " + dir + "/none", "khp: --tls-key " + dir +
			"/none: no such file"},
		{"--tls-cert " + empty + " --tls-key " + key, "khp: --tls-cert " + empty +
			": no certificate in it; expected PEM"},
		{"--tls-cert " + key + " --tls-key " + key, "khp: --tls-cert " + key +
			": no certificate in it; expected PEM"},
		{"--tls-cert " + damaged + " --tls-key " + key, "khp: --tls-cert " + damaged +
			": the certificate in it is damaged"},
		{"--tls-cert " + cert + " --tls-key " + empty, "khp: --tls-key " + empty +
			": no key in it; expected PEM"},
		{"--tls-cert " + cert + " --tls-key " + damagedKey, "khp: --tls-key " + damagedKey +
			": the key in it is damaged"},
		{"--tls-cert " + cert + " --tls-key " + other, "khp: --tls-key " + other +
			": it is not the key of the certificate in " + cert},
		{"--listen", "khp: --listen needs a value, HOST:PORT; see khp serve --help"},
		{"-x", "khp: unknown flag: -x; see khp serve --help"},
		{"--=3", "khp: --=3 is no flag; see khp serve --help"},
		{"--verbos", "khp: unknown flag: --verbos (did you mean verbose?); see khp serve --help"},
	} {
		code, errs := serveBriefly(strings.Fields(c.args)...)
		require.Equal(t, cli.ExitUsage, code, c.args)
		require.Contains(t, errs, c.want)
		for _, words := range []string{"asn1", "x509", "PEM data", "tls:", "shorthand",
			"open /", "argument"} {
			require.NotContains(t, errs, words)
		}
	}
}
