// Package catalogue keeps the faults of the glue, each with the test that notices it.
package catalogue

import (
	_ "embed"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"example.com/khp/internal/mutateglue/fault"
)

// Path is where the catalogue is, from the root of the module.
const Path = "internal/mutateglue/catalogue/faults.tsv"

//go:embed faults.tsv
var file string

// Sources are the packages that get faults.
var Sources = []string{
	"wire", "wire/credentials", "internal/judge", "endpoint", "endpoint/internal/answer", "endpoint/driver",
	"transport", "transport/adapter", "transport/auth", "transport/auth/htpasswd", "transport/extension",
	"transport/internal/accept", "transport/internal/deflate", "transport/internal/field",
	"transport/internal/frames", "transport/internal/handshake", "transport/internal/hops", "transport/internal/layer", "transport/internal/loop",
	"transport/internal/opening", "transport/internal/portal", "transport/internal/proxy",
	"transport/internal/silence", "transport/internal/sock", "transport/internal/stream", "transport/internal/tracker",
	"transport/internal/web", "transport/trace",
}

// All returns the faults that can be made of the source.
func All(root string) (faults []fault.Fault, err error) {
	for _, dir := range Sources {
		found, err := fault.Find(root, dir)
		if err != nil {
			return nil, err
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

// Row is one fault of the catalogue.
type Row struct {
	ID     string
	Class  fault.Class
	Before string
	After  string
	// Killer is the test that notices the fault, as package.Test; or the reason why nothing can,
	// behind Equivalent.
	Killer string
}

// Equivalent begins the reason why a fault changes nothing that can be noticed.
const Equivalent = "equivalent: "

// Reason returns why the fault cannot be noticed, "" if it can.
func (r *Row) Reason() string {
	reason, _ := strings.CutPrefix(r.Killer, Equivalent)
	if reason == r.Killer {
		return ""
	}
	return reason
}

// Package returns the package of the source, from the root of the module.
func (r *Row) Package() string {
	return filepath.ToSlash(filepath.Dir(strings.SplitN(r.ID, ":", 2)[0]))
}

// Test returns the package and the name of the test that notices the fault.
func (r *Row) Test() (pkg, name string) {
	i := strings.LastIndexByte(r.Killer, '.')
	return r.Killer[:i], r.Killer[i+1:]
}

// head is the first line of the file.
const head = "id\tclass\tbefore\tafter\tnoticed by"

// Rows returns the catalogue.
func Rows() (rows []Row, err error) {
	first := true
	for line := range strings.Lines(file) {
		line = strings.TrimSuffix(line, "\n")
		if first {
			if first = false; line != head {
				return nil, errors.New(Path + " does not begin with its head")
			}
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 || !strings.Contains(f[4], ".") && !strings.HasPrefix(f[4], Equivalent) {
			return nil, fmt.Errorf("%s: a line that is no fault: %q", Path, line)
		}
		rows = append(rows, Row{f[0], fault.Class(f[1]), f[2], f[3], f[4]})
	}
	return rows, nil
}

// Text is the file with these rows.
func Text(rows []Row) string {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.ID, b.ID) })
	var b strings.Builder
	b.WriteString(head + "\n")
	for _, r := range rows {
		b.WriteString(strings.Join([]string{r.ID, string(r.Class), r.Before, r.After, r.Killer}, "\t") + "\n")
	}
	return b.String()
}

// Count is how many faults of a kind there are.
type Count struct {
	Name                string
	Noticed, Equivalent int
}

// Counts counts rows by what name says of them, in the order of the names.
func Counts(rows []Row, name func(*Row) string) (counts []Count) {
	at := map[string]int{}
	for i := range rows {
		n := name(&rows[i])
		if _, ok := at[n]; !ok {
			at[n] = len(counts)
			counts = append(counts, Count{Name: n})
		}
		if rows[i].Reason() == "" {
			counts[at[n]].Noticed++
		} else {
			counts[at[n]].Equivalent++
		}
	}
	slices.SortFunc(counts, func(a, b Count) int { return strings.Compare(a.Name, b.Name) })
	return counts
}
