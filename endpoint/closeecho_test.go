package endpoint

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A Close is answered with its code and its reason, made fit, in every phase and by both sides.
func TestPeerClosed_EchoesTheReason(t *testing.T) {
	long := strings.Repeat("ä", 80)
	for _, v := range []struct {
		code         uint16
		reason       string
		wantCode     uint16
		wantReasonIs string
	}{
		{4001, "bye", 4001, "bye"},
		{1000, "", 1000, ""},
		{1001, "a\xffb", 1001, "a\ufffdb"},
		{1001, long, 1001, long[:122]},
		{1005, "", 0, ""},
		{0, "", 0, ""},
		{1006, "lost", 0, ""}, // a code that must not be sent is not echoed either
	} {
		answer := func(outs []Output) {
			for _, o := range outs {
				if o.Kind == SendClose {
					require.Equal(t, v.wantCode, o.Code)
					require.Equal(t, v.wantReasonIs, o.Text)
					return
				}
			}
			t.Errorf("%d: no Close in %v", v.code, outs)
		}
		for _, phase := range []func() *run{
			func() *run { return asking(t, ClientConfig{}) },
			func() *run { return asking(t, kaazingClient()) },
			func() *run { return asking(t, ClientConfig{}).unit(switching()).wantOpen("101") },
		} {
			answer(phase().c.PeerClosed(t0, v.code, v.reason))
		}
		for _, phase := range []func() *served{
			func() *served { return listening(t, "/p", ServerConfig{}) },
			func() *served { return listening(t, "/p", ServerConfig{}).deciding() },
			func() *served { return listening(t, "/p", ServerConfig{}).deciding().decide(Decision{}) },
		} {
			answer(phase().s.PeerClosed(t0, v.code, v.reason))
		}
	}
}
