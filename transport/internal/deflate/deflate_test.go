package deflate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"example.com/khp/transport/internal/frametest"
	"example.com/khp/wire"
	"github.com/stretchr/testify/require"
)

const (
	clientAlone = "; client_no_context_takeover"
	serverAlone = "; server_no_context_takeover"
)

func TestOffer(t *testing.T) {
	require.Equal(t, Name, Offer(false))
	require.Equal(t, Name+clientAlone+serverAlone, Offer(true))
}

// A server grants the first offer that it can keep to, and not more than was offered.
func TestAccept(t *testing.T) {
	for offer, want := range map[string]string{
		Name:                                    Name,
		"Permessage-DEFLATE":                    Name,
		Name + clientAlone:                      Name + clientAlone,
		Name + serverAlone:                      Name + serverAlone,
		Name + "; client_max_window_bits":       Name,
		Name + "; client_max_window_bits=8":     Name,
		Name + `; client_max_window_bits="15"`:  Name,
		Name + "; server_max_window_bits=15":    Name,
		Name + "; server_max_window_bits=9":     "",
		Name + "; server_max_window_bits":       "",
		Name + "; server_max_window_bits=7":     "",
		Name + "; server_max_window_bits=16":    "",
		Name + "; server_max_window_bits=1":     "",
		Name + "; server_max_window_bits=25":    "",
		Name + "; server_max_window_bits=015":   "",
		Name + "; client_max_window_bits=16":    "",
		Name + "; client_max_window_bits=1.":    "",
		Name + "; client_max_window_bits=25":    "",
		Name + "; client_max_window_bits=150":   "",
		Name + "; client_max_window_bits=10":    Name,
		Name + ", =":                            "",
		Name + "; client_no_context_takeover=1": "",
		Name + "; server_no_context_takeover=1": "",
		Name + serverAlone + serverAlone:        "",
		Name + "; unknown":                      "",
		"x-webkit-deflate-frame":                "",
		Name + "2":                              "",
		Name + ", " + Name:                      "",
	} {
		granted, p, ok := Accept([]string{offer}, false)
		require.Equal(t, want != "", ok, offer)
		require.Equal(t, want, granted, offer)
		require.Equal(t, Params{ClientAlone: strings.Contains(want, clientAlone),
			ServerAlone: strings.Contains(want, serverAlone)}, p, offer)
	}
	granted, p, ok := Accept([]string{"other", Name + "; server_max_window_bits=8", Name + "; unknown",
		Name + clientAlone, Name}, false)
	require.True(t, ok)
	require.Equal(t, Name+clientAlone, granted)
	require.Equal(t, Params{ClientAlone: true}, p)
	granted, p, _ = Accept([]string{Name}, true)
	require.Equal(t, Name+clientAlone+serverAlone, granted)
	require.Equal(t, Params{ClientAlone: true, ServerAlone: true}, p)
	_, _, ok = Accept(nil, true)
	require.False(t, ok)
}

// A client holds a server to the parameters that the client has offered.
func TestGranted(t *testing.T) {
	for value, want := range map[string]struct {
		params *Params
		err    string
		alone  string // the error if each message was to stand for itself
	}{
		"":        {},
		"x-other": {},
		"x, " + Name + " ": {params: &Params{},
			alone: "server_no_context_takeover is missing"},
		Name + serverAlone: {params: &Params{ServerAlone: true}},
		Name + clientAlone +
			serverAlone: {params: &Params{ClientAlone: true, ServerAlone: true}},
		Name + "; server_max_window_bits=10":          {params: &Params{}, alone: "is missing"},
		Name + "; client_max_window_bits=10":          {err: "client_max_window_bits is not understood"},
		Name + "; x":                                  {err: "x is not understood"},
		Name + serverAlone + serverAlone:              {err: "is repeated"},
		Name + serverAlone + "," + Name + serverAlone: {err: "granted twice"},
	} {
		fields := wire.Fields{{Name: []byte("Sec-WebSocket-Protocol"), Value: []byte(Name + "; y")},
			{Name: []byte("Sec-WebSocket-Extensions"), Value: []byte(value)}}
		got, err := Granted(fields, false)
		if want.err != "" {
			require.ErrorContains(t, err, want.err, value)
			continue
		}
		require.NoError(t, err, value)
		require.Equal(t, want.params, got, value)
		got, err = Granted(fields, true)
		switch {
		case want.alone != "":
			require.ErrorContains(t, err, want.alone, value)
		case want.params == nil:
			require.NoError(t, err)
			require.Nil(t, got, value)
		default:
			require.NoError(t, err)
			require.Equal(t, &Params{ClientAlone: true, ServerAlone: true}, got, "we keep to our own part")
		}
	}
	_, err := Granted(wire.Fields{{Name: []byte("Sec-WebSocket-Extensions"), Value: []byte(Name)},
		{Name: []byte("sec-websocket-extensions"), Value: []byte(Name)}}, false)
	require.ErrorContains(t, err, "granted twice")
}

func TestIs(t *testing.T) {
	for element, want := range map[string]bool{Name: true, " \tPERMESSAGE-deflate \t; x": true,
		Name + "2": false, "x;" + Name: false, "": false} {
		require.Equal(t, want, Is(element), element)
	}
}

// text makes n bytes of words that come again.
func text(random *rand.Rand, n int) []byte {
	var b bytes.Buffer
	for b.Len() < n {
		fmt.Fprintf(&b, "word %d ", random.IntN(900))
	}
	return b.Bytes()[:n]
}

// One side inflates each message that the other one compresses, message by message; later messages
// do not refer to one that was not sent.
func TestCodec_RoundTrip(t *testing.T) {
	for _, alone := range []bool{false, true} {
		random := rand.New(rand.NewPCG(1, 2))
		out, in := Codec{Alone: alone}, Codec{Alone: alone}
		var all []byte // messages that were sent
		for i, n := range []int{0, 1, 100, 70_000, 100, windowSize - 1, windowSize, windowSize + 1, 5,
			20_000, 20_000, 20_000, 1} {
			p := text(random, n)
			var b bytes.Buffer
			b.WriteString("before")
			out.Compress(&b, text(random, 500)) // it could not be sent
			b.Truncate(len("before"))
			out.Compress(&b, p)
			out.Sent(p)
			require.Equal(t, "before", b.String()[:6])
			require.False(t, bytes.HasSuffix(b.Bytes(), []byte(tail)), "it is left out")
			got, err := in.Inflate(b.Bytes()[6:], int64(n))
			require.NoError(t, err, "message %d", i)
			require.Equal(t, string(p), string(got), "message %d", i)
			all = append(all, p...)
			if alone {
				require.True(t, out.window == nil && in.window == nil, "nothing is kept")
				continue
			}
			last := string(all[max(0, len(all)-windowSize):])
			require.True(t, last == string(out.window) && last == string(in.window), "message %d", i)
		}
	}
}

// A message can refer to the ones before if it does not stand for itself.
func TestCodec_Context(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	p := make([]byte, 10_000)
	for i := range p {
		p[i] = byte(random.IntN(256)) // not compressible by itself
	}
	for _, alone := range []bool{false, true} {
		c := Codec{Alone: alone}
		c.Sent(p)
		c.Sent(bytes.Repeat([]byte("x"), len(p)))
		var b bytes.Buffer
		c.Compress(&b, p[:1000])
		require.Equal(t, alone, b.Len() > 500, "%d bytes", b.Len())
	}
}

// A message that is too long or not compressed has its error, and a later message is inflated as if
// it had not been.
func TestCodec_Inflate_Errors(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var out, in Codec
	for range 3 {
		p := text(random, 5000)
		var b bytes.Buffer
		out.Compress(&b, p)
		_, err := in.Inflate(b.Bytes(), 4999)
		require.Equal(t, ErrTooLong, err)
		_, err = in.Inflate([]byte("\x07no such data"), 5000)
		require.Equal(t, ErrData, err)
		_, err = in.Inflate(b.Bytes()[:b.Len()/2], 5000)
		require.Equal(t, ErrData, err)
		got, err := in.Inflate(b.Bytes(), 5000)
		require.NoError(t, err)
		require.Equal(t, string(p), string(got))
		out.Sent(p)
	}
	var bomb bytes.Buffer
	big := Codec{}
	big.Compress(&bomb, make([]byte, 10<<20))
	require.Less(t, bomb.Len(), 100_000)
	_, err := in.Inflate(bomb.Bytes(), 1000)
	require.Equal(t, ErrTooLong, err)
}

// Compressing and inflating use the memory of messages before, which is much.
func TestCodec_Memory(t *testing.T) {
	if !frametest.PoolsAreExact {
		t.Skip("pools drop memory under the race detector")
	}
	p, c, b := make([]byte, 100), Codec{Alone: true}, bytes.Buffer{}
	c.Compress(&b, p)
	message := bytes.Clone(b.Bytes())
	const many = 1000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range many {
		b.Reset()
		c.Compress(&b, p)
		_, _ = c.Inflate(message, 100)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/many, uint64(16<<10))
}

func TestWorthwhile(t *testing.T) {
	require.False(t, Worthwhile(smallest-1))
	require.True(t, Worthwhile(smallest))
}
