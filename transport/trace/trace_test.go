package trace

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// records reads a whole file.
func records(t *testing.T, file string) (list []Record, r *Reader) {
	t.Helper()
	r, err := NewReader(strings.NewReader(file))
	require.NoError(t, err)
	for {
		x, err := r.Next()
		if err == io.EOF {
			return list, r
		}
		require.NoError(t, err)
		list = append(list, x)
	}
}

func TestWriter_Reader(t *testing.T) {
	at := time.Date(2026, 11, 22, 4, 0, 0, 123456789, time.UTC)
	want := []Record{
		{Time: at, Conn: 1, Side: "client", Attempt: 2, Kind: Dial, Text: "ws://h/<&>"},
		{Time: at, Conn: 1, Side: "client", Attempt: 2, Kind: Message, Dir: Received, Type: "binary",
			Data: Data{}, Phase: "ClientReading"},
		{Conn: 1, Side: "server", Kind: Message, Dir: Sent, Type: "text", Data: Data("a\r\n\tü<")},
		{Conn: 1, Side: "server", Kind: Message, Dir: Sent, Type: "binary", Data: Data("\xef\x83\xbfN")},
		{Conn: 1, Side: "server", Kind: Message, Dir: Sent, Type: "binary", Data: Data{0, 1, 0xff}},
		{Conn: 1, Side: "server", Kind: Close, Dir: Sent, Code: 1000, Text: "bye"},
		{Conn: 1, Side: "client", Kind: Fail, Failure: "FailureTimeout", Status: 401, Error: "timed out"},
		{Conn: 1, Side: "client", Kind: Lost},
	}
	var b bytes.Buffer
	header := Header{Tool: "test", Time: at, Side: "client",
		Config: ClientConfig(fsm.DefaultClientConfig())}
	w, err := NewWriter(&b, header)
	require.NoError(t, err)
	for _, x := range want {
		require.NoError(t, w.Write(x))
	}
	got, r := records(t, b.String())
	require.Equal(t, want, got)
	header.Format, header.Version = "trace", 1
	require.Equal(t, header, r.Header)
	require.Equal(t, fsm.DefaultClientConfig(), r.Header.Config.Client())
	require.False(t, r.Truncated())
	require.Contains(t, b.String(), `"data":"a\r\n\tü<"`)
	require.Contains(t, b.String(), `"data":{"base64":"74O/Tg=="}`)
	require.Contains(t, b.String(), `"data":""`)
	require.Equal(t, len(want)+1, strings.Count(b.String(), "\n"))
}

func TestServerConfig(t *testing.T) {
	m := fsm.ServerConfig{Plain: true, Unchecked: true, MaxChallenges: 3, MaxDeferrals: 4}
	require.Equal(t, m, ServerConfig(m).Server())
	require.Equal(t, fsm.ProfileKaazing, ParseProfile("kaazing"))
	require.Zero(t, ParseProfile("other"))
}

func TestReader_Errors(t *testing.T) {
	const header = `{"khp":"trace","version":1}` + "\n"
	for file, want := range map[string]string{
		"":               "line 1: the file is empty",
		"hello\n":        "line 1: this is not a trace",
		`{"a":1}` + "\n": "line 1: this is not a trace",
		`{"khp":"trace","version":2}` +
			"\n": "line 1: the trace has version 2, this program reads version 1",
	} {
		_, err := NewReader(strings.NewReader(file))
		if file == "" {
			want = "the file is empty"
		}
		require.ErrorContains(t, err, want, "%q", file)
		var e *Error
		require.ErrorAs(t, err, &e)
	}
	for lines, want := range map[string]string{
		"\n{\"kind\":}\n":                              "line 3: no record",
		`{"conn":1}` + "\n":                            `line 2: the record has no "kind"`,
		header:                                         "line 2: another trace begins here",
		`{"kind":"ping","conn":-1}` + "\n":             "line 2: no record",
		`{"kind":"ping","data":5}` + "\n":              "line 2: no record",
		strings.Repeat("x", MaxLine) + "\n":            "line 2: longer than",
		`{"kind":"ping","data":{"base64":"-"}}` + "\n": "line 2: no record",
	} {
		r, err := NewReader(strings.NewReader(header + lines))
		require.NoError(t, err)
		_, err = r.Next()
		require.ErrorContains(t, err, want, "%.40q", lines)
	}
}

// An interrupted file is read up to its end, and additions of a later version are left out.
func TestReader_Tolerates(t *testing.T) {
	got, r := records(t, `{"khp":"trace","version":1,"later":[]}`+"\n\n"+
		`{"kind":"ping","conn":7,"later":{"a":1}}`+"\r\n"+`{"kind":"later","conn":7}`+"\n"+`{"kind":"pi`)
	require.Equal(t, []Record{{Kind: Ping, Conn: 7}, {Kind: "later", Conn: 7}}, got)
	require.True(t, r.Truncated())
	require.Equal(t, 5, r.Line())
	got, r = records(t, `{"khp":"trace","version":1}`+"\n"+`{"kind":"ping"}`)
	require.Len(t, got, 1, "a last line that lacks only its end")
	require.False(t, r.Truncated())
}

// full is a file that nothing more fits into.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("no space")
	}
	return len(p), nil
}

func TestWriter_Errors(t *testing.T) {
	_, err := NewWriter(&full{}, Header{})
	require.ErrorContains(t, err, "no space")
	f := &full{room: 100}
	w, err := NewWriter(f, Header{})
	require.NoError(t, err)
	require.Error(t, w.Write(Record{Kind: Message, Data: make(Data, 100)}))
	f.room = 1000
	require.Error(t, w.Write(Record{Kind: Ping}), "nothing behind what is lost")
}

func TestRedact(t *testing.T) {
	in := "GET / HTTP/1.1\r\nAuthorization: Basic SECRET\r\nX-Api-Key: SECRET\r\nx-api-key " +
		":SECRET\r\nAuthentication-Info: rspauth=\"SECRET\"\r\nSet-Cookie:SECRET\r\nX-Api: a\r\n\r\nbody"
	want := "GET / HTTP/1.1\r\nAuthorization: Basic [redacted]\r\nX-Api-Key: [redacted]\r\n" +
		"x-api-key :[redacted]\r\nAuthentication-Info: [redacted]\r\nSet-Cookie:[redacted]\r\n" +
		"X-Api: a\r\n\r\nbody"
	once := Redact([]byte(in), "X-API-KEY")
	require.Equal(t, want, string(once))
	require.Equal(t, want, string(Redact(once, "X-API-KEY")), "it comes out as it is")
	require.Equal(t, []byte{}, Redact([]byte{}))
	var b strings.Builder
	w, err := NewWriter(&b, Header{})
	require.NoError(t, err)
	require.NoError(t, w.Write(Record{Kind: Opening, Data: Data(in)}))
	require.Equal(t, 1, strings.Count(b.String(), "SECRET")-1,
		"only the two of a name that nobody told: %s", b.String())
}

// Secrets that begin in one record and go on in the next do not reach the file, on either side and
// in either direction; connections do not disturb each other.
func TestWriter_SecretInPieces(t *testing.T) {
	for _, kind := range []Kind{Opening, Message} {
		for _, side := range []string{"client", "server"} {
			for _, dir := range []Direction{Sent, Received} {
				for cut := 1; cut < 60; cut++ {
					const message = "GET / HTTP/1.1\r\nCookie: ~~~~~~\r\nAuthorization: Basic ~~~~~~\r\n\r\n"
					var b bytes.Buffer
					w, err := NewWriter(&b, Header{})
					require.NoError(t, err)
					for rest := message; rest != ""; {
						n := min(cut, len(rest))
						require.NoError(t,
							w.Write(Record{Conn: 1, Side: side, Kind: kind, Dir: dir, Data: Data(rest[:n])}))
						require.NoError(t,
							w.Write(Record{Conn: 2, Side: side, Kind: kind, Dir: dir, Data: Data("Host: shown\r\n")}))
						rest = rest[n:]
					}
					require.NotContains(t, b.String(), "~", "%s %s %s %d", kind, side, dir, cut)
					require.Equal(t, (len(message)+cut-1)/cut, strings.Count(b.String(), "shown"))
					require.Empty(t, w.redactors, "nothing is kept of messages that are over")
				}
			}
		}
	}
}

// Data kept for the next record are dropped with their connection.
func TestWriter_ForgetsConnections(t *testing.T) {
	w, err := NewWriter(io.Discard, Header{})
	require.NoError(t, err)
	for conn := range uint64(100) {
		require.NoError(t,
			w.Write(Record{Conn: conn, Side: "server", Kind: Message, Dir: Received, Data: Data("Cook")}))
		require.NoError(t, w.Write(Record{Conn: conn, Side: "server", Kind: Fail}))
	}
	require.Empty(t, w.redactors)
}
