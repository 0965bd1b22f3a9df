package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"example.com/khp/transport"
	"github.com/stretchr/testify/require"
)

// A terminal may take U+009B for the beginning of a control sequence; in JSON it is written as an escape, and read as the same.
func TestPrinter_JSONControlsNoTerminal(t *testing.T) {
	const text = "a\u009b2J\x7f\x1bü€<"
	var out bytes.Buffer
	p := printer{w: &out, json: true}
	require.NoError(t, p.message(transport.Text, []byte(text)))
	require.Contains(t, out.String(), `"a\u009b2J\u007f\u001bü€<"`)
	var line messageLine
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, text, *line.Text)
}
