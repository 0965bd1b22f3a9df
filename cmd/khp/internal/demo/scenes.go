package demo

import (
	"errors"
	"fmt"
	"strings"

	"example.com/khp/fsm"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
)

// scene is one thing that the demo shows. play returns the conclusion, or an error if it did not
// end as it should.
type scene struct {
	title string
	about string
	a, b  func(st *stage) []string // values of --route; nil is echo on every path
	auth  []string                 // of server A
	play  func(st *stage) (outcome string, err error)
}

func (s scene) routesA(st *stage) []string { return routesOf(s.a, st) }
func (s scene) routesB(st *stage) []string { return routesOf(s.b, st) }

func routesOf(f func(*stage) []string, st *stage) []string {
	if f == nil {
		return nil
	}
	return f(st)
}

var scenes = []scene{
	{
		title: "An accepted handshake, and an echo",
		about: "First an ordinary WebSocket opening handshake that offers KHP, then a second, " +
			"extended handshake in HTTP inside the WebSocket.",
		play: func(st *stage) (string, error) {
			if err := st.echo(st.a.url("/echo"), &transport.DialOptions{}, "Hello, KHP"); err != nil {
				return "", err
			}
			return "Open after two handshakes on one connection, and closed in good order.",
				st.connections(0)
		},
	},
	{
		title: "A challenge, answered with credentials",
		about: "The server wants to know who comes. In KHP a 401 does not end the connection: " +
			"the client asks again on it.",
		auth: []string{"/account=joe:welcome"},
		play: func(st *stage) (string, error) {
			if err := st.echo(st.a.url("/account"), &transport.DialOptions{Credentials: auth.Basic("joe",
				"welcome")}, "my balance, please"); err != nil {
				return "", err
			}
			return "Joe is in, and it took one TCP connection. Passwords travel only in answer " +
				"to a challenge.", st.connections(0)
		},
	},
	{
		title: "A redirect, followed to another server",
		about: "A WebSocket in a browser cannot follow redirects. KHP can: " +
			"the client closes and connects to Location.",
		a: func(st *stage) []string { return []string{"/old=redirect:" + st.b.url("/new")} },
		b: func(*stage) []string { return []string{"/new=echo"} },
		play: func(st *stage) (string, error) {
			if err := st.echo(st.a.url("/old"), &transport.DialOptions{}, "Hello, new place"); err != nil {
				return "", err
			}
			return "The application asked for server A and talks to server B, without having noticed.",
				st.connections(1)
		},
	},
	{
		title: "A redirect loop, refused",
		about: "Server A sends to server B, and B sends back to A: in other words, " +
			"but to the same place.",
		a: func(st *stage) []string { return []string{"/here=redirect:" + st.b.url("/there")} },
		b: func(st *stage) []string {
			return []string{"/there=redirect:" +
				strings.Replace(st.a.url("/x/../%68ere"), "ws://", "WS://", 1)}
		},
		play: func(st *stage) (string, error) {
			e, err := st.refused(st.a.url("/here"), &transport.DialOptions{}, fsm.FailureRedirectLoop)
			if err != nil {
				return "", err
			}
			return "The client recognises where it has been and gives up before it connects a second " +
				"time. It walked " + strings.Join(e.Path, " -> "), st.connections(1)
		},
	},
	{
		title: "A refusal, with its explanation",
		about: "Wrong credentials. The server asks again, for people mistype. " +
			"A client that has no others gives up, and can tell its user why.",
		auth: []string{"/account=joe:welcome"},
		play: func(st *stage) (string, error) {
			e, err := st.refused(st.a.url("/account"),
				&transport.DialOptions{Credentials: auth.Basic("joe", "guess")}, fsm.FailureCredentialsRefused)
			if err != nil {
				return "", err
			}
			if e.Status != 401 {
				return "", fmt.Errorf("expected status 401, got %d", e.Status)
			}
			says, _, _ := strings.Cut(string(e.Body), "\n")
			return fmt.Sprintf("Joe learns the status, %d %s, and what the server has to say about it: %q.",
				e.Status, fsm.Status(e.Status).Reason, says), st.connections(0)
		},
	},
	{
		title: "A client of Kaazing's own kind",
		about: "Deployed Kaazing clients mark their URL with .kl=Y. They expect a message N before the " +
			"extended request and another one after the response. The same server speaks both ways.",
		play: func(st *stage) (string, error) {
			if err := st.echo(st.a.url("/echo"), &transport.DialOptions{Profile: transport.Kaazing},
				"Hello from an old client"); err != nil {
				return "", err
			}
			return "Open, without any configuration of the server.", st.connections(0)
		},
	},
}

// dial connects and records.
func (st *stage) dial(url string, o *transport.DialOptions) (*transport.Conn, error) {
	o.Observer = st.record
	return transport.Dial(st.ctx, url, o)
}

// echo connects, has text echoed and closes, and fails unless all of that went well.
func (st *stage) echo(url string, o *transport.DialOptions, text string) error {
	c, err := st.dial(url, o)
	if err != nil {
		return err
	}
	defer func() { _ = c.CloseNow() }()
	if err := c.Write(st.ctx, transport.Text, []byte(text)); err != nil {
		return err
	}
	st.record.application(transport.EventSend, transport.Text, []byte(text))
	kind, p, err := c.Read(st.ctx)
	if err != nil {
		return err
	}
	st.record.application(transport.EventReceive, kind, p)
	if kind != transport.Text || string(p) != text {
		return fmt.Errorf("expected the echo %q, got %s %q", text, kind, p)
	}
	st.record.closing(transport.EventSendClose, transport.CloseNormal)
	if err := c.Close(transport.CloseNormal, ""); err != nil {
		return err
	}
	_, _, err = c.Read(st.ctx)
	if code := transport.CloseCode(err); code != transport.CloseNormal {
		return fmt.Errorf("expected the server to close with 1000, got %d", code)
	}
	st.record.closing(transport.EventReceiveClose, transport.CloseNormal)
	return nil
}

// refused connects, and fails unless that fails in the way that is expected.
func (st *stage) refused(
	url string, o *transport.DialOptions, want fsm.Failure,
) (*transport.HandshakeError, error) {
	c, err := st.dial(url, o)
	var e *transport.HandshakeError
	switch {
	case err == nil:
		_ = c.CloseNow()
		return nil, errors.New("the connection opened, but should not have")
	case !errors.As(err, &e) || e.Failure != want:
		return nil, fmt.Errorf("expected %q, got: %w", want.Error(), err)
	}
	return e, nil
}

// connections checks that server A got one TCP connection, and server B b.
func (st *stage) connections(b int64) error {
	if gotA, gotB := st.a.accepted.Load(), st.b.accepted.Load(); gotA != 1 || gotB != b {
		return fmt.Errorf("expected 1 and %d TCP connections to server A and B, got %d and %d",
			b, gotA, gotB)
	}
	return nil
}
