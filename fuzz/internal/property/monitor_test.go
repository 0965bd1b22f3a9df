package property

import (
	"testing"
	"time"

	"example.com/khp/endpoint"
	"example.com/khp/wire"
)

// A judge that never refuses anything would let every target pass.
func TestMonitor_Refuses(t *testing.T) {
	dial, open, fail := endpoint.Output{Kind: endpoint.Dial}, endpoint.Output{Kind: endpoint.Open}, endpoint.Output{Kind: endpoint.Closed}
	response := endpoint.Output{Kind: endpoint.SendMessage, Data: []byte("HTTP/1.1 101\r\n\r\n")}
	end := endpoint.Output{Kind: endpoint.SendMessage}
	waiting := func() time.Time { return start }
	for name, c := range map[string]struct {
		m    monitor
		outs []endpoint.Output
	}{
		"after the last":            {monitor{}, []endpoint.Output{fail, dial}},
		"two ends":                  {monitor{}, []endpoint.Output{fail, fail}},
		"dial while connected":      {monitor{up: true}, []endpoint.Output{dial}},
		"server dials":              {monitor{server: true}, []endpoint.Output{dial}},
		"open twice":                {monitor{up: true}, []endpoint.Output{open, open}},
		"open without connection":   {monitor{}, []endpoint.Output{open}},
		"open and waiting":          {monitor{up: true, deadline: waiting}, []endpoint.Output{open}},
		"open after Close":          {monitor{up: true}, []endpoint.Output{{Kind: endpoint.SendClose}, open}},
		"deliver before open":       {monitor{up: true}, []endpoint.Output{{Kind: endpoint.Deliver}}},
		"two Closes":                {monitor{up: true}, []endpoint.Output{{Kind: endpoint.SendClose}, {Kind: endpoint.SendClose}}},
		"close 1006":                {monitor{up: true}, []endpoint.Output{{Kind: endpoint.SendClose, Code: 1006}}},
		"message after Close":       {monitor{up: true}, []endpoint.Output{{Kind: endpoint.SendClose}, end}},
		"no request":                {monitor{up: true}, []endpoint.Output{{Kind: endpoint.SendMessage, Data: []byte("hello")}}},
		"terminator first":          {monitor{server: true, up: true}, []endpoint.Output{end}},
		"two terminators":           {monitor{server: true, up: true}, []endpoint.Output{response, end, end}},
		"no terminator":             {monitor{server: true, up: true}, []endpoint.Output{response, response}},
		"401 without challenge":     {monitor{server: true, up: true}, []endpoint.Output{{Kind: endpoint.SendMessage, Data: []byte("HTTP/1.1 401 No\r\n\r\n")}}},
		"511":                       {monitor{server: true, up: true}, []endpoint.Output{{Kind: endpoint.SendMessage, Data: []byte("HTTP/1.1 511 No\r\n\r\n")}}},
		"bytes that are no head":    {monitor{up: true}, []endpoint.Output{{Kind: endpoint.SendBytes, Data: []byte("x")}}},
		"a failure without failure": {monitor{}, []endpoint.Output{{Kind: endpoint.Fail}}},
		"waiting at the end":        {monitor{deadline: waiting}, []endpoint.Output{fail}},
		"no such output":            {monitor{}, []endpoint.Output{{}}},
		"client asked to decide":    {monitor{}, []endpoint.Output{{Kind: endpoint.AskDecision}}},
		"too many":                  {monitor{}, make([]endpoint.Output, 100)},
	} {
		if c.m.take(c.outs) == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

// The slow judges know good from bad by themselves.
func TestSlow(t *testing.T) {
	for b, want := range map[string]bool{
		"GET / HTTP/1.1\r\n\r\n": true, "GET / HTTP/1.1\n\n": false, "GET / HTTP/1.0\r\n\r\n": false, "GET http://[::1]:80/ HTTP/1.1\r\n\r\n": true, "GET http://[::1%25a]/ HTTP/1.1\r\n\r\n": false,
		"GET / HTTP/1.1\r\nHost: a%4\r\n\r\n": false, "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx": true, "GET / HTTP/1.1\r\n\r\nx": false, "GET ftp://a/ HTTP/1.1\r\n\r\n": false, "GET  HTTP/1.1\r\n\r\n": false,
	} {
		if slowRequest([]byte(b)) != want {
			t.Errorf("slow judge: %q is not %v", b, want)
		}
		var r wire.Request
		if (r.Parse([]byte(b), wire.Limits{}) == nil) != want {
			t.Errorf("wire: %q is not %v", b, want)
		}
	}
	for b, want := range map[string]bool{"HTTP/1.1 101\r\n\r\n": true, "HTTP/1.1 204 x\r\n\r\ny": false, "HTTP/1.1 200 x\r\n\r\nHTTP/1.1 200": false, "HTTP/1.1 099 x\r\n\r\n": false, "HTTP/1.1 200 \x00\r\n\r\n": false} {
		if slowResponse([]byte(b)) != want {
			t.Errorf("slow judge: %q is not %v", b, want)
		}
	}
}
