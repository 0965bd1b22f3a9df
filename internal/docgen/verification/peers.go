package verification

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"

	"example.com/khp/internal/docgen/tool"
	"example.com/khp/internal/spincheck/spin"
)

// besideSpin lets Spin check the exported model in the same run.
func besideSpin(w io.Writer) error {
	if missing := spin.Missing(); missing != "" {
		return fmt.Errorf("%s", missing)
	}
	r, err := spin.Run(context.Background(),
		func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) })
	if err != nil {
		return err
	}
	if !r.OK() {
		return fmt.Errorf("spin and the explorer disagree: make spin says where")
	}
	fmt.Fprintf(w, part("spin"), r.Spin)
	fmt.Fprintln(w, "| configuration | states, explorer | states, "+
		"Spin | only in one | pairs of phases |\n| --- | ---: | ---: | ---: | ---: |")
	for _, c := range r.Configurations {
		fmt.Fprintf(w, "| %s | %s | %s | %d | %d |\n",
			c.Name, grouped(c.Explorer), grouped(c.Spin), c.Missing+c.Extra, c.Phases)
	}
	m := r.Measured
	fmt.Fprintf(w, "\nSpin finds all of %d seeded faults, each by the property that it breaks. "+
		"Speed, on %s states that both visited in turns (%s): processor time, "+
		"and the memory for states:\n\n", len(r.Faults), grouped(m.States), m.Bounds)
	fmt.Fprintln(w, "| | states per second of processor time | of Spin | bytes/state |\n"+
		"| --- | ---: | ---: | ---: |")
	for _, c := range m.Costs {
		fmt.Fprintf(w, "| %s | %s | %.2f | %.0f |\n",
			c.Name, grouped(int(c.StatesPerSecond)), c.OfFirst, c.BytesPerState)
	}
	_, err = io.WriteString(w, part("spin_more"))
	return err
}

var (
	schedules = regexp.MustCompile(`(\d+) random schedules in ([0-9.]+) s`)
	simulated = regexp.MustCompile(`BenchmarkHour\S*\s.*?([0-9.e+]+) simulated-s/s`)
	handshake = regexp.MustCompile(`BenchmarkHandshake\S*\s.*?([0-9.e+]+) schedules/s`)
)

// simulation measures the virtual network.
func simulation(w io.Writer) error {
	out, _, err := tool.Run(0, "go", "run", "./cmd/khp", "sim", "--random", "20000", "--seed", "1")
	if err != nil {
		return err
	}
	random := schedules.FindSubmatch(out)
	bench, _, err := tool.Run(0, "go", "test", "./sim/network", "-run", "^$", "-bench",
		"Hour|Handshake")
	if err != nil {
		return err
	}
	hour, plain := simulated.FindSubmatch(bench), handshake.FindSubmatch(bench)
	if random == nil || hour == nil || plain == nil {
		return fmt.Errorf("no numbers in %q, %q", out, bench)
	}
	seconds, _ := strconv.ParseFloat(string(random[2]), 64)
	n, _ := strconv.Atoi(string(random[1]))
	factor, _ := strconv.ParseFloat(string(hour[1]), 64)
	rate, _ := strconv.ParseFloat(string(plain[1]), 64)
	fmt.Fprintf(w, part("simulation"), grouped(n), seconds, grouped(int(float64(n)/seconds)),
		grouped(int(rate)), grouped(int(factor)))
	return nil
}
