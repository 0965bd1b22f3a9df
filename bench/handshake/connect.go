// Package handshake is a client that shakes hands with little effort, so that the measurement is
// that of the server: it sends the same bytes each time and looks for the end of the answer.
package handshake

import (
	"bytes"
	"fmt"
	"net"
	"time"
)

const patience = 20 * time.Second

// Accept serves every connection of a listener in a goroutine, and closes it afterwards.
func Accept(ln net.Listener, serve func(net.Conn)) error {
	for {
		nc, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer nc.Close()
			serve(nc)
		}()
	}
}

// Connect shakes hands with a server, with KHP or as a plain WebSocket. The connection has a
// deadline.
func Connect(addr *net.TCPAddr, khp bool) (*net.TCPConn, error) {
	nc, err := net.DialTCP("tcp", nil, addr)
	if err != nil {
		return nil, err
	}
	_ = nc.SetDeadline(time.Now().Add(patience))
	if err := shake(nc, khp); err != nil {
		_ = nc.Close()
		return nil, fmt.Errorf("the handshake failed: %w", err)
	}
	return nc, nil
}

func shake(nc net.Conn, khp bool) error {
	if !khp {
		return exchange(nc, PlainRequest, []byte("\r\n\r\n"))
	}
	if err := exchange(nc, KHPRequest, []byte("\r\n\r\n")); err != nil {
		return err
	}
	return exchange(nc, Extended, []byte("\r\n\r\n\x82\x00"))
}

// exchange sends a request and reads until the answer ends like that.
func exchange(nc net.Conn, request, end []byte) error {
	if _, err := nc.Write(request); err != nil {
		return err
	}
	var buf [1024]byte
	for n := 0; !bytes.HasSuffix(buf[:n], end); {
		more, err := nc.Read(buf[n:])
		if err != nil {
			return err
		}
		n += more
	}
	return nil
}
