package verification

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"example.com/khp/internal/docgen/tool"
	search "example.com/khp/sim/explore"
	"example.com/khp/sim/model"
)

// intro describes the measurements and how to repeat them.
func intro(w io.Writer) error {
	_, err := fmt.Fprintf(w, part("intro"), tool.Machine())
	return err
}

// models explores all models at the default bounds.
func models(w io.Writer) error {
	all, err := explore("--bounds", "default")
	if err != nil {
		return err
	}
	if !all.Holds {
		return fmt.Errorf("%s is violated in %s: mend that first",
			all.Violations[0].ID, all.Violations[0].Configuration)
	}
	fmt.Fprintf(w, "\n## Models\n\n`khp explore --bounds default`: those of the machines' defaults. "+
		"%s states, %s steps, %.1f seconds; every property holds in every configuration. ",
		grouped(all.States), grouped(all.Steps), all.Seconds)
	fmt.Fprintf(w, "A second of processor time visits %s states in the average.\n\n",
		grouped(int(float64(all.States)/all.processor)))
	fmt.Fprintln(w, "| model | states | steps | depth | seconds | states/s | bytes/state, visited | "+
		"bytes/state, all | collision |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, c := range all.Configurations {
		fmt.Fprintf(w, "| %s/%s | %s | %s | %d | %.2f | %s | %.1f | %.1f | %.0e |\n",
			c.Model, c.Name, grouped(c.States), grouped(c.Steps), c.Depth, c.Seconds, grouped(int(c.Rate)),
			c.Visited, c.Total, c.Collision)
	}
	_, err = io.WriteString(w, part("models"))
	return err
}

// faults lets each mistake be found.
func faults(w io.Writer) error {
	_, _ = io.WriteString(w, part("faults"))
	fmt.Fprintln(w, "| `--fault` | what is wrong | found by | shortest way | where |\n"+
		"| --- | --- | --- | ---: | --- |")
	for _, f := range model.Faults() {
		r, err := explore("--bounds", "small", "--fault", f.Name)
		if err != nil {
			return err
		}
		if len(r.Violations) == 0 {
			return fmt.Errorf("fault %s is not found", f.Name)
		}
		// where a property is broken, that says more than the comparison with the oracle
		v := r.Violations[0]
		if i := slices.IndexFunc(r.Violations,
			func(v violation) bool { return v.ID == f.Catches }); i >= 0 {
			v = r.Violations[i]
		}
		fmt.Fprintf(w, "| %s | %s | %s | %d steps | %s |\n",
			f.Name, f.Text, v.ID, len(v.Steps), v.Configuration)
	}
	return nil
}

// counted is how many mutants are explored; their choice is fixed so that the page changes only
// with the tables.
const counted = "500"

var tallies = regexp.MustCompile(`(table \w+|explored): mutants (\d+)(?: of (\d+))?, ` +
	`by properties (\d+), by sizes too (\d+)`)

// mutants counts the mutants that exploration alone notices.
func mutants(w io.Writer) error {
	out, _, err := tool.Run(0, "go", "test", "./fsm", "-run", "TestMutation_ByExploration",
		"-mutate-explore", counted, "-mutate-seed", "1", "-v", "-timeout", "60m")
	if err != nil {
		return err
	}
	rows := tallies.FindAllStringSubmatch(string(out), -1)
	if len(rows) == 0 {
		return fmt.Errorf("no count of mutants in %q", out)
	}
	fmt.Fprintf(w, part("mutants"), rows[len(rows)-1][3], counted)
	fmt.Fprintln(w, "| table | mutants | by properties | by properties or exact sizes |\n"+
		"| --- | ---: | ---: | ---: |")
	for _, r := range rows {
		name := strings.Replace(strings.TrimPrefix(r[1], "table "), "explored", "all", 1)
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", name, r[2], r[4], r[5])
	}
	return nil
}

// shown is how many mutants each tool alone is shown.
const shown = "100"

var (
	noticed = regexp.MustCompile(`tool ([a-z ]+): notices (\d+) of (\d+), (\d+) of them alone`)
	byClass = regexp.MustCompile(`class (.+): mutants (\d+), by two or more (\d+), ` +
		`by one (\d+) \(([a-z, ]*)\), by none (\d+), nothing to notice (\d+)`)
	shared = regexp.MustCompile(`tools: shown (\d+) of (\d+) mutants, by two or more (\d+), ` +
		`by one (\d+), by none (\d+), nothing to notice (\d+)`)
)

// tools counts the mutants that each tool notices on its own.
func tools(w io.Writer) error {
	out, _, err := tool.Run(0, "go", "test", "./fsm", "-run", "TestMutation_ByTool", "-mutate-tools",
		shown, "-mutate-seed", "1", "-v", "-timeout", "120m")
	if err != nil {
		return err
	}
	return writeTools(w, string(out))
}

func writeTools(w io.Writer, out string) error {
	rows, classes := noticed.FindAllStringSubmatch(out, -1), byClass.FindAllStringSubmatch(out, -1)
	all := shared.FindStringSubmatch(out)
	if len(rows) == 0 || len(classes) == 0 || all == nil {
		return fmt.Errorf("no count of tools in %q", out)
	}
	fmt.Fprintf(w, part("tools"), all[1], all[2], all[3], all[4], all[5], all[6])
	fmt.Fprintln(w, "| tool | notices | of them alone |\n| --- | ---: | ---: |")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s | %s | %s |\n", r[1], r[2], r[4])
	}
	fmt.Fprintln(w, "\n| class of mutants | shown | by two or more | by one | that one | by none | "+
		"nothing to notice |\n| --- | ---: | ---: | ---: | --- | ---: | ---: |")
	for _, c := range classes {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s |\n",
			c[1], c[2], c[3], c[4], c[5], c[6], c[7])
	}
	_, err := io.WriteString(w, part("why_one"))
	return err
}

// shards measures the cost of dealing out: the states that more than one shard expands.
func shards(w io.Writer) error {
	_, _ = io.WriteString(w, part("shards"))
	fmt.Fprintln(w, "| configuration | shards | states of all | largest shard | states looked at |\n"+
		"| --- | ---: | ---: | ---: | ---: |")
	for _, m := range model.Models() {
		c := m.Configurations[0]
		for _, n := range []int{2, 4} {
			var reports []model.Report
			largest, sum := 0, 0
			for i := range n {
				r, err := c.Explore(c.Bounds("small"), model.Fault{},
					search.Options{Shard: search.Shard{Index: i, Count: n}})
				if err != nil {
					return err
				}
				reports = append(reports, r)
				largest, sum = max(largest, len(r.Records.Prints)), sum+len(r.Records.Prints)
			}
			whole, err := model.Merge(reports...)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| %s/%s | %d | %s | %d %% | %d %% |\n",
				c.Model, c.Name, n, grouped(whole.States), 100*largest/whole.States, 100*sum/whole.States)
		}
	}
	return nil
}
