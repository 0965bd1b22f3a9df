package config

import (
	"cmp"
	"fmt"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
)

// At is where a part of the document is written. The parts embed it. The zero value is a part whose
// keys are flags.
type At struct {
	name  string         // as it stands in errors: routes /echo
	file  string         // "" if it is not written in a file
	lines map[string]int // of its keys, and of itself under ""
	flag  string         // the flag and value that it was made of instead: --route /echo=echo

	// flags are the keys that have another name for readers, such as address: listen.
	flags map[string]string
}

// Says reports whether a key is written here; otherwise its value is that of the document.
func (a *At) Says(key string) bool { return a.lines[key] != 0 }

// Fault says what is wrong with the value of a key: where it is written, or which flag has it.
// value is shown and must hold no secret; with key "" it is the part as a whole that is wrong.
func (a *At) Fault(key, value, format string, args ...any) error {
	why := fmt.Sprintf(format, args...)
	switch {
	case key == "" && a.file != "":
		return cli.Usagef("%s:%d: %s: %s", a.file, a.lines[""], a.name, why)
	case a.Says(key):
		return cli.Usagef("%s:%d: %s: %s: %s",
			a.file, a.lines[key], a.name, strings.TrimSpace(cmp.Or(a.flags[key], key)+" "+value), why)
	case a.flag != "" && (key == "" || key == "target"):
		return cli.Usagef("%s: %s", a.flag, why)
	}
	return cli.Usagef("--%s %s: %s", cmp.Or(a.flags[key], key), value, why)
}

// Called returns the name of a key for the reader of an error.
func (a *At) Called(key string) string {
	name := cmp.Or(a.flags[key], key)
	if a.file != "" {
		return name
	}
	return "--" + name
}
