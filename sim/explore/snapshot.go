package explore

import (
	"errors"
	"fmt"
	"slices"
)

// Snapshot is an exploration in the middle of its work: it can go on later, in another
// process. It can be written with encoding/gob. It shows the live exploration, so it is good only
// until the function that it was given to returns.
type Snapshot struct {
	Last    bool // the exploration ends here before its time
	Size    int
	Seed    uint64
	Prints  [parts][]uint64
	From    [parts][]id
	Flags   [parts][]uint8
	Level   [parts][]byte
	Next    [parts][]byte
	First   [parts]uint32
	At      cursor
	Depth   int
	Seen    uint64
	States  int
	Steps   int
	Edges   []int
	Hits    []hit
	Trail   []trail
	Starts  []start
	Records *Records
	Words   [][]byte // of an [Interned] system
}

// start is a state from where the search begins, and how to get there.
type start struct {
	ID  id
	Way []int // numbers of the steps
}

func (x *exploration[S, A]) snapshot() *Snapshot {
	s := &Snapshot{
		Size: x.size, Seed: x.o.Seed, Flags: x.flags, Level: x.level, Next: x.next, First: x.first,
		At: x.at, Depth: x.depth, Seen: x.seen,
		States: x.report.States, Steps: x.report.Steps, Edges: x.report.Edges, Hits: x.hits,
		Trail: x.trail, Starts: x.starts, Records: x.records,
	}
	for p := range x.visited {
		s.Prints[p], s.From[p] = x.visited[p].prints, x.visited[p].from
	}
	if x.interned != nil {
		s.Words = x.interned.Words()
	}
	return s
}

// restore brings x back to the state of s.
func (x *exploration[S, A]) restore(s *Snapshot) error {
	switch {
	case x.o.Exact:
		return errors.New("explore: an exact exploration cannot be resumed; leave out one of both")
	case s.Size != x.size, len(s.Edges) != x.sys.Edges(), s.Seed != x.o.Seed:
		return errors.New("explore: the snapshot is of another system or seed; start without it")
	case !s.fits(x.sys.Edges()):
		return errors.New("explore: the parts of the snapshot do not fit together; start without it")
	}
	if err := x.learn(s); err != nil {
		return fmt.Errorf("explore: %w; start without the snapshot", err)
	}
	x.flags, x.level, x.next, x.first, x.at, x.depth, x.seen = s.Flags, s.Level, s.Next, s.First,
		s.At, s.Depth, s.Seen
	x.report.States, x.report.Steps, x.report.Edges = s.States, s.Steps, s.Edges
	x.trail, x.starts, x.records = s.Trail, s.Starts, s.Records
	for p := range x.visited {
		v := &x.visited[p]
		v.prints, v.from = s.Prints[p], s.From[p]
		v.grow()
	}
	for _, h := range s.Hits {
		x.note(h)
	}
	return nil
}

// learn makes an interned system understand the encodings of s.
func (x *exploration[S, A]) learn(s *Snapshot) error {
	if x.interned == nil {
		return nil
	}
	if err := x.interned.Learn(s.Words); err != nil {
		return err
	}
	for p := range parts {
		for b := range slices.Chunk(slices.Concat(s.Level[p], s.Next[p]), x.size) {
			if !x.interned.Knows(b) {
				return errors.New("a state of the snapshot has unknown parts")
			}
		}
	}
	return nil
}

// fits reports whether lengths and places of s fit together, so that an exploration can go on from
// it.
func (s *Snapshot) fits(edges int) bool {
	if s.Depth < 0 || s.At.Part < 0 || s.At.Part > parts || s.At.State < 0 {
		return false
	}
	in := func(i id) bool { return i == noID || int(i.place()) < len(s.Prints[i.part()]) }
	for p := range parts {
		n := len(s.Prints[p])
		level, next := len(s.Level[p]), len(s.Next[p])
		if len(s.From[p]) != n || len(s.Flags[p]) != n || level%s.Size != 0 || next%s.Size != 0 ||
			int(s.First[p])+level/s.Size+next/s.Size > n {
			return false
		}
		if p == s.At.Part && s.At.State > level/s.Size {
			return false
		}
		for _, from := range s.From[p] {
			if !in(from) {
				return false
			}
		}
	}
	for _, b := range s.Starts {
		if !in(b.ID) {
			return false
		}
	}
	for _, h := range s.Hits {
		if !in(h.State) {
			return false
		}
	}
	return s.Records == nil || s.Records.check(edges) == nil
}

// note keeps a hit unless the same property was broken before. There may be several ways to be
// stuck, or to differ, of which one is enough.
func (x *exploration[S, A]) note(h hit) {
	key := h.key()
	if !slices.ContainsFunc(x.hits, func(o hit) bool { return o.key() == key }) {
		x.hits = append(x.hits, h)
	}
}

// key tells properties apart.
func (h hit) key() string {
	if h.Kind == NoStuck || h.Kind == Compared {
		return h.Kind
	}
	return h.ID + h.Text
}
