package transport

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

// packer is the permessage-deflate of another implementation, one direction of it.
type packer struct {
	alone  bool
	window []byte
}

func (k *packer) keep(p string) {
	if k.window = append(k.window, p...); k.alone {
		k.window = nil
	} else if over := len(k.window) - 32<<10; over > 0 {
		k.window = k.window[over:]
	}
}

func (k *packer) pack(t *testing.T, p string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestCompression, k.window)
	require.NoError(t, err)
	_, err = io.WriteString(w, p)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	k.keep(p)
	return strings.TrimSuffix(b.String(), "\x00\x00\xff\xff")
}

func (k *packer) unpack(t *testing.T, p string) string {
	t.Helper()
	r := flate.NewReaderDict(strings.NewReader(p+"\x00\x00\xff\xff\x01\x00\x00\xff\xff"), k.window)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	k.keep(string(b))
	return string(b)
}

// everyParams calls f with every combination of parameters, in short mode with fewer sizes of
// windows.
func everyParams(
	t *testing.T, f func(text string, serverAlone, clientAlone bool, serverBits, clientBits string),
) {
	bits := []string{"", "8", "9", "10", "11", "12", "13", "14", "15"}
	if testing.Short() {
		t.Attr("less", "fewer windows")
		bits = []string{"", "9", "15"}
	}
	for _, serverAlone := range []bool{false, true} {
		for _, clientAlone := range []bool{false, true} {
			for _, serverBits := range bits {
				for _, clientBits := range append(bits, "any") {
					text := "permessage-deflate"
					if serverAlone {
						text += "; server_no_context_takeover"
					}
					if clientAlone {
						text += "; client_no_context_takeover"
					}
					if serverBits != "" {
						text += "; server_max_window_bits=" + serverBits
					}
					if clientBits == "any" {
						text += "; client_max_window_bits"
					} else if clientBits != "" {
						text += `; client_max_window_bits="` + clientBits + `"`
					}
					f(text, serverAlone, clientAlone, serverBits, clientBits)
				}
			}
		}
	}
}

// Every combination of parameters that a client can offer is granted as RFC 7692 has it, or not at
// all where it asks for a smaller window of the server, and messages are then as agreed: those that
// may refer to the one before do, and no others.
func TestHandler_CompressionOffersEvery(t *testing.T) {
	message := strings.Repeat("0123456789abcdef", 8) + strings.Repeat("é", 100)
	everyParams(t, func(offer string, serverAlone, clientAlone bool, serverBits, _ string) {
		for _, alone := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				h := &Handler{Serve: echoServe, Plain: true,
					Compression: &Compression{NoContextTakeover: alone}}
				opening := strings.Replace(openingRequest, "Sec-WebSocket-Protocol: x-kaazing-handshake",
					"Sec-WebSocket-Extensions: "+offer, 1)
				c := servePipe(t, h, opening)
				_, granted, found := strings.Cut(<-c.head, "Sec-WebSocket-Extensions: ")
				granted, _, _ = strings.Cut(granted, "\r\n")
				require.Equal(t, serverBits == "" || serverBits == "15", found, offer)
				out, in := packer{alone: clientAlone || alone}, packer{alone: serverAlone || alone}
				if found {
					want := "permessage-deflate"
					if out.alone {
						want += "; client_no_context_takeover"
					}
					if in.alone {
						want += "; server_no_context_takeover"
					}
					require.Equal(t, want, granted, offer)
				}
				sizes := [2]int{}
				for i := range sizes {
					if found {
						c.send(pf{Op: opT, P: out.pack(t, message), Rsv: 4})
					} else {
						c.send(text(message))
					}
					f := <-c.got
					sizes[i] = len(f.Payload)
					if !found {
						require.Zero(t, f.Header.Rsv)
						require.Equal(t, message, string(f.Payload))
						continue
					}
					require.EqualValues(t, 4, f.Header.Rsv)
					require.Equal(t, message, in.unpack(t, string(f.Payload)), offer)
				}
				if found {
					require.Equal(t, !in.alone, sizes[1] < sizes[0]/2, "%s: %v", offer, sizes)
				}
				c.send(pf{Op: opX, P: "\x03\xe8"})
				require.Equal(t, CloseNormal, c.closeCode())
				c.end()
				<-c.done
			})
		}
	})
}

// Every combination that a server can grant is either allowed by RFC 7692 for the offer, and kept
// to, or ends the attempt.
func TestDial_CompressionGrantsEvery(t *testing.T) {
	message := strings.Repeat("0123456789abcdef", 8) + strings.Repeat("é", 100)
	everyParams(t, func(grant string, serverAlone, clientAlone bool, _, clientBits string) {
		for _, alone := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				in, out := packer{alone: clientAlone || alone}, packer{alone: serverAlone}
				sizes := [2]int{}
				got := dialRaw(t, t.Context(), false, &DialOptions{PlainOnly: true,
					Compression: &Compression{NoContextTakeover: alone}}, func(p *rawServer) {
					p.openingRequest()
					head := strings.Replace(p.response101Opening(), "Sec-WebSocket-Protocol: x-kaazing-handshake",
						"Sec-WebSocket-Extensions: "+grant, 1)
					p.bytes(head)
					for i := range sizes {
						f, ok := <-p.got
						if !ok {
							return // refused
						}
						sizes[i] = len(f.Payload)
						if f.Header.Rsv != 4 || in.unpack(t, string(f.Payload)) != message {
							t.Errorf("%s: message %d is not what was sent", grant, i)
						}
						p.send(pf{Op: opT, P: out.pack(t, message), Rsv: 4})
					}
					p.silent()
				})
				defer got.end()
				if clientBits != "" || alone && !serverAlone {
					require.ErrorIs(t, got.err, fsm.FailureExtensionNotRequested, grant)
					return
				}
				require.NoError(t, got.err, grant)
				for range sizes {
					require.NoError(t, got.conn.Write(t.Context(), Text, []byte(message)))
					wantMessage(t, got.conn, Text, message)
				}
				require.Equal(t, !in.alone, sizes[1] < sizes[0]/2, "%s: %v", grant, sizes)
			})
		}
	})
}

// A grant that is there twice is none, also if one of the two is right.
func TestDial_CompressionGrantedTwice(t *testing.T) {
	for _, granted := range []string{"permessage-deflate, permessage-deflate", "permessage-deflate; " +
		"x, permessage-deflate", "permessage-deflate\r\nSec-WebSocket-Extensions: permessage-deflate"} {
		virtual(t, granted, func(t *testing.T) {
			got := dialRaw(t, t.Context(), false,
				&DialOptions{PlainOnly: true, Compression: &Compression{}}, func(p *rawServer) {
					p.openingRequest()
					p.bytes(strings.Replace(p.response101Opening(), "Sec-WebSocket-Protocol: x-kaazing-handshake",
						"Sec-WebSocket-Extensions: "+granted, 1))
					p.silent()
				})
			require.Error(t, got.err)
			got.end()
		})
	}
}

// The read limit counts for the inflated message, to the byte, however it is cut and whatever it
// refers to.
func TestCompression_Limit(t *testing.T) {
	const limit = 70000
	bomb := 100 * limit
	if testing.Short() {
		t.Attr("less", "a smaller bomb")
		bomb = 10 * limit
	}
	for _, alone := range []bool{false, true} {
		for _, n := range []int{limit - 1, limit, limit + 1, bomb} {
			for _, fragments := range []int{1, 3} {
				virtual(t, fmt.Sprintf("%d/alone %t/%d frames", n, alone, fragments), func(t *testing.T) {
					h := &Handler{Plain: true, ReadLimit: limit, Compression: &Compression{
						NoContextTakeover: alone,
					}, Serve: func(ctx context.Context, c *Conn) error {
						for {
							if _, p, err := c.Read(ctx); err != nil ||
								c.Write(ctx, Text, fmt.Append(nil, len(p))) != nil {
								return err
							}
						}
					}}
					c := servePipe(t, h, strings.Replace(openingRequest, "Sec-WebSocket-Protocol: "+
						"x-kaazing-handshake", "Sec-WebSocket-Extensions: permessage-deflate", 1))
					<-c.head
					out := packer{alone: alone}
					big := strings.Repeat("x", n)
					for range 2 { // the second may refer to the first
						z := out.pack(t, big)
						cut := len(z) / fragments
						frames := []pf{{Op: opB, P: z[:cut], Rsv: 4, More: fragments > 1}}
						for i := 1; i < fragments; i++ {
							end := (i + 1) * cut
							if i == fragments-1 {
								end = len(z)
							}
							frames = append(frames, pf{Op: opC, P: z[i*cut : end], More: i < fragments-1})
						}
						c.send(frames...)
						if n > limit {
							require.Equal(t, CloseTooBig, c.closeCode())
							break
						}
						f := <-c.got
						require.Equal(t, fmt.Sprint(n), string(f.Payload))
					}
					_ = c.nc.Close()
					<-c.done
				})
			}
		}
	}
}
