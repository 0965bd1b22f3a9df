package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// witness is a server that keeps the fields named X-Key of its requests.
type witness struct {
	url  string
	mu   sync.Mutex
	seen []string
}

func startWitness(t *testing.T, d transport.Decision) *witness {
	t.Helper()
	w := &witness{}
	h := &transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error {
			_, _, err := c.Read(ctx)
			return err
		},
		Decide: func(_ context.Context, r *transport.Request) (transport.Decision, error) {
			for _, f := range r.Header {
				if strings.EqualFold(f.Name, "X-Key") {
					w.note(f.Value)
				}
			}
			return d, nil
		},
	}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		for _, v := range r.Header.Values("X-Key") {
			w.note(v)
		}
		h.ServeHTTP(rw, r)
	}))
	t.Cleanup(s.Close)
	w.url = "ws" + strings.TrimPrefix(s.URL, "http") + "/"
	return w
}

func (w *witness) note(v string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, v)
}

// TestDial_FieldsStayWithFirstOrigin has a redirect lead elsewhere: no field of the command line
// goes along.
func TestDial_FieldsStayWithFirstOrigin(t *testing.T) {
	far := startWitness(t, transport.Decision{})
	near := startWitness(t, transport.Decision{Status: 302, Location: far.url})
	code, out, errs := runHere(t, "", "dial", near.url, "--json", "-v", "--header", "X-Key: extended",
		"--opening-header", "x-key: opening")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, `"url":"`+far.url+`"`)
	require.ElementsMatch(t, []string{"opening", "extended"}, near.seen)
	require.Empty(t, far.seen)
	require.NotContains(t, errs, "extended\n")
	require.NotContains(t, errs, "opening\n")
}

// @FILE stands for the lines of a file, which then are not in the list of processes. Errors about
// one do not repeat it.
func TestDial_FieldsOfFile(t *testing.T) {
	w := startWitness(t, transport.Decision{})
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good"), filepath.Join(dir, "bad")
	require.NoError(t, os.WriteFile(good, []byte("X-Key: one\r\n\nx-key:two"), 0o600))
	require.NoError(t, os.WriteFile(bad, []byte("X-Key: one\nsecret\n"), 0o600))
	for _, flag := range []string{"--header", "--opening-header"} {
		w.mu.Lock()
		w.seen = nil
		w.mu.Unlock()
		code, _, errs := runHere(t, "", "dial", w.url, flag, "@"+good)
		require.Equal(t, cli.ExitOK, code, errs)
		w.mu.Lock()
		require.ElementsMatch(t, []string{"one", "two"}, w.seen, flag)
		w.mu.Unlock()
		code, _, errs = runHere(t, "", "dial", w.url, flag, "@"+bad)
		require.Equal(t, cli.ExitUsage, code)
		require.Contains(t, errs, flag+" @"+bad+
			": line 2: expected 'NAME: VALUE', or 'NAME;' for an empty value")
		require.NotContains(t, errs, "secret")
		code, _, errs = runHere(t, "", "dial", w.url, flag, "@"+bad+"-none")
		require.Equal(t, cli.ExitUsage, code)
		require.Contains(t, errs, "no such file or directory; choose a file that can be read")
	}
}

// The forms of a field are curl's: an empty value is marked by a semicolon, a name alone leaves the
// field out, and the lines of the standard input can be fields.
func TestDial_FieldsAsCurlHasThem(t *testing.T) {
	for _, c := range []struct {
		args  []string
		stdin string
		seen  []string
	}{
		{[]string{"X-Key;"}, "", []string{""}},
		{[]string{"X-Key:"}, "", nil},
		{[]string{"X-Key: \t "}, "", nil},
		{[]string{"X-Key: one", "X-Key:"}, "", []string{"one"}},
		{[]string{"X-Key: a;"}, "", []string{"a;"}},
		{[]string{"@-"}, "X-Key: one\r\nX-Key;\nX-Key:\n", []string{"one", ""}},
	} {
		for _, flag := range []string{"-H", "--opening-header"} {
			w := startWitness(t, transport.Decision{})
			args := []string{"dial", w.url}
			for _, a := range c.args {
				args = append(args, flag, a)
			}
			code, _, errs := runHere(t, c.stdin, args...)
			require.Equal(t, cli.ExitOK, code, errs)
			w.mu.Lock()
			require.ElementsMatch(t, c.seen, w.seen, args)
			w.mu.Unlock()
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-H", "Host:"},
			"--header Host:: the handshake needs this field; expected another one, 'NAME: VALUE'"},
		{[]string{"-H", "X-Key; a"}, `--header "X-Key; a": expected 'NAME: VALUE', ` +
			`or 'NAME;' for an empty value, or @FILE with such lines`},
		{[]string{"-H", ";"}, "expected 'NAME: VALUE'"},
		{[]string{"-H", ":"}, "expected 'NAME: VALUE'"},
		{[]string{"-H", "@-", "-H", "@-"}, "--header @-: the standard input can be read once"},
		{[]string{"-H", "@-", "--opening-header", "@-"},
			"--opening-header @-: the standard input can be read once"},
		{[]string{"-H", "@-", "--send-file", "-"}, "--header @-: the standard input can be read once"},
	} {
		code, _, errs := runHere(t, "", append([]string{"dial", "ws://127.0.0.1:1/"}, c.args...)...)
		require.Equal(t, cli.ExitUsage, code, c.args)
		require.Contains(t, errs, c.want)
	}
}
