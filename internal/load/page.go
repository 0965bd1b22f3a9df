package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// writePage puts what was measured between the parts of the page that do not change.
func writePage(path, measured, load string) error {
	return os.WriteFile(path, fmt.Appendf(nil, intro, runtime.Version(), runtime.GOOS, runtime.GOARCH, cpu(), runtime.NumCPU(), descriptorLimit(), load, measured), 0o644)
}

// loadAverage is how many processes wanted to run in the last minute.
func loadAverage() string {
	b, _ := os.ReadFile("/proc/loadavg")
	one, _, ok := strings.Cut(string(b), " ")
	if !ok {
		return "unknown"
	}
	return one
}

// cpu is the processor's name as the system says it.
func cpu() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(name), ":"))
		}
	}
	return "unknown processor"
}

const intro = `# Reliability

Written by ` + "`make reliability`" + `, which measures again: khp serve as a process of its own, and its clients in others, all on one machine. This run: %s, %s/%s, %s, %d processors, %d
descriptors for each process. The load average when it began was %s: whatever else ran on the processors is in the numbers, so look at the
ratios, at what was left behind, and at the errors, of which there were none.
%s`
