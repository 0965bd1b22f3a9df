package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/khp/cmd/khp/internal/khptest"
	"example.com/khp/internal/watch/watchtest"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// asKHP has the test binary be khp, for tests that need another process.
const asKHP = "KHP_TEST_AS_KHP"

func TestMain(m *testing.M) {
	khp := func() {
		watchtest.Process()
		main()
	}
	if os.Getenv(asKHP) != "" {
		khp()
	}
	if signal.Ignored(os.Interrupt) { // as in the background of a shell; processes of tests inherit it
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	}
	// else every process under the race detector takes a second to end
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	testscript.Main(watchtest.Tests{M: m}, map[string]func(){"khp": khp})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"serve":     scriptServe,
			"halt":      scriptHalt,
			"numbers":   scriptNumbers,
			"gencert":   scriptGencert,
			"onestderr": scriptOneLine,
			"count":     scriptCount,
		},
	})
}

// process is a khp serve of its own.
type process struct {
	cmd  *exec.Cmd
	url  string
	log  khptest.Buffer
	done chan error
}

// startServe starts khp serve on a free port and returns once it listens.
func startServe(dir string, args ...string) (*process, error) {
	cmd := exec.Command(os.Args[0], append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	if exe, err := os.Executable(); err == nil {
		cmd.Path = exe
	}
	cmd.Dir = dir
	return startProcess(cmd)
}

// startProcess starts a command that becomes khp serve with one listener.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{done: make(chan error, 1), cmd: cmd}
	cmd.Env, cmd.Stderr = append(append(os.Environ(), asKHP+"=1"), cmd.Env...), &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "khp: listening on ")
	if err != nil || !ok {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		return nil, fmt.Errorf("khp serve printed %q: %s", line, p.log.String())
	}
	p.url = url
	go func() {
		more, _ := io.ReadAll(r)
		err := p.cmd.Wait()
		if len(more) > 0 {
			err = fmt.Errorf("khp serve printed more than one line: %q", more)
		}
		p.done <- err
	}()
	return p, nil
}

// stop sends SIGINT and returns the result of Wait.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(time.Minute):
		_ = p.cmd.Process.Kill()
		return fmt.Errorf("khp serve did not end: %s", p.log.String())
	}
}

// serveProcess is startServe for Go tests.
func serveProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p, err := startServe(t.TempDir(), args...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.stop(), p.log.String()) })
	return p
}

// dialProcess runs khp dial as a process of its own.
func dialProcess(stdin string, args ...string) (code int, stdout, stderr string) {
	exe, _ := os.Executable()
	cmd := exec.Command(exe, append([]string{"dial"}, args...)...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = append(os.Environ(), asKHP+"=1"),
		strings.NewReader(stdin), &out, &errs
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// scriptServe is "serve NAME [ARG...]": it sets $NAME to the URL, and $NAME_ADDR to host and port.
// Its log is in NAME.log once it is stopped.
func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve NAME [ARG...]")
	}
	name := args[0]
	p, err := startServe(ts.MkAbs("."), args[1:]...)
	ts.Check(err)
	ts.Setenv(name, p.url)
	_, addr, _ := strings.Cut(p.url, "://")
	ts.Setenv(name+"_ADDR", addr)
	processes.Store(ts.MkAbs(".")+" "+name, p)
	ts.Defer(func() { _ = p.stop() })
}

var processes sync.Map

// scriptHalt is "halt NAME": SIGINT, after which the server must end with exit code 0.
func scriptHalt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: halt NAME")
	}
	v, ok := processes.Load(ts.MkAbs(".") + " " + args[0])
	if !ok {
		ts.Fatalf("no server %s", args[0])
	}
	p := v.(*process)
	if err := p.stop(); err != nil {
		ts.Fatalf("%s: %v\n%s", args[0], err, p.log.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".log"), []byte(p.log.String()), 0o600))
}

// scriptNumbers is "numbers FILE N": a file with N numbered lines.
func scriptNumbers(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	n := 0
	_, err := fmt.Sscan(args[1], &n)
	ts.Check(err)
	for i := range n {
		fmt.Fprintln(&b, "message", i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// scriptOneLine is "onestderr": the last command wrote exactly one line to stderr.
func scriptOneLine(ts *testscript.TestScript, _ bool, _ []string) {
	text := ts.ReadFile("stderr")
	if strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, "khp: ") {
		ts.Fatalf("expected one line on stderr, got %q", text)
	}
}

// scriptCount is "count N KIND FILE": a trace has N lines of that kind.
func scriptCount(ts *testscript.TestScript, _ bool, args []string) {
	got := strings.Count(ts.ReadFile(args[2]), `"kind":"`+args[1]+`"`)
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("expected %s events %s in %s, got %d", args[0], args[1], args[2], got)
	}
}

// scriptGencert is "gencert CERT KEY": a certificate for 127.0.0.1.
func scriptGencert(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(gencert(ts.MkAbs(args[0]), ts.MkAbs(args[1])))
}

func gencert(certFile, keyFile string, names ...string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "khp test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: names,
		BasicConstraintsValid: true, IsCA: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Clean(certFile),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Clean(keyFile),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}
