//go:build linux

package main

import (
	"context"
	"net"
	"net/http"
	"testing"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// through dials from 127.0.0.2, and first sends the words of a proxy.
func through(first string, fields http.Header) *transport.DialOptions {
	return from(net.IPv4(127, 0, 0, 2), first, fields)
}

func from(host net.IP, first string, fields http.Header) *transport.DialOptions {
	return &transport.DialOptions{OpeningHeader: fields,
		NetDial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			nc, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: host}}).DialContext(ctx, network, addr)
			if err == nil {
				_, err = nc.Write([]byte(first))
			}
			return nc, err
		}}
}

// The log and the limit of an address are about clients, not about the proxy that they come
// through; claims of a client about itself count nowhere.
func TestServe_TrustedProxies(t *testing.T) {
	s := serveHere(t, "--config", khptest.File(t, "khp.yaml",
		"trusted-proxies: [127.0.0.2, 10.0.0.0/8]\nmax-per-address: 1\nauth: {/in: joe:welcome}\n"))
	field := func(v string) http.Header { return http.Header{"X-Forwarded-For": {v}} }
	c := dialHere(t, s.url+"/", through("", field("6.6.6.6, 203.0.113.7, 10.1.1.1")))
	wantLog(t, s.log, `msg=open remote=203\.0\.113\.7:0 path=/ `)
	dialHere(t, s.url+"/", through("", field("2001:db8::1")))
	for _, again := range []string{"203.0.113.7", "2001:db8::2"} {
		_, err := transport.Dial(t.Context(), s.url+"/", through("", field(again)))
		require.ErrorContains(t, err, "503")
	}
	wantLog(t, s.log,
		`msg="turned away: too many connections from this address" remote=203\.0\.113\.7:0 most=1`)
	require.NoError(t, c.Close(transport.CloseNormal, ""))
	wantLog(t, s.log, `msg=closed remote=203\.0\.113\.7:0 `)
	dialHere(t, s.url+"/", &transport.DialOptions{OpeningHeader: field("198.51.100.1")})
	wantLog(t, s.log, `msg=open remote=127\.0\.0\.1:\d+ path=/ `)
	require.NotContains(t, s.log.String(), "198.51.100.1")
}

func TestServe_ProxyProtocol(t *testing.T) {
	s := serveHere(t, "--trusted-proxies", "127.0.0.2", "--proxy-protocol")
	dialHere(t, s.url+"/v1", through("PROXY TCP4 203.0.113.7 192.0.2.1 50412 443\r\n", nil))
	wantLog(t, s.log, `msg=open remote=203\.0\.113\.7:50412 path=/v1 `)
	dialHere(t, s.url+"/v2", through("\r\n\r\n\x00\r\n"+
		"QUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x08\xc0\x00\x02\x01\xc4\xec\x01\xbb", nil))
	wantLog(t, s.log, `msg=open remote=203\.0\.113\.8:50412 path=/v2 `)
	_, err := transport.Dial(t.Context(), s.url+"/none", through("", nil))
	require.Error(t, err)
	wantLog(t, s.log, `msg="a trusted proxy sent no PROXY header that can be read, `+
		`its connection was closed" remote=127\.0\.0\.2:\d+ .*signature not present`)
	_, err = transport.Dial(t.Context(), s.url+"/forged",
		from(net.IPv4(127, 0, 0, 1), "PROXY TCP4 203.0.113.9 192.0.2.1 50412 443\r\n", nil))
	require.ErrorContains(t, err, "400")
	require.NotContains(t, s.log.String(), "remote=203.0.113.9")
}

// A text that is no network, and the network of all addresses, are refused with a proposal.
func TestServe_TrustedProxiesRefused(t *testing.T) {
	for value, want := range map[string]string{
		"10.1.2.3/8": "the network of that address is 10.0.0.0/8, the address alone 10.1.2.3",
		"0.0.0.0/0":  "that is everybody", "::/0": "that is everybody",
		"proxy.example":       "expected an address or a network",
		"10.0.0.0/33":         "expected an address or a network",
		"10.0.0.0/8,fd00::/8": "expected an address or a network", "::ffff:10.0.0.1": "expected an " +
			"address or a network", "fe80::1%eth0": "expected an address or a network",
	} {
		code, errs := serveBriefly("--trusted-proxies", value)
		require.Equal(t, cli.ExitUsage, code, value)
		require.Contains(t, errs, want, value)
	}
	code, errs := serveBriefly("--proxy-protocol")
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "add --trusted-proxies")
	code, errs = serveBriefly("--config", khptest.File(t, "khp.yaml",
		"listen: 127.0.0.1:0\nproxy-protocol: true\n"))
	require.Equal(t, cli.ExitUsage, code)
	require.Contains(t, errs, "khp.yaml:2: proxy-protocol true: nobody's PROXY header counts")
}
