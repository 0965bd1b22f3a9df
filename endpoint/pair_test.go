package endpoint

import (
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/fsm/codes"
	"example.com/khp/internal/balancer"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// pair is a client and servers joined without any network: every output of one side is given to the
// other at once.
type pair struct {
	t           *testing.T
	client      *Client
	server      *Server
	cfg         ServerConfig
	decide      func(url wire.URL, r *Request) Decision
	credentials string

	log       []string // the messages of the connection, one line each
	opened    int      // of the client
	err       error    // of the client
	closed    bool
	toClient  []func() []Output
	toServer  []func() []Output
	received  []string // application messages, by the client
	serverGot []string // by the server
}

// newPair makes a client for url; decide answers every request.
func newPair(t *testing.T, url string, cfg ClientConfig, decide func(wire.URL,
	*Request) Decision) *pair {
	c, err := NewClient(url, cfg)
	require.NoError(t, err)
	return &pair{t: t, client: c, decide: decide}
}

func accept(wire.URL, *Request) Decision { return Decision{} }

// run shakes hands until nothing is left to do.
func (p *pair) run() *pair {
	p.doClient(p.client.Connect(t0))
	p.settle()
	return p
}

// settle delivers the messages under way.
func (p *pair) settle() {
	for i := 0; len(p.toClient)+len(p.toServer) > 0; i++ {
		require.Less(p.t, i, 10_000, "the pair comes to rest")
		if len(p.toServer) > 0 {
			f := p.toServer[0]
			p.toServer = p.toServer[1:]
			p.doServer(f())
		}
		if len(p.toClient) > 0 {
			f := p.toClient[0]
			p.toClient = p.toClient[1:]
			p.doClient(f())
		}
	}
}

func (p *pair) doClient(outs []Output) {
	for _, o := range append([]Output(nil), outs...) {
		data := append([]byte(nil), o.Data...)
		s := p.server
		switch o.Kind {
		case Dial:
			p.log = append(p.log, "dial "+o.URL.String())
			p.server = NewServer(p.cfg)
			p.doClient(p.client.Connected(t0, [16]byte{byte(p.client.Attempt())}))
		case SendBytes:
			p.note("C", data)
			p.toServer = append(p.toServer, func() []Output {
				_, out := s.OpeningReceived(t0, data)
				return out
			})
		case SendMessage:
			p.note("C", data)
			p.toServer = append(p.toServer, func() []Output { return s.Message(t0, o.Type, data) })
		case SendClose:
			p.log = append(p.log, "C: close "+itoa(int(o.Code)))
			p.toServer = append(p.toServer, func() []Output { return s.PeerClosed(t0, o.Code, o.Text) })
		case Disconnect:
			p.toServer = append(p.toServer, func() []Output { return s.Lost(t0, "") })
		case AskCredentials:
			if p.credentials == "" {
				p.doClient(p.client.NoCredentials(t0, "none"))
			} else {
				p.doClient(p.client.Credentials(t0, p.credentials))
			}
		case Open:
			p.opened++
		case Deliver:
			p.received = append(p.received, string(data))
		case Fail:
			p.err = o.Err
		case Closed:
			p.closed = true
		}
	}
}

func (p *pair) doServer(outs []Output) {
	for _, o := range append([]Output(nil), outs...) {
		data := append([]byte(nil), o.Data...)
		attempt := p.client.Attempt()
		toClient := func(f func() []Output) {
			p.toClient = append(p.toClient, func() []Output {
				if p.client.Attempt() != attempt {
					return nil // of an old connection
				}
				return f()
			})
		}
		switch o.Kind {
		case SendBytes:
			p.note("S", data)
			toClient(func() []Output { _, out := p.client.OpeningReceived(t0, data); return out })
		case SendMessage:
			p.note("S", data)
			toClient(func() []Output { return p.client.Message(t0, o.Type, data) })
		case SendClose:
			p.log = append(p.log, "S: close "+itoa(int(o.Code)))
			toClient(func() []Output { return p.client.PeerClosed(t0, o.Code, o.Text) })
		case Disconnect:
			toClient(func() []Output { return p.client.Lost(t0, "end of stream") })
		case AskDecision:
			out, err := p.server.Decide(t0, p.decide(p.client.URL(), p.server.Request()))
			require.NoError(p.t, err)
			p.doServer(out)
		case Deliver:
			p.serverGot = append(p.serverGot, string(data))
		}
	}
}

// note logs the first line of a sent message.
func (p *pair) note(side string, data []byte) {
	line, _, _ := strings.Cut(string(data), "\r\n")
	switch b, url := balancer.Parse(data); {
	case len(data) == 0:
		line = "(empty)"
	case b == balancer.Proceed:
		line = "N"
	case b == balancer.Reroute:
		line = "R " + string(url)
	}
	p.log = append(p.log, side+": "+line)
}

func (p *pair) wantFailure(f fsm.Failure) *HandshakeError {
	p.t.Helper()
	var err *HandshakeError
	require.ErrorAs(p.t, p.err, &err, "the handshake fails; log:\n%s", strings.Join(p.log, "\n"))
	require.Equal(p.t, f.String(), err.Failure.String(), "log:\n%s\n%v",
		strings.Join(p.log, "\n"), err)
	require.Zero(p.t, p.opened, "no open event")
	require.Equal(p.t, fsm.ClientFailed, p.client.Phase())
	return err
}

func TestPair_Accepted(t *testing.T) {
	p := newPair(t, "ws://h/echo", ClientConfig{Subprotocols: []string{"amqp"},
		Extensions: []string{"x-a;n=1"}}, func(_ wire.URL, r *Request) Decision {
		require.Equal(t, []string{"amqp"}, r.Subprotocols)
		return Decision{Subprotocol: "amqp", Extensions: []string{"x-a;n=2"}}
	}).run()
	require.NoError(t, p.err)
	require.Equal(t, 1, p.opened)
	require.Equal(t, "amqp", p.client.Result().Subprotocol)
	require.Equal(t, []string{"x-a;n=2"}, p.client.Result().Extensions)
	require.Equal(t, []string{
		"dial ws://h/echo", "C: GET /echo HTTP/1.1", "S: HTTP/1.1 101 Switching Protocols",
		"C: GET /echo HTTP/1.1", "S: HTTP/1.1 101 Switching Protocols", "S: (empty)",
	}, p.log)
}

func TestPair_Kaazing(t *testing.T) {
	cfg := fsm.DefaultClientConfig()
	cfg.Profile = fsm.ProfileKaazing
	p := newPair(t, "ws://h/echo", ClientConfig{Machine: cfg}, accept).run()
	require.NoError(t, p.err)
	require.Equal(t, 1, p.opened)
	require.Equal(t, []string{
		"dial ws://h/echo?.kl=Y", "C: GET /echo?.kl=Y HTTP/1.1",
		"S: HTTP/1.1 101 Web Socket Protocol Handshake", "S: N",
		"C: GET /echo?.kl=Y HTTP/1.1", "S: HTTP/1.1 101 Web Socket Protocol Handshake",
		"S: (empty)", "S: N",
	}, p.log)
}

func basicAuth(_ wire.URL, r *Request) Decision {
	switch r.Authorization {
	case "":
		return Decision{Status: 401, Challenges: []string{`Basic realm="khp"`}}
	case "Basic am9lOndlbGNvbWU=":
		return Decision{}
	}
	return Decision{Status: 403}
}

func TestPair_Credentials(t *testing.T) {
	p := newPair(t, "ws://h/a", ClientConfig{HasCredentials: true}, basicAuth)
	p.credentials = "Basic am9lOndlbGNvbWU="
	p.run()
	require.NoError(t, p.err)
	require.Equal(t, 1, p.opened)
	require.Equal(t, 1, p.client.Attempt(), "the same socket")

	p = newPair(t, "ws://h/a", ClientConfig{HasCredentials: true}, basicAuth)
	p.credentials = "Basic xxxx"
	require.Equal(t, 403, p.run().wantFailure(fsm.FailureStatus).Status)

	err := newPair(t, "ws://h/a", ClientConfig{}, basicAuth).run().wantFailure(fsm.FailureAuthRequired)
	require.Contains(t, err.Error(), "authentication required with 401")
}

func redirects(chain map[string]string) func(wire.URL, *Request) Decision {
	return func(u wire.URL, _ *Request) Decision {
		if to := chain[u.String()]; to != "" {
			return Decision{Status: 302, Location: to}
		}
		return Decision{}
	}
}

func TestPair_RedirectFollowed(t *testing.T) {
	p := newPair(t, "ws://a/1", ClientConfig{},
		redirects(map[string]string{"ws://a/1": "http://b:81/2", "ws://b:81/2": "../3"})).run()
	require.NoError(t, p.err)
	require.Equal(t, 1, p.opened)
	require.Equal(t, "ws://b:81/3", p.client.URL().String())
}

func TestPair_RedirectLoop(t *testing.T) {
	err := newPair(t, "ws://a/1", ClientConfig{}, redirects(map[string]string{"ws://a/1": "ws://b/2",
		"ws://b/2": "ws://A.:80/x/../1"})).run().wantFailure(fsm.FailureRedirectLoop)
	require.Equal(t, 2, err.Attempt)
	require.Contains(t, err.Error(), "ws://a/1 -> ws://b/2 -> ws://a/")
}

func TestPair_EveryStatus(t *testing.T) {
	machine := fsm.DefaultServerConfig()
	machine.Unchecked = true
	for code := 100; code < 600; code++ {
		if code == 202 {
			continue
		}
		p := newPair(t, "ws://a/1", ClientConfig{},
			func(wire.URL, *Request) Decision { return Decision{Status: code} })
		p.cfg.Machine = machine
		p.run()
		switch actions[code] {
		case codes.ActionComplete:
			require.Equal(t, 1, p.opened, "status %d", code)
		case codes.ActionContinue:
			p.wantFailure(fsm.FailureUnexpectedContinue)
		case codes.ActionReplay:
			p.wantFailure(fsm.FailureAuthRequired)
		case codes.ActionRedirect, codes.ActionRedirectChoice, codes.ActionRedirectIfGet:
			p.wantFailure(fsm.FailureRedirectTarget)
		default:
			require.Equal(t, code, p.wantFailure(fsm.FailureStatus).Status)
			require.Contains(t, p.log[len(p.log)-1]+p.log[len(p.log)-2], "S: close 1000",
				"status %d: the server closes", code)
		}
	}
}

func TestClient_OpeningRequest(t *testing.T) {
	proves(t, "WSP-OPEN-01 KHP-OPEN-01 KHP-OPEN-02 KHP-GEN-08 INV-29")
	c, err := NewClient("ws://h:81/p?q", ClientConfig{Subprotocols: []string{"amqp"},
		OpeningHeader: []HeaderField{{"Origin", "http://o"}}})
	require.NoError(t, err)
	c.Connect(t0)
	out := c.Connected(t0, [16]byte{1, 2, 3})
	require.Equal(t, "GET /p?q HTTP/1.1\r\nHost: h:81\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Key: AQIDAAAAAAAAAAAAAAAAAA==\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x-kaazing-handshake, amqp\r\n"+
		"Origin: http://o\r\n\r\n", string(out[0].Data))
}
