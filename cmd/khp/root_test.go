package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// every calls f for each command.
func every(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, c := range cmd.Commands() {
		every(c, f)
	}
}

func TestHelp_HasExamples(t *testing.T) {
	c := &cli.Env{}
	every(rootCommand(c, io.Discard), func(cmd *cobra.Command) {
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
			code, out, errs := runHere(t, "", args...)
			require.Equal(t, cli.ExitOK, code)
			require.Contains(t, out, "Examples:")
			require.Contains(t, out, "Usage:")
			require.Empty(t, errs)
		})
	})
	code, out, _ := runHere(t, "")
	require.Equal(t, cli.ExitOK, code)
	require.Contains(t, out, "Examples:", "khp alone prints help")
	code, out, _ = runHere(t, "", "help", "serve")
	require.Equal(t, cli.ExitOK, code)
	require.Contains(t, out, "--route PATH=TARGET")
}

func TestUsage_OneLineExit2(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"unknown command": {[]string{"serv"}, `did you mean serve?`},
		"unknown flag": {[]string{"serve", "--bogus"},
			"unknown flag: --bogus; see khp serve --help"},
		"mistyped flag": {[]string{"serve", "--routes", "/=echo"},
			"unknown flag: --routes (did you mean route?); see"},
		"serve http": {[]string{"serve", "--route", "/=http://h/"},
			"a WebSocket back end is written ws://h/"},
		"serve config": {[]string{"serve", "--config", "/does/not/exist"},
			"--config /does/not/exist: "},
		"serve max-message": {[]string{"serve", "--max-message", "big"}, "as in 65536, 64k or 16M"},
		"serve max-connections": {[]string{"serve", "--max-connections", "-1"},
			"--max-connections -1: "},
		"serve max-per-address": {[]string{"serve", "--max-per-address", "-1"},
			"--max-per-address -1: "},
		"serve drain": {[]string{"serve", "--drain-timeout", "-1s"},
			"--drain-timeout -1s: a time cannot be negative"},
		"serve key alone": {[]string{"serve", "--tls-key", "k"}, "--tls-key k: needs --tls-cert"},
		"serve authorities": {[]string{"serve", "--backend-ca", "/dev/null"},
			"--backend-ca /dev/null: no certificate in it"},
		"serve metrics port": {[]string{"serve", "--listen", "127.0.0.1:0", "--metrics", ":x"},
			"--metrics :x: expected HOST:PORT"},
		"bad flag value":      {[]string{"dial", "ws://h/", "--count", "many"}, "--count"},
		"argument to serve":   {[]string{"serve", "x"}, "takes no argument"},
		"argument to demo":    {[]string{"demo", "x"}, "takes no argument"},
		"argument to version": {[]string{"version", "x"}, "takes no argument"},
		"help about nothing":  {[]string{"help", "nothing"}, `no help about "nothing"`},
		"dial without URL":    {[]string{"dial"}, "takes one URL"},
		"dial two URLs":       {[]string{"dial", "ws://a/", "ws://b/"}, "takes one URL"},
		"dial other scheme":   {[]string{"dial", "ftp://h/"}, "or the same with http and https"},
		"dial without scheme": {[]string{"dial", "127.0.0.1:8080/echo"},
			"not an absolute URL; did you mean ws://127.0.0.1:8080/echo?"},
		"dial relative": {[]string{"dial", "/echo"}, "not an absolute URL"},
		"dial userinfo": {[]string{"dial", "ws://joe:pw@h/"},
			"no user and password can stand in the URL; give them with --user NAME:PASSWORD"},
		"dial profile": {[]string{"dial", "ws://h/", "--profile", "old"},
			"expected spec, kaazing or auto"},
		"dial user": {[]string{"dial", "ws://h/", "--user", "joe"},
			"expected NAME:PASSWORD"},
		"dial user control": {[]string{"dial", "ws://h/", "--user", "joe:a\nb"},
			"--user: name and password cannot hold control"},
		"dial token control": {[]string{"dial", "ws://h/", "--token", "a\tb"},
			"--token: expected text without control"},
		"dial token blanks":    {[]string{"dial", "ws://h/", "--token", " a"}, "--token"},
		"dial trace":           {[]string{"dial", "ws://h/", "--trace", "/does/not/exist"}, "--trace"},
		"dial header":          {[]string{"dial", "ws://h/", "--header", "nothing"}, "'NAME: VALUE'"},
		"dial reserved header": {[]string{"dial", "ws://h/", "--header", "Upgrade: x"}, "Upgrade"},
		"dial protocol":        {[]string{"dial", "ws://h/", "--protocol", "a b"}, "a b"},
		"dial redirects":       {[]string{"dial", "ws://h/", "--max-redirects", "21"}, "0 to 20"},
		"dial count alone":     {[]string{"dial", "ws://h/", "--count", "2"}, "--send"},
		"dial count zero": {[]string{"dial", "ws://h/", "--send", "x",
			"--count", "0"}, "from 1 on"},
		"dial close":       {[]string{"dial", "ws://h/", "--close", "1005"}, "--close 1005"},
		"dial close words": {[]string{"dial", "ws://h/", "--close", "bye"}, "CODE[:REASON]"},
		"dial close reason": {[]string{"dial", "ws://h/", "--close", "1000:" +
			strings.Repeat("x", 124)}, "123 bytes"},
		"dial timeout":  {[]string{"dial", "ws://h/", "--timeout", "-1s"}, "negative"},
		"dial json raw": {[]string{"dial", "ws://h/", "--json", "--raw"}, "exclude each other"},
		"dial file": {[]string{"dial", "ws://h/", "--send-file", "/does/not/exist"},
			"--send-file"},
		"dial not UTF-8":  {[]string{"dial", "ws://h/", "--send", "\xff"}, "--binary"},
		"dial connect-to": {[]string{"dial", "ws://h/", "--connect-to", "h"}, "HOST:PORT"},
		"serve listen":    {[]string{"serve", "--listen", "8080"}, "expected HOST:PORT"},
		"serve port": {[]string{"serve", "--listen", "127.0.0.1:80000"},
			"expected HOST:PORT"},
		"serve route":       {[]string{"serve", "--route", "echo"}, "expected PATH=TARGET"},
		"serve route path":  {[]string{"serve", "--route", "a=echo"}, "must start with /"},
		"serve route query": {[]string{"serve", "--route", "/a?b=echo"}, "no query"},
		"serve route blank": {[]string{"serve", "--route", "/a b=echo"},
			`--route "/a b=echo": no request can have the path "/a b"`},
		"serve route escape": {[]string{"serve", "--route", "/a%zz=echo"}, "--route"},
		"serve route umlaut": {[]string{"serve", "--route", "/\u00e4=echo"}, "as escapes"},
		"serve auth blank":   {[]string{"serve", "--auth", "/a b=joe:pw"}, "--auth"},
		"serve trace":        {[]string{"serve", "--trace", "/does/not/exist"}, "--trace"},
		"serve target":       {[]string{"serve", "--route", "/=ftp://h"}, "is no target"},
		"serve twice": {[]string{"serve", "--route", "/a=echo", "--route", "/%61=status:404"},
			"has a route already"},
		"serve tcp":            {[]string{"serve", "--route", "/=tcp://h"}, "tcp://host:port"},
		"serve tcp port":       {[]string{"serve", "--route", "/=tcp://h:x"}, "65535"},
		"serve redirect":       {[]string{"serve", "--route", "/=redirect:ftp://h"}, "redirect:URL"},
		"serve empty redirect": {[]string{"serve", "--route", "/=redirect:"}, "redirect:URL"},
		"serve balance":        {[]string{"serve", "--route", "/=balance:ws://h,x"}, "balance:URL"},
		"serve status":         {[]string{"serve", "--route", "/=status:99"}, "100 to 599"},
		"serve auth":           {[]string{"serve", "--auth", "/a=joe"}, "PATH=USER:PASSWORD"},
		"serve auth elsewhere": {[]string{"serve", "--route", "/a=echo", "--auth", "/b=joe:pw"},
			"no --route leads to /b"},
		"serve scheme": {[]string{"serve", "--scheme", "negotiate"},
			"basic, digest, token or bearer"},
		"serve realm": {[]string{"serve", "--realm", "a\nb"}, "printable"},
		"serve origin": {[]string{"serve", "--allow-origin", "https://h/path"},
			"scheme://host"},
		"serve log":  {[]string{"serve", "--log", "xml"}, "text or json"},
		"serve idle": {[]string{"serve", "--idle-timeout", "-1s"}, "negative"},
		"serve metrics": {[]string{"serve", "--listen", "127.0.0.1:0", "--metrics", "9090"},
			"--metrics 9090: expected HOST:PORT"},
		"serve certificate": {[]string{"serve", "--tls-cert", "/does/not/exist",
			"--tls-key", "/does/not/exist"}, "--tls-cert"},
		"status word":            {[]string{"status", "teapot"}, "100 to 999"},
		"status low":             {[]string{"status", "99"}, "100 to 999"},
		"status high":            {[]string{"status", "1000"}, "100 to 999"},
		"status two":             {[]string{"status", "100", "200"}, "one CODE"},
		"unknown completion":     {[]string{"completion", "tcsh"}, "tcsh"},
		"argument to completion": {[]string{"completion", "bash", "x"}, "takes no argument"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := runHere(t, "", c.args...)
			require.Equal(t, cli.ExitUsage, code, errs)
			require.Contains(t, errs, c.want)
			require.Empty(t, out)
			require.Equal(t, 1, strings.Count(errs, "\n"), errs)
			require.True(t, strings.HasPrefix(errs, "khp: "), errs)
			require.NotContains(t, errs, "pw")
		})
	}
}

func TestHelp_NotWritten(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"help", "serve"}, {"dial", "--help"}, {"version"},
		{"status"}, {"completion", "bash"}} {
		var errs strings.Builder
		require.Equal(t, cli.ExitFailed, run(args, strings.NewReader(""), khptest.FullWriter{}, &errs),
			args)
		require.Contains(t, errs.String(), "no space left on device", args)
		require.Equal(t, 1, strings.Count(errs.String(), "\n"), args)
	}
}

// The help of every command, flags and examples included, has lines of at most 80 characters.
func TestHelp_FitsTerminals(t *testing.T) {
	every(rootCommand(&cli.Env{}, io.Discard), func(cmd *cobra.Command) {
		code, out, errs := runHere(t, "", append(strings.Fields(cmd.CommandPath())[1:], "--help")...)
		require.Equal(t, cli.ExitOK, code, errs)
		require.NotContains(t, strings.Join(strings.Fields(out), " "), "(default [])", cmd.CommandPath())
		for line := range strings.Lines(out) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, "%s: %s",
				cmd.CommandPath(), line)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				require.Contains(t, out, "--"+f.Name, cmd.CommandPath())
			}
		})
	})
}

func TestVersion(t *testing.T) {
	code, out, _ := runHere(t, "", "version")
	require.Equal(t, cli.ExitOK, code)
	require.Regexp(t, `^khp \S.*, go1\.\S+, \w+/\w+\n$`, out)
}

// wantJSON parses NDJSON.
func wantJSON(t *testing.T, out string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(out) {
		var m map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &m), line)
		list = append(list, m)
	}
	return list
}
