// Package usage measures the resources of processes, as Linux counts them; all is 0 elsewhere.
package usage

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// CPU returns the processor time that a process has used, in nanoseconds: that of its threads which
// live, so it is meant for processes that keep theirs.
func CPU(pid int) (ns int64) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, name := range threads {
		text, _ := os.ReadFile(name)
		first, _, _ := strings.Cut(string(text), " ")
		n, _ := strconv.ParseInt(first, 10, 64)
		ns += n
	}
	return ns
}

// Resident returns the resident memory of a process, in bytes.
func Resident(pid int) int64 { return status(pid, "VmRSS:") }

// Peak returns the most that a process has had in memory since ResetPeak, in bytes.
func Peak(pid int) int64 { return status(pid, "VmHWM:") }

// ResetPeak starts the period of Peak anew.
func ResetPeak(pid int) {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid),
		[]byte("5"), 0)
}

// status returns a line of the status of a process that counts kB.
func status(pid int, name string) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(text), name)
	var kB int64
	_, _ = fmt.Sscan(rest, &kB)
	return kB << 10
}

// Children returns the processes that a process has begun.
func Children(pid int) (list []int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for f := range strings.FieldsSeq(string(text)) {
		n, _ := strconv.Atoi(f)
		list = append(list, n)
	}
	return list
}
