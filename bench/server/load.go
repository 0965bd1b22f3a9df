package main

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.com/khp/bench/handshake"
)

// churn shakes hands for a while, with that many clients at a time, and counts.
func churn(addr *net.TCPAddr, khp bool, clients int, turn time.Duration) (count int64, err error) {
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	end := time.Now().Add(turn)
	for range clients {
		all.Go(func() {
			for time.Now().Before(end) {
				nc, err := handshake.Connect(addr, khp)
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

// hold opens connections and returns the function that ends them.
func hold(addr *net.TCPAddr, khp bool, count int) (end func(), err error) {
	var open []*net.TCPConn
	end = func() {
		for _, nc := range open {
			_ = nc.SetLinger(0)
			_ = nc.Close()
		}
	}
	for range count {
		nc, err := handshake.Connect(addr, khp)
		if err != nil {
			end()
			return nil, err
		}
		open = append(open, nc)
	}
	return end, nil
}
