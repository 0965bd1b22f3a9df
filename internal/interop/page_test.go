package interop

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPage_Cases requires docs/interop.md to list exactly the cases that are run, in their order,
// and to name the versions that are fetched.
func TestPage_Cases(t *testing.T) {
	var cases []string
	for _, c := range clientCases {
		cases = append(cases, "TestClient/"+c.name)
	}
	for _, c := range gatewayCases() {
		cases = append(cases, "TestGateway/"+c.name)
	}
	page, err := os.ReadFile("../../docs/interop.md")
	require.NoError(t, err)
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(Test(?:Client|Gateway)/[^`]+)` \\| [^|]+ "+
		"\\| [^|]+ \\|$").FindAllSubmatch(page, -1) {
		listed = append(listed, string(row[1]))
	}
	require.Equal(t, cases, listed)

	pom, err := os.ReadFile("testdata/pom.xml")
	require.NoError(t, err)
	for _, name := range []string{"client", "gateway"} {
		version := regexp.MustCompile("<" + name + ">([0-9.]+)</").FindSubmatch(pom)
		require.NotNil(t, version, name)
		require.Contains(t, string(page), string(version[1]), name)
	}
}
