package verification

import (
	"fmt"
	"io"

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
	fmt.Fprintf(w, glueText, len(rows), len(all))
	fmt.Fprintln(w, "| package | faults | noticed | equivalent | open |\n"+
		"| --- | ---: | ---: | ---: | ---: |")
	counts(w, rows, (*catalogue.Row).Package)
	fmt.Fprintln(w, "\n| class | faults | noticed | equivalent | open |\n"+
		"| --- | ---: | ---: | ---: | ---: |")
	counts(w, rows, func(r *catalogue.Row) string { return string(r.Class) })
	fmt.Fprintln(w)
	return nil
}

func counts(w io.Writer, rows []catalogue.Row, name func(*catalogue.Row) string) {
	for _, c := range catalogue.Counts(rows, name) {
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d |\n",
			c.Name, c.Noticed+c.Equivalent+c.Open, c.Noticed, c.Equivalent, c.Open)
	}
}
