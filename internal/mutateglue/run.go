package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/khp/internal/mutateglue/fault"
)

// outcome is how a run of tests ended.
type outcome struct {
	failed bool
	killer string // the first test that failed
	why    string // in a word: fail, panic, or timedOut
	output string
}

// timedOut is the outcome of a test that did not end within a multiple of its time.
const timedOut = "timeout"

// confirmed runs tests by run. If their time is up it runs each of them by itself, as only that one
// notices a fault which does not end by itself either.
func confirmed(tests []*oneTest, run func([]*oneTest) outcome) outcome {
	o := run(tests)
	if o.why != timedOut {
		return o
	}
	for i := range tests {
		if o := run(tests[i : i+1]); o.failed {
			return o
		}
	}
	return outcome{}
}

// run runs tests of one binary with a fault, 0 for none.
func (b *binary) run(tests []*oneTest, number int, reached string) outcome {
	names := make([]string, len(tests))
	limit := 5.0
	for i, t := range tests {
		names[i] = regexp.QuoteMeta(t.Name)
		limit += 10 * t.Seconds
	}
	if number == 0 {
		limit = 60 // a slower test would take too long with a thousand faults
	}
	ctx, cancel := context.WithTimeout(context.Background(),
		time.Duration((limit+30)*float64(time.Second)))
	defer cancel()
	args := append([]string{"-test.run", "^(" + strings.Join(names, "|") + ")$", "-test.short",
		"-test.failfast",
		"-test.v", "-test.count=1", fmt.Sprintf("-test.timeout=%ds", int(limit))}, b.Flags...)
	cmd := exec.CommandContext(ctx, b.Path, args...)
	cmd.Dir = b.Dir
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), fault.Variable+"="+strconv.Itoa(number), fault.Reached+"="+reached)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err == nil {
		return outcome{}
	}
	o := outcome{failed: true, why: "fail", output: out.String()}
	switch {
	case strings.Contains(o.output, "panic: test timed out"),
		errors.Is(ctx.Err(), context.DeadlineExceeded):
		o.why = timedOut
	case strings.Contains(o.output, "panic: "), strings.Contains(o.output, "fatal error: "):
		o.why = "panic"
	}
	o.killer = killer(o.output)
	if o.killer == "" && len(tests) > 0 {
		o.killer = tests[0].Name
	}
	return o
}

var (
	failed  = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)
	started = regexp.MustCompile(`(?m)^=== RUN\s+(\S+)`)
)

// killer returns the top-level test that failed: the first one that says so, or the last one that
// began.
func killer(output string) string {
	if m := failed.FindStringSubmatch(output); m != nil {
		return m[1]
	}
	if all := started.FindAllStringSubmatch(output, -1); len(all) > 0 {
		name, _, _ := strings.Cut(all[len(all)-1][1], "/")
		return name
	}
	return ""
}

// measure runs a test by itself, without any fault.
func (t *oneTest) measure(work string) error {
	file, err := os.CreateTemp(work, "reached")
	if err != nil {
		return err
	}
	file.Close()
	defer os.Remove(file.Name())
	begin := time.Now()
	// Taking notes allocates, which some tests do not allow.
	t.Fails = t.in.run([]*oneTest{t}, 0, file.Name()).failed && t.in.run([]*oneTest{t}, 0, "").failed
	t.Seconds = time.Since(begin).Seconds()
	text, err := os.ReadFile(file.Name())
	if err != nil {
		return err
	}
	t.Reaches = map[int]bool{}
	for line := range strings.Lines(string(text)) {
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			t.Reaches[n] = true
		}
	}
	return nil
}

// kill runs the tests that reach a fault until one fails: those that first picks of them, and then
// the others, the quickest first.
func kill(
	binaries []*binary, number int, quick float64, first func(asked []*oneTest) []*oneTest,
) (by string, reached bool) {
	var groups [][]*oneTest // one for each binary
	for _, b := range binaries {
		tests := slices.DeleteFunc(slices.Clone(b.Tests), func(t *oneTest) bool {
			return !t.Reaches[number] || t.Fails || t.Seconds >= quick
		})
		slices.SortStableFunc(tests, func(a, b *oneTest) int { return cmp.Compare(a.Seconds, b.Seconds) })
		groups = append(groups, tests)
	}
	asked := slices.Concat(groups...)
	shown := first(asked)
	for i := range shown {
		if by := killedBy(shown[i:i+1], number); by != "" {
			return by, true
		}
	}
	for _, tests := range groups {
		tests = slices.DeleteFunc(tests, func(t *oneTest) bool { return slices.Contains(shown, t) })
		for len(tests) > 0 {
			n, seconds := 0, 0.0
			for n < len(tests) && (n == 0 || seconds+tests[n].Seconds < 2) {
				seconds += tests[n].Seconds
				n++
			}
			if by := killedBy(tests[:n], number); by != "" {
				return by, true
			}
			tests = tests[n:]
		}
	}
	return "", len(asked) > 0
}

// killedBy runs tests of one binary with a fault, and returns the one that fails.
func killedBy(tests []*oneTest, number int) string {
	b := tests[0].in
	o := confirmed(tests, func(tests []*oneTest) outcome { return b.run(tests, number, "") })
	if !o.failed {
		return ""
	}
	return (&oneTest{Name: o.killer, in: b}).name()
}
