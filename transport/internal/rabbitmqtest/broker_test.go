//go:build unix

package rabbitmqtest

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var server = flag.String("rabbitmq", "",
	"the program rabbitmq-server of RabbitMQ 3, as in /usr/lib/rabbitmq/bin; epmd has to be in PATH")

// patience is how long a step may take on a busy machine.
const patience = 5 * time.Minute

// freePort returns a port that nobody uses, below those that the system gives to clients, so that
// none takes it in between.
func freePort(t *testing.T) int {
	t.Helper()
	for port := 20000; port < 30000; port++ {
		if ln, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			require.NoError(t, ln.Close())
			if taken[port] {
				continue
			}
			taken[port] = true
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

var taken = map[int]bool{}

// start starts a program in a process group of its own, which the end of the test ends, and returns
// its output.
func start(t *testing.T, cmd *exec.Cmd) io.Reader {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	return out
}

// await reads until a line contains text, and discards the rest in a goroutine.
func await(t *testing.T, out io.Reader, what string) string {
	t.Helper()
	lines, said := bufio.NewScanner(out), ""
	for lines.Scan() {
		if strings.Contains(lines.Text(), what) {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return lines.Text()
		}
		said += lines.Text() + "\n"
	}
	t.Fatalf("it ended without %q: %s", what, said)
	return ""
}

// broker starts RabbitMQ, on loopback only and in a folder of its own, and returns its ports.
func broker(t *testing.T) (amqp, stomp int) {
	t.Helper()
	if *server == "" {
		t.Skip("needs RabbitMQ: make rabbitmq")
	}
	dir := t.TempDir()
	amqp, stomp = freePort(t), freePort(t)
	names := freePort(t)
	for name, text := range map[string]string{
		"rabbitmq.conf": fmt.Sprintf("listeners.tcp.1 = 127.0.0.1:%d\n"+
			"stomp.listeners.tcp.1 = 127.0.0.1:%d\nlog.console = true\nlog.file = false\n", amqp, stomp),
		"enabled_plugins": "[rabbitmq_stomp].\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	// Without this one Erlang starts a daemon, which stays.
	epmd := exec.CommandContext(t.Context(), "epmd", "-address", "127.0.0.1", "-port",
		fmt.Sprint(names))
	go func(out io.Reader) { _, _ = io.Copy(io.Discard, out) }(start(t, epmd))
	require.Eventually(t, func() bool {
		nc, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", names))
		return err == nil && nc.Close() == nil
	}, patience, 10*time.Millisecond)
	cmd := exec.CommandContext(t.Context(), *server)
	cmd.Env = append(os.Environ(), "HOME="+dir, "ERL_EPMD_ADDRESS=127.0.0.1",
		fmt.Sprint("ERL_EPMD_PORT=", names), "RABBITMQ_NODENAME=khp@localhost",
		fmt.Sprint("RABBITMQ_DIST_PORT=", freePort(t)),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-start_epmd false -kernel "+
			"inet_dist_use_interface {127,0,0,1}",
		"RABBITMQ_MNESIA_BASE="+dir, "RABBITMQ_LOG_BASE="+dir, "RABBITMQ_LOGS=-", "RABBITMQ_PID_FILE="+
			filepath.Join(dir, "pid"),
		"RABBITMQ_CONFIG_FILE="+filepath.Join(dir, "rabbitmq.conf"), "RABBITMQ_ENABLED_PLUGINS_FILE="+
			filepath.Join(dir, "enabled_plugins"))
	await(t, start(t, cmd), "Server startup complete")
	return amqp, stomp
}

// khp starts the real program in front of a broker and returns its URL.
func khp(t *testing.T, amqp, stomp int) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "khp")
	out, err := exec.Command("go", "build", "-C", "../../..", "-o", program,
		"./cmd/khp").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.CommandContext(t.Context(), program, "serve", "--listen", "127.0.0.1:0",
		"--route", fmt.Sprint("/amqp=tcp://127.0.0.1:", amqp),
		"--route", fmt.Sprint("/stomp=tcp://127.0.0.1:", stomp))
	line := await(t, start(t, cmd), "listening on ")
	return line[strings.Index(line, "ws://"):]
}
