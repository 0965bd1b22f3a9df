package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInputs_Size(t *testing.T) {
	sizes := map[string][2]int{"extended request": {130, 3}, "extended 101": {260, 6},
		"browser request": {703, 9}, "30 fields": {2048, 30}}
	for _, in := range inputs {
		require.Equal(t, sizes[in.name][0], len(in.message), in.name)
		require.Equal(t, sizes[in.name][1], strings.Count(in.message, "\r\n")-2, in.name)
	}
}

// A comparison is fair only if every parser understands every input.
func TestParsers_AcceptInputs(t *testing.T) {
	for _, p := range parsers {
		for _, in := range inputs {
			t.Run(p.name+"/"+in.name, func(t *testing.T) {
				r := p.new()
				for range 2 {
					if in.response {
						require.NoError(t, r.response([]byte(in.message)))
					} else {
						require.NoError(t, r.request([]byte(in.message)))
					}
					require.Equal(t, strings.Count(in.message, "\r\n")-2, r.fields())
				}
			})
		}
	}
}

// Each parser's refusals, and the inputs that it takes although RFC 9112 forbids them: no peer does
// more than ours.
func TestParsers_Refuse(t *testing.T) {
	broken := map[string]string{
		"NUL in a value":  strings.Replace(browserRequest, "keep-alive", "keep\x00alive", 1),
		"DEL in a value":  strings.Replace(browserRequest, "keep-alive", "keep\x7falive", 1),
		"slash in a name": strings.Replace(browserRequest, "Keep-Alive", "Keep/Alive", 1),
		"space in a name": strings.Replace(browserRequest, "Keep-Alive", "Keep Alive", 1),
		"empty name":      strings.Replace(browserRequest, "Keep-Alive", "", 1),
		"no colon":        strings.Replace(browserRequest, "Keep-Alive:", "Keep-Alive", 1),
		"LF alone":        strings.Replace(browserRequest, "\r\n", "\n", 1),
		"two Hosts":       strings.Replace(browserRequest, "Keep-Alive", "Host", 1),
	}
	pass := map[string][]string{
		"net/http": {"space in a name", "LF alone"},
		"fasthttp": {"space in a name", "LF alone"},
		"hertz":    {"slash in a name", "empty name", "LF alone", "two Hosts"},
		"httphead": {"NUL in a value", "DEL in a value", "empty name", "LF alone", "two Hosts"},
	}
	for _, p := range parsers {
		t.Run(p.name, func(t *testing.T) {
			var passed []string
			for name, message := range broken {
				if p.new().request([]byte(message)) == nil {
					passed = append(passed, name)
				}
			}
			require.ElementsMatch(t, pass[p.name], passed)
		})
	}
}

func TestKHP_NoAllocation(t *testing.T) {
	for _, in := range inputs {
		job := parsers[0].job(in)
		require.NoError(t, job())
		require.Zero(t, testing.AllocsPerRun(100, func() { _ = job() }), in.name)
	}
}
