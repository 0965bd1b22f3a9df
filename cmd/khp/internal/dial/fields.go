package dial

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/endpoint"
	"example.com/khp/internal/scan"
)

// content is the standard input, which can be read once, and the files that flags name.
type content struct {
	stdin io.Reader
}

// read returns all of a file; "-" is the standard input.
func (c *content) read(name string) (b []byte, err error) {
	switch {
	case name != "-":
		b, err = os.ReadFile(name)
	case c.stdin == nil:
		return nil, errors.New("the standard input can be read once")
	default:
		b, err = io.ReadAll(c.stdin)
		c.stdin = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w; choose a file that can be read", cli.Cause(err))
	}
	return b, nil
}

const formsOfFields = "'NAME: VALUE', or 'NAME;' for an empty value"

// headerOf reads fields as written; their names are sent in that spelling. @FILE stands for the
// lines of a file, and @- for those of the standard input, which may be secret: an error does not
// repeat them.
func headerOf(flag string, specs []string, from *content) (http.Header, error) {
	h := http.Header{}
	for _, spec := range specs {
		file, ok := strings.CutPrefix(spec, "@")
		if !ok {
			if err := addField(h, spec); err != nil {
				return nil, cli.Usagef("%s %s: %s, or @FILE with such lines", flag, cli.Quoted(spec), err)
			}
			continue
		}
		b, err := from.read(file)
		if err != nil {
			return nil, cli.Usagef("%s %s: %s", flag, spec, err)
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			n++
			line = strings.TrimRight(line, "\r\n")
			if line == "" {
				continue
			}
			if err := addField(h, line); err != nil {
				return nil, cli.Usagef("%s %s: line %d: %s", flag, spec, n, err)
			}
		}
	}
	return h, nil
}

// addField adds a field in one of curl's forms: "NAME: VALUE", "NAME;" for an empty value, and
// "NAME:" for none, where curl leaves out a field of its own. The handshake needs all of its own.
func addField(h http.Header, spec string) error {
	name, value, ok := strings.Cut(spec, ":")
	value = strings.Trim(value, " \t")
	empty, semicolon := strings.CutSuffix(spec, ";")
	switch {
	case ok && scan.ValidToken(name) && value == "":
		field := endpoint.ClientConfig{Header: []endpoint.HeaderField{{Name: name}}}
		// it is one of the handshake's own
		if _, err := endpoint.NewClient("ws://h/", field); err != nil {
			return errors.New("the handshake needs this field; expected another one, " + formsOfFields)
		}
	case ok && scan.ValidToken(name) && scan.ValidValue(value):
		h[name] = append(h[name], value)
	case !ok && semicolon && scan.ValidToken(empty):
		h[empty] = append(h[empty], "")
	default:
		return errors.New("expected " + formsOfFields)
	}
	return nil
}
