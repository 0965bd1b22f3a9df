package target

import (
	"slices"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// MarkPlain reads the values of --plain: true or false for all routes, PATH or PATH=true for one, PATH=false for one that is not like the others.
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
		chosen := list
		if path != "" {
			normal, err := paths.Written("--plain", path, spec)
			if err != nil {
				return err
			}
			chosen = slices.DeleteFunc(slices.Clone(list), func(r *route) bool { return r.Path != normal })
			if len(chosen) == 0 {
				return cli.Usagef("--plain %s: no --route has the path %s; is it spelled alike in both?", spec, path)
			}
		}
		for _, r := range chosen {
			if path == "" && said[r] { // the route says otherwise, wherever it stands
				continue
			}
			r.plain, said[r] = value == "true", path != ""
		}
	}
	return nil
}

// Plain reports whether clients that speak no KHP are served at a path.
func (list Routes) Plain(path string) bool {
	found := list.Find(paths.Normal(path))
	return found != nil && found.plain
}
