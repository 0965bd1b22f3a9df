package frames

import (
	"errors"
	"os"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Messages that are read in parts of any sizes are the same as those read at once, and so are their
// faults. The rest of one can be taken at once, to be thrown away.
func TestLink_NextIntoRapid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client := rapid.Bool().Draw(t, "client")
		frames, _ := genStream(t)
		b := frametest.Encode(client, frames...)
		if len(b) > 0 && rapid.Bool().Draw(t, "a fault") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		}
		limit := rapid.SampledFrom([]int64{1 << 20, 9000}).Draw(t, "limit")
		whole := &frametest.Script{}
		want, _, wantErr := readItems(t, New(whole, client, b, limit), whole)

		nc := &frametest.Script{}
		for rest := b; len(rest) > 0; {
			if rapid.Bool().Draw(t, "deadline") {
				nc.Reads = append(nc.Reads, nil)
			}
			n := min(len(rest), rapid.OneOf(rapid.IntRange(1, 10), rapid.IntRange(1, 10000)).
				Draw(t, "arrival"))
			nc.Reads, rest = append(nc.Reads, rest[:n:n]), rest[n:]
		}
		l := New(nc, client, nil, limit)
		var got []gotItem
		var begun []byte
		partly, spoiled := false, false
		for {
			var it Item
			var err error
			if rapid.IntRange(0, 9).Draw(t, "whole") == 0 {
				spoiled = spoiled || partly
				it, err = l.Next()
			} else {
				into := make([]byte,
					rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 10000)).Draw(t, "into"))
				it, err = l.NextInto(into)
				if len(it.Data) > 0 && it.Kind == Message {
					require.Same(t, &into[0], &it.Data[0])
				}
			}
			if errors.Is(err, os.ErrDeadlineExceeded) {
				continue
			}
			if err != nil {
				require.Equal(t, want[:len(got)], got)
				if err != error(errText) || errors.As(wantErr, new(*Error)) { // else it was noticed earlier
					require.Equal(t, wantErr, err)
					require.Len(t, want, len(got))
				}
				return
			}
			if it.Kind == Message {
				begun = append(begun, it.Data...)
				if partly = it.More; partly {
					continue
				}
				if it.Data, begun = begun, nil; spoiled {
					it.Data = []byte(want[len(got)].data)
				}
				spoiled = false
			}
			got = append(got, gotItem{it.Kind, it.Type, string(it.Data), it.Code, it.Reason})
		}
	})
}
