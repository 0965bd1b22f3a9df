package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"example.com/khp/bench/process"
	"example.com/khp/bench/usage"
)

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "backend":
		exitOn(runBackend())
		return
	case len(os.Args) == 3 && os.Args[1] == "bare":
		exitOn(runBare(os.Args[2]))
		return
	}
	var p plan
	flag.IntVar(&p.rounds, "rounds", 15, "turns of each proxy")
	flag.DurationVar(&p.turn, "turn", 500*time.Millisecond, "length of a turn")
	flag.StringVar(&p.binary, "khp", "", "measure this program instead of building khp")
	flag.StringVar(&p.other, "other", "", "measure this khp as well, such as an older one")
	flag.StringVar(&p.only, "only", "", "measure the load of this name only")
	markdown := flag.Bool("markdown", false, "print the table for docs/performance.md")
	flag.Parse()
	exitOn(p.run(*markdown))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/relay:", err)
		os.Exit(1)
	}
}

// plan lists the measurements.
type plan struct {
	rounds              int
	turn                time.Duration
	binary, other, only string
}

// series has the measurements of one proxy under one load, with one value for each round.
type series struct {
	cpu  []float64 // nanoseconds of the proxy for a message there and back
	rate []float64 // messages there and back in a second
	peak float64   // bytes that a connection took at most
}

func (p plan) run(markdown bool) error {
	folder, err := os.MkdirTemp("", "relay")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	backend, err := process.Self("back end", "backend")
	if err != nil {
		return err
	}
	defer backend.End()
	proxies, err := p.start(folder, backend)
	defer func() {
		for _, proxy := range proxies {
			proxy.End()
		}
	}()
	if err != nil {
		return err
	}
	var measured []load
	var results [][]*series
	for _, l := range loads {
		if p.only != "" && l.name != p.only {
			continue
		}
		s, err := p.measure(l, proxies)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		measured, results = append(measured, l), append(results, s)
	}
	report(os.Stdout, measured, proxies, results, markdown)
	return nil
}

// start starts the proxies: nginx is the first if it is there.
func (p plan) start(folder string, backend *process.Process) (list []proxy, err error) {
	switch nginx, err := startNginx(folder, backend.Addr); {
	case errors.Is(err, errNoNginx):
		fmt.Fprintln(os.Stderr, err)
	case err != nil:
		return nil, err
	default:
		list = append(list, proxy{nginx, false})
	}
	bare, err := process.Self("bare Go loop", "bare", backend.Addr.String())
	if err != nil {
		return list, err
	}
	list = append(list, proxy{bare, false})
	if p.binary == "" {
		if p.binary, err = process.Build(folder); err != nil {
			return list, err
		}
	}
	for _, binary := range []string{p.binary, p.other} {
		name := "khp serve"
		switch {
		case binary == "":
			continue
		case len(list) > 0 && list[len(list)-1].khp:
			name = "the other khp"
		}
		khp, err := startKHP(name, binary, backend.Addr)
		if err != nil {
			return list, err
		}
		list = append(list, khp)
	}
	return list, nil
}

// measure has all proxies take turns under one load.
func (p plan) measure(l load, proxies []proxy) ([]*series, error) {
	var results []*series
	var crowds []*crowd
	defer func() {
		for _, c := range crowds {
			c.close()
		}
	}()
	for _, proxy := range proxies {
		proxy.Sum(func(pid int) int64 { usage.ResetPeak(pid); return 0 })
		before := proxy.Sum(usage.Resident)
		c, err := l.connect(proxy.Addr, proxy.khp)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", proxy.Name, err)
		}
		crowds = append(crowds, c)
		if _, err := c.run(p.turn); err != nil { // to warm up
			return nil, fmt.Errorf("%s: %w", proxy.Name, err)
		}
		results = append(results,
			&series{peak: float64(proxy.Sum(usage.Peak)-before) / float64(l.clients)})
	}
	for range p.rounds {
		for i, proxy := range proxies {
			before, begin := proxy.Sum(usage.CPU), time.Now()
			n, err := crowds[i].run(p.turn)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", proxy.Name, err)
			}
			s := results[i]
			s.rate = append(s.rate, float64(n)/time.Since(begin).Seconds())
			s.cpu = append(s.cpu, float64(proxy.Sum(usage.CPU)-before)/float64(n))
		}
	}
	return results, nil
}
