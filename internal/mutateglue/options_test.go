package main

import (
	"testing"

	"example.com/khp/internal/mutateglue/fault"
	"github.com/stretchr/testify/require"
)

// An argument without meaning is refused: a hunt that asks no tests, or tries no faults, would look
// as if nothing survived.
func TestOptions_Refused(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"unknown package of tests": {[]string{"-hunt", "-tests", "endpont"}, `-tests has "endpont"`},
		"second name unknown": {[]string{"-hunt", "-tests", "./endpoint,./wire/"},
			`-tests has "wire/"`},
		"unknown package of faults": {[]string{"-hunt", "-in", "./enpoint"}, `-in has "enpoint"`},
		"empty name":                {[]string{"-hunt", "-in", "endpoint,"}, `-in has ""`},
		"unknown fault to try": {[]string{"-second", "-try", "endpoint:core.and"},
			`-try has "endpoint:core.and"`},
		"unknown class": {[]string{"-hunt", "-class", "gard"}, `-class has "gard"`},
		"broken names":  {[]string{"-hunt", "-run", "("}, "missing closing )"},
		"tests for a check": {[]string{"-tests", "endpoint"},
			"-tests has no effect here; it is for -hunt, -second"},
		"two modes":  {[]string{"-hunt", "-add"}, "-hunt and -add are two things to do"},
		"no process": {[]string{"-parallel", "0"}, "-parallel is at least 1"},
		"no flag":    {[]string{"-hunt", "endpoint"}, `"endpoint" is no flag`},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := parse(c.args)
			if err == nil {
				err = o.check([]fault.Fault{{ID: "endpoint:core.begin:0", Class: fault.Guard}})
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Packages may be named as for the go command.
func TestOptions_PackagesByPath(t *testing.T) {
	o, err := parse([]string{"-hunt", "-in", "./endpoint:core", "-tests",
		"./endpoint,transport/internal/adaptertest,special", "-class", "guard"})
	require.NoError(t, err)
	require.NoError(t, o.check([]fault.Fault{{ID: "endpoint:core.begin:0", Class: fault.Guard}}))
	require.Equal(t, []string{"endpoint:core"}, o.in)
	require.Equal(t, []string{"endpoint", "transport/internal/adaptertest", "special"}, o.from)
}
