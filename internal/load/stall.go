package main

import (
	"fmt"
	"io"
	"net"
	"time"

	"github.com/gobwas/ws"
)

// stall has clients stop where it costs the server most: the WebSocket is established, and half of
// the extended request is sent. A client that behaves must still get in, and all others have to be
// told that time is up, and be gone.
func stall(khp string, p plan, out io.Writer) error {
	s, err := start(khp)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	before, err := s.settled()
	if err != nil {
		return err
	}
	stalled := make([]*client, p.stalled)
	begin := time.Now()
	err = connections(p.stalled, 64, func(i int) (err error) {
		stalled[i], err = openHalf(s.addr)
		return err
	})
	if err != nil {
		return err
	}
	held, err := s.read()
	if err != nil {
		return err
	}
	meanwhile := time.Now()
	if err := handshakes(s.addr, 1000, 8, spec, kaazing); err != nil {
		return err
	}
	rate := 1000 / time.Since(meanwhile).Seconds()
	told := 0
	for _, c := range stalled {
		if p, err := c.receive(); err == nil && len(p) > 12 && string(p[9:12]) == "408" {
			told++
		}
		_ = c.nc.Close()
	}
	took := time.Since(begin)
	after, err := s.settled()
	if err != nil {
		return err
	}
	if told != p.stalled {
		return fmt.Errorf("%d of %d stalled clients were told 408", told, p.stalled)
	}
	if after.goroutines > before.goroutines+5 || after.descriptors > before.descriptors+5 {
		return fmt.Errorf("something is left of stalled clients: %+v, before %+v", after, before)
	}
	fmt.Fprintf(out, "\n## Clients that stop in the middle\n\n"+
		"%d clients established their WebSocket, sent half of the extended request, and then nothing. "+
		"Meanwhile 1000 clients that behave got in at %.0f a second. ", p.stalled, rate)
	fmt.Fprintf(out, "Every stalled client was answered with 408 and closed; %.0f s after the first "+
		"one had come all were gone, with their goroutines and descriptors. "+
		"Each took %.0f bytes of resident memory until then.\n", took.Seconds(),
		(held.resident-before.resident)/float64(p.stalled))
	return nil
}

// openHalf establishes a WebSocket and sends half of the extended request.
func openHalf(addr string) (*client, error) {
	c, err := connect(addr, net.IPv4(127, 0, 2, 1))
	if err != nil {
		return nil, err
	}
	if err := c.opening(spec); err != nil {
		return c, err
	}
	// The frame is not the last of its message.
	if err := ws.WriteHeader(c.nc,
		ws.Header{OpCode: ws.OpBinary, Masked: true, Length: 9}); err != nil {
		return c, err
	}
	_, err = io.WriteString(c.nc, "GET /load")
	return c, err
}
