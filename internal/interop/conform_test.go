package interop

import (
	"context"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/khp/internal/conform"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the matrix into docs/interop.md")

// steps is how long the gateway and the client may take for one step of a case.
const steps = 3 * time.Second

// conformOptions name an implementation.
func conformOptions(name string) conform.Options {
	return conform.Options{Name: name, Patience: steps, Parallel: 8, Idle: 2 * patience}
}

// TestConform runs the conformance suite against the gateway, the transport of the Java client, and
// khp itself. The result is the matrix in docs/interop.md.
func TestConform(t *testing.T) {
	needsSoftware(t)
	g := startGateway(t, "1")
	servers, err := conform.Select(conform.Filter{Server: true, Profile: "kaazing"})
	require.NoError(t, err)
	clients, err := conform.Select(conform.Filter{Profile: "kaazing", Patterns: []string{"kaazing/*",
		"khp/ext/101/*"}})
	require.NoError(t, err)
	own, err := conform.Self(t.Context(), true, "kaazing", servers, conformOptions(""))
	require.NoError(t, err)
	ownClient, err := conform.Self(t.Context(), false, "kaazing", clients, conformOptions(""))
	require.NoError(t, err)
	own.Name, ownClient.Name = "khp's server", "khp's client"
	runs := []*conform.Run{conformGateway(t, g, servers), own, conformJava(t, clients), ownClient}
	for _, r := range runs {
		require.Empty(t, r.Down+r.Unfit, r.Name)
		require.NotZero(t, r.Grades["pass"], r.Name)
	}
	require.False(t, own.Failed() || ownClient.Failed())

	const page, open, end = "../../docs/interop.md", "<!-- conform -->\n", "<!-- /conform -->"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), open)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	written := before + open + matrix(runs) + end + after
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(written), 0o644))
		return
	}
	require.Equal(t, string(text), written, "run make interop UPDATE=-update to write it")
}

// conformGateway is the client of the gateway.
func conformGateway(t *testing.T, g gateway, list []conform.Selected) *conform.Run {
	t.Helper()
	u, err := wire.ParseURL(g.ws+"/echo", nil)
	require.NoError(t, err)
	target := &conform.Target{URL: u, User: "joe:welcome",
		Resources: map[string]string{"challenge": "/members", "balance": "/balanced"}}
	return conform.Server(t.Context(), target, list, conformOptions("Kaazing Gateway 5.6.2"))
}

// conformJava is the server of Kaazing's Java client, which is looped over the cases.
func conformJava(t *testing.T, list []conform.Selected) *conform.Run {
	t.Helper()
	dir := t.TempDir()
	out, errs, code := run(t, "javac", "-encoding", "UTF-8", "-d", dir, "-cp",
		filepath.Join(*jars, "*"), "testdata/client/Client.java")
	require.Zero(t, code, out+errs)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	args := lines("-cp", dir+string(filepath.ListSeparator)+filepath.Join(*jars, "*"), "Client",
		"loop", "protocol=chat", "extension=x-kaazing-idle-timeout", "user="+conform.User)
	for _, c := range list {
		args = append(args, "ws://"+l.Addr().String()+"/case/"+c.Name)
	}
	p := start(t, "java", args...)
	go func() {
		for range p.lines { // the course, which the results show better
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	return conform.Client(ctx, l, list, conformOptions("Java client 5.1.0.4, transport"))
}
