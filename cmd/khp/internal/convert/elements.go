package convert

import (
	_ "embed"
	"strings"
)

// verdict is the result of the conversion of an element.
type verdict string

const (
	taken     verdict = "taken"
	different verdict = "different"
	lost      verdict = "lost"
)

// element is a row of the table: the conversion of the elements with that key, and its reason.
type element struct {
	key     string
	verdict verdict
	note    string
}

// elements are all that the converter knows. The table in docs/operating.md has the same rows. A
// key is the name of an element, with a word of its value behind it where that decides.
var elements = rows(table)

//go:embed elements.md
var table string

// rows reads a table of three columns below two lines of heading.
func rows(table string) (list []element) {
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(row, "| \n"), " | ")
		list = append(list, element{strings.Trim(cells[0], "`"), verdict(cells[1]), cells[2]})
	}
	return list[2:]
}

// find returns the row with that key; nil if the converter does not know it.
func find(key string) *element {
	for i := range elements {
		if elements[i].key == key {
			return &elements[i]
		}
	}
	return nil
}
