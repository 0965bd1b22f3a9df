package main

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
)

// journal is the name of a file with results, one JSON object for each line, which the runs in one
// working directory share.
type journal string

// read returns the results so far, without lines that were cut off.
func (j journal) read() (list []result) {
	text, _ := os.ReadFile(string(j))
	for line := range strings.Lines(string(text)) {
		var r result
		if json.Unmarshal([]byte(line), &r) == nil {
			list = append(list, r)
		}
	}
	return list
}

// open returns the end of the journal.
func (j journal) open() (*journalEnd, error) {
	f, err := os.OpenFile(string(j), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return &journalEnd{File: f}, err
}

// journalEnd adds results. It is safe for concurrent use.
type journalEnd struct {
	*os.File
	mu sync.Mutex
}

func (j *journalEnd) add(r result) {
	text, _ := json.Marshal(r)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.Write(append(text, '\n'))
}
