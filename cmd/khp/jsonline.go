package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
)

// controls are the characters that may control a terminal and that JSON does not escape by itself.
var controls = regexp.MustCompile("[\u007f-\u009f]")

// writeJSON writes v as one line that a terminal may show: what a peer has said is in it.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(controls.ReplaceAllFunc(b.Bytes(), func(c []byte) []byte {
		return fmt.Appendf(nil, `\u%04x`, []rune(string(c))[0])
	}))
	return err
}
