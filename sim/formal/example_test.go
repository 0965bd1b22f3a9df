package formal_test

import (
	"bytes"
	"fmt"
	"strings"

	"example.com/khp/sim/export"
	"example.com/khp/sim/formal"
)

// A model to open in Spin.
func ExamplePromela() {
	var b bytes.Buffer
	if err := formal.Promela(&b, export.Pair); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "active proctype") {
			fmt.Print(line)
		}
	}
	// Output:
	// active proctype client() {
	// active proctype server() {
	// active proctype network() {
}

// A module to open in TLC, which needs its configuration too.
func ExampleTLA() {
	var module, config bytes.Buffer
	if err := formal.TLA(&module, export.Pair); err != nil {
		fmt.Println(err)
		return
	}
	if err := formal.TLAConfig(&config); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(module.String(), "\nSpec == "),
		strings.Contains(config.String(), "\nSPECIFICATION Spec\n"))
	// Output: true true
}

func ExampleTLAConfig() {
	var b bytes.Buffer
	if err := formal.TLAConfig(&b); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, "MAX_RE") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// MAX_REDIRECTS = 1 \* follow-up connections
	// MAX_REPLAYS = 1 \* replays after 401
}
