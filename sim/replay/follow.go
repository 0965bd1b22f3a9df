package replay

import (
	"bytes"
	"slices"

	"example.com/khp/fsm"
	"example.com/khp/transport/trace"
	"example.com/khp/wire"
)

// journey is where a connect call has been.
type journey struct {
	visited   []string // keys of its URLs
	redirects int
	sentOn    bool // its last connection ended with a redirect
}

// follow notes that the call connects to a URL, and returns a step if it should not. [KHP-REDIR-04,
// KHP-REDIR-05]
func (j *journey) follow(line int, r *trace.Record, most *fsm.ClientConfig) (s Step, wrong bool) {
	s = Step{At: line, Time: r.Time, From: Client, Kind: Broken, Code: fsm.CloseCode(fsm.FailureFrame)}
	if j.sentOn {
		j.redirects++
	}
	u, err := wire.ParseURL(r.Text, nil)
	if err != nil {
		return s, false // a name that is not ASCII: who knows
	}
	key := u.Key()
	before := slices.Contains(j.visited, key)
	j.visited = append(j.visited, key)
	switch {
	case j.sentOn && before:
		s.Reqs, s.Text = "KHP-REDIR-05", "it follows a redirect to a place where it was before"
	case j.sentOn && most != nil && j.redirects > int(most.MaxRedirects):
		s.Reqs, s.Text = "KHP-REDIR-04", "it follows more redirects than it may"
	default:
		return s, false
	}
	return s, true
}

// leave notes how a connection of the call ended.
func (j *journey) leave(s *Session) {
	j.sentOn = false
	for i := range slices.Backward(s.Steps) {
		st := &s.Steps[i]
		if st.From != Server || st.Kind != Message && st.Kind != Opening || len(st.Data) == 0 {
			continue
		}
		kind, _ := wire.ParseBalancer(st.Data)
		j.sentOn = kind == wire.BalancerReroute || bytes.HasPrefix(st.Data, []byte("HTTP/1.1 3"))
		return
	}
}
