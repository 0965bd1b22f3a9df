package judge

import (
	"strings"

	"example.com/khp/wire"
)

// ExtensionName returns the name of an element of a list of extensions, such as "x-a" of "x-a;
// n=1".
func ExtensionName(element string) string {
	name, _, _ := strings.Cut(element, ";")
	return strings.Trim(name, " \t")
}

// Named reports whether one of the elements has that name.
func Named(elements []string, name string) bool {
	for _, e := range elements {
		if ExtensionName(e) == name {
			return true
		}
	}
	return false
}

// Granted reports whether one of the parsed elements has that name.
func Granted(list []wire.Extension, name string) bool {
	for _, g := range list {
		if string(g.Name) == name {
			return true
		}
	}
	return false
}

// selection parses the extensions that a response selects.
func selection(list []wire.Extension, f wire.Fields) ([]wire.Extension, Fault) {
	for v := range f.All("Sec-WebSocket-Extensions") {
		var err error
		if list, err = wire.ParseExtensions(list, v); err != nil {
			reqs := "WSP-EXT-01 KHP-EXT-RSP-12"
			if len(v) == 0 {
				reqs = "KHP-EXT-RSP-08"
			}
			return nil, Fault{reqs, err.Error()}
		}
	}
	return list, Fault{}
}

// misfit returns the first name of a selection that was not asked for, or that is there for the
// second time; "" if all is well. Parameters are up to the extension. [AMB-26, AMB-27, AMB-29]
func misfit(list []wire.Extension, asked []string) (name string, twice bool) {
	for i, e := range list {
		twice = Granted(list[:i], string(e.Name))
		if twice || !Named(asked, string(e.Name)) {
			return string(e.Name), twice
		}
	}
	return "", false
}
