// Package catalogue keeps the faults of the glue: those that a test notices, with the test, and
// those that none notices, with the reason.
package catalogue

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/khp/internal/mutateglue/fault"
)

//go:generate go -C ../../.. run ./internal/mutateglue -add
//go:generate go -C ../../.. run ./internal/docgen

// Noticed and Unnoticed are where the catalogue is, from the root of the module.
const (
	Noticed   = "internal/mutateglue/catalogue/noticed.tsv"
	Unnoticed = "internal/mutateglue/catalogue/unnoticed.tsv"
)

var (
	//go:embed noticed.tsv
	noticed string
	//go:embed unnoticed.tsv
	unnoticed string
	//go:embed written.tsv
	written string
)

// Sources are the packages that get faults.
var Sources = []string{
	"wire", "wire/credentials", "internal/scan", "internal/place", "internal/balancer",
	"internal/upgrade", "internal/lines", "internal/judge", "endpoint",
	"endpoint/internal/answer", "endpoint/internal/clock",
	"endpoint/internal/head", "endpoint/driver",
	"transport", "transport/adapter", "transport/auth", "transport/auth/htpasswd",
	"transport/extension",
	"transport/internal/accept", "transport/internal/cookies", "transport/internal/deflate",
	"transport/internal/field",
	"transport/internal/frames", "transport/internal/handshake", "transport/internal/hops",
	"transport/internal/layer", "transport/internal/loop",
	"transport/internal/opening", "transport/internal/portal", "transport/internal/proxy",
	"transport/internal/reach",
	"transport/internal/silence", "transport/internal/sock", "transport/internal/stream",
	"transport/internal/tracker",
	"transport/internal/web", "transport/trace",
	"internal/watch", "internal/watch/watchtest", "sim/explore", "sim/network", "sim/replay",
}

// MayBeOpen has how many of the faults that the catalogue lists are open in a package. The numbers
// may only fall. All faults of the first four packages were tried, of the others a part.
var MayBeOpen = map[string]int{
	"wire/credentials":             0,
	"internal/judge":               0,
	"endpoint/internal/answer":     0,
	"endpoint/driver":              0,
	"endpoint/internal/clock":      0,
	"endpoint/internal/head":       0,
	"internal/balancer":            0,
	"internal/lines":               0,
	"endpoint":                     0,
	"wire":                         0,
	"internal/place":               0,
	"internal/upgrade":             0,
	"internal/scan":                0,
	"transport/auth":               0,
	"transport/adapter":            0,
	"transport/internal/frames":    0,
	"transport/internal/handshake": 0,
	"transport/internal/loop":      0,
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
	thought, err := fault.FindWritten(root, Written())
	return append(faults, thought...), err
}

// Written returns the faults of which people thought. The last column says what is wrong then.
func Written() (list []fault.Written) {
	for line := range strings.Lines(written) {
		if f := strings.Split(line, "\t"); len(f) == 5 && f[0] != "package" {
			list = append(list, fault.Written{Package: f[0], Func: f[1], Before: f[2], After: f[3]})
		}
	}
	return list
}

// Row is one fault of the catalogue.
type Row struct {
	ID    string
	Class fault.Class
	// Before and After are the change, of a fault that no test notices; the ID says it of all.
	Before, After string
	// Killer is the test that notices the fault, as package.Test.
	Killer string
	// Why says why nothing can be noticed, if there is no Killer; or Open.
	Why string
}

// Open stands in the place of the reason for a fault that no test notices until it is judged.
const Open = "open"

// Package returns the package of a fault, from the root of the module.
func (r *Row) Package() string { return r.ID[:strings.IndexByte(r.ID, ':')] }

// Test returns the package and the name of the test that notices the fault.
func (r *Row) Test() (pkg, name string) {
	i := strings.LastIndexByte(r.Killer, '.')
	return r.Killer[:i], r.Killer[i+1:]
}

// The first lines of the files.
const (
	noticedHead   = "function\tclass\tnoticed by\tfaults"
	unnoticedHead = "fault\tclass\tbefore\tafter\twhy"
)

// Rows returns the catalogue.
func Rows() (rows []Row, err error) {
	err = lines(noticed, noticedHead, func(f []string) bool {
		for _, hash := range strings.Fields(f[3]) {
			rows = append(rows, Row{ID: f[0] + ":" + hash, Class: fault.Class(f[1]), Killer: f[2]})
		}
		return strings.Contains(f[2], ".")
	})
	return rows, errors.Join(err, lines(unnoticed, unnoticedHead, func(f []string) bool {
		rows = append(rows, Row{ID: f[0], Class: fault.Class(f[1]), Before: f[2], After: f[3], Why: f[4]})
		return f[4] != ""
	}))
}

// lines calls do with the fields of each line behind the head.
func lines(text, head string, do func(fields []string) bool) error {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if f := strings.Split(line, "\t"); line != head &&
			(len(f) != strings.Count(head, "\t")+1 || !do(f)) {
			return fmt.Errorf("a line of the catalogue is not %q: %q", head, line)
		}
	}
	return nil
}

// Text is the content of the two files for these rows.
func Text(rows []Row) (noticed, unnoticed string) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.ID, b.ID) })
	var without strings.Builder
	without.WriteString(unnoticedHead + "\n")
	hashes := map[string][]string{}
	for _, r := range rows {
		if r.Killer == "" {
			fmt.Fprintf(&without, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Class, r.Before, r.After, r.Why)
			continue
		}
		at := strings.LastIndexByte(r.ID, ':')
		group := r.ID[:at] + "\t" + string(r.Class) + "\t" + r.Killer
		hashes[group] = append(hashes[group], r.ID[at+1:])
	}
	with := make([]string, 0, len(hashes))
	for group, h := range hashes {
		with = append(with, group+"\t"+strings.Join(h, " ")+"\n")
	}
	slices.Sort(with)
	return noticedHead + "\n" + strings.Join(with, ""), without.String()
}

// Count is how many faults of a kind there are.
type Count struct {
	Name                      string
	Noticed, Equivalent, Open int
}

// Counts counts rows by the result of name, in the order of these results.
func Counts(rows []Row, name func(*Row) string) (counts []Count) {
	at := map[string]int{}
	for i := range rows {
		n := name(&rows[i])
		if _, ok := at[n]; !ok {
			at[n] = len(counts)
			counts = append(counts, Count{Name: n})
		}
		switch c := &counts[at[n]]; {
		case rows[i].Killer != "":
			c.Noticed++
		case rows[i].Why == Open:
			c.Open++
		default:
			c.Equivalent++
		}
	}
	slices.SortFunc(counts, func(a, b Count) int { return strings.Compare(a.Name, b.Name) })
	return counts
}
