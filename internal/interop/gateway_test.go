package interop

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// gateway is a running Kaazing Gateway.
type gateway struct {
	ws, wss string // URLs without a path
}

// gatewayCase is something that is done with a gateway.
type gatewayCase struct {
	name string
	run  func(t *testing.T, g gateway)
}

// gatewayCases are all of them.
func gatewayCases() []gatewayCase { return slices.Concat(dialCases, connCases, rawCases) }

// TestGateway runs khp dial and transport.Dial against a Kaazing Gateway.
func TestGateway(t *testing.T) {
	needsSoftware(t)
	g := startGateway(t, "1")
	for _, c := range gatewayCases() {
		t.Run(c.name, func(t *testing.T) { c.run(t, g) })
	}
}

// startGateway starts a gateway with the configuration of testdata/gateway; its proxy has its back
// end at that port.
func startGateway(t *testing.T, backEnd string) gateway {
	t.Helper()
	home := t.TempDir()
	conf := filepath.Join(home, "conf")
	require.NoError(t, os.CopyFS(conf, os.DirFS("testdata/gateway")))
	for _, dir := range []string{"caches", "lib", "log", "temp", "web"} {
		require.NoError(t, os.Mkdir(filepath.Join(home, dir), 0o700))
	}
	store := filepath.Join(conf, "keystore.db")
	require.NoError(t, os.WriteFile(filepath.Join(conf, "keystore.pw"), []byte("changeit"), 0o600))
	out, errs, code := run(t, "keytool", "-genkeypair", "-storetype", "JCEKS", "-keystore", store,
		"-storepass", "changeit", "-keypass", "changeit",
		"-alias", "localhost", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-keyalg", "RSA",
		"-validity", "2")
	require.Zero(t, code, out+errs)
	cert := filepath.Join(home, "cert.pem")
	out, errs, code = run(t, "keytool", "-exportcert", "-rfc", "-storetype", "JCEKS", "-keystore",
		store, "-storepass", "changeit", "-alias", "localhost", "-file", cert)
	require.Zero(t, code, out+errs)
	t.Setenv("SSL_CERT_FILE", cert)

	ports := freePorts(t, 2)
	p := start(t, "java", "-DGATEWAY_HOME="+home, "-Dws.port="+ports[0], "-Dwss.port="+ports[1],
		"-Dback.port="+backEnd, "-cp", filepath.Join(*jars, "*"), "org.kaazing.gateway.server.Main")
	p.until(t, "Started server successfully")
	go func() {
		for range p.lines { // its log, which the test does not need
		}
	}()
	return gateway{ws: "ws://127.0.0.1:" + ports[0], wss: "wss://localhost:" + ports[1]}
}

// freePorts returns ports of 127.0.0.1 that are free now.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	ports := make([]string, n)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { require.NoError(t, l.Close()) }()
		ports[i] = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// dial is a case of khp dial: its arguments, its output, a part of its error, and the verdict of
// replay on the recorded handshakes.
type dial struct {
	args   []string // WS and WSS are the gateway's URLs
	out    string
	errs   string
	replay []string
}

// does returns a case that runs every one of some dials.
func does(name string, dials ...dial) gatewayCase {
	return gatewayCase{name, func(t *testing.T, g gateway) {
		for _, d := range dials {
			d.run(t, g)
		}
	}}
}

func (d dial) run(t *testing.T, g gateway) {
	t.Helper()
	trace := filepath.Join(t.TempDir(), "trace.ndjson")
	replace := strings.NewReplacer("WSS", g.wss, "WS", g.ws)
	args := []string{"dial", "--trace", trace, "--proxy", "none"}
	for _, a := range d.args {
		args = append(args, replace.Replace(a))
	}
	out, errs, code := run(t, khp(t), args...)
	if d.errs == "" {
		require.Zero(t, code, "%v: %s", args, errs)
	} else {
		require.Equal(t, 1, code, "%v: %s", args, errs)
	}
	require.Equal(t, d.out, out, "%v", args)
	require.Contains(t, errs, d.errs, "%v", args)

	out, errs, _ = run(t, khp(t), "replay", trace)
	said := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, said, len(d.replay)+1, "%v: replay says:\n%s%s", args, out, errs)
	for i, want := range d.replay {
		require.True(t, strings.HasSuffix(said[i], ": a path of the machine; "+want),
			"%v: replay says %q, not %q", args, said[i], want)
	}
}
