package main

import (
	"bytes"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const patience = 20 * time.Second

// connect shakes hands with a server.
func connect(addr *net.TCPAddr, khp bool) (*net.TCPConn, error) {
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
		return exchange(nc, plainRequest, []byte("\r\n\r\n"))
	}
	if err := exchange(nc, khpRequest, []byte("\r\n\r\n")); err != nil {
		return err
	}
	return exchange(nc, extended, []byte("\r\n\r\n\x82\x00"))
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

// churn shakes hands for a while, with that many clients at a time, and counts.
func churn(addr *net.TCPAddr, khp bool, clients int, turn time.Duration) (count int64, err error) {
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	end := time.Now().Add(turn)
	for range clients {
		all.Go(func() {
			for time.Now().Before(end) {
				nc, err := connect(addr, khp)
				if err != nil {
					failed.Store(&err)
					return
				}
				_ = nc.SetLinger(0) // a reset: ports are free again at once
				_ = nc.Close()
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return done.Load(), nil
}

// hold opens connections and returns what ends them.
func hold(addr *net.TCPAddr, khp bool, count int) (end func(), err error) {
	var open []*net.TCPConn
	end = func() {
		for _, nc := range open {
			_ = nc.SetLinger(0)
			_ = nc.Close()
		}
	}
	for range count {
		nc, err := connect(addr, khp)
		if err != nil {
			end()
			return nil, err
		}
		open = append(open, nc)
	}
	return end, nil
}
