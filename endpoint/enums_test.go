package endpoint

import (
	"testing"

	"example.com/khp/internal/enums"
)

// Each value of each enum prints as a word.
func TestEnums_Readable(t *testing.T) {
	enums.Readable(t, ".", map[string][]any{
		"Leg": enums.List(LegConnect, LegExtended), "OutputKind": enums.List(Dial, Fail),
		"RedirectPolicy": enums.List(RedirectAny, RedirectNever),
	})
}
