package spin

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// lastRows is how many rows of the way to an error are told.
const lastRows = 3

var (
	trailLine = regexp.MustCompile(`\((client|server|network):\d+\) pair\.pml:(\d+) `)
	rowLine   = regexp.MustCompile(`^\s*:: (.*) -> (?:skip )?/\* (.*) \*/$`)
	phaseLine = regexp.MustCompile(`^inline \w+?_in_(\w+)\(\)`)
)

// LastRows names the rows that the machines took last on the way to the error that [Verifier.Check]
// found, the last one first: "await-response/data/reading of the client in await response: ev ==
// DataReceived".
func (v Verifier) LastRows(ctx context.Context) ([]string, error) {
	out, err := v.run(ctx, "spin", append(slices.Clone(v.defines), "-t", "-p", "pair.pml")...)
	if err != nil && !bytes.Contains(out, []byte("assertion violated")) {
		return nil, err
	}
	return rowsOfTrail(out, strings.Split(string(v.model), "\n")), nil
}

// rowsOfTrail finds the rows in the trail that spin prints.
func rowsOfTrail(trail []byte, model []string) (list []string) {
	steps := trailLine.FindAllSubmatch(trail, -1)
	for _, s := range slices.Backward(steps) {
		n, _ := strconv.Atoi(string(s[2]))
		if n < 1 || n > len(model) {
			continue
		}
		row := rowLine.FindStringSubmatch(model[n-1])
		if row == nil {
			continue
		}
		id, _, _ := strings.Cut(row[2], " ")
		text := fmt.Sprintf("%s of the %s in %s: %s", id, s[1], phaseOf(model[:n]), row[1])
		if !slices.Contains(list, text) && len(list) < lastRows {
			list = append(list, text)
		}
	}
	return list
}

// phaseOf is the phase whose rows the last of the lines belongs to.
func phaseOf(lines []string) string {
	for _, l := range slices.Backward(lines) {
		if m := phaseLine.FindStringSubmatch(l); m != nil {
			return strings.ReplaceAll(m[1], "_", " ")
		}
	}
	return "no phase"
}
