// Package conformtest has the cases of khp conform for go test: they try a KHP server or client on
// loopback, be it built on this library or not, and each case is a subtest.
//
//	func TestServer(t *testing.T) {
//		srv := httptest.NewServer(myHandler)
//		defer srv.Close()
//		conformtest.Server(t, "ws"+strings.TrimPrefix(srv.URL, "http")+"/echo", nil)
//	}
//
// docs/conform.md says what the cases need and what their grades mean. A case that fails, or that
// does not come to its end, fails its subtest, which reports the expected and the received message
// and everything that was sent; one that cannot be tried, or that [Options].Known lists, skips it.
package conformtest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/conform"
	"example.com/khp/sim/verdict"
	"example.com/khp/wire"
	"golang.org/x/net/idna"
)

// Options describe the implementation under test, and select the cases. The zero value, or nil,
// runs all cases for a server that has an echo, or for a client, in both profiles.
type Options struct {
	Profiles []string // spec, kaazing, or both; nil is both
	Run      []string // ids of cases or globs, as in "khp/ext/*", any of which may match; nil is all
	// Resources are the paths of a server's resources beside the echo, by the names that khp conform
	// server --resource has: challenge, redirect, refuse, defer, status, balance. Cases that need
	// another one are skipped.
	Resources map[string]string
	// User is the login that the server's resource challenge accepts, NAME:PASSWORD; "" is
	// joe:welcome. Clients under test always say joe:welcome.
	User string
	TLS  *tls.Config // to reach a server at wss://; nil trusts the system's roots
	// Known lists failures that are known: on each line the id of a case, or a glob, a blank, and
	// the reason. Lines that begin with # are comments.
	Known    string
	Patience time.Duration // that a peer has for one step; 0 is ten seconds
	Slow     bool          // also run cases that wait for deadlines of the peer, minutes each
}

// Server tries the server at url, ws://host:port/path or wss://..., which must accept requests for
// that path and send every message back. Four cases run at a time.
func Server(t *testing.T, url string, o *Options) {
	t.Helper()
	u, err := wire.ParseURL(url, idna.Lookup.ToASCII)
	if err != nil {
		t.Fatalf("conformtest: %q: %v; expected ws://host:port/path or wss://...", url, err)
	}
	if o == nil {
		o = &Options{}
	}
	user := o.User
	if user == "" {
		user = conform.User
	}
	for name, path := range o.Resources {
		if names := conform.ResourceNames(); !slices.Contains(names, name) {
			t.Fatalf("conformtest: there is no resource %q; expected one of %s", name,
				strings.Join(names, ", "))
		}
		if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \t\r\n\"#$") {
			t.Fatalf("conformtest: resource %s: %q: expected a path, as in /%[2]s", name, path)
		}
	}
	o.each(t, true, func(t *testing.T, list []conform.Selected, co conform.Options) *conform.Run {
		return conform.Server(t.Context(), &conform.Target{URL: u, Resources: o.Resources, User: user,
			TLS: o.TLS}, list, co)
	})
}

// Client tries a client. visit connects it to url, one case after the other; it offers the
// subprotocols x-kaazing-handshake and chat, answers a challenge with the Basic credentials
// joe:welcome, and, once open, sends every message back until the connection ends. Then visit
// returns; that a connection fails is part of many cases. Asking for the extension
// x-kaazing-idle-timeout lets more cases run. visit runs in a goroutine of its own; ctx ends with
// the test.
func Client(t *testing.T, visit func(ctx context.Context, url string), o *Options) {
	t.Helper()
	if o == nil {
		o = &Options{}
	}
	o.each(t, false, func(t *testing.T, list []conform.Selected, co conform.Options) *conform.Run {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatalf("conformtest: %v", err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for _, s := range list {
				visit(t.Context(), conform.CaseURL("ws://"+l.Addr().String(), s.Name))
			}
		}()
		co.Leaves = done
		run := conform.Client(t.Context(), l, list, co)
		<-done
		return run
	})
}

// each runs the cases of each profile, and has a subtest for each profile and each case.
func (o *Options) each(t *testing.T, server bool,
	try func(t *testing.T, list []conform.Selected, co conform.Options) *conform.Run) {
	t.Helper()
	ids, err := conform.IDs()
	if err != nil {
		t.Fatalf("conformtest: %v", err)
	}
	known, err := conform.ReadExpected(o.Known, ids)
	if err != nil {
		t.Fatalf("conformtest: Options.Known: %v", err)
	}
	profiles := o.Profiles
	if profiles == nil {
		profiles = []string{"spec", "kaazing"}
	}
	cases := 0
	for _, profile := range profiles {
		if profile != "spec" && profile != "kaazing" {
			t.Fatalf("conformtest: there is no profile %q; expected spec or kaazing", profile)
		}
		list, err := conform.Select(conform.Filter{Server: server, Profile: profile, Patterns: o.Run})
		if err != nil {
			t.Fatalf("conformtest: %v", err)
		}
		if cases += len(list); len(list) == 0 {
			continue
		}
		t.Run(profile, func(t *testing.T) {
			run := try(t, list, conform.Options{Patience: o.Patience, Slow: o.Slow, Expected: known})
			if run.Down+run.Unfit != "" {
				t.Fatal(run.Down + run.Unfit)
			}
			for _, c := range run.Cases {
				t.Run(c.ID, func(t *testing.T) { report(t, &c) })
			}
			for _, id := range run.Unexpected {
				t.Errorf("%s passes, although Options.Known says that it fails: take it out", id)
			}
		})
	}
	if cases == 0 {
		t.Fatalf("conformtest: Options.Run %q matches no case; khp conform server --list shows those "+
			"for servers, khp conform client --list those for clients", o.Run)
	}
}

// report is the subtest of a case that was run.
func report(t *testing.T, c *conform.Outcome) {
	switch c.Grade {
	case verdict.Pass:
	case verdict.Skip:
		if c.Missed() {
			t.Fatal(c.Why)
		}
		t.Skip(c.Why)
	case verdict.XFail:
		t.Skip("known: " + c.Why)
	case verdict.Info, verdict.Lenient:
		t.Logf("%s: %s", c.Grade, c.Why)
	case verdict.Fail, verdict.Error:
		t.Error(failure(c))
	}
}

// failure says what is wrong.
func failure(c *conform.Outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n%s %s\n%s\n", c.Grade, c.Why, c.Level,
		strings.Join(c.Requirements, " "), c.Title)
	for _, r := range []*verdict.Ruling{c.Behaviour, c.Closing} {
		if r != nil && r.Want != "" && r.Grade != verdict.Pass {
			fmt.Fprintf(&b, "want  %s\ngot   %s\n", r.Want, r.Got)
		}
	}
	for _, s := range c.Wire {
		arrow := "──▶"
		if s.From == "server" {
			arrow = "◀──"
		}
		fmt.Fprintf(&b, "%6d ms %s %s\n", s.Milliseconds, arrow, s.Text)
	}
	return b.String()
}
