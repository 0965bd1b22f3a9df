package wire

import "testing"

// The parsers of whole messages are measured against others in ../bench; the functions here have no
// counterpart there.

const benchResponse = "HTTP/1.1 101 Web Socket Protocol Handshake\r\n" +
	"Date: Sun, 22 Nov 2026 02:20:00 GMT\r\nServer: Kaazing Gateway\r\n" +
	"Sec-WebSocket-Extensions: x-kaazing-ping-pong; 01010102\r\nSec-WebSocket-Protocol: amqp\r\n\r\n"

func BenchmarkAssembler(b *testing.B) {
	in := []byte(benchResponse)
	for _, c := range []struct {
		name string
		size int
	}{{"one-message", len(in)}, {"in-halves", (len(in) + 1) / 2}, {"bytewise", 1}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var a Assembler
			for b.Loop() {
				a.Reset(Limits{})
				for i := 0; i < len(in); i += c.size {
					if _, err := a.Add(Binary, in[i:min(i+c.size, len(in))]); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := a.Add(Binary, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkExtensions(b *testing.B) {
	in := []byte("x-kaazing-idle-timeout;timeout=2000, x-kaazing-ping-pong; 01010102")
	b.ReportAllocs()
	var list []Extension
	for b.Loop() {
		var err error
		if list, err = ParseExtensions(list[:0], in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChallenges(b *testing.B) {
	in := []byte(`Application Basic realm="demo", Application Negotiate YIIB`)
	b.ReportAllocs()
	var list []Challenge
	for b.Loop() {
		var err error
		if list, err = ParseChallenges(list[:0], in); err != nil {
			b.Fatal(err)
		}
	}
}
