// Package verification explores all models, measures, and makes docs/verification.md.
package verification

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"example.com/khp/internal/docgen/tool"
)

// sections are the parts of the page, in order. Each writes itself, with a heading of its own.
var sections = []func(io.Writer) error{intro, fixed("guards"), models, besideSpin, simulation,
	fixed("drill"), faults, mutants, tools, glue, twice, shards, fixed("uncovered"), fixed("document")}

// Page returns the page, if every section succeeds. The current directory is the root of the
// module.
func Page() ([]byte, error) {
	var text bytes.Buffer
	for _, section := range sections {
		if err := section(&text); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// result is the part of the JSON document of khp explore that the page shows.
type result struct {
	States, Steps  int
	Seconds        float64
	Holds          bool
	processor      float64 // seconds of processor time of the whole program
	Configurations []struct {
		Model, Name          string
		States, Steps, Depth int
		Seconds              float64
		Rate                 float64 `json:"states_per_second"`
		Visited              float64 `json:"visited_bytes_per_state"`
		Total                float64 `json:"total_bytes_per_state"`
		Collision            float64 `json:"collision_probability"`
	}
	Violations []violation
}

type violation struct {
	Configuration, ID, Text, Transcript string
	Steps                               []struct{ Step int }
}

// explore runs khp explore, whose binary is built once.
func explore(args ...string) (r result, err error) {
	dir, err := os.MkdirTemp("", "khp-verification")
	if err != nil {
		return r, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if _, _, err := tool.Run(0, "go", "build", "-o", dir+"/khp", "./cmd/khp"); err != nil {
		return r, err
	}
	out, processor, err := tool.Run(1, dir+"/khp",
		append([]string{"explore", "--json", "--progress", "none"}, args...)...)
	if err != nil {
		return r, err
	}
	r.processor = processor
	return r, json.Unmarshal(out, &r)
}

// grouped writes a number with commas.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
