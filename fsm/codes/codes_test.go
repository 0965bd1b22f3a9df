package codes

import (
	"fmt"
	"testing"

	"example.com/khp/internal/enums"
	"github.com/stretchr/testify/require"
)

// Each value of each enum prints as a word.
func TestEnums_Readable(t *testing.T) {
	enums.Readable(t, ".", map[string][]any{
		"Action":   enums.List(ActionComplete, ActionUpgrade),
		"Duties":   enums.Flags(NeedLocation, NeverSend),
		"Strength": enums.List(May, Must),
	})
	require.Equal(t, "Location, no body", fmt.Sprint(NeedLocation|NoBody))
	require.Equal(t, "none", fmt.Sprint(Duties(0)))
}
