package spin

import (
	"context"
	"fmt"
	"slices"

	"example.com/khp/sim/explore"
	"example.com/khp/sim/model"
)

// Measured compares the speed and memory of both on the same states, in turns in the same run.
type Measured struct {
	Bounds string `json:"bounds"`
	States int    `json:"states"`
	Costs  []Cost `json:"costs"` // that of Spin as it is first
}

// Cost is the cost of visiting all states, the median of several turns.
type Cost struct {
	Name            string  `json:"name"`
	Seconds         float64 `json:"seconds"` // of processor time
	StatesPerSecond float64 `json:"states_per_second"`
	OfFirst         float64 `json:"of_first"` // states per second, those of the first one being 1
	BytesPerState   float64 `json:"bytes_per_state"`
}

// turns is how often each visits all states.
const turns = 5

// search visits all states once.
type search struct {
	name string
	run  func() (states int, seconds, bytes float64, err error)
}

// measure has both visit the same states. Spin checks assertions and looks for states in which
// nothing can happen; so does the explorer, which checks promises as well in a turn of its own.
// Processor time is compared: how much of the machine one gets does not matter.
func measure(ctx context.Context) (m Measured, err error) {
	m.Bounds = fmt.Sprint(largeBounds.defines())
	searches := []search{}
	for _, o := range []Options{{Fast: true}, {Fast: true, Compact: true}} {
		o.Defines = largeBounds.defines()
		v, err := Build(ctx, o)
		if err != nil {
			return m, err
		}
		defer v.Remove()
		name := "Spin, gcc -O3"
		if o.Compact {
			name += ", hash compaction"
		}
		searches = append(searches, search{name, func() (int, float64, float64, error) {
			r, err := v.Check(ctx)
			return r.States, r.Seconds, float64(r.Bytes), err
		}})
	}
	pair := largeBounds.pair(configurations[0])
	safety := pair.Properties()
	safety.LeadsTo = nil
	searches = append(searches,
		search{"khp explore, safety alone",
			func() (int, float64, float64, error) { return explored(pair, safety) }},
		search{"khp explore, promises too",
			func() (int, float64, float64, error) { return explored(pair, pair.Properties()) }})
	seconds, bytes := make([][]float64, len(searches)), make([][]float64, len(searches))
	for range turns {
		for i, s := range searches {
			states, t, b, err := s.run()
			if err != nil {
				return m, err
			}
			if i == 0 {
				m.States = states
			}
			seconds[i], bytes[i] = append(seconds[i], t), append(bytes[i], b)
			if states != m.States && i > 1 { // compaction overlooks some
				return m, fmt.Errorf("with %s Spin visits %d states and the explorer %d",
					m.Bounds, m.States, states)
			}
		}
	}
	for i, s := range searches {
		c := Cost{Name: s.name, Seconds: median(seconds[i]),
			BytesPerState: median(bytes[i]) / float64(max(m.States, 1))}
		c.StatesPerSecond = float64(m.States) / max(c.Seconds, 0.01)
		m.Costs = append(m.Costs, c)
		m.Costs[i].OfFirst = c.StatesPerSecond / m.Costs[0].StatesPerSecond
	}
	return m, nil
}

// explored has the explorer visit all states of a pair, and measures its processor time and the
// memory for states: those met, where from, those that wait, and steps for promises.
func explored(
	pair model.Honest, props explore.Properties[model.Pair],
) (states int, seconds, bytes float64, err error) {
	begin := processorTime()
	r, err := explore.Explore(pair.System(), props, explore.Options{})
	return r.States, processorTime() - begin, float64(r.Visited + r.Paths +
		r.Frontier + r.Liveness), err
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
