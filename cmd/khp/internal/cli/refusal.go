package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// Refusal returns "NAME VALUE: reason" for a value that f has refused with err. "--" or a place in
// a file may stand before it. Flag types of libraries name Go functions in their errors, which are
// replaced.
func Refusal(f *pflag.Flag, value string, err error) string {
	expected := err.Error()
	switch f.Value.Type() {
	case "int":
		expected = "expected a whole number, of at most 18 digits"
	case "uint64":
		expected = "expected a whole number from 0 to 18446744073709551615"
	case "bool":
		expected = "expected true or false"
	}
	return fmt.Sprintf("%s %s: %s", f.Name, Quoted(value), expected)
}

// Quoted puts a value in quotes that would not show as it is without.
func Quoted(value string) string {
	if quoted := strconv.QuoteToASCII(value); value == "" || quoted != `"`+value+`"` ||
		strings.Contains(value, " ") {
		return quoted
	}
	return value
}
