package prove

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every row that can be taken is a function, every symbol is declared once, before it is used, and
// every property can be asked for.
func TestSMTLIB(t *testing.T) {
	for side, m := range map[string]*Machine{"client": Client(), "server": Server()} {
		t.Run(side, func(t *testing.T) {
			var b strings.Builder
			require.NoError(t, m.SMTLIB(&b))
			text := regexp.MustCompile(`;.*`).ReplaceAllString(b.String(), "")
			declared := map[string]bool{}
			defined := regexp.MustCompile(`\((?:declare-const|define-fun) (\|[^|]*\||\S+)`)
			for command := range split(text) {
				for _, name := range regexp.MustCompile(`\|[^|]*\|`).FindAllString(command, -1) {
					if d := defined.FindStringSubmatch(command); d[1] == name {
						continue
					}
					require.True(t, declared[name], "%s is used before it is declared", name)
				}
				if d := defined.FindStringSubmatch(command); d != nil {
					require.False(t, declared[d[1]], "%s is declared twice", d[1])
					declared[d[1]] = true
				}
			}
			for n, r := range m.rows {
				if r.ID != "" && m.run(n).when != no {
					require.True(t, declared["|row "+r.ID+"|"], "row %s", r.ID)
				}
			}
			kept := map[[2]string]bool{} // by rows alone, with nothing for a solver to do
			for n := range m.rows {
				r := m.run(n)
				for _, p := range r.stated {
					kept[p] = true
				}
			}
			for n := range m.rows {
				for _, d := range m.run(n).duties {
					delete(kept, [2]string{d.id, d.text})
				}
			}
			bounds := map[string]bool{}
			for _, p := range m.limits.properties {
				bounds[p.id] = true
			}
			for _, p := range m.Properties() {
				if kept[p] {
					continue
				}
				require.True(t, declared["|breaks "+p[0]+"|"] || declared["|violates "+p[0]+"|"] ||
					bounds[p[0]], "property %s", p[0])
			}
			require.True(t, declared["init"] && declared["step"])
		})
	}
}
