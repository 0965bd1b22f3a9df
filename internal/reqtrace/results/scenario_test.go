package results

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestResults_ScenarioByName(t *testing.T) {
	var r Results
	require.NoError(t, r.Read(strings.NewReader(`{"Action":"pass","Package":"p","Test":"TestX/ADV-07/empty"}
{"Action":"fail","Package":"p","Test":"TestX/ADV-08/zone"}
{"Action":"pass","Package":"p","Test":"TestX/GADV-099"}`)))
	require.Equal(t, []string{"ADV-07"}, r.IDs(), "only tests that passed, only whole ids")
}
