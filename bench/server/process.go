package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"

	"example.com/khp/bench/process"
)

// start runs server i of the list as a process of its own; khp is the program for servers as
// shipped.
func start(i int, khp string) (*process.Process, error) {
	s := servers[i]
	switch {
	case s.serve != nil:
		return process.Self(s.name, "serve", strconv.Itoa(i))
	case s.khp:
		return process.Serve(s.name, khp)
	}
	return process.Serve(s.name, khp, "--plain")
}

// tidy has a process collect its garbage; false says that it does not listen to that.
func tidy(i int, p *process.Process) bool {
	if servers[i].serve == nil {
		return false
	}
	_, _ = fmt.Fprintln(p.In, "tidy")
	_, err := p.Out.ReadString('\n')
	return err == nil
}

// runServer is the process: it prints its port, and collects its garbage for each line of input,
// until the input ends.
func runServer(which string) error {
	i, err := strconv.Atoi(which)
	if err != nil || i < 0 || i >= len(servers) || servers[i].serve == nil {
		return fmt.Errorf("there is no server %q", which)
	}
	ln, err := process.Listen()
	if err != nil {
		return err
	}
	go func() {
		fmt.Fprintln(os.Stderr, servers[i].serve(ln))
		os.Exit(1)
	}()
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		debug.FreeOSMemory()
		debug.FreeOSMemory() // pools take two
		fmt.Println("tidy")
	}
	return nil
}
