package z3

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mistake in a command that has no answer is told by the next answer, or at the end.
func TestProcess_TellsMistakes(t *testing.T) {
	p, err := Start(t.Context())
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	answer, err := p.Ask("(check-sat)\n")
	require.NoError(t, err)
	require.Equal(t, "sat", answer)
	require.NoError(t, p.Tell("(assert unheard)\n"))
	require.ErrorContains(t, p.Close(), "unheard")
	p, err = Start(t.Context())
	require.NoError(t, err)
	require.NoError(t, p.Tell("(assert unheard)\n"))
	_, err = p.Ask("(check-sat)\n")
	require.ErrorContains(t, err, "unheard")
	_ = p.Close()
	p, err = Start(t.Context())
	require.NoError(t, err)
	require.NoError(t, p.Close())
}
