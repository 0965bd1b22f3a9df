package wire

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// The four heads every parser of the field is measured with.
var benchInputs = []struct {
	name     string
	response bool
	in       string
}{
	{"request130", false, "GET /echo HTTP/1.1\r\nSec-WebSocket-Protocol: amqp\r\nSec-WebSocket-Extensions: x-kaazing-idle-timeout,x-kaazing-ping-pong\r\n\r\n"},
	{"response260", true, "HTTP/1.1 101 Web Socket Protocol Handshake\r\nConnection: Upgrade\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: x-kaazing-ping-pong; 01010102\r\nServer: Kaazing Gateway\r\nUpgrade: websocket\r\n\r\n"},
	{"browser703", false, "GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg HTTP/1.1\r\nHost: www.kittyhell.com\r\nUser-Agent: Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10.6; ja-JP-mac; rv:1.9.2.3) Gecko/20100401 Firefox/3.6.3 Pathtraq/0.9\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: ja,en-us;q=0.7,en;q=0.3\r\nAccept-Encoding: gzip,deflate\r\nAccept-Charset: Shift_JIS,utf-8;q=0.7,*;q=0.7\r\nKeep-Alive: 115\r\nConnection: keep-alive\r\nCookie: wp_ozh_wsa_visits=2; wp_ozh_wsa_visit_lasttime=xxxxxxxxxx; __utma=xxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx.x; __utmz=xxxxxxxxx.xxxxxxxxxx.x.x.utmccn=(referral)|utmcsr=reader.livedoor.com|utmcct=/reader/|utmcmd=referral\r\n\r\n"},
	{"fields30", false, "GET /path HTTP/1.1\r\n" + strings.Repeat("X-Some-Field-Name: "+strings.Repeat("value ", 8)+"x\r\n", 30) + "\r\n"},
}

func BenchmarkParse(b *testing.B) {
	for _, c := range benchInputs {
		b.Run(c.name, func(b *testing.B) {
			in := []byte(c.in)
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			var req Request
			var rsp Response
			for b.Loop() {
				var err error
				if c.response {
					err = rsp.Parse(in, Limits{})
				} else {
					err = req.Parse(in, Limits{})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParseNetHTTP is what the standard library takes for the same bytes.
func BenchmarkParseNetHTTP(b *testing.B) {
	for _, c := range benchInputs {
		b.Run(c.name, func(b *testing.B) {
			in := []byte(c.in)
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			src := bytes.NewReader(in)
			r := bufio.NewReader(src)
			for b.Loop() {
				src.Reset(in)
				r.Reset(src)
				var err error
				if c.response {
					_, err = http.ReadResponse(r, nil)
				} else {
					_, err = http.ReadRequest(r)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAssembler(b *testing.B) {
	in := []byte(benchInputs[1].in)
	b.ReportAllocs()
	var a Assembler
	for b.Loop() {
		a.Reset(Limits{})
		if _, err := a.Add(Binary, in); err != nil {
			b.Fatal(err)
		}
		if _, err := a.Add(Binary, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	var r Response
	if err := r.Parse([]byte(benchInputs[1].in), Limits{}); err != nil {
		b.Fatal(err)
	}
	out := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Append(out); err != nil {
			b.Fatal(err)
		}
	}
}
