package endpoint

import (
	"runtime"
	"strings"
	"testing"

	"example.com/khp/fsm"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

// allocated returns how many bytes and objects f allocates.
func allocated(f func()) (size, count int) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc), int(after.Mallocs - before.Mallocs)
}

// largeOpenings are opening requests that one limit refuses.
var largeOpenings = []struct {
	name, target string
	fields       []string // name: value
	status       int
	says         string
}{
	{"head-1MB", "/p", repeat(1000, "X-A: "+strings.Repeat("a", 1000)), 431,
		"1011 fields, 100 are read"[5:]},
	{"head", "/p", repeat(20, "X-A: "+strings.Repeat("a", 1000)), 431, "16384 are read"},
	{"line", "/p", []string{"Cookie: " + strings.Repeat("a", 9000)}, 431, "field Cookie is too long"},
	{"name", "/p", []string{strings.Repeat("a", 300) + ": b"}, 431, "too long"},
	{"fields", "/p", repeat(96, "X: y"), 431, "100"},
	{"target", "/" + strings.Repeat("a", 8192), nil, 414, ""},
	{"subprotocols", "/p", []string{"Sec-WebSocket-Protocol: " + strings.Repeat("a,", 100)}, 431,
		"Sec-WebSocket-Protocol has more elements than the 100 that are read"},
	{"subprotocols-60000", "/p?.kl=Y", []string{"Sec-WebSocket-Protocol: " + numbered(60000)},
		431, "is too long"},
	{"subprotocols-lines", "/p", repeat(90, "Sec-WebSocket-Protocol: a,b"), 431,
		"Sec-WebSocket-Protocol has more elements"},
	{"extensions", "/p", []string{"Sec-WebSocket-Extensions: " + numbered(101)}, 431,
		"Sec-WebSocket-Extensions has more elements"},
}

func repeat(n int, s string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = s
	}
	return list
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("p" + itoa(i) + ",")
	}
	return strings.TrimSuffix(b.String(), ",")
}

// The limits of an opening request hold whichever code has read it, and nothing of a request that
// exceeds them is kept.
func TestServer_Opening_Limits(t *testing.T) {
	for _, v := range largeOpenings {
		fields := strings.Split(strings.TrimSpace(openingFields), "\r\n")
		fields = append(append(fields, "Sec-WebSocket-Protocol: x-kaazing-handshake"), v.fields...)
		head := "GET " + v.target + " HTTP/1.1\r\n" + strings.Join(fields, "\r\n") + "\r\n\r\n"
		r := &wire.Request{Method: []byte("GET"), Target: []byte(v.target), Minor: 1, ContentLength: -1}
		o := OpeningRequest{Target: v.target, Host: "h", Key: "AAAAAAAAAAAAAAAAAAAAAA=="}
		for _, f := range fields {
			name, value, _ := strings.Cut(f, ": ")
			r.Fields = append(r.Fields, wire.Field{Name: []byte(name), Value: []byte(value)})
			o.Opening = append(o.Opening, HeaderField{name, value})
			if name == "Sec-WebSocket-Protocol" {
				o.Subprotocols = append(o.Subprotocols, strings.Split(value, ",")...)
			}
		}
		t.Run("OpeningReceived/"+v.name, func(t *testing.T) {
			proves(t, "RFC6585-431-01")
			s := &served{monitor: monitor{t: t}, s: NewServer(ServerConfig{})}
			_, out := s.s.OpeningReceived(t0, []byte(head))
			s.take(out)
			require.Contains(t, s.all[0], itoa(v.status))
			require.Equal(t, fsm.ServerDone, s.s.Phase())
		})
		t.Run("Opening/"+v.name, func(t *testing.T) {
			s := NewServer(ServerConfig{})
			var out []Output
			size, count := allocated(func() { out = s.Opening(t0, r) })
			require.Contains(t, string(out[0].Data), "HTTP/1.1 "+itoa(v.status))
			require.Contains(t, string(out[0].Data), v.says)
			require.Equal(t, fsm.ServerDone, s.Phase())
			require.Less(t, size, 16<<10)
			require.Less(t, count, 100)
			require.Empty(t, s.OpeningRequest().Opening)
		})
		t.Run("Opened/"+v.name, func(t *testing.T) {
			s := &served{monitor: monitor{t: t}, s: NewServer(ServerConfig{})}
			size, count := allocated(func() { s.take(s.s.Opened(t0, o, nil)) })
			require.Less(t, size, 64<<10)
			require.Less(t, count, 300)
			require.Equal(t, []uint16{1008}, s.codes, "it is too late for a status")
			require.Empty(t, s.sent)
			require.Equal(t, v.status, s.err.Status)
			require.Empty(t, s.s.OpeningRequest().Opening)
			require.Less(t, len(s.s.OpeningRequest().Target), 300)
		})
	}
	t.Run("Opened/protocols-alone", func(t *testing.T) {
		s := &served{monitor: monitor{t: t}, s: NewServer(ServerConfig{})}
		s.take(s.s.Opened(t0,
			OpeningRequest{Target: "/p?.kl=Y", Subprotocols: strings.Split(numbered(60000), ",")}, nil))
		require.Equal(t, 431, s.err.Status)
	})
	t.Run("at-the-limit", func(t *testing.T) {
		fill := func(n int) string {
			head := "GET /p HTTP/1.1\r\n" + openingFields + "Sec-WebSocket-Protocol:x-kaazing-handshake," +
				numbered(99) + "\r\nA:" + strings.Repeat("a", 8190) + "\r\nB:\r\n\r\n"
			return strings.Replace(head, "B:", "B:"+strings.Repeat("b", n-len(head)), 1)
		}
		var r wire.Request
		_, err := r.ParseHead([]byte(fill(16<<10)), wire.Limits{})
		require.NoError(t, err)
		s := NewServer(ServerConfig{})
		s.Opening(t0, &r)
		require.Equal(t, fsm.ServerAwaitRequest, s.Phase(), "what the parser takes is within the limits")
	})
}

// The lists of an extended request are limited, too, and those of responses.
func TestLists_Limits(t *testing.T) {
	for _, name := range []string{"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"} {
		s := listening(t, "/p", ServerConfig{})
		s.message(request(name + ": " + numbered(101)))
		s.wantRefused(name, 431, 1002)
		asking(t, ClientConfig{}).unit(switching(name+": "+numbered(101))).wantFail(name,
			fsm.FailureLimit, 1009)
		r := dialed(t, "ws://h/p", ClientConfig{})
		_, out := r.c.OpeningReceived(t0,
			[]byte(switching("Sec-WebSocket-Protocol: x-kaazing-handshake", name+": "+numbered(101))))
		r.take(out)
		r.wantFail(name, fsm.FailureLimit, 0)
	}
	r := dialed(t, "ws://h/p", ClientConfig{})
	r.take(r.c.Opened(t0, Subprotocol, strings.Split(numbered(60000), ","), ""))
	r.wantFail("Opened", fsm.FailureLimit, 0)
	r = dialed(t, "ws://h/p", ClientConfig{})
	r.take(r.c.OpeningRefused(t0, 403, []HeaderField{{"X", strings.Repeat("x", 1<<20)}},
		make([]byte, 1<<20)))
	r.wantFail("OpeningRefused", fsm.FailureLimit, 0)
	r = dialed(t, "ws://h/p", ClientConfig{})
	r.take(r.c.OpeningRefused(t0, 403, nil, make([]byte, 1<<20)))
	require.Len(t, r.wantFail("OpeningRefused", fsm.FailureStatus, 0).Body, 64<<10)
}

// A message that arrives byte by byte costs no more than its length.
func TestByteByByte(t *testing.T) {
	t.Run("chunked-answer", func(t *testing.T) {
		c, err := NewClient("ws://h/p", ClientConfig{Limits: wire.Limits{Body: 4096}})
		require.NoError(t, err)
		c.Connect(t0)
		c.Connected(t0, [16]byte{})
		head := "HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n"
		text := []byte(head + strings.Repeat("1\r\na\r\n", 1300))
		size, _ := allocated(func() {
			for i := len(head); i <= len(text); i++ {
				c.OpeningReceived(t0, text[:i])
			}
		})
		require.Less(t, size, 64<<10)
		c.Lost(t0, "end")
		require.Equal(t, fsm.ClientFailed, c.Phase())
	})
	t.Run("kaazing-request", func(t *testing.T) {
		s := listening(t, "/p?.kl=Y", ServerConfig{})
		long := request("X: " + strings.Repeat("x", 8000))
		_, count := allocated(func() {
			for i := range long {
				s.s.Message(t0, wire.Binary, []byte(long[i:i+1]))
			}
		})
		require.Less(t, count, 200+len(long),
			"one for the message that this test makes, and few for each line")
		require.Equal(t, fsm.ServerDeciding, s.s.Phase())
	})
	t.Run("uri-list", func(t *testing.T) {
		r := dialed(t, "ws://h/"+strings.Repeat("p", 8000)+"/x", ClientConfig{}).opened()
		size, _ := allocated(func() {
			r.unit(response(300, "Content-Type: text/uri-list", "",
				strings.Repeat("x\n", 30000)))
		})
		require.Less(t, size, 16<<20, "each line names the long URL where the client is")
	})
}

// The limit for a name, and for the elements of a list, hold for a request that another layer has
// parsed as they do for one of ours.
func TestServer_Opened_FieldLimits(t *testing.T) {
	for name, v := range map[string]struct {
		field HeaderField
		fits  bool
	}{
		"name at the limit":     {HeaderField{strings.Repeat("n", 256), "v"}, true},
		"name":                  {HeaderField{strings.Repeat("n", 257), "v"}, false},
		"value like a name":     {HeaderField{"N", strings.Repeat("n", 257)}, true},
		"elements at the limit": {HeaderField{"Sec-WebSocket-Protocol", "a,b,c"}, true},
		"elements":              {HeaderField{"Sec-WebSocket-Protocol", "a,b,c,d"}, false},
		"elements of no list":   {HeaderField{"X", "a,b,c,d"}, true},
	} {
		s := newServed(t, ServerConfig{Limits: wire.Limits{Elements: 3}})
		s.take(s.s.Opened(t0, OpeningRequest{Target: "/p", Host: "h", Opening: []HeaderField{v.field}},
			nil))
		require.Equal(t, v.fits, s.s.Phase() == fsm.ServerAwaitRequest, name)
		if !v.fits {
			require.Equal(t, []uint16{1008}, s.codes, name)
		}
	}
}

// A request may be as long as a server with the default limits reads, and not longer.
func TestNewClient_LongestRequest(t *testing.T) {
	most := wire.DefaultLimits().Head
	fields := func(last int) (list []HeaderField) {
		for range most/1000 - 1 {
			list = append(list, HeaderField{"X", strings.Repeat("x", 1000-len("X: \r\n"))})
		}
		return append(list, HeaderField{"X", strings.Repeat("x", last)})
	}
	base := len(asking(t, ClientConfig{Header: fields(1)}).sent[0]) - 1
	r := asking(t, ClientConfig{Header: fields(most - base)})
	require.Len(t, r.sent[0], most)
	_, err := NewClient("ws://h/p", ClientConfig{Header: fields(most - base + 1)})
	require.ErrorContains(t, err, "cannot be written")
}

// The limits of the configuration hold for the first extended response of each connection, not only
// for those behind it.
func TestClient_FirstResponse_Limits(t *testing.T) {
	for name, c := range map[string]struct {
		limits   wire.Limits
		messages []string
	}{
		"head":     {wire.Limits{Head: 60}, []string{response(403, "X: "+strings.Repeat("x", 60))}},
		"line":     {wire.Limits{Line: 30}, []string{response(403, "X: "+strings.Repeat("x", 30))}},
		"fields":   {wire.Limits{Fields: 1}, []string{response(403, "X: y", "X: y")}},
		"body":     {wire.Limits{Body: 3}, []string{response(403, "Content-Length: 4", "", "body")}},
		"unit":     {wire.Limits{Unit: 60}, []string{response(403, "X: "+strings.Repeat("x", 60))}},
		"messages": {wire.Limits{Messages: 2}, []string{"HTTP", "/1.1", " 403"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := ClientConfig{Limits: c.limits}
			asking(t, cfg).message(c.messages...).wantFail("at first", fsm.FailureLimit, 1009)
			cfg.HasProxyLogin = true
			asking(t, cfg).unit(response(407, "Proxy-Authenticate: B")).follow().message(c.messages...).
				wantFail("on the next connection", fsm.FailureLimit, 1009)
		})
	}
}
