package explore

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Records of files from elsewhere that do not fit together are refused, and nothing panics or
// loops.
func TestMerge_RecordsThatDoNotFit(t *testing.T) {
	const edges = 2
	good := func() *Records {
		return &Records{Prints: []uint64{1, 2}, Depths: []uint16{0, 1}, Steps: []uint16{1, 1},
			Ends: []int{1, 2}, Taken: []uint16{0, 1}}
	}
	_, err := Merge(edges, Report[tick]{Records: good()}, Report[tick]{Records: good()})
	require.NoError(t, err)
	for name, spoil := range map[string]func(r *Records){
		"fewer depths":         func(r *Records) { r.Depths = r.Depths[:1] },
		"fewer steps":          func(r *Records) { r.Steps = nil },
		"fewer ends":           func(r *Records) { r.Ends = r.Ends[:1] },
		"more ends":            func(r *Records) { r.Ends = append(r.Ends, 2) },
		"an end too far":       func(r *Records) { r.Ends[1] = 3 },
		"an end before":        func(r *Records) { r.Ends[0] = 2; r.Ends[1] = 1 },
		"a negative end":       func(r *Records) { r.Ends[0] = -1 },
		"edges of no state":    func(r *Records) { r.Taken = append(r.Taken, 0) },
		"an unknown edge":      func(r *Records) { r.Taken[0] = edges },
		"nothing but prints":   func(r *Records) { *r = Records{Prints: r.Prints} },
		"nothing but edges":    func(r *Records) { *r = Records{Taken: r.Taken} },
		"disagree about steps": func(r *Records) { r.Steps[1] = 9 },
		"disagree about edges": func(r *Records) { r.Taken[1] = 0 },
	} {
		r := good()
		spoil(r)
		_, err := Merge(edges, Report[tick]{Records: good()}, Report[tick]{Records: r})
		require.Error(t, err, name)
		_, err = Merge(edges, Report[tick]{Records: r}, Report[tick]{Records: good()})
		require.Error(t, err, name)
	}
}

// A snapshot whose parts do not fit together is refused, and nothing panics.
func TestRestore_SnapshotThatDoesNotFit(t *testing.T) {
	toy := clockwork{last: 9, stuckAt: -1, brokenAt: -1}
	begun := func() *Snapshot {
		x := newExploration(toy, Properties[int]{}, Options{})
		x.begin(x.sys.Start(), nil)
		return x.snapshot()
	}
	r, err := Explore(toy, Properties[int]{}, Options{Resume: begun()})
	require.NoError(t, err)
	require.Equal(t, 10, r.States)
	for name, spoil := range map[string]func(s *Snapshot, p int){
		"no origin":         func(s *Snapshot, p int) { s.From[p] = nil },
		"an origin too far": func(s *Snapshot, p int) { s.From[p][0] = 7 },
		"no flags":          func(s *Snapshot, p int) { s.Flags[p] = nil },
		"half a state":      func(s *Snapshot, p int) { s.Level[p] = s.Level[p][:3] },
		"a level too far":   func(s *Snapshot, p int) { s.First[p] = 1 },
		"next too long":     func(s *Snapshot, p int) { s.Next[p] = make([]byte, 8) },
		"a part too far":    func(s *Snapshot, p int) { s.At.Part = 99 },
		"a state too far":   func(s *Snapshot, p int) { s.At = cursor{p, 2} },
		"a start nowhere":   func(s *Snapshot, p int) { s.Starts[0].ID = 7 },
		"a hit nowhere":     func(s *Snapshot, p int) { s.Hits = []hit{{State: 5}} },
		"spoiled records":   func(s *Snapshot, p int) { s.Records = &Records{Prints: []uint64{1}} },
	} {
		s := begun()
		p := slices.IndexFunc(s.Prints[:], func(l []uint64) bool { return len(l) > 0 })
		spoil(s, p)
		_, err := Explore(toy, Properties[int]{}, Options{Resume: s})
		require.ErrorContains(t, err, "do not fit together", name)
	}
}
