//go:build unix

package proxies

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// host is the name that the snippets serve.
const host = "khp.example.com"

// proxy is a way of running one.
type proxy struct {
	program string
	tls     bool
	config  func(snippet string, p place) string // the whole of its configuration
	args    func(file string) []string
	client  string // whom it is tried with
}

var proxies = map[string]proxy{
	"nginx, HTTP": {"nginx", true, func(s string, p place) string {
		return nginx("", "http { access_log off;\n"+s+"}\n", p)
	}, nginxArgs, "127.0.0.11"},
	"nginx, TCP": {"nginx", true, func(s string, p place) string {
		return nginx("load_module modules/ngx_stream_module.so;\n", s, p)
	}, nginxArgs, "127.0.0.12"},
	"Apache": {"apache2", true, func(s string, p place) string {
		var modules strings.Builder
		for _, m := range []string{"mpm_event", "authz_core", "headers", "ssl", "proxy", "proxy_http",
			"proxy_wstunnel"} {
			modules.WriteString("LoadModule " + m + "_module /usr/lib/apache2/modules/mod_" + m + ".so\n")
		}
		return modules.String() + "ServerName " + host + "\nServerRoot " + p.dir +
			"\nDefaultRuntimeDir " + p.dir + "\nPidFile " + p.dir + "/pid\nErrorLog /dev/stderr\n" +
			"User www-data\nGroup www-data\nListen 127.0.0.1:" + p.port + "\n" + s
	}, func(file string) []string { return []string{"-DFOREGROUND", "-f", file} }, "127.0.0.13"},
	"HAProxy, HTTP": {"haproxy", true, func(s string, _ place) string { return s },
		haproxyArgs, "127.0.0.14"},
	"HAProxy, TCP": {"haproxy", true, func(s string, _ place) string { return s },
		haproxyArgs, "127.0.0.15"},
	"Caddy": {"caddy", false, func(s string, _ place) string {
		return "{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}\n" + s
	}, func(file string) []string {
		return []string{"run", "--config", file,
			"--adapter", "caddyfile"}
	}, "127.0.0.16"},
}

func haproxyArgs(file string) []string { return []string{"-db", "-f", file} }
func nginxArgs(file string) []string   { return []string{"-e", "stderr", "-c", file} }

// nginx is the configuration around a snippet.
func nginx(first, s string, p place) string {
	who := ""
	if os.Getuid() == 0 {
		who = "user root;\n"
	}
	return first + who + "daemon off;\npid " + p.dir + "/pid;\nerror_log stderr;\nevents {}\n" + s
}

// start runs a proxy until the test ends, and returns its port. Another process may take the port
// in between, so it tries again.
func (x *proxy) start(t *testing.T, snippet, khp string) string {
	t.Helper()
	program, err := exec.LookPath(x.program)
	require.NoError(t, err, "make proxies installs it")
	dir := t.TempDir()
	certificate(t, dir)
	var said string
	for range 3 {
		p := place{port: freePort(t), khp: khp, dir: dir}
		file := filepath.Join(dir, "config")
		require.NoError(t, os.WriteFile(file, []byte(x.config(render(t, snippet, p), p)), 0o600))
		cmd := exec.CommandContext(t.Context(), program, x.args(file)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir,
			"XDG_CONFIG_HOME="+dir)
		if run(t, cmd, p.port, &said) {
			return p.port
		}
	}
	require.FailNow(t, x.program+" does not start", said)
	return ""
}

// run starts cmd and returns when it accepts connections, or false when it has ended instead. The
// end of the test ends it.
func run(t *testing.T, cmd *exec.Cmd, port string, said *string) bool {
	var out lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// and the processes that it has started
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	require.NoError(t, cmd.Start())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = cmd.Wait()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // its remains
	}()
	t.Cleanup(func() { <-over }) // t.Context has ended then
	var up bool
	require.Eventually(t, func() bool {
		select {
		case <-over:
			return true
		default:
		}
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = c.Close()
		}
		up = err == nil
		return up
	}, 2*time.Minute, 20*time.Millisecond, "%s does not listen: %s", cmd.Path, &out)
	*said = out.String()
	return up
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// programs is the directory that build writes to.
var programs string

// build makes the real program, once.
var build = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-o", programs, "example.com/khp/cmd/khp").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
})

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "khp")
	if err != nil {
		panic(err)
	}
	programs = dir + string(filepath.Separator)
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// serve starts the real program and returns where it listens.
func serve(t *testing.T, args ...string) string {
	t.Helper()
	at, _ := serveLogged(t, args...)
	return at
}

// serveLogged is serve with the log.
func serveLogged(t *testing.T, args ...string) (string, *lockedBuffer) {
	t.Helper()
	require.NoError(t, build())
	cmd := exec.CommandContext(t.Context(), filepath.Join(programs, "khp"),
		append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	log := &lockedBuffer{}
	cmd.Stderr = log
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	at, ok := strings.CutPrefix(strings.TrimSpace(line), "khp: listening on ws://")
	require.True(t, ok, line)
	return at, log
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// certificate writes a certificate for the host and its key, alone and together, into dir.
func certificate(t *testing.T, dir string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host},
		NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	secret := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	for name, text := range map[string][]byte{"khp.pem": public, "khp.key": secret,
		"khp-all.pem": append(public, secret...)} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
}
