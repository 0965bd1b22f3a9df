package transport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// tries matches the addition in the error of a later try, and address the parts that differ between
// any two connections.
var (
	tries   = regexp.MustCompile(`; after [0-9]+ tries$`)
	address = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
)

// told is all that the error of a try says, but for how many there were.
func told(e *HandshakeError) string {
	text := fmt.Sprint(tries.ReplaceAllString(e.Error(), ""), e.Leg, e.Failure, e.Status, e.Header,
		string(e.Body), e.RetryAfter, e.URL, e.Attempt, e.Path, e.Temporary(), e.Cause)
	return address.ReplaceAllString(text, "address")
}

// The error of each try is that of the try alone: nothing of one reaches another, in any order.
func TestDial_RetryAlone(t *testing.T) {
	ends := []func(p *rawServer){
		refusal("503 Busy\r\nX-Mine: one"), refusal("408 Late\r\nRetry-After: 7"),
		refusal("403 No\r\nX-Mine: three"), refusal("410 Gone"),
		func(p *rawServer) { p.opened(bin("too early")) },
		func(p *rawServer) { p.asked(); p.drop() },
		func(p *rawServer) { p.asked(); p.send(pf{Op: opX, P: "\x03\xf5again"}) },
		func(p *rawServer) { p.asked(); p.send(pf{Op: opT, P: "x", Rsv: 4}) },
		func(p *rawServer) { p.asked(); p.send(bin(response401), terminator) },
		func(p *rawServer) { p.asked(); p.silent() },
	}
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		virtual(t, fmt.Sprint("seed ", seed), func(t *testing.T) {
			var scripts []func(p *rawServer)
			var alone []string
			for range 5 {
				script := ends[r.IntN(len(ends))]
				scripts = append(scripts, script)
				one := dialRaw(t, t.Context(), false, nil, script)
				one.end()
				var e *HandshakeError
				require.ErrorAs(t, one.err, &e)
				alone = append(alone, told(e))
			}
			var seen []string
			all := dialRaw(t, t.Context(), false, &DialOptions{
				Retry: &Retry{Attempts: len(scripts), If: func(e *HandshakeError) bool {
					seen = append(seen, told(e))
					return true
				}}}, scripts...)
			all.end()
			var last *HandshakeError
			require.True(t, errors.As(all.err, &last))
			require.Equal(t, alone, append(slices.Clone(seen), told(last)))
			require.Equal(t, len(scripts), last.Tries)
		})
	}
}
