package adaptertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/khp/transport"
	"github.com/coder/websocket"
	gorillalib "github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// Compression with other libraries, in the manner of sections 12 and 13 of Autobahn's suite: one
// side echoes the messages of the other, in every size, with and without a memory of earlier
// messages, whole and in fragments, whichever side is the server.

// talker is one end of a connection. piece is the size of the pieces that a message is written in,
// 0 for all of it at once.
type talker interface {
	send(t transport.MessageType, p []byte, piece int) error
	receive() (transport.MessageType, []byte, error)
	close()
}

// pieces writes p.
func pieces(w io.WriteCloser, p []byte, piece int) error {
	for len(p) > 0 {
		n := min(len(p), piece)
		if _, err := w.Write(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return w.Close()
}

type khpTalker struct {
	ctx context.Context
	c   *transport.Conn
}

func (k khpTalker) send(t transport.MessageType, p []byte, piece int) error {
	if piece == 0 {
		return k.c.Write(k.ctx, t, p)
	}
	w, err := k.c.Writer(k.ctx, t)
	if err != nil {
		return err
	}
	return pieces(w, p, piece)
}
func (k khpTalker) receive() (transport.MessageType, []byte, error) { return k.c.Read(k.ctx) }
func (k khpTalker) close() {
	_ = k.c.Close(transport.CloseNormal, "")
}

type coderTalker struct {
	ctx context.Context
	c   *websocket.Conn
}

func (k coderTalker) send(t transport.MessageType, p []byte, piece int) error {
	if piece == 0 {
		return k.c.Write(k.ctx, websocket.MessageType(t), p)
	}
	w, err := k.c.Writer(k.ctx, websocket.MessageType(t))
	if err != nil {
		return err
	}
	return pieces(w, p, piece)
}

func (k coderTalker) receive() (transport.MessageType, []byte, error) {
	t, p, err := k.c.Read(k.ctx)
	return transport.MessageType(t), p, err
}
func (k coderTalker) close() { _ = k.c.Close(websocket.StatusNormalClosure, "") }

type gorillaTalker struct{ c *gorillalib.Conn }

func (k gorillaTalker) send(t transport.MessageType, p []byte, piece int) error {
	if piece == 0 {
		return k.c.WriteMessage(int(t), p)
	}
	w, err := k.c.NextWriter(int(t))
	if err != nil {
		return err
	}
	return pieces(w, p, piece)
}

func (k gorillaTalker) receive() (transport.MessageType, []byte, error) {
	t, p, err := k.c.ReadMessage()
	return transport.MessageType(t), p, err
}
func (k gorillaTalker) close() { _ = gorillaConn{k.c}.Close() }

// peerLibrary is another library with one setting of its compression.
type peerLibrary struct {
	name   string
	alone  bool // its messages stand for themselves, and so have ours to
	dial   func(ctx context.Context, url string) (talker, *http.Response, error)
	accept func(w http.ResponseWriter, r *http.Request) (talker, error)
}

const patienceOfAll = 5 * time.Minute

func peerLibraries() []peerLibrary {
	list := []peerLibrary{{
		name: "gorilla", alone: true,
		dial: func(ctx context.Context, url string) (talker, *http.Response, error) {
			c, resp, err := (&gorillalib.Dialer{EnableCompression: true,
				WriteBufferSize: 1000}).DialContext(ctx, url, nil)
			return gorillaTalker{c}, resp, err
		},
		accept: func(w http.ResponseWriter, r *http.Request) (talker, error) {
			c, err := (&gorillalib.Upgrader{EnableCompression: true, WriteBufferSize: 1000}).Upgrade(w, r,
				nil)
			return gorillaTalker{c}, err
		},
	}}
	for _, mode := range []websocket.CompressionMode{websocket.CompressionContextTakeover,
		websocket.CompressionNoContextTakeover} {
		alone := mode == websocket.CompressionNoContextTakeover
		list = append(list, peerLibrary{
			name: fmt.Sprintf("coder, alone %t", alone), alone: alone,
			dial: func(ctx context.Context, url string) (talker, *http.Response, error) {
				c, resp, err := websocket.Dial(ctx, url,
					&websocket.DialOptions{CompressionMode: mode, CompressionThreshold: 1})
				if err == nil {
					c.SetReadLimit(-1)
				}
				return coderTalker{ctx, c}, resp, err
			},
			accept: func(w http.ResponseWriter, r *http.Request) (talker, error) {
				c, err := websocket.Accept(w, r,
					&websocket.AcceptOptions{CompressionMode: mode, CompressionThreshold: 1})
				if err == nil {
					c.SetReadLimit(-1)
				}
				return coderTalker{context.Background(), c}, err
			},
		})
	}
	return list
}

// corpus are the messages: of every size from 0 to 1 MiB, easy and impossible to compress, and such
// that refer to those before them.
func corpus() (all [][]byte) {
	random := rand.New(rand.NewPCG(7692, 0))
	for _, n := range []int{0, 1, 16, 63, 64, 65, 256, 1024, 4096, 8192, 16384, 32767, 32768, 32769,
		65535, 65536, 131072, 1 << 20} {
		noise := make([]byte, n)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		rows, _ := json.Marshal(struct{ Name, Rows string }{"a message",
			strings.Repeat(fmt.Sprint(n, " is the size; "), n/10)})
		all = append(all, noise, rows[:min(n, len(rows))], bytes.Repeat([]byte{0}, n), noise)
	}
	return all
}

func TestCompression_Peers(t *testing.T) {
	messages := corpus()
	for _, peer := range peerLibraries() {
		for _, alone := range []bool{false, true} {
			for _, piece := range []int{0, 997} {
				for _, serves := range []bool{true, false} {
					side := map[bool]string{true: "server", false: "client"}[serves]
					t.Run(fmt.Sprintf("%s/%s, alone %t, pieces of %d",
						peer.name, side, alone, piece), func(t *testing.T) {
						ctx, cancel := context.WithTimeout(t.Context(), patienceOfAll)
						defer cancel()
						ours, theirs, granted := connectCompressed(t, ctx, peer, alone, serves)
						require.Equal(t, alone || peer.alone,
							strings.Contains(granted, "server_no_context_takeover"), granted)
						require.Equal(t, alone || peer.alone,
							strings.Contains(granted, "client_no_context_takeover"), granted)
						result := make(chan error, 1)
						go func() { // echoes its input
							for {
								kind, p, err := theirs.receive()
								if err == nil {
									err = theirs.send(kind, p, piece)
								}
								if err != nil {
									result <- err
									return
								}
							}
						}()
						for i, p := range messages {
							kind := transport.Binary
							if i%4 == 1 {
								kind = transport.Text
							}
							require.NoError(t, ours.send(kind, p, piece))
							back, got, err := ours.receive()
							require.NoError(t, err)
							require.Equal(t, kind, back)
							require.True(t, bytes.Equal(p, got), "message %d of %d bytes", i, len(p))
						}
						ours.close()
						require.Error(t, <-result)
						theirs.close()
					})
				}
			}
		}
	}
}

// connectCompressed connects us with a peer. serves says that we are the server. granted is the
// field of the 101.
func connectCompressed(
	t *testing.T, ctx context.Context, peer peerLibrary, alone, serves bool,
) (ours, theirs talker, granted string) {
	t.Helper()
	compression := &transport.Compression{NoContextTakeover: alone}
	served := make(chan talker, 1)
	var handler http.Handler
	if serves {
		h := &transport.Handler{Plain: true, Compression: compression}
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := h.Accept(w, r)
			if err != nil {
				t.Error(err)
			}
			served <- khpTalker{ctx, c}
		})
	} else {
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, err := peer.accept(w, r)
			if err != nil {
				t.Error(err)
			}
			served <- c
		})
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	url := "ws" + strings.TrimPrefix(server.URL, "http")
	if serves {
		theirs, resp, err := peer.dial(ctx, url)
		require.NoError(t, err)
		return <-served, theirs, resp.Header.Get("Sec-WebSocket-Extensions")
	}
	c, err := transport.Dial(ctx, url,
		&transport.DialOptions{PlainOnly: true, Compression: compression})
	require.NoError(t, err)
	return khpTalker{ctx, c}, <-served, c.OpeningHeader().Get("Sec-WebSocket-Extensions")
}
