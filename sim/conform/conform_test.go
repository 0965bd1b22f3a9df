package conform

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/khp/internal/reqtrace/list"
	"example.com/khp/sim/script"
	"github.com/stretchr/testify/require"
)

func all(t *testing.T) []*script.Case {
	t.Helper()
	cases, err := Cases()
	require.NoError(t, err)
	return cases
}

// profiles are those of a case.
func profiles(c *script.Case) []string {
	if c.Profile != "" {
		return []string{c.Profile}
	}
	return []string{"spec", "kaazing"}
}

// Our own client and server pass every case in the virtual network.
func TestCases_OwnPeers(t *testing.T) {
	for _, c := range all(t) {
		if c.Outside {
			continue
		}
		role := "client"
		if c.Server {
			role = "server"
		}
		for _, profile := range profiles(c) {
			t.Run(role+"/"+profile+"/"+c.Name, func(t *testing.T) {
				for _, id := range c.Requirements {
					t.Attr("req", id)
				}
				res, err := c.Run(script.Options{Profile: profile})
				require.NoError(t, err)
				require.Empty(t, res.Broken)
				require.False(t, res.Grade().Failed(), "%+v\n%s", res, strings.Join(res.Transcript, "\n"))
			})
		}
	}
}

// Ids are stable: they are made of a few characters, and no two cases for a role have the same.
func TestCases_Ids(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9.-]+(/[a-z0-9.-]+)+$`)
	seen := map[string]bool{}
	for _, c := range all(t) {
		require.Regexp(t, form, strings.ToLower(c.Name))
		for _, profile := range profiles(c) {
			key := profile + c.Name
			if c.Server {
				key = "server " + key
			}
			require.False(t, seen[key], "%s is there twice", c.Name)
			seen[key] = true
		}
	}
}

// The requirements of cases exist, and a case that stands for a MUST is one.
func TestCases_Requirements(t *testing.T) {
	known, err := list.Load(os.DirFS("../.."))
	require.NoError(t, err)
	for _, c := range all(t) {
		must := false
		for _, id := range c.Requirements {
			require.True(t, known.Known(id), "%s: %s", c.Name, id)
			for _, e := range known.Entries {
				must = must || e.ID == id && e.Binding()
			}
		}
		if must && c.Level == "MAY" {
			t.Errorf("%s: a MUST is among its requirements, so it cannot be a MAY", c.Name)
		}
	}
}

// unobserved are the binding requirements that no case can stand for, and why.
var unobserved = map[string]string{
	"KHP-STATUS-307-03": "a client with another method than GET, which hardly any has",
	"RFC2068-201-02":    "what a server does before it answers",
	"RFC2068-407-01":    "between a client and a proxy",
	"MAIL-409-01":       "about SPARQL",
	"WSP-EXT-04":        "a server's extensions of the opening handshake are its own",
	"WSP-URI-01":        "a URL is read before anything is sent",
}

// Every MUST that a server or a client has to keep is named by a case, or there is a reason why
// not.
func TestCases_EveryMust(t *testing.T) {
	named := map[string]bool{}
	for _, c := range all(t) {
		for _, id := range c.Requirements {
			named[id] = true
		}
	}
	b, err := os.ReadFile("../../docs/requirements.tsv")
	require.NoError(t, err)
	seen := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(line, "\t")
		if id := cells[0]; strings.HasPrefix(cells[1], "MUST") && cells[2] != "proxy" &&
			cells[2] != "parser" {
			seen++
			require.NotEqual(t, named[id], unobserved[id] != "",
				"%s: expected a case, or a reason why there is none", id)
		}
	}
	require.Greater(t, seen, 100)
}
