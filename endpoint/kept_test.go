package endpoint

import (
	"fmt"
	"strings"
	"testing"

	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// fieldsOf makes n fields with values of a size.
func fieldsOf(prefix string, n, size int) (list wire.Fields, want []HeaderField) {
	for i := range n {
		f := HeaderField{fmt.Sprintf("%s-%d", prefix, i), strings.Repeat(prefix, size)}
		list, want = append(list, wire.Field{Name: []byte(f.Name), Value: []byte(f.Value)}),
			append(want, f)
	}
	return list, want
}

// Whether the room for most handshakes is enough or not: copied values stay as they were, whatever
// is copied behind them and happens to the originals.
func TestKept_NothingIsUsedTwice(t *testing.T) {
	for _, fields := range []int{0, 1, 3, 7, 8, 9, 20} {
		for _, size := range []int{0, 1, 40, 1000} {
			k := keptByClient()
			k.reserve(100, 50)
			var got, want [][]HeaderField
			for _, prefix := range []string{"a", "b", "c"} {
				list, copies := fieldsOf(prefix, fields, size)
				got, want = append(got, k.copyFields(list)), append(want, copies)
				for _, f := range list {
					clear(f.Name)
					clear(f.Value)
				}
			}
			for i := range got {
				require.Equal(t, want[i], got[i], "%d fields of %d bytes", fields, size)
				_ = append(got[i], HeaderField{"X", "of the application"})
			}
			for i := range want {
				require.Equal(t, want[i], got[i], "appending to one list changes no other")
			}
		}
	}
}

func TestKept_ListsDoNotOverlap(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 9} {
		k := keptByClient()
		var got, want [][]string
		for _, prefix := range []string{"a", "b", "c"} {
			var elements []string
			for i := range n {
				elements = append(elements, fmt.Sprintf("%s%d;n=%d", prefix, i, i))
			}
			value := strings.Join(elements, ", ")
			list, err := k.extensions(nil, []byte(value), value)
			require.NoError(t, err)
			got, want = append(got, list), append(want, elements)
		}
		require.Equal(t, want, got)
		_ = append(got[0], "more")
		require.Equal(t, want[1:], got[1:])
	}
}
