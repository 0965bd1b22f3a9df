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

// witness is a server that keeps the fields named X-Key of what it was asked.
type witness struct {
	url  string
	mu   sync.Mutex
	seen []string
}

func startWitness(t *testing.T, d transport.Decision) *witness {
	t.Helper()
	w := &witness{}
	h := &transport.Handler{
		Serve: func(ctx context.Context, c *transport.Conn) error { _, _, err := c.Read(ctx); return err },
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
	code, out, errs := runHere(t, "", "dial", near.url, "--json", "-v", "--header", "X-Key: extended", "--opening-header", "x-key: opening")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Contains(t, out, `"url":"`+far.url+`"`)
	require.ElementsMatch(t, []string{"opening", "extended"}, near.seen)
	require.Empty(t, far.seen)
	require.NotContains(t, errs, "extended\n")
	require.NotContains(t, errs, "opening\n")
}

// @FILE stands for the lines of a file, which then are not in the list of processes. What is wrong
// with one is said without repeating it.
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
		require.Contains(t, errs, flag+" @"+bad+": line 2: expected 'NAME: VALUE'")
		require.NotContains(t, errs, "secret")
		code, _, errs = runHere(t, "", "dial", w.url, flag, "@"+bad+"-none")
		require.Equal(t, cli.ExitUsage, code)
		require.Contains(t, errs, "no such file or directory; choose a file that can be read")
	}
}
