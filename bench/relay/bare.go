package main

import (
	"net"

	"example.com/khp/bench/handshake"
	"example.com/khp/bench/process"
)

// runBare is a proxy, a process, that moves bytes and understands nothing: it costs as much as
// goroutines and package net do. It prints its port.
func runBare(to string) error {
	ln, err := process.Listen()
	if err != nil {
		return err
	}
	return serveBare(ln, to)
}

func serveBare(ln net.Listener, to string) error {
	return handshake.Accept(ln, func(client net.Conn) {
		if back, err := net.Dial("tcp", to); err == nil {
			go pass(client, back)
			pass(back, client)
		}
	})
}

// pass moves bytes until either side ends, and ends the other.
func pass(from, to net.Conn) {
	defer to.Close()
	buf := make([]byte, readSize)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}
