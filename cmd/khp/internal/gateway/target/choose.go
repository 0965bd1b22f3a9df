package target

import (
	"slices"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/cmd/khp/internal/gateway/paths"
)

// choose calls set for the routes that the value spec of a flag is about: the one with that path,
// or all if path is "", except those that a value of their own was for, wherever it stands. said
// remembers these.
func (list Routes) choose(flag, path, spec string, said map[*route]bool, set func(*route)) error {
	chosen := list
	if path != "" {
		normal, err := paths.Written(flag, path, spec)
		if err != nil {
			return err
		}
		chosen = slices.DeleteFunc(slices.Clone(list), func(r *route) bool { return r.Path != normal })
		if len(chosen) == 0 {
			return cli.Usagef("%s %s: no --route has the path %s; is it spelled alike in both?", flag, spec, path)
		}
	}
	for _, r := range chosen {
		if path == "" && said[r] {
			continue
		}
		said[r] = path != ""
		set(r)
	}
	return nil
}
