package model

import (
	"errors"
	"runtime"
	"slices"
	"sync"

	"example.com/khp/fsm"
	"example.com/khp/internal/inside"
	"example.com/khp/internal/parallel"
	"example.com/khp/sim/explore"
	"example.com/khp/sim/model/internal/act"
	"example.com/khp/sim/model/internal/world"
)

// A model without limits stands for those of all limits at once. All that a machine asks of a count
// is whether anything is left of its limit, so that is all a state keeps: 0 for something, 1 for
// nothing, with a limit of 1. Where something is spent, something may be left or not; where a count
// begins, too, since the limit may be 0. Runs of the machines with any limits are runs of the
// model. No run spends for ever, which [explore.Step].Spends says. Failure and status decide
// nothing and are left out.

// spentClient tells whether a step of a client has increased a count, and which counts may have
// either value after it. One that is beyond its limit stays so, and breaks a property.
func spentClient(before, after fsm.ClientState) (spends bool, open [3]bool) {
	begins := after.Phase() == fsm.ClientConnecting &&
		(before.Phase() == fsm.ClientIdle || before.Phase() == fsm.ClientRedirecting)
	more := [3]bool{after.Interim() > before.Interim(), after.Replays() > before.Replays(),
		after.Redirects() > before.Redirects()}
	open = [3]bool{more[0] && after.Interim() == 1 || begins, more[1] && after.Replays() == 1 ||
		begins, more[2] && after.Redirects() == 1 || begins && before.Phase() == fsm.ClientIdle}
	return more[0] || more[1] || more[2], open
}

// spentServer tells the same of a server.
func spentServer(before, after fsm.ServerState) (spends bool, open [2]bool) {
	begins := before.Phase() == fsm.ServerOpening && after.Phase() != fsm.ServerOpening
	more := [2]bool{after.Challenges() > before.Challenges(), after.Deferrals() > before.Deferrals()}
	return more[0] || more[1], [2]bool{more[0] && after.Challenges() == 1 || begins,
		more[1] && after.Deferrals() == 1 || begins}
}

// countedClient returns s with counts where they are open, and without failure and status.
func countedClient(s fsm.ClientState, open [3]bool, counts uint) fsm.ClientState {
	var b [inside.ClientStateSize]byte
	_, _ = s.AppendBinary(b[:0])
	count(b[3:], open[:], counts)
	b[7], b[8], b[9] = 0, 0, 0
	_ = s.UnmarshalBinary(b[:])
	return s
}

// countedServer does it for a server.
func countedServer(s fsm.ServerState, open [2]bool, counts uint) fsm.ServerState {
	var b [inside.ServerStateSize]byte
	_, _ = s.AppendBinary(b[:0])
	count(b[3:], open[:], counts)
	b[6], b[7], b[8] = 0, 0, 0
	_ = s.UnmarshalBinary(b[:])
	return s
}

// count writes counts into the encoding of a state, where they are open.
func count(b []byte, open []bool, counts uint) {
	for i, o := range open {
		if o {
			b[i] = uint8(counts >> i & 1)
		}
	}
}

// choices calls f for each set of values of open counts.
func choices(open []bool, f func(counts uint)) {
	for counts := range uint(1) << len(open) {
		if fits(open, counts) {
			f(counts)
		}
	}
}

// fits reports whether no count has a value that is not open.
func fits(open []bool, counts uint) bool {
	for i, o := range open {
		if !o && counts>>i&1 != 0 {
			return false
		}
	}
	return true
}

// eachClient yields a step of a client for each value that its counts may have then.
func eachClient(before world.Client, s *step[world.Client], yield func(*step[world.Client])) {
	if s.Broken != "" {
		yield(s)
		return
	}
	var open [3]bool
	s.Spends, open = spentClient(before.State, s.Next.State)
	next := s.Next
	next.Host.Dials = 0
	choices(open[:], func(counts uint) {
		s.Next = next
		s.Next.State = countedClient(next.State, open, counts)
		yield(s)
	})
}

// eachServer does it for a server.
func eachServer(before world.Server, s *step[world.Server], yield func(*step[world.Server])) {
	if s.Broken != "" {
		yield(s)
		return
	}
	var open [2]bool
	s.Spends, open = spentServer(before.State, s.Next.State)
	next := s.Next
	choices(open[:], func(counts uint) {
		s.Next = next
		s.Next.State = countedServer(next.State, open, counts)
		yield(s)
	})
}

// each does it for both sides of a pair.
func (x *pairSystem) each(before Pair, s *step[Pair], yield func(*step[Pair])) {
	if s.Broken != "" {
		yield(s)
		return
	}
	spends, client := spentClient(before.client.State, s.Next.client.State)
	spent, server := false, [2]bool{}
	if s.Action.Side == act.Server {
		spent, server = spentServer(before.server.State, s.Next.server.State)
	}
	s.Spends = spends || spent
	next := s.Next
	choices(client[:], func(c uint) {
		choices(server[:], func(counts uint) {
			s.Next = next
			w := next.client.Client
			w.Host.Dials, w.State = 0, countedClient(w.State, client, c)
			s.Next.client = x.clients.of(w)
			if next.server.State.Phase() != 0 {
				w := next.server.Server
				w.State = countedServer(w.State, server, counts)
				s.Next.server = x.servers.of(w)
			}
			yield(s)
		})
	})
}

// unlimited are the limits that a machine has in a model without limits.
var unlimited = Bounds{Redirects: 1, Replays: 1, Interim: 1, Challenges: 1, Deferrals: 1}

// Unlimited returns the models that stand for all limits at once, and of single machines for all
// configurations.
func Unlimited() []Model {
	honest := Model{"honest", "as with limits, for all limits at once",
		paired("honest", Honest{Unlimited: true}, nil)}
	servers := Model{Name: "byzantine-server",
		Text: "as with limits, for all limits and configurations of a client"}
	servers.Configurations = []Configuration{{servers.Name, "every", []act.Side{act.Client},
		nil, func(_ Bounds, f act.Fault, o explore.Options) (Report, error) {
			return together(everyClient(), o, func(cfg fsm.ClientConfig, o explore.Options) (Report, error) {
				m := AnyServer{Config: cfg, Fault: f, Unlimited: true}
				return explore.Explore(m, m.Properties(), o)
			})
		}}}
	clients := Model{Name: "byzantine-client",
		Text: "as with limits, for all limits and configurations of a server"}
	clients.Configurations = []Configuration{{clients.Name, "every", []act.Side{act.Server},
		nil, func(_ Bounds, f act.Fault, o explore.Options) (Report, error) {
			return together(everyServer(), o, func(cfg fsm.ServerConfig, o explore.Options) (Report, error) {
				m := AnyClient{Config: cfg, Fault: f, Unlimited: true}
				return explore.Explore(m, m.Properties(), o)
			})
		}}}
	cooperation := Models()[3] // its runs end because there are limits, and it is small
	for i := range cooperation.Configurations {
		c := &cooperation.Configurations[i]
		limited := c.explore
		c.explore = func(_ Bounds, f act.Fault, o explore.Options) (Report, error) {
			return limited(honestBounds["default"], f, o)
		}
	}
	return []Model{honest, servers, clients, cooperation}
}

// everyClient lists all configurations of a client, but for limits.
func everyClient() (list []fsm.ClientConfig) {
	for p := fsm.ProfileSpec; p <= fsm.ProfileAuto; p++ {
		for n := range 1 << 8 {
			on := func(bit int) bool { return n>>bit&1 != 0 }
			list = append(list, fsm.ClientConfig{
				Profile: p, TerminatorOptional: on(0), PlainFallback: on(1), Expect: on(2), OtherMethod: on(3),
				NoRedirects: on(4), NoWait: on(5), Proxy: on(6), Upgrade: on(7),
				MaxRedirects: 1, MaxReplays: 1, MaxInterim: 1,
			})
		}
	}
	return list
}

// everyServer lists all configurations of a server, but for limits.
func everyServer() (list []fsm.ServerConfig) {
	for n := range 4 {
		list = append(list, fsm.ServerConfig{Plain: n&1 != 0, Unchecked: n&2 != 0, MaxChallenges: 1,
			MaxDeferrals: 1})
	}
	return list
}

// errFound ends exploration at the first violation.
var errFound = errors.New("found")

// together explores configurations one by one, several at a time, and adds the reports up. With
// [explore.Options].First it begins no further one once a violation is found.
func together[C any](
	list []C, o explore.Options, run func(C, explore.Options) (Report, error),
) (sum Report, err error) {
	workers := o.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	progress := o.Progress
	o.Workers, o.Snapshot, o.Resume, o.Progress = 1, nil, nil, nil
	reports, errs := make([]Report, len(list)), make([]error, len(list))
	var mu sync.Mutex
	done := explore.Progress{}
	_ = parallel.Do(len(list), workers, func(i int) error {
		reports[i], errs[i] = run(list[i], o)
		mu.Lock()
		defer mu.Unlock()
		done.States, done.Steps, done.Depth = done.States+reports[i].States, done.Steps+
			reports[i].Steps, max(done.Depth, reports[i].Depth)
		if progress != nil {
			progress(done)
		}
		if o.First && len(reports[i].Violations) > 0 {
			return errFound
		}
		return nil
	})
	for i, r := range reports {
		if errs[i] != nil {
			return sum, errs[i]
		}
		add(&sum, r)
	}
	return sum, nil
}

// add adds a report up.
func add(sum *Report, r Report) {
	sum.States, sum.Steps, sum.Depth = sum.States+r.States, sum.Steps+r.Steps, max(sum.Depth, r.Depth)
	sum.Visited, sum.Paths, sum.Frontier, sum.Liveness = sum.Visited+r.Visited, sum.Paths+
		r.Paths, max(sum.Frontier, r.Frontier), sum.Liveness+r.Liveness
	sum.Fingerprints, sum.Bounded = r.Fingerprints, sum.Bounded || r.Bounded
	if sum.Edges == nil {
		sum.Edges = make([]int, len(r.Edges))
	}
	for i, n := range r.Edges {
		sum.Edges[i] += n
	}
	for _, p := range r.Properties {
		i := slices.IndexFunc(sum.Properties,
			func(q explore.Checked) bool { return q.ID == p.ID && q.Kind == p.Kind && q.Text == p.Text })
		if i < 0 {
			sum.Properties = append(sum.Properties, p)
			continue
		}
		sum.Properties[i].Held = sum.Properties[i].Held && p.Held
	}
	for _, v := range r.Violations {
		if !slices.ContainsFunc(sum.Violations,
			func(o Violation) bool { return o.ID == v.ID && o.Kind == v.Kind && o.Text == v.Text }) {
			sum.Violations = append(sum.Violations, v)
		}
	}
}
