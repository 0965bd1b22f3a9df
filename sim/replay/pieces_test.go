package replay

import (
	"bytes"
	"testing"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
	"pgregory.net/rapid"
)

// TestCheck_Pieces is TestCheck_OwnSessions with sides that send responses and bodies of requests
// in several messages, of text or binary: each recording is a path.
func TestCheck_Pieces(t *testing.T) {
	check := func(t *rapid.T) {
		g := anyRig(t)
		decide := g.decide
		g.decide = func(r *endpoint.Request) endpoint.Decision {
			d := decide(r)
			if len(d.Body) > 0 {
				d.Body = []byte("tämä ei käy, ja paljon muuta")
			}
			return d
		}
		g.alter = func(from Side, p parcel) []parcel {
			body := from == Client && bytes.Equal(p.data, []byte("the body"))
			if p.kind != endpoint.SendMessage || !body && !bytes.HasPrefix(p.data, []byte("HTTP/")) {
				return []parcel{p}
			}
			if from == Server && rapid.Bool().Draw(t, "text") {
				p.typ = wire.Text
			}
			var list []parcel
			for len(p.data) > 1 && rapid.IntRange(0, 2).Draw(t, "cut") > 0 {
				n := rapid.IntRange(1, len(p.data)-1).Draw(t, "at")
				piece := p
				piece.data, p.data = p.data[:n], p.data[n:]
				list = append(list, piece)
			}
			return append(list, p)
		}
		for range rapid.IntRange(0, 40).Draw(t, "length") {
			g.anyStep(t)
		}
		g.settle()
		wantPath(t, g)
	}
	for range 10 {
		rapid.Check(t, check)
	}
}
