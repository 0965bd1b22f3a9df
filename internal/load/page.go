package main

import (
	"fmt"
	"os"
	"strings"

	"example.com/khp/internal/docgen/tool"
)

// writePage puts the measurements between the fixed parts of the page.
func writePage(path, measured, load string) error {
	return os.WriteFile(path, fmt.Appendf(nil, intro, tool.Machine(), descriptorLimit(), load,
		measured), 0o644)
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

const intro = `# Reliability

Written by ` + "`make reliability`" + `, which measures again: khp serve as a process of its own, and its clients in others, all on one machine. This run: %s, %d
descriptors for each process. The load average when it began was %s: whatever else ran on the processors is in the numbers, so look at the
latencies, at the memory left behind, and at the errors, of which there were none. [performance.md](performance.md) compares servers.
%s`
