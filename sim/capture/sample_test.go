package capture

import (
	"context"
	"flag"
	"net/http"
	"os"
	"testing"

	"example.com/khp/sim/replay"
	"example.com/khp/transport"
	"example.com/khp/transport/auth"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the sample again, from new traffic")

// sample is the capture that the command and the documentation show.
const sample = "../../cmd/khp/testdata/sample.pcapng"

// TestSample checks the sample that is kept with the command; with -update it is made anew.
func TestSample(t *testing.T) {
	if *update {
		refuse := func(context.Context, *transport.Request) (transport.Decision, error) {
			return transport.Decision{Status: http.StatusForbidden}, nil
		}
		flows := traffic(t, transport.DialOptions{Credentials: auth.Basic("joe", "welcome"),
			Subprotocols: []string{"chat"}}, challenge)
		flows = append(flows, traffic(t, transport.DialOptions{Profile: transport.Kaazing}, accept)...)
		flows = append(flows, traffic(t, transport.DialOptions{}, elsewhere)...)
		flows = append(flows, traffic(t, transport.DialOptions{}, refuse)...)
		page := newFlow(0)
		page.add(segment{client: true, data: []byte("GET /page HTTP/1.1\r\nHost: 10.0.0.1:8001\r\n\r\n")})
		page.add(segment{data: []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")})
		var list []segment
		for i, f := range append(flows, page) {
			for _, s := range f.list {
				s.port = uint16(50000 + i)
				list = append(list, s)
			}
		}
		require.NoError(t, os.WriteFile(sample, write(t, links["Ethernet IPv4"], 0, true, list), 0o644))
	}
	b, err := os.ReadFile(sample)
	require.NoError(t, err)
	results, sum := read(t, b)
	require.Equal(t, 6, sum.Connections)
	for _, r := range results {
		require.Contains(t, []replay.Verdict{replay.Path, replay.NotKHP}, r.Verdict, "%+v", r.Wrong)
	}
}
