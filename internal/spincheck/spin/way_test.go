package spin

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRowsOfTrail(t *testing.T) {
	model := strings.Split(`inline client_in_await_response() {
	:: ev == DataReceived -> /* await-response/data/reading KHP-GEN-09 */
		d_step { c_phase = C_Reading }
	:: ev == BodyWritten -> skip /* ignored */
}
inline server_in_opening() {
	:: ev == CloseRequested -> /* opening/close/shutdown LIV-11 */`, "\n")
	const trail = `  1:	proc  1 (server:1) pair.pml:7 (state 3)	[((ev==CloseRequested))]
  2:	proc  0 (client:1) pair.pml:2 (state 5949)	[((ev==DataReceived))]
  2:	proc  0 (client:1) pair.pml:3 (state 5949)	[c_phase = C_Reading]
  3:	proc  0 (client:1) pair.pml:4 (state 5950)	[((ev==BodyWritten))]
  3:	proc  0 (client:1) pair.pml:99 (state 5950)	[1]
`
	require.Equal(t, []string{
		"ignored of the client in await response: ev == BodyWritten",
		"await-response/data/reading of the client in await response: ev == DataReceived",
		"opening/close/shutdown of the server in opening: ev == CloseRequested",
	}, rowsOfTrail([]byte(trail), model))
	require.Empty(t, rowsOfTrail(nil, model))
}
