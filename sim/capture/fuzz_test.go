package capture

import (
	"bytes"
	"io"
	"os"
	"testing"

	"example.com/khp/sim/replay"
)

// FuzzCapture reads any bytes as a capture: nothing panics, each connection has a verdict and can
// be drawn, and its steps are in order and within the limits.
func FuzzCapture(f *testing.F) {
	b, err := os.ReadFile(sample)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	made := newFlow(40000)
	made.add(segment{client: true, data: []byte("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n" +
		"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: " +
		"13\r\nSec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n\x81\x81\x00\x00\x00\x00x\x01")})
	made.add(segment{data: []byte("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n" +
		"Sec-WebSocket-Protocol: x-kaazing-handshake\r\n\r\n\x82\x00\x88\x02\x03\xe8")})
	for name, l := range links {
		f.Add(write(f, l, 0, name > "M", made.list))
	}
	f.Add(write(f, links["Ethernet IPv4"], 80, false, made.list))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, _ = Read(bytes.NewReader(file), func(s *replay.Session) {
			if len(s.Steps) > mostSteps {
				t.Fatalf("%d steps", len(s.Steps))
			}
			for i := 1; i < len(s.Steps); i++ {
				if s.Steps[i].At < s.Steps[i-1].At {
					t.Fatalf("step %d of packet %d is behind one of packet %d", i, s.Steps[i].At, s.Steps[i-1].At)
				}
			}
			r := replay.Check(s)
			if r.Verdict == 0 || (r.Verdict == replay.NotPath) != (r.Wrong != nil) {
				t.Fatalf("verdict %v with %+v", r.Verdict, r.Wrong)
			}
			if replay.Ladder(io.Discard, r) != nil || replay.Mermaid(io.Discard, r) != nil {
				t.Fatal("it cannot be drawn")
			}
		})
	})
}
