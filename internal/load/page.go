package main

import (
	_ "embed"
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

//go:embed intro.md
var intro string

// faults is the table of faults, each with its consequence and the tests of it.
//
//go:embed faults.md
var faults string
