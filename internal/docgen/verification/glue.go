package verification

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"example.com/khp/internal/mutateglue/catalogue"
)

// glue shows the catalogue of faults between machine and socket.
func glue(w io.Writer) error {
	rows, err := catalogue.Rows()
	if err != nil {
		return err
	}
	all, err := catalogue.All(".")
	if err != nil {
		return err
	}
	whole := slices.Sorted(maps.Keys(catalogue.MayBeOpen))
	fmt.Fprintf(w, part("glue"), len(rows), len(all), strings.Join(whole, ", "))
	made := map[string]int{}
	for i := range all {
		made[path.Dir(all[i].File)]++
		made[string(all[i].Class)]++
	}
	counts(w, "package", made, rows, (*catalogue.Row).Package)
	counts(w, "class", made, rows, func(r *catalogue.Row) string { return string(r.Class) })
	return nil
}

// counts writes a table of the rows, grouped by the result of name, beside the number of faults
// that can be made.
func counts(w io.Writer, what string, made map[string]int, rows []catalogue.Row,
	name func(*catalogue.Row) string,
) {
	fmt.Fprintf(w, "| %s | can be made | tried | noticed | equivalent | open |\n", what)
	fmt.Fprintln(w, "| --- | ---: | ---: | ---: | ---: | ---: |")
	for _, c := range catalogue.Counts(rows, name) {
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %d |\n",
			c.Name, made[c.Name], c.Noticed+c.Equivalent+c.Open, c.Noticed, c.Equivalent, c.Open)
	}
	fmt.Fprintln(w)
}
