package balancer

import (
	"testing"

	"example.com/khp/internal/enums"
)

// Each value of each enum prints as a word.
func TestEnums_Readable(t *testing.T) {
	enums.Readable(t, ".", map[string][]any{"Message": enums.List(None, Reroute)})
}
