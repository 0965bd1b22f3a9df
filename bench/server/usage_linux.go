package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// usage returns what this process has used of the processors, in nanoseconds, and what it has in
// memory, in bytes.
func usage() (cpu, resident int64) {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	statm, _ := os.ReadFile("/proc/self/statm")
	if f := strings.Fields(string(statm)); len(f) > 1 {
		pages, _ := strconv.ParseInt(f[1], 10, 64)
		resident = pages * int64(os.Getpagesize())
	}
	return r.Utime.Nano() + r.Stime.Nano(), resident
}
