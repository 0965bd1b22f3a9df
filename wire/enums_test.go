package wire

import (
	"testing"

	"example.com/khp/internal/enums"
)

// Each value of each enum prints as a word.
func TestEnums_Readable(t *testing.T) {
	enums.Readable(t, ".", map[string][]any{"Kind": enums.List(KindIncomplete, KindClose),
		"MessageType": enums.List(Text, Binary), "Progress": enums.List(UnitPartial, UnitTerminated)})
}
