package transport

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Both requests have a host and a path. Spelling makes no difference; a value that a proxy in front
// has changed is refused, with the reason, unless the handler knows how clients see it.
func TestHandler_Outside(t *testing.T) {
	for name, c := range map[string]struct {
		outside          Outside
		opening          [2]string // target and Host as a proxy wrote them
		extended         [2]string // as the client did
		status           string
		differs, was, is string
	}{
		"default port": {Outside{}, [2]string{"/a-b", "one.example"},
			[2]string{"/a-b", "one.example:80"}, "101", "", "", ""},
		"default port of TLS": {Outside{}, [2]string{"/a-b", "one.example:443"},
			[2]string{"/a-b", "One.Example."}, "101", "", "", ""},
		"escapes": {Outside{}, [2]string{"/a-b", "one.example"},
			[2]string{"/a%2Db", "one.example"}, "101", "", "", ""},
		"dots": {Outside{}, [2]string{"/a-b?x", "one.example"},
			[2]string{"/x/../a-b?y", "one.example"}, "101", "", "", ""},
		"another Host": {Outside{}, [2]string{"/a", "10.0.0.1:8080"},
			[2]string{"/a", "one.example"}, "400", "Host", "10.0.0.1:8080", "one.example"},
		"another port": {Outside{}, [2]string{"/a", "one.example"},
			[2]string{"/a", "one.example:81"}, "400", "Host", "one.example", "one.example:81"},
		"another path": {Outside{}, [2]string{"/a", "one.example"},
			[2]string{"/app/a?token=s3cret", "one.example"}, "400", "path", "/a", "/app/a"},
		"known Host": {Outside{Hosts: []string{"two.example", "one.example"}},
			[2]string{"/a", "10.0.0.1:8080"}, [2]string{"/a", "ONE.example:443"}, "101", "", "", ""},
		"known Host, other": {Outside{Hosts: []string{"two.example"}}, [2]string{"/a",
			"10.0.0.1:8080"}, [2]string{"/a", "one.example"}, "400", "Host", "10.0.0.1:8080", "one.example"},
		"known prefix": {Outside{Prefix: "/app"}, [2]string{"/a", "one.example"},
			[2]string{"/app/a", "one.example"}, "101", "", "", ""},
		"known prefix with slash": {Outside{Prefix: "/app/"}, [2]string{"/a", "one.example"},
			[2]string{"/app/a", "one.example"}, "101", "", "", ""},
		"prefix not used": {Outside{Prefix: "/app"}, [2]string{"/a", "one.example"},
			[2]string{"/a", "one.example"}, "101", "", "", ""},
		"other prefix": {Outside{Prefix: "/app"}, [2]string{"/a", "one.example"},
			[2]string{"/apps/a", "one.example"}, "400", "path", "/a", "/apps/a"},
	} {
		t.Run(name, func(t *testing.T) {
			var log syncBuffer
			url := serve(t, &Handler{Serve: echoServe, Outside: c.outside,
				Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))})
			request := strings.Replace(strings.Replace(openingRequest, "/echo", c.opening[0], 1),
				"one.example", c.opening[1], 1)
			p := dialTCP(t, url, request)
			require.Contains(t, <-p.head, " 101 ")
			p.send(bin("GET " + c.extended[0] + " HTTP/1.1\r\nHost: " + c.extended[1] + "\r\n\r\n"))
			require.Equal(t, c.status, p.status())
			_ = p.nc.Close()
			if c.differs == "" {
				return
			}
			require.Eventually(t, func() bool { return strings.Contains(log.String(), "handshake failed") },
				30*time.Second, time.Millisecond)
			for _, want := range []string{"differs=" + c.differs, "opening=" + c.was, "extended=" + c.is} {
				require.Contains(t, log.String(), want)
			}
			require.NotContains(t, log.String(), "s3cret")
		})
	}
}

// A refused opening request has the profile that it asked for.
func TestHandler_RefusedOpeningProfile(t *testing.T) {
	var log syncBuffer
	url := serve(t, &Handler{Serve: echoServe, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	head := <-dialTCP(t, url, strings.Replace(kaazingOpening, "privileged://one.example:8001",
		"http://evil.example", 1)).head
	require.Contains(t, head, " 403 ")
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "status=403") },
		30*time.Second, time.Millisecond)
	require.Contains(t, log.String(), "profile=kaazing")
}
