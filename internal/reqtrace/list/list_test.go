package list

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func load(requirements, properties string) (*List, error) {
	return Load(fstest.MapFS{
		RequirementsFile: {Data: []byte("id\tlevel\tparty\tstatement\ttrigger\taction\n" + requirements)},
		PropertiesFile:   {Data: []byte("id\tkind\tstatement\n" + properties)},
	})
}

func TestLoad(t *testing.T) {
	l, err := load("KHP-OPEN-01\tMUST\tclient\tOffer it.\t\t\n"+
		"WSP-URI-01\tSHOULD NOT\tboth\tNo fragment.\t\t\n", "INV-01\tsafety\tOnce.\n")
	require.NoError(t, err)
	require.Equal(t, []Entry{
		{ID: "KHP-OPEN-01", Level: "MUST", Statement: "Offer it."},
		{ID: "WSP-URI-01", Level: "SHOULD NOT", Statement: "No fragment."},
		{ID: "INV-01", Level: "safety", Statement: "Once.", Property: true},
	}, l.Entries)
	require.True(t, l.Known("INV-01"))
	require.False(t, l.Known("INV-02"))

	require.True(t, l.LooksLikeID("WSP-FRAME-99"))
	require.False(t, l.LooksLikeID("KHP-lower"))
	require.False(t, l.LooksLikeID("RFC-01"), "no such group")
	require.False(t, l.LooksLikeID("KHP"))
	require.False(t, l.LooksLikeID("KHP-"))
}

func TestLoad_Refusals(t *testing.T) {
	for name, c := range map[string]struct{ requirements, properties, want string }{
		"level": {"A-1\tWILL\tx\ty\t\t\n", "", `docs/requirements.tsv:2: expected one of MUST, ` +
			`MUST NOT, SHOULD, SHOULD NOT, MAY, STATEMENT, got "WILL"`},
		"kind": {"", "A-1\tMUST\tx\n",
			`docs/properties.tsv:2: expected one of safety, liveness, scenario, got "MUST"`},
		"columns": {"A-1\tMUST\n", "", `docs/requirements.tsv:2: expected the columns id, level, ` +
			`party, statement, trigger, action, got "A-1\tMUST"`},
		"twice": {"A-1\tMUST\tx\ty\t\t\n", "A-1\tsafety\tx\n",
			"docs/properties.tsv:2: A-1 is listed twice"},
		"no text": {"A-1\tMUST\tx\t\t\t\n", "",
			"docs/requirements.tsv:2: an id and a statement are required"},
		"no entry": {"\n", "", `docs/requirements.tsv:2: expected the columns id, level, party, ` +
			`statement, trigger, action, got ""`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(c.requirements, c.properties)
			require.EqualError(t, err, c.want)
		})
	}
	_, err := Load(fstest.MapFS{})
	require.ErrorContains(t, err, RequirementsFile)
}

func TestEntry(t *testing.T) {
	require.True(t, Entry{Level: "MUST NOT"}.Binding())
	require.False(t, Entry{Level: "SHOULD"}.Binding())
	for id, group := range map[string]string{"KHP-CLASS-1XX-01": "KHP-CLASS",
		"RFC2068-407-01": "RFC2068", "INV-01": "INV", "DRAFT02-511-01": "DRAFT02"} {
		require.Equal(t, group, Entry{ID: id}.Group())
	}
}

func TestLoad_TheRealLists(t *testing.T) {
	l, err := Load(os.DirFS("../../.."))
	require.NoError(t, err)
	require.NotEmpty(t, l.Entries)
}
