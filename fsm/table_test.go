package fsm

import (
	"testing"

	"example.com/khp/internal/inside"
	"github.com/stretchr/testify/require"
)

// eachRow visits every cell of both tables.
func eachCell(visit func(where string, c cell)) {
	for p := ClientIdle; p < clientPhases; p++ {
		for in := onConnect; in < clientInputs; in++ {
			visit(p.String()+"/"+in.String(), clientTable[p][in])
		}
	}
	for p := ServerOpening; p < serverPhases; p++ {
		for in := byOpeningRequest; in < serverInputs; in++ {
			visit(p.String()+"/"+in.String(), serverTable[p][in])
		}
	}
}

func TestTables_HaveNoHole(t *testing.T) {
	eachCell(func(where string, c cell) {
		require.NotEmpty(t, c, "%s: write ignore or misuse", where)
		last := c[len(c)-1]
		require.Zero(t, last.mask, "%s: the last row must have no guard", where)
		for i, r := range c {
			require.NotZero(t, r.verdict, "%s row %d: no verdict", where, i)
			require.LessOrEqual(t, int(r.n), inside.MaxEffects, "%s row %d: too many effects", where, i)
			if r.verdict != Accepted {
				require.Zero(t, r.n, "%s row %d: only accepted rows have effects", where, i)
				continue
			}
			require.NotEmpty(t, r.id, "%s row %d: no transition id", where, i)
			require.NotEmpty(t, r.reqs, "%s row %d: no requirement", where, i)
		}
	})
}

func TestTables_GuardBitsAreNamed(t *testing.T) {
	eachCell(func(where string, c cell) {
		for _, r := range c {
			for b := bits(1); b != 0; b <<= 1 {
				if r.mask&b != 0 {
					require.Contains(t, bitNames, b, "%s: guard bit %x has no name", where, uint64(b))
				}
			}
		}
	})
}
