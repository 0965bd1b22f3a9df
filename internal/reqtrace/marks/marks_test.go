package marks

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"example.com/khp/internal/reqtrace/list"
)

// known is a list of five entries.
func known(t *testing.T) *list.List {
	t.Helper()
	l, err := list.Load(fstest.MapFS{
		list.RequirementsFile: {Data: []byte("id\tlevel\tparty\tstatement\ttrigger\taction\n" +
			"KHP-A-01\tMUST\tx\ty\t\t\nKHP-A-02\tMUST\tx\ty\t\t\nKHP-A-03\tMAY\tx\ty\t\t\n" +
			"WSP-B-01\tMUST\tx\ty\t\t\n")},
		list.PropertiesFile: {Data: []byte("id\tkind\tstatement\nINV-01\tsafety\tx\n")},
	})
	require.NoError(t, err)
	return l
}

func scan(t *testing.T, files map[string]string) *Marks {
	t.Helper()
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	m, err := Scan(root, known(t))
	require.NoError(t, err)
	return m
}

func TestScan_Impl(t *testing.T) {
	m := scan(t, map[string]string{"wire/a.go": `//khp:impl INV-01

// Package wire is a package.
package wire

import "fmt"

// F does.
//
//khp:impl KHP-A-01 KHP-A-02
//khp:impl KHP-A-01
func F() {
	fmt.Println() //khp:impl WSP-B-01
}

//khp:impl KHP-A-03

type T[P any] struct {
	a int //khp:impl KHP-A-01
}

func (t *T[P]) Method() {
	//khp:impl KHP-A-02
}

const (
	one = 1
	two = 2 //khp:impl WSP-B-01
	//khp:impl KHP-A-01
	three = 3
)

//khp:impl KHP-A-03
`})
	require.Empty(t, m.Problems)
	at := func(symbols ...string) (places []Place) {
		for _, s := range symbols {
			places = append(places, Place{"wire/a.go", s})
		}
		return places
	}
	require.Equal(t, map[string][]Place{
		"INV-01":   at("package wire"),
		"KHP-A-01": at("F", "T", "three"),
		"KHP-A-02": at("F", "T.Method"),
		"KHP-A-03": at("T", "package wire"),
		"WSP-B-01": at("F", "two"),
	}, m.Impl)
}

func TestScan_Tables(t *testing.T) {
	const table = `package fsm

import _ "KHP-A-03"

const completed = "KHP-A-02 INV-01"

var table = [...]row{
	{"C1", "KHP-A-01 " + more},
	to("C2", " WSP-B-01"),
	{"KHP-A-03 and prose", ""},
}

type row struct{ a string "KHP-A-03" }
`
	m := scan(t, map[string]string{"fsm/table.go": table, "wire/table.go": table,
		"fsm/table_test.go": table, "fsm/testdata/x.go": "no Go", ".hidden/x.go": "no Go"})
	require.Empty(t, m.Problems)
	require.Equal(t, map[string][]Place{
		"KHP-A-01": {{"fsm/table.go", "table"}},
		"KHP-A-02": {{"fsm/table.go", "completed"}},
		"INV-01":   {{"fsm/table.go", "completed"}},
		"WSP-B-01": {{"fsm/table.go", "table"}},
	}, m.Impl)
}

func TestScan_Tests(t *testing.T) {
	m := scan(t, map[string]string{"wire/a_test.go": `package wire

func TestA(t *testing.T) {
	t.Attr("req", "KHP-A-01")
	t.Run("x", func(t *testing.T) { t.Attr("req", "KHP-A-02"); t.Attr("other", "KHP-A-99"); t.Attr("req", c.req) })
}
`, "wire/a.go": `package wire

func F() { x.Attr("req", "KHP-A-03") }
`})
	require.Empty(t, m.Problems)
	require.Empty(t, m.Impl)
	require.Equal(t, map[string][]Place{"KHP-A-01": {{"wire/a_test.go", "TestA"}},
		"KHP-A-02": {{"wire/a_test.go", "TestA"}}}, m.Tests)
}

func TestScan_Exceptions(t *testing.T) {
	m := scan(t, map[string]string{"docs/doc.go": `package docs

//khp:exception KHP-A-01 KHP-A-02 reason="a \"cache\" is not kept"
//khp:exception KHP-A-03 reason=""
//khp:exception WSP-B-01
//khp:exception KHP-A-01 reason="again"
//khp:exception reason="nothing"
`})
	require.Equal(t, map[string]Exception{
		"KHP-A-01": {"docs/doc.go:3", `a "cache" is not kept`},
		"KHP-A-02": {"docs/doc.go:3", `a "cache" is not kept`},
	}, m.Exceptions)
	require.Equal(t, []string{
		`docs/doc.go:4: expected khp:exception ID reason="...", got "KHP-A-03 reason=\"\""`,
		`docs/doc.go:5: expected khp:exception ID reason="...", got "WSP-B-01"`,
		`docs/doc.go:6: KHP-A-01 has an exception at docs/doc.go:3 already`,
		`docs/doc.go:7: a mark without an id`,
	}, m.Problems)
}

func TestScan_Problems(t *testing.T) {
	const hint = "; the lists are docs/requirements.tsv and docs/properties.tsv"
	m := scan(t, map[string]string{
		"fsm/a.go": "package fsm\n\n//khp:impl KHP-A-01 KHP-A-99 typo\n//khp:impl\n" +
			"// khp:impl KHP-A-01\n//khp:implements KHP-A-01\n" +
			"//\t//khp:impl in a code block is prose\nvar x = \"KHP-A-01 KHP-A-98\"\n",
		"fsm/a_test.go": "package fsm\n\n" +
			"func TestA(t *testing.T) {\n\t//khp:impl KHP-A-01\n\tt.Attr(\"req\", \"KHP-A-97\")\n}\n",
	})
	require.Equal(t, []string{
		`fsm/a.go:3: unknown id "KHP-A-99"` + hint,
		`fsm/a.go:3: unknown id "typo"` + hint,
		`fsm/a.go:4: a mark without an id`,
		`fsm/a.go:5: a mark begins with //khp: without a blank, got "// khp:impl KHP-A-01"`,
		`fsm/a.go:6: unknown mark khp:implements; there are khp:impl and khp:exception`,
		`fsm/a.go:8: unknown id "KHP-A-98"` + hint,
		`fsm/a_test.go:4: khp:impl in a test; mark tests with t.Attr("req", "ID")`,
		`fsm/a_test.go:5: unknown id "KHP-A-97"` + hint,
	}, m.Problems)
}

func TestScan_BrokenSource(t *testing.T) {
	_, err := Scan(fstest.MapFS{"a.go": {Data: []byte("package")}}, known(t))
	require.ErrorContains(t, err, "a.go:1")
}
