package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
)

// process is a server that runs.
type process struct {
	addr *net.TCPAddr
	cmd  *exec.Cmd
	ask  io.WriteCloser
	said *bufio.Reader
}

// start runs server i of the list as a process of its own.
func start(i int) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self, "serve", strconv.Itoa(i))}
	p.cmd.Stderr = os.Stderr
	if p.ask, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.said = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	var port int
	if _, err := fmt.Fscanln(p.said, &port); err != nil {
		p.end()
		return nil, fmt.Errorf("%s does not start: %w", servers[i].name, err)
	}
	p.addr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
	return p, nil
}

// usage asks the process for its usage; tidy lets it collect garbage before.
func (p *process) usage(tidy bool) (cpu, resident int64, err error) {
	if _, err = fmt.Fprintln(p.ask, tidy); err == nil {
		_, err = fmt.Fscanln(p.said, &cpu, &resident)
	}
	return cpu, resident, err
}

func (p *process) end() {
	_ = p.ask.Close()
	_ = p.cmd.Wait()
}

// runServer is the process: it prints its port, and then its usage for each line of input, until
// the input ends.
func runServer(which string) error {
	i, err := strconv.Atoi(which)
	if err != nil || i < 0 || i >= len(servers) {
		return fmt.Errorf("there is no server %q", which)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr().(*net.TCPAddr).Port)
	go func() {
		fmt.Fprintln(os.Stderr, servers[i].serve(ln))
		os.Exit(1)
	}()
	for {
		var tidy bool
		if _, err := fmt.Scanln(&tidy); err != nil {
			return nil
		}
		if tidy {
			debug.FreeOSMemory()
			debug.FreeOSMemory() // pools take two
		}
		fmt.Println(usage())
	}
}
