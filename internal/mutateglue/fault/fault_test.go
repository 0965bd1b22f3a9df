package fault

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample has a place for each class, and reports its steps when it runs.
const sample = `package main

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
)

type state struct {
	mu    sync.Mutex
	a, b  int
	timer int
	kept  []byte
	turns []int
}

func (s *state) Stop() { s.timer = 0 }

func (s *state) lines(from, to int) (sum int) {
	for i := from; i < to; i++ {
		if i == 2 || i == 3 {
			continue
		}
		switch i {
		case 5, 6:
			sum += 100
		default:
			sum += i
		}
	}
	s.turns = append(s.turns, sum)
	return sum
}

func (s *state) run(p []byte, limit int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.a, s.b = 1, 2
	s.kept = bytes.Clone(p)
	s.Stop()
	if len(p) > limit {
		return errors.New("too long")
	}
	return nil
}

func main() {
	s := &state{timer: 5}
	p := []byte("xyz")
	err := s.run(p, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.lines(1, 7), len(s.turns))
	p[0] = '#'
	done := make(chan int, 1)
	done <- 1
	select {
	case <-done:
		fmt.Println(s.a, s.b, s.timer, string(s.kept), s.mu.TryLock())
	default:
		fmt.Println("nothing")
	}
}
`

// Each fault has its effect when its switch is on, and none otherwise.
func TestWrite_OneFaultAtATime(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(sample), 0o600))
	faults, err := Find(dir, ".")
	require.NoError(t, err)
	numbers, byNumber := map[string]int{}, map[int]*Fault{}
	for i := range faults {
		f := &faults[i]
		if strings.Contains(f.After, "s.run(3, p)") { // does not compile
			continue
		}
		numbers[string(f.Class)+" "+f.Before+" -> "+f.After] = i + 1
		byNumber[i+1] = f
	}
	text, pkg, err := Write(byNumber)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), text, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "switch.go"), Switch(pkg), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"),
		[]byte("module sample\n\ngo 1.26\n"), 0o600))
	build := exec.Command("go", "build", "-o", "sample", ".")
	build.Dir = dir
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	says := func(number int) string {
		run := exec.Command(filepath.Join(dir, "sample"))
		run.Env = append(os.Environ(), Variable+"="+strconv.Itoa(number))
		out, _ := run.CombinedOutput()
		return string(out)
	}
	require.Equal(t, "205 1\n1 2 0 xyz true\n", says(0))
	for fault, want := range map[string]string{
		"reset s.a, s.b = 1, 2 -> ":                   "205 1\n0 0 0 xyz true\n",
		"reset s.a, s.b = 1, 2 -> s.b = 2":            "205 1\n0 2 0 xyz true\n",
		"bound s.a, s.b = 1, 2 -> s.a, s.b = 1, 3":    "205 1\n1 3 0 xyz true\n",
		"alias s.kept = bytes.Clone(p) -> s.kept = p": "205 1\n1 2 0 #yz true\n",
		"deadline s.Stop() -> ":                       "205 1\n1 2 5 xyz true\n",
		"guard len(p) > limit -> true":                "too long\n",
		"bound len(p) > limit -> len(p) >= limit":     "too long\n",
		"lock defer s.mu.Unlock() -> ":                "205 1\n1 2 0 xyz false\n",
		"error err != nil -> false":                   "205 1\n1 2 0 xyz true\n",
		"wait done -> nil":                            "205 1\nnothing\n",
		"order s.kept = bytes.Clone(p); s.Stop() -> " +
			"s.Stop(); s.kept = bytes.Clone(p)": "205 1\n1 2 0 xyz true\n",

		"operand s.a, s.b = 1, 2 -> s.b, s.b = 1, 2":    "205 1\n0 2 0 xyz true\n",
		"operand i < to -> i < sum":                     "0 1\n1 2 0 xyz true\n",
		"operator i == 2 || i == 3 -> i == 2 && i == 3": "210 1\n1 2 0 xyz true\n",
		"operator sum += i -> sum = i":                  "204 1\n1 2 0 xyz true\n",
		"flow continue -> break":                        "1 1\n1 2 0 xyz true\n",
		"flow s.turns = append(s.turns, sum) -> " +
			"return; s.turns = append(s.turns, sum)": "205 0\n1 2 0 xyz true\n",
		"case case 5 -> ": "110 1\n1 2 0 xyz true\n",
	} {
		number, ok := numbers[fault]
		require.True(t, ok, "%q is made of %v", fault, numbers)
		require.Equal(t, want, says(number), fault)
	}
}
