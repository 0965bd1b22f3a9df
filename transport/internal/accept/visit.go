package accept

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"example.com/khp/transport/internal/network"

	"example.com/khp/transport/internal/hops"
	"example.com/khp/transport/internal/sock"
	"example.com/khp/wire"
)

const (
	maxWait     = time.Minute // how long a client waits for a place at most
	mostWaiting = 512         // bytes that a client may send while it waits, which it should not
)

// Visit is one connection that a Gate has let in.
type Visit struct {
	net.Conn // with the address of the client, once that is known
	Front    *Front

	gate     *Gate
	host     netip.Prefix // the address that it counts for
	placed   bool         // it has one of the places
	passedOn bool         // it belongs to net/http now
}

// Introduce reads the PROXY header if there has to be one, and then begins TLS if there is TLS.
// false is the end of the connection.
func (v *Visit) Introduce() bool {
	g := v.gate
	if v.Front.ProxyProtocol && v.Front.trusts(v.RemoteAddr()) {
		nc, known, err := hops.ReadHeader(v.Conn)
		switch {
		case errors.Is(err, hops.ErrNothing):
			return false
		case err != nil:
			g.mistrusts(v.Conn, "a trusted proxy sent no PROXY header that can be read, its connection "+
				"was closed", err)
			return false
		}
		v.Conn = nc
		if known && !v.count() {
			turnAway(v.Conn, v.Front.TLS != nil)
			return false
		}
	}
	if v.Front.TLS != nil {
		v.Conn = tls.Server(v.Conn, v.Front.TLS)
	}
	return true
}

// Explain tells a client its mistake if it sent something else than an opening request: head, or,
// in the place of TLS, the bytes in the error of reading. It reports whether that was a PROXY
// header.
func (v *Visit) Explain(head []byte, err error) bool {
	nc := v.Conn
	if err != nil {
		var plain tls.RecordHeaderError
		if errors.As(err, &plain) && plain.Conn != nil {
			if nc, head = plain.Conn, plain.RecordHeader[:]; !hops.IsHeader(head) {
				answer(nc, "400 Bad Request", "this is an HTTPS port: use wss:// or https://\n")
			}
		}
	}
	if !hops.IsHeader(head) {
		return false
	}
	v.gate.mistrusts(nc, "a PROXY header was refused: its sender is not among the trusted proxies, "+
		"or none is expected here", nil)
	answer(nc, "400 Bad Request", "no PROXY header is expected from this address\n")
	return true
}

// SeenFrom sets the address of the connection to that of the client, as the fields of a trusted
// proxy name it.
func (v *Visit) SeenFrom(fields wire.Fields) { v.Conn = v.Front.SeenFrom(v.Conn, fields) }

// Enter counts the connection as a WebSocket of its client, and takes a place for it or waits for
// one until ctx ends. rest has the bytes that the client has sent behind its opening request. false
// means that the client was refused, or is gone.
func (v *Visit) Enter(ctx context.Context, rest *[]byte) bool {
	if !v.count() {
		answer(v.Conn, "503 Service Unavailable", tooManyText+"\n")
		return false
	}
	g := v.gate
	if v.placed = g.places.take(); v.placed {
		return true
	}
	if turn, ok := g.places.wait(g.bounds.Load().Waiting); ok {
		var gone bool
		if v.placed, gone = v.await(ctx, rest, turn); v.placed || gone {
			return v.placed
		}
	}
	if ctx.Err() != nil {
		answer(v.Conn, "503 Service Unavailable", ShuttingDown+"\n")
		return false
	}
	g.full(v.RemoteAddr().String())
	answer(v.Conn, "503 Service Unavailable", allInUse+"\n", "Retry-After: "+seconds(comeAgain))
	return false
}

// count makes the connection count for the address that its client turns out to have, if that does
// not have too many already.
func (v *Visit) count() bool {
	g, host := v.gate, network.Of(v.RemoteAddr())
	if host == v.host {
		return true
	}
	if !g.slots.claim(host, g.bounds.Load().PerAddress) {
		g.tooMany(v.RemoteAddr().String())
		return false
	}
	g.slots.waive(v.host)
	v.host = host
	return true
}

// await waits for a place until it is the client's turn, the client goes away, ctx ends, or it has
// taken too long.
func (v *Visit) await(ctx context.Context, rest *[]byte, turn chan struct{}) (got, gone bool) {
	limit := time.After(maxWait)
	_ = v.SetReadDeadline(time.Time{})
	// Bytes that the client sends although it should wait belong to the WebSocket.
	var early [mostWaiting]byte
	var n int
	read := make(chan error, 1)
	go func() {
		var err error
		n, err = v.Read(early[:])
		read <- err
	}()
	heard := read // nil once the client has sent something: its end is not noticed from then on
	for waiting := true; waiting; {
		select {
		case <-turn:
			got, waiting = true, false
		case err := <-heard:
			read <- err
			heard, gone = nil, err != nil
			waiting = !gone
		case <-limit:
			waiting = false
			select {
			case <-turn: // at the last moment
				got = true
			default:
			}
		case <-ctx.Done():
			waiting = false
		}
	}
	_ = v.SetReadDeadline(sock.LongAgo)
	if err := <-read; err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		gone = true // at this moment, perhaps
	}
	if !got || gone {
		v.gate.places.quit(turn)
		return false, gone
	}
	_ = v.SetDeadline(time.Time{})
	*rest = append(*rest, early[:n]...)
	return true, false
}

// PassOn leaves the connection to another owner, who calls over when it is closed.
func (v *Visit) PassOn() (over func()) {
	v.passedOn = true
	g, host := v.gate, v.host
	return func() { g.slots.exit(host) }
}

// Leave ends the visit. It closes the connection unless another owner has it.
func (v *Visit) Leave() {
	if v.placed {
		v.gate.places.release()
	}
	if !v.passedOn {
		_ = v.Close()
		v.gate.slots.exit(v.host)
	}
}
