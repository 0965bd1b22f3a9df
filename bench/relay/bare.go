package main

import (
	"fmt"
	"net"
)

// runBare is a proxy, a process, that moves bytes and understands nothing: it costs as much as
// goroutines and package net do. It prints its port.
func runBare(to string) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr().(*net.TCPAddr).Port)
	return serveBare(ln, to)
}

func serveBare(ln net.Listener, to string) error {
	for {
		client, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			back, err := net.Dial("tcp", to)
			if err != nil {
				_ = client.Close()
				return
			}
			go pass(client, back)
			pass(back, client)
		}()
	}
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
