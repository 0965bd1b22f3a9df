package interop

import (
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// clientCase is one run of Kaazing's client against khp serve.
type clientCase struct {
	name  string
	serve []string // flags; OTHER is the address of a second server, CERT and KEY are files
	path  string
	args  []string // options and steps of the client
	want  []string // its output
	drain bool     // the server is told to end when the client waits
}

var (
	openedLines = []string{"opened x-kaazing-handshake", "N"}
	acceptLines = []string{"response binary HTTP/1.1 101 Web Socket Protocol Handshake",
		"end of the response"}
	shakenLines  = lines(openedLines, acceptLines, "N")
	refusedLines = []string{"response binary HTTP/1.1 401 Unauthorized",
		`WWW-Authenticate: Application Basic realm="khp"`, "end of the response"}
)

// lines puts lines and lists of lines together.
func lines(parts ...any) []string {
	var all []string
	for _, part := range parts {
		switch p := part.(type) {
		case string:
			all = append(all, p)
		case []string:
			all = append(all, p...)
		}
	}
	return all
}

var clientCases = []clientCase{
	{name: "echo", path: "/chat?room=7",
		args: []string{"text:hello", "binary:1000", "binary:0", "close"},
		want: lines(shakenLines, "echo text 5", "echo binary 1000", "echo binary 0",
			"closed 1005 clean ")},
	{name: "root path", path: "/", args: []string{"text:hello", "close"},
		want: lines(shakenLines, "echo text 5", "closed 1005 clean ")},
	{name: "large messages", path: "/", args: []string{"binary:125", "binary:126", "binary:65535",
		"binary:65536", "texts:500000", "close"},
		want: lines(shakenLines, "echo binary 125", "echo binary 126", "echo binary 65535",
			"echo binary 65536", "echo text 1000000", "closed 1005 clean ")},
	{name: "encrypted", serve: []string{"--tls-cert", "CERT", "--tls-key", "KEY"}, path: "/",
		args: []string{"text:hello", "close"},
		want: lines(shakenLines, "echo text 5", "closed 1005 clean ")},
	{name: "credentials", serve: []string{"--auth", "/members=joe:welcome"}, path: "/members",
		args: []string{"user=joe:welcome", "text:hello", "close"},
		want: lines(openedLines, refusedLines, acceptLines, "N", "echo text 5", "closed 1005 clean ")},
	{name: "wrong credentials", serve: []string{"--auth", "/members=joe:welcome"}, path: "/members",
		args: []string{"user=joe:guess"},
		want: lines(openedLines, refusedLines, refusedLines, refusedLines, "response binary HTTP/1.1 "+
			"403 Forbidden", "end of the response", "closed 1000 clean authentication failed too often")},
	{name: "subprotocol", path: "/", args: []string{"protocol=chat", "protocol=news",
		"text:hello", "close"},
		want: lines(openedLines, acceptLines[0], "Sec-WebSocket-Protocol: chat", acceptLines[1], "N",
			"echo text 5", "closed 1005 clean ")},
	{name: "balanced", serve: []string{"--route", "/balanced=balance:ws://OTHER/deep/echo?key=1"},
		path: "/balanced?a=b", args: []string{"text:hello", "close"},
		want: lines(openedLines, acceptLines, "R", shakenLines, "echo text 5", "closed 1005 clean ")},
	{name: "redirected", serve: []string{"--route", "/old=redirect:ws://OTHER/"}, path: "/old",
		args: []string{"text:hello", "close"},
		want: lines(openedLines, acceptLines, "R", shakenLines, "echo text 5", "closed 1005 clean ")},
	{name: "refused", serve: []string{"--route", "/gone=status:410"}, path: "/gone",
		want: lines(openedLines, "response binary HTTP/1.1 410 Gone", "end of the response",
			"closed 1000 clean ")},
	{name: "unknown path", serve: []string{"--route", "/one=echo"}, path: "/two",
		want: lines(openedLines, "response binary HTTP/1.1 404 Not Found", "end of the response",
			"closed 1000 clean ")},
	{name: "idle timeout", serve: []string{"--inactivity-timeout", "1s", "--idle-timeout", "2s"},
		path: "/", args: []string{"extension=x-kaazing-idle-timeout", "wait"},
		want: lines(openedLines, acceptLines[0],
			"Sec-WebSocket-Extensions: x-kaazing-idle-timeout;timeout=1000", acceptLines[1], "N", "waiting",
			"closed 1001 clean idle for 2s")},
	{name: "close codes", path: "/", args: []string{"text:hello", "close:4001:bye"},
		want: lines(shakenLines, "echo text 5", "closed 4001 clean bye")},
	{name: "drain", path: "/", args: []string{"text:hello", "wait"}, drain: true,
		want: lines(shakenLines, "echo text 5", "waiting", "closed 1001 clean ")},
}

// TestClient runs the transport of Kaazing's Java client against khp serve. The extended handshake
// is made by testdata/client, in that client's way.
func TestClient(t *testing.T) {
	needsSoftware(t)
	dir := t.TempDir()
	cert, key, trust := certificates(t, dir)
	out, errs, code := run(t, "javac", "-encoding", "UTF-8", "-d", dir, "-cp",
		filepath.Join(*jars, "*"), "testdata/client/Client.java")
	require.Zero(t, code, out+errs)
	other := serve(t)
	for _, c := range clientCases {
		t.Run(c.name, func(t *testing.T) {
			replace := strings.NewReplacer("OTHER", strings.TrimPrefix(other.url, "ws://"), "CERT",
				cert, "KEY", key)
			flags := make([]string, len(c.serve))
			for i, f := range c.serve {
				flags[i] = replace.Replace(f)
			}
			server := serve(t, flags...)
			args := lines("-Djavax.net.ssl.trustStore="+trust, "-Djavax.net.ssl.trustStorePassword=changeit",
				"-cp", dir+string(filepath.ListSeparator)+filepath.Join(*jars, "*"),
				"Client", server.url+c.path, c.args)
			client := start(t, "java", args...)
			var got []string
			if c.drain {
				got = client.until(t, "waiting")
				require.NoError(t, server.cmd.Process.Signal(syscall.SIGINT))
			}
			got = append(got, client.rest(t)...)
			require.Equal(t, c.want, got, "the client's errors: %s", client.complaints())
		})
	}
}

// server is a running khp serve.
type server struct {
	*process
	url string // without a path
}

func serve(t *testing.T, flags ...string) server {
	t.Helper()
	p := start(t, khp(t), lines("serve", "--listen", "127.0.0.1:0", flags)...)
	said := p.until(t, "listening on ")
	_, url, _ := strings.Cut(said[len(said)-1], "listening on ")
	return server{p, url}
}

// certificates writes a certificate for 127.0.0.1, its key, and a store by which Java trusts it.
func certificates(t *testing.T, dir string) (cert, key, trust string) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pair := s.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	cert, key, trust = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"),
		filepath.Join(dir, "trust.p12")
	require.NoError(t, os.WriteFile(cert,
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), 0o600))
	require.NoError(t, os.WriteFile(key,
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	out, errs, code := run(t, "keytool", "-importcert", "-noprompt", "-alias", "khp", "-file", cert,
		"-keystore", trust, "-storepass", "changeit")
	require.Zero(t, code, out+errs)
	return cert, key, trust
}
