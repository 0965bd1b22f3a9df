package target

import (
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// MarkPlain reads the values of --plain: true or false for all routes, PATH or PATH=true for one,
// PATH=false for one that is not like the others.
func (list Routes) MarkPlain(specs []string) error {
	said := make(map[*route]bool)
	for _, spec := range specs {
		path, value, written := strings.Cut(spec, "=")
		if !written {
			value = "true"
		}
		if spec == "true" || spec == "false" {
			path, value = "", spec
		}
		if spec == "" || value != "true" && value != "false" {
			return cli.Usagef("--plain %q: expected true or false, PATH or PATH=true|false, as in --plain, --plain=/echo or --plain=/echo=false", spec)
		}
		err := list.choose("--plain", path, spec, said, func(r *route) { r.plain = value == "true" })
		if err != nil {
			return err
		}
	}
	return nil
}

// Plain reports whether clients that speak no KHP are served at a path.
func (list Routes) Plain(path string) bool {
	found := list.Find(paths.Normal(path))
	return found != nil && found.plain
}
