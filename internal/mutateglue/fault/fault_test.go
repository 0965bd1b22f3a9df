package fault

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample has a place for each class, and says what it does when it runs.
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
}

func (s *state) Stop() { s.timer = 0 }

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

// Each fault does what it says when its switch is on, and nothing otherwise.
func TestWrite_OneFaultAtATime(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(sample), 0o600))
	faults, err := Find(dir, ".")
	require.NoError(t, err)
	numbers, byNumber := map[string]int{}, map[int]*Fault{}
	for i := range faults {
		f := &faults[i]
		numbers[string(f.Class)+" "+f.Before+" -> "+f.After] = i + 1
		byNumber[i+1] = f
	}
	text, pkg, err := Write(byNumber)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), text, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "switch.go"), Switch(pkg), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module sample\n\ngo 1.26\n"), 0o600))
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
	require.Equal(t, "1 2 0 xyz true\n", says(0))
	for fault, want := range map[string]string{
		"reset s.a, s.b = 1, 2 -> ":                   "0 0 0 xyz true\n",
		"reset s.a, s.b = 1, 2 -> s.b = 2":            "0 2 0 xyz true\n",
		"bound s.a, s.b = 1, 2 -> s.a, s.b = 1, 3":    "1 3 0 xyz true\n",
		"alias s.kept = bytes.Clone(p) -> s.kept = p": "1 2 0 #yz true\n",
		"deadline s.Stop() -> ":                       "1 2 5 xyz true\n",
		"guard len(p) > limit -> true":                "too long\n",
		"bound len(p) > limit -> len(p) >= limit":     "too long\n",
		"lock defer s.mu.Unlock() -> ":                "1 2 0 xyz false\n",
		"error err != nil -> false":                   "1 2 0 xyz true\n",
		"wait done -> nil":                            "nothing\n",
		"order s.kept = bytes.Clone(p); s.Stop() -> s.Stop(); s.kept = bytes.Clone(p)": "1 2 0 xyz true\n",
	} {
		number, ok := numbers[fault]
		require.True(t, ok, "%q is made of %v", fault, numbers)
		require.Equal(t, want, says(number), fault)
	}
}
