package main

import (
	"fmt"
	"io"
	"time"
)

// churn opens and closes connections one after the other and measures the resources that they leave
// behind.
func churn(khp string, p plan, out io.Writer) error {
	s, err := start(khp)
	if err != nil {
		return err
	}
	defer func() { _ = s.stop() }()
	if err := handshakes(s.addr, p.handshakes/20, p.clients, spec, kaazing); err != nil { // warm
		return err
	}
	before, err := s.settled()
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := handshakes(s.addr, p.handshakes, p.clients, spec, kaazing); err != nil {
		return err
	}
	took := time.Since(begin)
	after, err := s.settled()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n## Handshakes one after the other\n\n%d handshakes, "+
		"each closed in good order, by %d clients on the same processors: %.0f a second, "+
		"without an error. What the server has in use:\n\n", p.handshakes, p.clients,
		float64(p.handshakes)/took.Seconds())
	fmt.Fprintf(out, "| | before | after |\n| --- | ---: | ---: |\n")
	for _, row := range []struct {
		name          string
		before, after float64
		leak          float64 // more than this is one
	}{
		{"goroutines", before.goroutines, after.goroutines, 5},
		{"descriptors", before.descriptors, after.descriptors, 5},
		{"heap in use after a collection, bytes", before.heap, after.heap, 2 << 20},
	} {
		fmt.Fprintf(out, "| %s | %.0f | %.0f |\n", row.name, row.before, row.after)
		if row.after > row.before+row.leak {
			return fmt.Errorf("a leak: %s grew from %.0f to %.0f", row.name, row.before, row.after)
		}
	}
	return nil
}
