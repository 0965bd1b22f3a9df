package trace_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/transport/trace"
)

// The driver of an endpoint records its calls of the endpoint, and the outputs.
func ExampleWriter() {
	w, err := trace.NewWriter(os.Stdout, trace.Header{Tool: "my-server", Side: "server"})
	if err != nil {
		return
	}
	sent := func(outs []endpoint.Output) {
		for _, o := range outs {
			r := trace.Record{Conn: 1, Side: "server", Dir: trace.Sent, Data: o.Data}
			switch o.Kind {
			case endpoint.SendBytes:
				r.Kind = trace.Opening
			case endpoint.SendMessage:
				r.Kind, r.Type, r.Data = trace.Message, o.Type.String(), append(trace.Data{}, o.Data...)
			case endpoint.SendClose:
				r.Kind, r.Code, r.Text = trace.Close, o.Code, o.Text
			default:
				continue
			}
			_ = w.Write(r)
		}
	}

	server := endpoint.NewServer(endpoint.ServerConfig{})
	opening := []byte("GET / HTTP/1.0\r\nCookie: id=1\r\n\r\n")
	_ = w.Write(trace.Record{Conn: 1, Side: "server", Kind: trace.Opening,
		Dir: trace.Received, Data: opening})
	_, outs := server.OpeningReceived(time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC), opening)
	sent(outs)
	// Output:
	// {"khp":"trace","version":1,"tool":"my-server","side":"server"}
	// {"conn":1,"side":"server","kind":"opening","dir":"receive","data":"GET / HTTP/1.0\r\nCookie: [redacted]\r\n\r\n"}
	// {"conn":1,"side":"server","kind":"opening","dir":"send","data":"HTTP/1.1 505 HTTP Version Not Supported\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 83\r\nDate: Mon, 30 Nov 2026 08:00:00 GMT\r\n\r\nunsupported version at byte 13: minor version is not 1 to 9, near \"GET / HTTP/1.0\"\n"}
}

func ExampleReader() {
	r, err := trace.NewReader(strings.NewReader(`{"khp":"trace","version":1,"tool":"khp"}
{"conn":1,"side":"client","kind":"message","dir":"receive","type":"binary","data":""}
`))
	if err != nil {
		return
	}
	for {
		record, err := r.Next()
		if err != nil {
			break // io.EOF
		}
		fmt.Println(r.Line(), record.Kind, record.Dir, len(record.Data))
	}
	// Output: 2 message receive 0
}
