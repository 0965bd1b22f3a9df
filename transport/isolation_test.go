package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/transport/auth"
	"example.com/khp/wire/credentials"
	"github.com/stretchr/testify/require"
)

// marker is the secret of one client: all that it says contains it.
var marker = regexp.MustCompile(`secret[0-9]+x`)

// wiretap keeps the bytes that a client reads from its connection.
type wiretap struct {
	net.Conn
	mu   sync.Mutex
	read []byte
}

func (w *wiretap) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.read = append(w.read, p[:n]...)
	return n, err
}

// foreign returns markers in text that are not mine.
func foreign(text, mine string) []string {
	return slices.DeleteFunc(marker.FindAllString(text, -1), func(m string) bool { return m == mine })
}

// One Server, and one set of options with one provider, serve very many clients at once: let in and
// refused by the Authenticator or by Decide, asked and asked again, redirected, given up in the
// middle of a decision, and talking. Nothing of one client, of its target, fields, subprotocols,
// credentials and messages, is seen by another, on the wire, in a request or in a Conn, and nobody
// is let in by another's decision.
func TestServer_ClientsAreApart(t *testing.T) {
	const seed = 9
	clients := 300
	if testing.Short() {
		t.Attr("less", "fewer clients")
		clients = 100
	}
	var mu sync.Mutex
	var mixed []string
	complain := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		mixed = append(mixed, fmt.Sprintf(format, args...))
	}
	// All that the server's side sees of a request has one owner.
	ownerOf := func(where string, r *Request) string {
		mine := marker.FindString(r.Target)
		text := fmt.Sprint(r.Target, r.Header, r.Opening, r.Subprotocols, r.OpeningRequest.Subprotocols,
			r.Principal, string(r.Body))
		if r.Authorization != "" {
			_, value := r.Credentials()
			user, password, _ := credentials.DecodeBasic([]byte(value))
			text += user + password
		}
		if f := foreign(text, mine); len(f) > 0 {
			complain("%s of %s: %v", where, mine, f)
		}
		return mine
	}
	fate := func(mine string) int { return int(mine[len(mine)-2]-'0') % 5 }
	h := &Handler{
		Authenticator: auth.BasicAuth{
			Realm: "r", Check: func(_ context.Context, user, password string) bool {
				if user != strings.TrimSuffix(password, "pw") {
					complain("%s with the password of another: %s", user, password)
				}
				return fate(user) != 1
			}},
		Decide: func(ctx context.Context, r *Request) (Decision, error) {
			mine := ownerOf("Decide", r)
			if r.Principal != mine {
				complain("%s decided as %v", mine, r.Principal)
			}
			select {
			// for variety; no order is meant
			case <-time.After(time.Duration(len(mine)%3) * time.Millisecond):
			case <-ctx.Done():
				return Decision{}, ctx.Err()
			}
			switch fate(mine) {
			case 2:
				return Decision{Status: 403, Body: []byte("not you, " + mine)}, nil
			case 3:
				return Decision{}, errors.New("broken for " + mine)
			}
			return Decision{Subprotocol: mine, Header: []HeaderField{{Name: "X-Yours", Value: mine}}}, nil
		},
		Serve: func(ctx context.Context, c *Conn) error {
			mine := ownerOf("Conn", c.Request())
			if c.Principal() != mine || c.Subprotocol() != mine ||
				len(foreign(fmt.Sprint(c.URL(), c.Header(), c.OpeningHeader()), mine)) > 0 {
				complain("Conn of %s: %v, %q", mine, c.Principal(), c.Subprotocol())
			}
			for {
				typ, p, err := c.Read(ctx)
				if err != nil {
					return err
				}
				if !bytes.Contains(p, []byte(mine)) || len(foreign(string(p), mine)) > 0 {
					complain("%s sent %.40q", mine, p)
				}
				if err := c.Write(ctx, typ, p); err != nil {
					return err
				}
			}
		},
	}
	url := serveBy(t, &Server{Handler: h, Logger: slog.New(slog.DiscardHandler)})
	client := func(i int) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		mine := fmt.Sprintf("secret%dx", i)
		tap := &wiretap{}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if fate(mine) == 4 {
			time.AfterFunc(time.Duration(r.IntN(4000))*time.Microsecond, cancel) // wherever it is then
		}
		c, err := Dial(ctx, url+"/"+mine+"?q="+mine, &DialOptions{
			Subprotocols: []string{mine}, Header: http.Header{"X-Mine": {mine}},
			OpeningHeader: http.Header{"X-Mine-Too": {mine}},
			Credentials:   auth.Basic(mine, mine+"pw"),
			NetDial: func(ctx context.Context, network, addr string) (net.Conn, error) {
				nc, err := new(net.Dialer).DialContext(ctx, network, addr)
				tap.Conn = nc
				return tap, err
			},
		})
		var failed *HandshakeError
		errors.As(err, &failed)
		switch {
		case fate(mine) == 4 && err != nil:
		case fate(mine) == 0 || fate(mine) == 4:
			if err != nil {
				complain("%s is refused: %v", mine, err)
				return
			}
			if c.Subprotocol() != mine || c.Header().Get("X-Yours") != mine {
				complain("%s got the answer of another: %q %v", mine, c.Subprotocol(), c.Header())
			}
			for n := range 1 + r.IntN(4) {
				text := strings.Repeat(fmt.Sprint(mine, " says ", n, "; "), 1+r.IntN(400))
				if c.Write(ctx, Text, []byte(text)) != nil {
					break // given up
				}
				if _, p, err := c.Read(ctx); err == nil && string(p) != text {
					complain("%s got the message of another: %.40q", mine, p)
				}
			}
			_ = c.Close(CloseNormal, mine)
		case err == nil || failed == nil:
			complain("%s is let in, or %v", mine, err)
		case failed.Status != map[int]int{1: 401, 2: 403, 3: 500}[fate(mine)]:
			complain("%s got the status of another: %v", mine, err)
		case fate(mine) == 2 && string(failed.Body) != "not you, "+mine:
			complain("%s got the body of another: %q", mine, failed.Body)
		}
		tap.mu.Lock()
		defer tap.mu.Unlock()
		if f := foreign(string(tap.read), mine); len(f) > 0 {
			complain("%s read of %v", mine, f)
		}
	}
	var wg sync.WaitGroup
	work := make(chan int)
	for range 24 {
		wg.Go(func() {
			for i := range work {
				client(i)
			}
		})
	}
	for i := range clients {
		work <- i
	}
	close(work)
	wg.Wait()
	require.Empty(t, mixed, "seed %d", seed)
}
