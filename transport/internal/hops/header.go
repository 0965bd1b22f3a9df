package hops

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/netip"

	"github.com/pires/go-proxyproto"
)

// ErrNothing is how a proxy checks that this server listens: it connects and closes.
var ErrNothing = errors.New("nothing came")

// ReadHeader reads the PROXY header of a connection from a trusted proxy, and returns the
// connection with the address of the client. known is false for one that the proxy has opened by
// itself, to see whether this server lives.
func ReadHeader(nc net.Conn) (_ *Conn, known bool, err error) {
	r := bufio.NewReaderSize(nc, 256)
	if _, err := r.Peek(1); err != nil {
		return nil, false, ErrNothing
	}
	h, err := proxyproto.Read(r)
	if err != nil {
		return nil, false, err
	}
	rest, _ := r.Peek(r.Buffered())
	c := &Conn{Conn: nc, remote: nc.RemoteAddr(), rest: bytes.Clone(rest)}
	switch {
	case h.Command.IsLocal():
		return c, false, nil
	case h.TransportProtocol.IsDatagram():
		return nil, false, errors.New("the header is about datagrams, not about a connection")
	}
	if a, ok := h.SourceAddr.(*net.TCPAddr); ok { // UNKNOWN and Unix sockets have none
		c.remote, c.before = a, []netip.AddrPort{a.AddrPort()}
	}
	return c, true, nil
}

// IsHeader reports whether the first bytes of a connection are those of a PROXY header, as far as
// they go.
func IsHeader(first []byte) bool {
	for _, begin := range [][]byte{proxyproto.SIGV1, proxyproto.SIGV2} {
		n := min(len(begin), len(first))
		if n >= len(proxyproto.SIGV1) && bytes.Equal(first[:n], begin[:n]) {
			return true
		}
	}
	return false
}
