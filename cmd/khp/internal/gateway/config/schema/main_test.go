package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// The schema that is published is that of the types, and every key in it is described.
func TestSchema_Fresh(t *testing.T) {
	want, err := schema("..")
	require.NoError(t, err)
	got, err := os.ReadFile("../../../../../../docs/deploy/khp.schema.json")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "go generate ./cmd/khp/internal/gateway/config")

	var top struct {
		Properties map[string]struct{ Description string }
		Defs       map[string]struct {
			Properties map[string]struct{ Description string }
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(want, &top))
	top.Defs["document"] = struct {
		Properties map[string]struct{ Description string }
	}{top.Properties}
	require.Contains(t, top.Defs, "Route")
	for name, d := range top.Defs {
		require.NotEmpty(t, d.Properties, name)
		for key, p := range d.Properties {
			require.NotEmpty(t, p.Description, "%s %s", name, key)
		}
	}
}

// The schema takes the example of every setting, and refuses the values that khp serve refuses for
// their form.
func TestSchema_Judges(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	text, err := schema("..")
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, compiler.AddResource("khp.schema.json", doc))
	judge, err := compiler.Compile("khp.schema.json")
	require.NoError(t, err)
	valid := func(text string) error {
		var v any
		require.NoError(t, yaml.Unmarshal([]byte(text), &v), text)
		return judge.Validate(v)
	}
	example, err := os.ReadFile("../../../../../../docs/deploy/khp.yaml")
	require.NoError(t, err)
	require.NoError(t, valid(string(example)))
	for _, good := range []string{"route: {/echo: echo}", "plain: true", "plain: {/a: false}",
		"auth: {/a: [joe:x, ann:y]}", "max-challenges: 5", "idle-timeout: 0", "max-message: 65536",
		"routes: {/a: echo}", "listeners: {address: ':8001'}"} {
		require.NoError(t, valid(good), good)
	}
	for _, bad := range []string{"rout: {/echo: echo}", "routes: {/a: {tagret: echo}}",
		"idle-timeout: 30", "max-connections: -1", "max-message: big", "verbose: maybe",
		"routes: {a: echo}", "listeners: []", "routes: {/a: {limits: {header: 1}}}"} {
		require.Error(t, valid(bad), bad)
	}
}
