package formal

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/khp/sim/export"

	"github.com/stretchr/testify/require"
)

var (
	tlaStart    = regexp.MustCompile(`(?m)^([A-Za-z][A-Za-z0-9_]*)(?:\([^)]*\))? ==`)
	tlaPrimed   = regexp.MustCompile(`\b([a-z]+)'`)
	tlaFixed    = regexp.MustCompile(`UNCHANGED (?:<<([^>]*)>>|(vars))`)
	tlaComment  = regexp.MustCompile(`\\\*.*|(?s)\(\*.*?\*\)`)
	tlaString   = regexp.MustCompile(`"[^"]*"`)
	tlaWord     = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_]*`)
	tlaVariable = []string{"broken", "c", "ch", "ev", "net", "orders", "s", "sh"}
)

// tlaDefinitions splits a module, without comments and strings, into its definitions.
func tlaDefinitions(t *testing.T) map[string]string {
	module, _ := tla(t)
	text := tlaString.ReplaceAllString(tlaComment.ReplaceAllString(module, ""), `""`)
	at := tlaStart.FindAllStringSubmatchIndex(text, -1)
	list := map[string]string{}
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		name := text[m[2]:m[3]]
		require.NotContains(t, list, name, "defined once")
		list[name] = text[m[3]:end]
	}
	return list
}

func TestTLA_EveryActionSaysWhatBecomesOfEachVariable(t *testing.T) {
	actions := 0
	for name, body := range tlaDefinitions(t) {
		var said []string
		for _, m := range tlaPrimed.FindAllStringSubmatch(body, -1) {
			said = append(said, m[1])
		}
		for _, m := range tlaFixed.FindAllStringSubmatch(body, -1) {
			if m[2] == "vars" {
				said = append(said, tlaVariable...)
			}
			for v := range strings.SplitSeq(m[1], ",") {
				if v = strings.TrimSpace(v); v != "" {
					said = append(said, v)
				}
			}
		}
		if len(said) == 0 {
			continue
		}
		actions++
		slices.Sort(said)
		require.Equal(t, tlaVariable, said, "%s speaks of each variable once", name)
	}
	require.Greater(t, actions, len(export.Edges(export.Client))+len(export.Edges(export.Server)))
}

func TestTLA_EverythingDefinedIsUsed(t *testing.T) {
	definitions := tlaDefinitions(t)
	module, config := tla(t)
	uses := map[string]int{}
	for _, word := range tlaWord.FindAllString(tlaComment.ReplaceAllString(module, "")+config, -1) {
		uses[word]++
	}
	for name := range definitions {
		if strings.HasPrefix(name, "Never_") {
			continue // for users
		}
		require.Greater(t, uses[name], 1, "%s is used", name)
	}
	for _, name := range tlaInvariants() {
		require.Contains(t, definitions, name, "the configuration names what is defined")
	}
}

func TestTLA_BracketsBalance(t *testing.T) {
	module, _ := tla(t)
	text := tlaString.ReplaceAllString(tlaComment.ReplaceAllString(module, ""), `""`)
	for open, shut := range map[string]string{"(": ")", "[": "]", "{": "}", "<<": ">>"} {
		opened, closed := strings.Count(text, open), strings.Count(text, shut)
		if open == "[" {
			opened, closed = opened-strings.Count(text, "[]"), closed-strings.Count(text, "[]")
		}
		require.Equal(t, opened, closed, "%s %s", open, shut)
	}
}
