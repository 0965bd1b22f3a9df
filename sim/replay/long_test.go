package replay

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Ten thousand messages in both directions stay within the budget of states, and nonsense ends.
func TestCheck_Long(t *testing.T) {
	s := recorded(t, "accepted")
	i := at(t, s, Client, Close, 0)
	var many []Step
	for range 5000 {
		many = append(many, message(Client, "up"), message(Server, "down"))
	}
	s.Steps = append(s.Steps[:i:i], append(many, s.Steps[i:]...)...)
	require.Equal(t, Path, Check(s).Verdict)

	s = recorded(t, "accepted")
	i = at(t, s, Server, Message, 0)
	var pieces []Step
	for n := range 2000 {
		pieces = append(pieces, message(Server, fmt.Sprintf("x-%d: y\r\n", n)))
	}
	s.Steps[i].Data = []byte("HTTP/1.1 200 OK\r\n")
	s.Steps = append(s.Steps[:i+1:i+1], append(pieces, s.Steps[i+1:]...)...)
	require.Contains(t, []Verdict{NotPath, Incomplete}, Check(s).Verdict)
}
