package replay

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/fsm"
	"example.com/khp/transport/trace"
)

// FuzzTraceDecoder reads any bytes as a trace: nothing panics, the result can be written and read
// again, and each connection has a verdict, with a requirement if it is wrong, and can be drawn.
func FuzzTraceDecoder(f *testing.F) {
	for _, kind := range []int{0, 2, 3, 7, 8} {
		for _, profile := range []fsm.Profile{fsm.ProfileSpec, fsm.ProfileKaazing} {
			cfg := endpoint.ClientConfig{HasCredentials: true}
			cfg.Machine = fsm.DefaultClientConfig()
			cfg.Machine.Profile = profile
			var g *rig
			g, err := newRig("ws://a.example/p", cfg,
				func(q *endpoint.Request) endpoint.Decision { return g.decision(kind, q) })
			if err != nil {
				f.Fatal(err)
			}
			g.settle()
			f.Add([]byte(file(f, Client, g.all...)))
			f.Add([]byte(file(f, Server, g.all...)))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		rewrite(t, b)
		_, _ = ReadTrace(bytes.NewReader(b), func(s *Session) {
			r := Check(s)
			if r.Verdict == 0 || (r.Verdict == NotPath) != (r.Wrong != nil) {
				t.Fatalf("verdict %v with %+v", r.Verdict, r.Wrong)
			}
			if w := r.Wrong; w != nil &&
				(len(w.Requirements) == 0 || w.Why == "" || Text(w.Requirements[0]) == "") {
				t.Fatalf("no reason: %+v", w)
			}
			if Ladder(io.Discard, r) != nil || Mermaid(io.Discard, r) != nil {
				t.Fatal("it cannot be drawn")
			}
		})
	})
}

// rewrite writes the records that were read, and expects the same ones when it reads them again.
func rewrite(t *testing.T, b []byte) {
	var again bytes.Buffer
	w, _ := trace.NewWriter(&again, trace.Header{})
	n := copyRecords(bytes.NewReader(b), w)
	var third strings.Builder
	w, _ = trace.NewWriter(&third, trace.Header{})
	if m := copyRecords(bytes.NewReader(again.Bytes()), w); m != n ||
		third.String() != again.String() {
		t.Fatalf("%d records became %d:\n%s\n%s", n, m, again.String(), third.String())
	}
}

// copyRecords copies all records and returns how many there were.
func copyRecords(in io.Reader, w *trace.Writer) (n int) {
	r, err := trace.NewReader(in)
	if err != nil {
		return 0
	}
	for {
		x, err := r.Next()
		if err != nil {
			return n
		}
		if w.Write(x) == nil {
			n++
		}
	}
}
