package capture

import (
	"strconv"

	"example.com/khp/sim/replay"
)

// merger puts the steps of both sides in one order.
type merger struct {
	lists [2][]numbered
	done  [2]int  // steps that were put
	busy  [2]bool // its next step waits for the other side
	out   []replay.Step
	stop  bool // the next bytes may answer bytes that are missing
}

// ordered returns the steps of both sides in the order of packets, but each behind the bytes that
// its sender has acknowledged in it.
func (x *stream) ordered() []replay.Step {
	m := &merger{lists: [2][]numbered{x.halves[0].steps, x.halves[1].steps}}
	for !m.stop {
		side, ok := m.earliest()
		if !ok {
			break
		}
		m.put(x, side)
	}
	return m.out
}

// earliest is the side whose next step stands first in the file.
func (m *merger) earliest() (side int, ok bool) {
	left := [2]bool{m.done[0] < len(m.lists[0]), m.done[1] < len(m.lists[1])}
	switch {
	case left[0] && left[1]:
		if m.lists[1][m.done[1]].mark.at < m.lists[0][m.done[0]].mark.at {
			return 1, true
		}
		return 0, true
	case left[1]:
		return 1, true
	}
	return 0, left[0]
}

// put adds the next step of a side, behind those of the other side that it acknowledges.
func (m *merger) put(x *stream, side int) {
	s := m.lists[side][m.done[side]]
	other := &x.halves[1-side]
	if s.mark.at > x.until {
		m.stop = true
		return
	}
	if s.mark.acked && !x.halves[side].liar && other.started {
		if after(s.mark.ack, other.end()) && s.Kind != replay.Ended {
			x.miss("bytes are missing that packet " + strconv.Itoa(s.mark.at) + " acknowledges")
			m.stop = true
			return
		}
		m.busy[side] = true
		for k := m.done[1-side]; !m.busy[1-side] && k < len(m.lists[1-side]) &&
			!m.stop; k = m.done[1-side] {
			if t := &m.lists[1-side][k]; after(t.end(), s.mark.ack) {
				break
			}
			m.put(x, 1-side)
		}
		m.busy[side] = false
		if m.stop {
			return
		}
	}
	m.done[side]++
	s.From = replay.Server
	if side == x.client {
		s.From = replay.Client
	}
	m.out = append(m.out, s.Step)
}

// end is behind the last byte of a step, the FIN included.
func (s *numbered) end() uint32 {
	if s.Kind == replay.Ended {
		return s.mark.until + 1
	}
	return s.mark.until
}
