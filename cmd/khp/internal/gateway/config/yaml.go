package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// yamlFaults maps messages of the YAML parser to messages for operators.
var yamlFaults = []struct{ says, means string }{
	{"cannot start any token", "a tab, or a value that has to stand in quotes"},
	{"mapping values are not allowed",
		"a second colon; put the value in quotes if the colon belongs to it"},
	{"could not find expected ':'", "a name without a colon and a value"},
	{"did not find expected key",
		"it is indented differently from the lines around it, or a value has to stand in quotes"},
	{"did not find expected ',' or ']'", "a [ without its ]"},
	{"did not find expected ',' or '}'", "a { without its }"},
	{"did not find expected node content",
		"a value that begins with a mark such as : or , has to stand in quotes"},
	{"unexpected end of stream", "a quotation mark or bracket is not closed"},
	{"block sequence entries are not allowed", "a list begins in a line of its own"},
	{"did not find expected alphabetic or numeric character",
		"a * or & that begins a value has to stand in quotes"},
	{"unknown anchor", "an alias of an anchor that does not exist"},
	{"unknown escape", "an escape that does not exist; put the value in single quotes"},
	{"UTF-8", "characters that are not UTF-8"},
	{"Unicode", "characters that are not UTF-8"},
	{"control characters", "control characters"},
}

// noYAML says where a file is no YAML, and why, in the words of who writes such files. The parser
// leaves out the number of the first line.
func (c *File) noYAML(err error, text []byte) error {
	says, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if rest, ok := strings.CutPrefix(says, "line "); ok {
		number, _, _ := strings.Cut(rest, ":")
		if n, err := strconv.Atoi(number); err == nil {
			line = n
		}
	}
	means := "something else"
	for _, f := range yamlFaults {
		if strings.Contains(says, f.says) {
			means = f.means
			break
		}
	}
	if lines := bytes.Split(text, []byte("\n")); line <= len(lines) &&
		bytes.HasPrefix(bytes.TrimLeft(lines[line-1], " "), []byte("\t")) {
		means = "a tab at the begin of a line; YAML takes blanks only"
	}
	return cli.Usagef("%s; expected YAML, a line NAME: VALUE for each flag",
		fmt.Sprintf("%s:%d: %s", c.path, line, means))
}
