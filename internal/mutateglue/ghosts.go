package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"example.com/khp/internal/ghost/tell"
	"example.com/khp/internal/mutateglue/catalogue"
	"example.com/khp/internal/overlay"
)

// ghosts tells how many faults of package endpoint that the catalogue has are noticed by ghosts
// alone: a test of package ghost makes calls and looks at nothing.
func (p *program) ghosts(byID map[string]int, o options) error {
	all, err := catalogue.Rows()
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r catalogue.Row) bool { return r.Package() != "endpoint" })
	rows, err := p.chosen(all, byID, o)
	if err != nil {
		return err
	}
	b, err := p.haunted()
	if err != nil {
		return err
	}
	walk := []*oneTest{{Name: "TestWalk", Seconds: 5, in: b}}
	if o := b.run(walk, 0, ""); o.failed {
		return fmt.Errorf("ghosts find something without any fault: %s", o.output)
	}
	var mu sync.Mutex
	noticed := 0
	each(rows, o.parallel, func(r catalogue.Row) {
		o := b.run(walk, byID[r.ID], "")
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(o.output, "the ghost finds a call wrong") {
			noticed++
			return
		}
		f := p.faults[byID[r.ID]-1]
		fmt.Printf("%s %s\n\t- %s\n\t+ %s\n", r.ID, o.why, f.Before, f.After)
	})
	fmt.Printf("ghosts alone notice %d of %d faults of package endpoint\n", noticed, len(rows))
	return nil
}

// haunted builds the test that walks, with all faults and with ghosts.
func (p *program) haunted() (*binary, error) {
	work := filepath.Join(p.work, "ghosts")
	if err := os.MkdirAll(work, 0o700); err != nil {
		return nil, err
	}
	o, err := overlay.Open(p.overlay, work)
	if err != nil {
		return nil, err
	}
	if err := tell.Write(p.root, o); err != nil {
		return nil, err
	}
	file, err := o.Write()
	if err != nil {
		return nil, err
	}
	b := &binary{Package: "./internal/ghost", Dir: filepath.Join(p.root, "internal", "ghost"),
		Path: filepath.Join(work, "ghost.test")}
	if err := overlay.Test(file, p.root, b.Package, b.Path); err != nil {
		return nil, err
	}
	return b, b.list("^TestWalk$")
}
