package main

import (
	"fmt"
	"io"
	"net"
	"slices"
	"time"
)

// rounds of each comparison: the machine is never quite the same twice, so the servers take turns
// and the median counts.
const compareRounds = 5

// compared holds the measurements of one server.
type compared struct {
	name, title string
	rates       []float64 // handshakes a second, one for each round
	idle        float64   // bytes of memory for each idle connection
}

// compare puts package transport next to others that serve the same bytes.
func compare(khp string, p plan, out io.Writer) error {
	list := []*compared{
		{name: "bare", title: "a bare loop over net.Conn that knows the bytes"},
		{name: "gobwas", title: "gobwas/ws, zero-copy upgrade"},
		{name: "transport", title: "transport.Server"},
		{name: "khp", title: "khp serve, with metrics and a line of log each"},
	}
	for _, c := range list {
		if err := c.measureIdle(khp, p); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	for range compareRounds {
		for _, c := range list {
			if err := c.measureRate(khp, p); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	fmt.Fprintf(out, "\n## Next to others\n\nThe same clients, in turns, "+
		"against servers of the same conversation in the spec profile, each a process of its own: "+
		"handshakes (median of %d rounds of %d, opened and closed\n"+
		"by %d clients), and resident memory for each of %d idle connections just after their "+
		"handshakes. The ratios count, and they count the same clients on the same processors on "+
		"each line.\n\n", compareRounds, p.compared, p.clients, p.idle)
	fmt.Fprintf(out, "| server | handshakes a second | ratio | bytes for each idle connection | "+
		"ratio |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, c := range list {
		fmt.Fprintf(out, "| %s | %.0f | %.2f | %.0f | %.2f |\n",
			c.title, c.rate(), c.rate()/list[0].rate(), c.idle, c.idle/list[0].idle)
	}
	return nil
}

func (c *compared) rate() float64 {
	sorted := slices.Sorted(slices.Values(c.rates))
	return sorted[len(sorted)/2]
}

// start runs the server; end stops it.
func (c *compared) start(khp string) (s *server, end func(), err error) {
	if c.name == "khp" {
		s, err = start(khp)
		return s, func() { _ = s.stop() }, err
	}
	s, err = hirePeer(c.name)
	return s, func() { s.kill() }, err
}

func (c *compared) measureRate(khp string, p plan) error {
	s, end, err := c.start(khp)
	if err != nil {
		return err
	}
	defer end()
	if err := handshakes(s.addr, p.compared/10, p.clients, spec); err != nil { // warm
		return err
	}
	begin := time.Now()
	err = handshakes(s.addr, p.compared, p.clients, spec)
	c.rates = append(c.rates, float64(p.compared)/time.Since(begin).Seconds())
	return err
}

func (c *compared) measureIdle(khp string, p plan) error {
	s, end, err := c.start(khp)
	if err != nil {
		return err
	}
	defer end()
	// memory that is allocated once does not count
	if err := handshakes(s.addr, 1, 1, spec); err != nil {
		return err
	}
	before, err := residentBytes(s.cmd.Process.Pid)
	if err != nil {
		return err
	}
	clients := make([]*client, p.idle)
	defer func() {
		for _, c := range clients {
			if c != nil {
				_ = c.nc.Close()
			}
		}
	}()
	err = parallel(p.idle, p.clients, func(i int) (err error) {
		clients[i], err = openFrom(s.addr, net.IPv4(127, 0, 3, 1), spec)
		return err
	})
	if err != nil {
		return err
	}
	after, err := residentBytes(s.cmd.Process.Pid)
	c.idle = (after - before) / float64(p.idle)
	return err
}
