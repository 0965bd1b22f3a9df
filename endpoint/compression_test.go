package endpoint

import (
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// Compression is not offered and not granted, so nothing on the connection may be compressed: the
// first frame that says it is, by its first reserved bit, ends the connection before anything is
// inflated.
func TestCompression(t *testing.T) {
	t.Run("ADV-81/never-offered", func(t *testing.T) {
		r := dialed(t, "ws://h/p", ClientConfig{})
		require.NotContains(t, string(r.c.buf), "Sec-WebSocket-Extensions")
		_, out := r.c.OpeningReceived(t0, []byte(switching("Sec-WebSocket-Protocol: "+Subprotocol,
			"Sec-WebSocket-Extensions: permessage-deflate")))
		r.take(out)
		require.Contains(t, r.wantFail("granted all the same", fsm.FailureOpening, 0).Error(),
			`"permessage-deflate" was not offered`)
	})
	t.Run("ADV-81/never-granted", func(t *testing.T) {
		s := NewServer(ServerConfig{})
		_, out := s.OpeningReceived(t0, []byte("GET /p HTTP/1.1\r\n"+openingFields+
			"Sec-WebSocket-Protocol: "+Subprotocol+
			"\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"))
		require.Contains(t, string(out[0].Data), "HTTP/1.1 101 ")
		require.NotContains(t, string(out[0].Data), "Sec-WebSocket-Extensions")
	})
	t.Run("ADV-81/compressed-frame", func(t *testing.T) {
		for p, in := range phases {
			if !established(p) || p == fsm.ClientOpen {
				continue
			}
			r := in(t)
			r.take(r.c.Violation(t0, fsm.FailureFrame, "reserved bit set"))
			r.wantFail(p.String(), fsm.FailureFrame, 1002)
		}
		r := asking(t, ClientConfig{}).unit(switching()).wantOpen("uncompressed")
		r.take(r.c.Violation(t0, fsm.FailureFrame, "reserved bit set"))
		require.Equal(t, []uint16{1002}, r.codes, "also once open")
		require.Empty(t, r.got)
		for p, in := range servers {
			if p == fsm.ServerOpening || p == fsm.ServerClosing {
				continue
			}
			s := in(t)
			s.take(s.s.Violation(t0, fsm.FailureFrame, "reserved bit set"))
			require.Equal(t, []uint16{1002}, s.codes, "%s", p)
		}
	})
}
