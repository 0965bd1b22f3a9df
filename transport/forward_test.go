package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"example.com/khp/transport/internal/frames"
	"example.com/khp/transport/internal/frametest"
	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const forwardLimit = 300 << 10

// wrongFrames are frames that end a connection with an error, by the message that they may precede.
var wrongFrames = []pf{
	{Op: opB, P: "reserved bit", Rsv: 2}, {Op: 3, P: "unknown opcode"},
	{Op: opB, P: "the mask is wrong", Mask: true}, {Op: opC, P: "nothing to continue"},
	{Op: opI, P: strings.Repeat("x", 126)}, {Op: opI, P: "a Ping in fragments", More: true},
	{Op: opB, P: strings.Repeat("x", forwardLimit+1)}, {Op: opB, Claim: forwardLimit + 1},
	{Op: opX, P: "\x03\xe8bye"}, {Op: opX}, {Op: opX, P: "\x03"}, {Op: opX, P: "\x03\xe8\xff"},
}

// genTraffic draws the frames of a peer: messages, whole and in fragments, of all sizes, control
// frames between them, and perhaps something wrong.
func genTraffic(t *rapid.T, simple bool) (list []pf) {
	small := rapid.IntRange(0, 300)
	size := rapid.OneOf(small, small, small, rapid.SampledFrom([]int{125, 126, 4000, 4082, 4096, 9000,
		63<<10 - 1, 63 << 10, 63<<10 + 1, 65535, 65536, 150 << 10}))
	control := func() {
		for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "control frames") {
			list = append(list, pf{Op: rapid.SampledFrom([]ws.OpCode{opI, opO}).Draw(t, "control"),
				P: rapid.StringN(0, 20, 60).Draw(t, "payload")})
		}
	}
	for range rapid.IntRange(0, 12).Draw(t, "messages") {
		control()
		op, unit := opT, "é"
		if rapid.Bool().Draw(t, "binary") {
			op, unit = opB, "\xff\xc3"
		}
		n := rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "fragments")
		if simple {
			n, size = 1, small
		}
		p := strings.Repeat(unit, size.Draw(t, "size"))
		if op == opT && rapid.IntRange(0, 9).Draw(t, "wrong text") == 0 {
			p += frametest.BadText[rapid.IntRange(0, len(frametest.BadText)-1).Draw(t, "bad")].P
		}
		for i := range n {
			cut := len(p)
			if i < n-1 {
				cut = rapid.IntRange(0, len(p)).Draw(t, "cut")
			}
			list = append(list, pf{Op: op, P: p[:cut], More: i < n-1, Wide: rapid.Bool().Draw(t, "wide")})
			if op, p = opC, p[cut:]; i < n-1 {
				control()
			}
		}
	}
	if rapid.Bool().Draw(t, "ends wrong") {
		list = append(list, rapid.SampledFrom(wrongFrames).Draw(t, "wrong"), pf{Op: opB, P: "behind it"})
	}
	return list
}

// passed is the traffic at the other end.
type passed struct {
	Messages []string // with their type, as the other side gets them
	Answers  []string // frames that the sender got
	Err      string
	Received uint64 // messages that were counted
	Sent     uint64
}

// got reads frames, and assembles messages; an incomplete one is no message.
func got(t require.TestingT, b []byte, whole bool) (list []string) {
	r, message := bytes.NewReader(b), ""
	for r.Len() > 0 {
		f, err := frametest.ReadFrame(r)
		if err != nil {
			return list
		}
		f = ws.UnmaskFrameInPlace(f)
		switch {
		case f.Header.OpCode.IsControl():
			list = append(list, string('0'+rune(f.Header.OpCode))+string(f.Payload))
			continue
		case f.Header.OpCode != opC:
			message = string('0' + rune(f.Header.OpCode))
		}
		require.True(t, f.Header.Fin || !whole, "a fragment")
		if message += string(f.Payload); f.Header.Fin {
			list = append(list, message)
		}
	}
	return list
}

// plainly passes messages on one by one.
func plainly(ctx context.Context, c, to *Conn) error {
	for {
		typ, p, err := c.Read(ctx)
		if err != nil {
			return err
		}
		if err := to.Write(ctx, typ, p); err != nil {
			return &ForwardError{err}
		}
	}
}

// relayed is the two connections of a relay, with observers that count.
type relayed struct {
	c, to           *Conn
	fromEnd, toward frametest.Script
}

func newRelayed(client, toClient bool) *relayed {
	r := &relayed{}
	conn := func(nc net.Conn, client bool) *Conn {
		return newConn(frames.New(nc, client, nil, forwardLimit),
			opened{readLimit: forwardLimit, watched: &watched{to: noEnd{}}})
	}
	r.c, r.to = conn(&r.fromEnd, client), conn(&r.toward, toClient)
	return r
}

type noEnd struct{}

func (noEnd) Observe(Event)    {}
func (noEnd) ObserveEnd(Event) {}

func (r *relayed) outcome(t require.TestingT, err error) passed {
	<-r.c.done
	require.Error(t, err)
	return passed{
		Messages: got(t, bytes.Join(r.toward.Writes, nil), false),
		Answers:  got(t, bytes.Join(r.fromEnd.Writes, nil), true), Err: err.Error(),
		Received: r.c.watch.received.messages.Load(), Sent: r.to.watch.sent.messages.Load(),
	}
}

// Whatever a peer sends, and however it is cut, Forward passes on the messages that Read and Write
// do, answers the peer with the same frames, and ends with the same error.
func TestForward_SameAsReadAndWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		client, toClient := rapid.Bool().Draw(t, "reads as client"),
			rapid.Bool().Draw(t, "writes as client")
		simple := rapid.Bool().Draw(t, "simple")
		b := frametest.Encode(client, genTraffic(t, simple)...)
		var script [][]byte
		for rest := b; len(rest) > 0; {
			if simple && rapid.IntRange(0, 4).Draw(t, "deadline") == 0 {
				script = append(script, nil)
			}
			n := min(len(rest), rapid.OneOf(rapid.IntRange(1, 10), rapid.IntRange(1, 300),
				rapid.IntRange(1, 100000)).Draw(t, "arrival"))
			script, rest = append(script, rest[:n:n]), rest[n:]
		}
		run := func(pass func(ctx context.Context, c, to *Conn) error) passed {
			r := newRelayed(client, toClient)
			for _, p := range script {
				r.fromEnd.Reads = append(r.fromEnd.Reads, bytes.Clone(p))
			}
			for {
				err := pass(t.Context(), r.c, r.to)
				if len(r.fromEnd.Reads) == 0 || r.c.hasEnded() {
					return r.outcome(t, err)
				}
			}
		}
		var received, sent int
		want := run(plainly)
		require.Equal(t, want, run(func(ctx context.Context, c, to *Conn) error {
			return c.Forward(ctx, to, func(n, _ int) { received += n }, func(n, _ int) { sent += n })
		}))
		require.EqualValues(t, want.Received, received)
		require.EqualValues(t, want.Sent, sent)

		var stream bytes.Buffer
		bare := run(func(ctx context.Context, c, _ *Conn) error {
			return c.ForwardTo(ctx, &stream, nil, nil)
		})
		require.Equal(t, want.Err, bare.Err)
		require.Equal(t, want.Answers, bare.Answers)
		all := ""
		for _, m := range want.Messages {
			all += m[1:]
		}
		require.True(t, strings.HasPrefix(stream.String(), all),
			"all messages, and perhaps the beginning of a wrong one")
	})
}

// The same on sockets of the system, which are read in another way.
func TestForward_SameOnSockets(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		toClient := rapid.Bool().Draw(r, "writes as client")
		traffic := genTraffic(r, false)
		if n := len(traffic); n > 0 && traffic[n-1].P == "behind it" {
			traffic = traffic[:n-1] // a server may close at once, and a reset take its answers
		}
		b := frametest.Encode(false, traffic...)
		want := func() passed {
			r0 := newRelayed(false, toClient)
			if len(b) > 0 {
				r0.fromEnd.Reads = [][]byte{bytes.Clone(b)}
			}
			return r0.outcome(r, plainly(t.Context(), r0.c, r0.to))
		}()
		sender, nc := tcpPair(t)
		toNC, getter := tcpPair(t)
		c, to := testConn(nc, false), testConn(toNC, toClient)
		c.SetReadLimit(forwardLimit)
		var all sync.WaitGroup
		defer all.Wait()
		all.Go(func() {
			for rest := b; len(rest) > 0; {
				n := min(len(rest), 1+len(rest)*7%1500)
				if _, err := sender.Write(rest[:n]); err != nil {
					return
				}
				rest = rest[n:]
			}
			_ = sender.(*net.TCPConn).CloseWrite()
		})
		var answers, messages []byte
		read := make(chan struct{}, 2)
		all.Go(func() { answers, _ = io.ReadAll(sender); read <- struct{}{} })
		all.Go(func() { messages, _ = io.ReadAll(getter); read <- struct{}{} })
		err := c.Forward(t.Context(), to, nil, nil)
		<-c.done
		_ = to.CloseNow()
		<-read
		<-read
		require.Equal(r, want.Err, err.Error())
		require.Equal(r, want.Messages, got(r, messages, false))
		require.Equal(r, want.Answers, got(r, answers, true))
		_ = sender.Close()
		_ = getter.Close()
	})
}

// Bytes read from a stream become messages of at most 32 KiB, in both ways of reading.
func TestForwardFrom(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789"), 20000)
	for name, plain := range map[string]bool{"socket": false, "reader": true} {
		for side, client := range map[string]bool{"server": false, "client": true} {
			t.Run(name+"/"+side, func(t *testing.T) {
				source, nc := tcpPair(t)
				toNC, getter := tcpPair(t)
				c, other := testConn(toNC, client), testConn(getter, !client)
				go func() {
					_, _ = source.Write(want)
					_ = source.(*net.TCPConn).CloseWrite()
				}()
				var r io.Reader = nc
				if plain {
					r = struct{ io.Reader }{nc}
				}
				messages, bytesSent := 0, 0
				end := make(chan error, 1)
				go func() {
					end <- c.ForwardFrom(t.Context(), r, Binary,
						func(m, n int) { messages, bytesSent = messages+m, bytesSent+n })
				}()
				var got []byte
				n := 0
				for ; len(got) < len(want); n++ {
					typ, p, err := other.Read(t.Context())
					require.NoError(t, err)
					require.Equal(t, Binary, typ)
					require.LessOrEqual(t, len(p), 32<<10)
					got = append(got, p...)
				}
				require.True(t, bytes.Equal(want, got))
				require.ErrorIs(t, <-end, io.EOF)
				require.Equal(t, n, messages)
				require.Equal(t, len(want), bytesSent)
			})
		}
	}
}

// The side that takes no more is told from the side that gives no more.
func TestForward_WhoseError(t *testing.T) {
	for _, message := range []string{"lost", strings.Repeat("large", 40<<10)} {
		r := newRelayed(false, false)
		r.fromEnd.Reads = [][]byte{frametest.Encode(false, text(message))}
		nc, _ := pipePair(t)
		to := testConn(nc, true)
		require.NoError(t, to.CloseNow())
		err := r.c.Forward(t.Context(), to, nil, nil)
		require.ErrorAs(t, err, new(*ForwardError))
		require.ErrorIs(t, err, net.ErrClosed)
		require.Equal(t, errors.Unwrap(err).Error(), err.Error())
		require.False(t, r.c.hasEnded())
		require.NotErrorAs(t, r.c.Forward(t.Context(), r.to, nil, nil), new(*ForwardError),
			"nothing more to read")
	}

	r := newRelayed(false, false)
	require.ErrorAs(t, r.c.ForwardFrom(t.Context(), strings.NewReader("x"), 0, nil),
		new(*ForwardError), "no such type")
	nc, _ := pipePair(t)
	closed := testConn(nc, true)
	require.NoError(t, closed.CloseNow())
	more := 3
	err := closed.ForwardFrom(t.Context(), readerFunc(func(p []byte) (int, error) {
		if more--; more == 0 {
			return 0, io.EOF
		}
		return 1, nil
	}), Binary, nil)
	require.ErrorAs(t, err, new(*ForwardError))
	require.ErrorIs(t, err, net.ErrClosed)
	require.Equal(t, 2, more, "nothing is read that cannot be sent")
	failing := errors.New("full")
	r.fromEnd.Reads = [][]byte{frametest.Encode(false, text("lost"))}
	err = r.c.ForwardTo(t.Context(), writerFunc(func([]byte) (int, error) { return 0, failing }), nil,
		nil)
	require.ErrorAs(t, err, new(*ForwardError))
	require.ErrorIs(t, err, failing)
}

// fewWrites fails after so many writes.
type fewWrites struct {
	frametest.Script
	left int
}

func (c *fewWrites) Write(p []byte) (int, error) {
	if c.left--; c.left < 0 {
		return 0, io.ErrShortWrite
	}
	return c.Script.Write(p)
}

// A large message that cannot be sent to its end leaves a connection on which only Close makes
// sense; one that could not be begun leaves it as it was.
func TestForward_LargeMessageBreaks(t *testing.T) {
	for writes, usable := range []bool{true, false} {
		r := newRelayed(false, false)
		r.fromEnd.Reads = [][]byte{frametest.Encode(false, bin(strings.Repeat("x", 200<<10)))}
		full := &fewWrites{left: writes}
		to := testConn(full, false)
		err := r.c.Forward(t.Context(), to, nil, nil)
		require.ErrorAs(t, err, new(*ForwardError))
		require.ErrorIs(t, err, io.ErrShortWrite)
		full.left = 10
		err = to.Write(t.Context(), Text, []byte("behind it"))
		if usable {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, "was broken off between fragments")
			r = newRelayed(false, false)
			r.fromEnd.Reads = [][]byte{frametest.Encode(false, bin(strings.Repeat("y", 200<<10)))}
			err = r.c.Forward(t.Context(), to, nil, nil)
			require.ErrorAs(t, err, new(*ForwardError))
			require.ErrorContains(t, err, "was broken off between fragments")
		}
		sent := len(full.Writes)
		_ = to.Close(CloseInternalError, "")
		require.Greater(t, len(full.Writes), sent, "the Close frame goes out")
	}
}

// A large message that does not come to its end is not ended for the other side, which can be used
// further only if nothing was sent of it.
func TestForward_LargeMessageIsCut(t *testing.T) {
	for _, size := range []int{0, 1, 150 << 10} {
		r := newRelayed(false, false)
		whole := frametest.Encode(false, bin(strings.Repeat("x", 200<<10)))
		r.fromEnd.Reads = [][]byte{whole[:len(whole)-200<<10+size]}
		err := r.c.Forward(t.Context(), r.to, nil, nil)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.NotErrorAs(t, err, new(*ForwardError))
		require.Empty(t, got(t, bytes.Join(r.toward.Writes, nil), false), "no message")
		err = r.to.Write(t.Context(), Text, []byte("behind it"))
		if size == 0 {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, "was broken off between fragments")
		}
	}
}

// Extensions and compression of either side are passed through, whatever the other side has agreed
// on.
func TestForward_ThroughExtensions(t *testing.T) {
	messages := []string{"short", strings.Repeat("0123456789", 30), strings.Repeat("large", 40<<10)}
	pair := func(t *testing.T, with func(c *Conn) *Conn) (client, server *Conn) {
		a, b := tcpPair(t)
		return with(testConn(a, true)), with(testConn(b, false))
	}
	for from, comes := range agreed {
		for to, goes := range agreed {
			t.Run(from+" to "+to, func(t *testing.T) {
				sender, in := pair(t, comes)
				out, receiver := pair(t, goes)
				go func() { _ = in.Forward(t.Context(), out, nil, nil) }()
				for _, m := range messages {
					require.NoError(t, sender.Write(t.Context(), Text, []byte(m)))
					wantMessage(t, receiver, Text, m)
				}
			})
		}
		t.Run(from, func(t *testing.T) {
			sender, in := pair(t, comes)
			stream, all := io.Pipe()
			go func() { _ = in.ForwardTo(t.Context(), all, nil, nil) }()
			back, far := io.Pipe()
			go func() { _ = in.ForwardFrom(t.Context(), back, Text, nil) }()
			for _, m := range messages[:2] {
				require.NoError(t, sender.Write(t.Context(), Text, []byte(m)))
				got := make([]byte, len(m))
				_, err := io.ReadFull(stream, got)
				require.NoError(t, err)
				require.Equal(t, m, string(got))
				_, err = io.WriteString(far, m)
				require.NoError(t, err)
				wantMessage(t, sender, Text, m)
			}
		})
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Clients and gateways of Kaazing get no fragments, however long the message is, or many its
// fragments.
func TestForward_NoFragmentsForKaazing(t *testing.T) {
	for _, unfragmented := range []bool{true, false} {
		r := newRelayed(true, false)
		r.to.info.unfragmented = unfragmented
		long := strings.Repeat("x", 200<<10)
		r.fromEnd.Reads = [][]byte{frametest.Encode(true, bin(long), pf{Op: opT, P: "a", More: true},
			pf{Op: opC, P: "b"})}
		require.ErrorIs(t, r.c.Forward(t.Context(), r.to, nil, nil), io.ErrUnexpectedEOF)
		require.Equal(t, []string{"2" + long, "1ab"},
			got(t, bytes.Join(r.toward.Writes, nil), unfragmented))
	}
}

// ForwardTo tells of each message when it comes and when it is written, with its size, and not of
// one that could not be.
func TestConn_ForwardToCounts(t *testing.T) {
	full := errors.New("full")
	a, b := tcpPair(t)
	c, p := testConn(a, true), newPeer(t, b, false)
	p.send(pf{Op: opT, P: "abc"}, pf{Op: opB, P: "de"}, pf{Op: opB, P: strings.Repeat("x", 100<<10)},
		pf{Op: opB, P: "lost"})
	var received, sent [2]int
	add := func(sum *[2]int) Count {
		return func(messages, bytes int) { sum[0], sum[1] = sum[0]+messages, sum[1]+bytes }
	}
	var written int
	err := c.ForwardTo(t.Context(), writerFunc(func(b []byte) (int, error) {
		if bytes.HasSuffix(b, []byte("lost")) {
			return 0, full
		}
		written += len(b)
		return len(b), nil
	}), add(&received), add(&sent))
	require.ErrorIs(t, err, full)
	require.Equal(t, 5+100<<10, written)
	require.Equal(t, [2]int{4, 9 + 100<<10}, received)
	require.Equal(t, [2]int{3, 5 + 100<<10}, sent)
}
