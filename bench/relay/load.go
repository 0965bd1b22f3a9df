package main

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"example.com/khp/bench/handshake"
	"github.com/gobwas/ws"
)

// load is one kind of traffic.
type load struct {
	name     string
	size     int // of a message, in bytes
	inFlight int // messages of a client that are on their way
	clients  int
}

var loads = []load{
	{"64 B, one at a time", 64, 1, 64},
	{"64 B, 16 in flight", 64, 16, 64},
	{"4 KiB, one at a time", 4 << 10, 1, 64},
	{"1 MB, one at a time", 1e6, 1, 16},
}

// readSize is how much a client reads at once.
const readSize = 64 << 10

// crowd is clients that are connected to one proxy.
type crowd struct {
	load
	conns  []*net.TCPConn
	frame  []byte // a message as clients send it
	answer int    // bytes of it as it comes back
}

// connect has the clients of a load connect.
func (l load) connect(addr *net.TCPAddr, khp bool) (*crowd, error) {
	c := &crowd{load: l}
	payload := make([]byte, l.size)
	for i := range payload {
		payload[i] = 'a' + byte(i%26)
	}
	back := ws.MustCompileFrame(ws.NewBinaryFrame(payload))
	c.answer = len(back)
	c.frame = ws.MustCompileFrame(ws.MaskFrameWith(ws.NewBinaryFrame(payload), [4]byte{1, 2, 3, 4}))
	for range l.clients {
		nc, err := handshake.Connect(addr, khp)
		if err != nil {
			c.close()
			return nil, err
		}
		_ = nc.SetDeadline(time.Time{})
		c.conns = append(c.conns, nc)
	}
	return c, nil
}

func (c *crowd) close() {
	for _, nc := range c.conns {
		_ = nc.Close()
	}
}

// run has the clients talk for a while, until every message is back, and counts messages. The
// connections are as they were before.
func (c *crowd) run(turn time.Duration) (count int, err error) {
	end := time.Now().Add(turn)
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, nc := range c.conns {
		all.Go(func() {
			n, bad := c.talk(nc, end)
			mu.Lock()
			defer mu.Unlock()
			count, err = count+n, errors.Join(err, bad)
		})
	}
	all.Wait()
	return count, err
}

// talk sends as many new messages as have come back. A large message is sent while its beginning
// comes back already.
func (c *crowd) talk(nc *net.TCPConn, end time.Time) (count int, err error) {
	_ = nc.SetDeadline(end.Add(patience))
	send := func() error { _, err := nc.Write(c.frame); return err }
	if c.size > readSize {
		return c.talkLarge(nc, end, send)
	}
	for range c.inFlight {
		if err := send(); err != nil {
			return 0, err
		}
	}
	var buf [readSize]byte
	for on, got := c.inFlight, 0; on > 0; {
		n, err := nc.Read(buf[:])
		if err != nil {
			return count, err
		}
		got += n
		whole := got / c.answer
		got %= c.answer
		count += whole
		if time.Now().After(end) {
			on -= whole
			continue
		}
		for range whole { // each message in a write of its own, as most libraries have it
			if err := send(); err != nil {
				return count, err
			}
		}
	}
	return count, nil
}

func (c *crowd) talkLarge(
	nc *net.TCPConn, end time.Time, send func() error,
) (count int, err error) {
	buf := make([]byte, readSize)
	for count == 0 || time.Now().Before(end) {
		sent := make(chan error, 1)
		go func() { sent <- send() }()
		for left := c.answer; left > 0; {
			n, err := io.ReadAtLeast(nc, buf[:min(left, len(buf))], 1)
			if err != nil {
				return count, err
			}
			left -= n
		}
		if err := <-sent; err != nil {
			return count, err
		}
		count++
	}
	return count, nil
}
