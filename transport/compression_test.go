package transport

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/transport/internal/deflate"
	"example.com/khp/transport/internal/frames"
	"github.com/stretchr/testify/require"
)

// Both sides compress where both want it, and messages of all kinds come through.
func TestCompression(t *testing.T) {
	noise := make([]byte, 100000)
	_, _ = rand.Read(noise)
	messages := [][]byte{nil, []byte("short"), []byte(strings.Repeat("0123456789", 20000)), noise,
		[]byte(strings.Repeat("0123456789", 20000)), []byte(strings.Repeat("é", 40))}
	for name, x := range map[string]struct {
		client, server *Compression
		granted        string
	}{
		"both": {&Compression{}, &Compression{}, "permessage-deflate"},
		"client alone": {&Compression{NoContextTakeover: true}, &Compression{},
			"permessage-deflate; client_no_context_takeover; server_no_context_takeover"},
		"server alone": {&Compression{}, &Compression{NoContextTakeover: true},
			"permessage-deflate; client_no_context_takeover; server_no_context_takeover"},
		"client only": {&Compression{}, nil, ""},
		"server only": {nil, &Compression{}, ""},
	} {
		for _, profile := range []Profile{Spec, Kaazing} {
			t.Run(name+"/"+profile.String(), func(t *testing.T) {
				serverSees := make(chan []string, 1)
				h := &Handler{Compression: x.server, Serve: func(ctx context.Context, c *Conn) error {
					serverSees <- c.OpeningExtensions()
					for {
						typ, r, err := c.Reader(ctx)
						if err != nil {
							return err
						}
						w, err := c.Writer(ctx, typ)
						if err == nil {
							_, err = io.Copy(w, r)
						}
						if err == nil {
							err = w.Close()
						}
						if err != nil {
							return err
						}
					}
				}}
				c, err := Dial(t.Context(), serve(t, h), &DialOptions{Compression: x.client, Profile: profile})
				require.NoError(t, err)
				require.Equal(t, x.granted, c.OpeningHeader().Get("Sec-WebSocket-Extensions"))
				require.Empty(t, c.Extensions())
				var want []string
				if x.granted != "" {
					want = []string{x.granted}
				}
				require.Equal(t, want, c.OpeningExtensions())
				require.Equal(t, want, <-serverSees)
				for range 3 {
					for _, p := range messages {
						require.NoError(t, c.Write(t.Context(), Binary, p))
						_, got, err := c.Read(t.Context())
						require.NoError(t, err)
						require.True(t, bytes.Equal(p, got), "%d bytes", len(p))
					}
				}
				wantEcho(t, c, strings.Repeat("é", 100))
				require.NoError(t, c.Ping(t.Context()))
				require.NoError(t, c.Close(CloseNormal, ""))
			})
		}
	}
}

// A client sees the parameters that a server has written, those included that change nothing for
// it.
func TestConn_OpeningExtensions(t *testing.T) {
	a, _ := tcpPair(t)
	link := frames.New(a, true, nil, 0)
	link.Compress(deflate.Params{ServerAlone: true})
	c := newConn(link, opened{info: handshakeInfo{client: &dialed{opening: []HeaderField{
		{Name: "X-Other", Value: "a"},
		{Name: "sec-websocket-extensions",
			Value: "permessage-deflate;server_no_context_takeover; server_max_window_bits=10"},
	}}}})
	require.Equal(t, []string{"permessage-deflate; server_no_context_takeover; " +
		"server_max_window_bits=10"}, c.OpeningExtensions())
}

// compressed is a connection with compression whose peer writes frames by hand.
func compressed(t *testing.T) (c *Conn, p *peer) {
	a, b := tcpPair(t)
	c, p = testConn(a, true), newPeer(t, b, false)
	c.link.Compress(deflate.Params{})
	return c, p
}

// deflated is text as a peer sends it, by another implementation.
func deflated(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = io.WriteString(w, text)
	_ = w.Flush()
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

// A message of another implementation is inflated, also in fragments and with a Ping within.
func TestCompression_Receives(t *testing.T) {
	c, p := compressed(t)
	text := strings.Repeat("hello, world; ", 1000)
	z := deflated(text)
	p.send(pf{Op: opT, P: z, Rsv: 4}, pf{Op: opT, P: "as it is"},
		pf{Op: opT, P: z[:5], Rsv: 4, More: true}, pf{Op: opI}, pf{Op: opC, P: z[5:]})
	wantMessage(t, c, Text, text)
	wantMessage(t, c, Text, "as it is")
	wantMessage(t, c, Text, text)
	// The examples of RFC 7692 section 7.2.3, the second of which refers to the message before.
	c, p = compressed(t)
	for _, hello := range []string{
		"\xf2\x48\xcd\xc9\xc9\x07\x00", "\xf2\x00\x11\x00\x00",
		"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
		"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
	} {
		p.send(pf{Op: opT, P: hello, Rsv: 4})
		wantMessage(t, c, Text, "Hello")
	}
	p.send(pf{Op: opT, P: "\x00", Rsv: 4})
	wantMessage(t, c, Text, "")
}

// A faulty compressed message, and bits of compression where there is none, end the connection.
func TestCompression_Refuses(t *testing.T) {
	bomb := deflated(strings.Repeat("\x00", 1<<20))
	for name, x := range map[string]struct {
		send []pf
		code uint16
	}{
		"a bomb": {[]pf{{Op: opB, P: bomb, Rsv: 4}}, CloseTooBig},
		"no UTF-8": {[]pf{{Op: opT, P: deflated("\xff\xff"), Rsv: 4}},
			CloseInvalidPayload},
		"no deflate":          {[]pf{{Op: opB, P: "\xff\xff\xff\xff", Rsv: 4}}, CloseInvalidPayload},
		"another bit":         {[]pf{{Op: opB, P: bomb, Rsv: 2}}, CloseProtocolError},
		"two bits":            {[]pf{{Op: opB, P: bomb, Rsv: 6}}, CloseProtocolError},
		"in a control frame":  {[]pf{{Op: opI, Rsv: 4}}, CloseProtocolError},
		"in a later fragment": {[]pf{{Op: opB, More: true}, {Op: opC, Rsv: 4}}, CloseProtocolError},
		"in both of its fragment": {[]pf{{Op: opB, Rsv: 4, More: true}, {Op: opC, Rsv: 4}},
			CloseProtocolError},
	} {
		t.Run(name, func(t *testing.T) {
			c, p := compressed(t)
			c.SetReadLimit(10000)
			p.send(x.send...)
			go p.drain()
			_, _, err := c.Read(t.Context())
			var broken *ProtocolError
			require.ErrorAs(t, err, &broken)
			require.Equal(t, x.code, broken.Code)
		})
	}
	t.Run("without compression", func(t *testing.T) {
		a, b := tcpPair(t)
		c, p := testConn(a, true), newPeer(t, b, false)
		p.send(pf{Op: opT, P: deflated("x"), Rsv: 4})
		go p.drain()
		_, _, err := c.Read(t.Context())
		require.ErrorIs(t, err, fsm.FailureFrame)
	})
}

// A client does not speak with a server that grants parameters not asked for.
func TestDial_CompressionMisgranted(t *testing.T) {
	for granted, want := range map[string]string{
		"client_max_window_bits=9": "client_max_window_bits is not understood",
		"x":                        "x is not understood",
		"server_no_context_takeover; server_no_context_takeover": "is repeated",

		"server_max_window_bits=7": "server_max_window_bits is not understood",
	} {
		virtual(t, granted, func(t *testing.T) {
			got := dialRaw(t, t.Context(), false,
				&DialOptions{Compression: &Compression{}}, func(p *rawServer) {
					p.openingRequest()
					p.bytes(strings.Replace(p.response101Opening(), "\r\n\r\n",
						"\r\nSec-WebSocket-Extensions: permessage-deflate; "+granted+"\r\n\r\n", 1))
					p.message()
					p.send(bin(response101), terminator)
					p.silent()
				})
			require.ErrorIs(t, got.err, fsm.FailureExtensionNotRequested)
			require.ErrorContains(t, got.err, want)
			got.end()
		})
	}
}

// A server grants only parameters that it can keep to.
func TestHandler_CompressionOffers(t *testing.T) {
	url := serve(t, &Handler{Compression: &Compression{}})
	const name = "permessage-deflate"
	for offered, want := range map[string]string{
		name + "; server_no_context_takeover; client_max_window_bits=10": name +
			"; server_no_context_takeover",
		name + "; client_max_window_bits":                       name,
		name + "; server_max_window_bits=15":                    name,
		name + "; server_max_window_bits=9, permessage-deflate": name,
		name + "; server_max_window_bits=9":                     "",
		name + "; server_max_window_bits":                       "",
		name + "; client_no_context_takeover=1":                 "",
		name + "; unknown":                                      "",
		"x-webkit-deflate-frame":                                "",
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET",
			"http"+strings.TrimPrefix(url, "ws"), nil)
		require.NoError(t, err)
		for name, value := range map[string]string{
			"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
			"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "x-kaazing-handshake",
			"Sec-WebSocket-Extensions": offered,
		} {
			req.Header.Set(name, value)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		require.NoError(t, err)
		require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
		require.Equal(t, want, resp.Header.Get("Sec-WebSocket-Extensions"), offered)
		require.NoError(t, resp.Body.Close())
	}
}

// Control frames are sent as they are, however well they could be compressed.
func TestCompression_ControlFrames(t *testing.T) {
	c, p := compressed(t)
	ping := strings.Repeat("x", 125)
	p.send(pf{Op: opI, P: ping}, pf{Op: opT, P: "behind it"})
	wantMessage(t, c, Text, "behind it")
	p.wantFrame("the Pong", opO, ping)
	closed := make(chan error, 1)
	go func() { closed <- c.Close(CloseNormal, strings.Repeat("y", 123)) }()
	p.wantFrame("Close", opX, "\x03\xe8"+strings.Repeat("y", 123))
	require.NoError(t, p.nc.Close())
	<-closed
}
