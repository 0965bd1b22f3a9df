// Package process runs the programs that are compared, and measures their resources.
package process

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"example.com/khp/bench/usage"
)

// Process is a program that serves on loopback.
type Process struct {
	Name string
	Addr *net.TCPAddr
	Cmd  *exec.Cmd
	In   io.Writer     // its input
	Out  *bufio.Reader // its output behind the port
}

// Start starts a program and reads the port that it prints in a line of that form.
func Start(name, form string, cmd *exec.Cmd) (*Process, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{Name: name, Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, Cmd: cmd, In: in,
		Out: bufio.NewReader(out)}
	line, err := p.Out.ReadString('\n')
	if _, bad := fmt.Sscanf(line, form, &p.Addr.Port); err != nil || bad != nil {
		p.End()
		return nil, fmt.Errorf("%s does not start: it printed %q", name, line)
	}
	return p, nil
}

// Self starts this program again, with other arguments. It prints its port and nothing else in the
// first line.
func Self(name string, args ...string) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, args...)
	cmd.Stderr = os.Stderr
	return Start(name, "%d", cmd)
}

// Listen is for the program that [Self] starts: it listens on loopback and prints the port.
func Listen() (net.Listener, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		fmt.Println(ln.Addr().(*net.TCPAddr).Port)
	}
	return ln, err
}

// Serve starts khp serve as shipped: it counts for its metrics, and writes its log, which is thrown
// away.
func Serve(name, binary string, args ...string) (*Process, error) {
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"}, args...)
	return Start(name, "khp: listening on ws://127.0.0.1:%d", exec.Command(binary, args...))
}

// Build builds khp as this checkout has it, in a folder, and returns the program.
func Build(folder string) (binary string, err error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "example.com/khp").Output()
	if err != nil {
		return "", fmt.Errorf("go list: %w", err)
	}
	binary = filepath.Join(folder, "khp")
	build := exec.Command("go", "build", "-C", strings.TrimSpace(string(root)), "-o",
		binary, "./cmd/khp")
	build.Stderr = os.Stderr
	return binary, build.Run()
}

// End ends the program.
func (p *Process) End() {
	_ = p.Cmd.Process.Signal(syscall.SIGTERM)
	_ = p.Cmd.Wait()
}

// Sum adds up a figure of the process and of those that it has begun.
func (p *Process) Sum(of func(pid int) int64) (n int64) {
	for _, pid := range append(usage.Children(p.Cmd.Process.Pid), p.Cmd.Process.Pid) {
		n += of(pid)
	}
	return n
}
