package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// refusal says what is wrong with a value that a flag has refused with err, in front of which "--" or a place in a file may stand. The types
// that come from a library speak of its functions.
func refusal(f *pflag.Flag, value string, err error) string {
	expected := err.Error()
	switch f.Value.Type() {
	case "int":
		expected = "expected a whole number"
	case "uint64":
		expected = "expected a whole number from 0 on"
	case "bool":
		expected = "expected true or false"
	}
	if quoted := strconv.QuoteToASCII(value); value == "" || quoted != `"`+value+`"` || strings.Contains(value, " ") {
		value = quoted
	}
	return fmt.Sprintf("%s %s: %s", f.Name, value, expected)
}
