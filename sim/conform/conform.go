// Package conform has the cases of khp conform: the duties of a KHP server or client, as scripts in
// the language of package script, for any implementation. The files in the folder cases are the
// cases; docs/conform.md explains how to read and write one.
package conform

import (
	"embed"
	"io/fs"
	"path"

	"example.com/khp/sim/script"
)

//go:embed cases/*.txt
var files embed.FS

// Cases returns all cases, in the order of their files. They are part of the program, and a test
// reads all of them: an error cannot happen there.
func Cases() ([]*script.Case, error) {
	names, err := fs.Glob(files, "cases/*.txt")
	if err != nil {
		return nil, err
	}
	var list []*script.Case
	for _, name := range names {
		source, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		more, err := parse(path.Base(name), string(source))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	server, client := corpusFiles()
	tourServer, tourClient, _ := tour()
	for _, g := range []struct{ name, source string }{
		{"tour-server.txt", tourServer}, {"tour-client.txt", tourClient}, {"corpus-server.txt", server},
		{"corpus-client.txt", client}} {
		more, err := parse(g.name, g.source)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

func parse(name, source string) ([]*script.Case, error) {
	f, err := script.Parse(name, source)
	if err != nil {
		return nil, err
	}
	return f.Cases()
}
