package transport

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"example.com/khp/transport/internal/accept"
	"example.com/khp/wire"
)

// Bounds are the limits of a [Server] that may change while it serves. Each is described at the
// field of the Server that has its name.
type Bounds struct {
	MaxConnections int
	MaxWaiting     int
	MaxPerAddress  int
	OpeningTimeout time.Duration
	Limits         wire.Limits // for requests that are no upgrade, the size of the head stays as it was at first
}

// SetBounds replaces the bounds of a server, before it serves or while it does. Connections that
// are too many by the new ones stay open; clients that wait are let in as soon as there is room. It
// returns an error, and changes nothing, if Serve would return one for the same values.
func (s *Server) SetBounds(b Bounds) error {
	if err := b.check(); err != nil {
		return err
	}
	s.bounds.Store(&b)
	s.gate.SetBounds(b.accept())
	return nil
}

// now returns the bounds in force.
func (s *Server) now() *Bounds {
	if b := s.bounds.Load(); b != nil {
		return b
	}
	return &Bounds{MaxConnections: s.MaxConnections, MaxWaiting: s.MaxWaiting, MaxPerAddress: s.MaxPerAddress, OpeningTimeout: s.OpeningTimeout, Limits: s.Limits}
}

func (b *Bounds) accept() accept.Bounds {
	return accept.Bounds{Connections: b.MaxConnections, Waiting: b.MaxWaiting, PerAddress: b.MaxPerAddress}
}

// check refuses bounds that mean nothing.
func (b *Bounds) check() error {
	switch {
	case b.OpeningTimeout < 0:
		return errors.New("transport: Server.OpeningTimeout is " + b.OpeningTimeout.String() + "; use a positive duration, or 0 for " + defaultOpeningTimeout.String())
	case b.MaxConnections < 0:
		return errors.New("transport: Server.MaxConnections is " + strconv.Itoa(b.MaxConnections) + "; use a positive number, or 0 for no bound")
	case b.MaxWaiting < 0:
		return errors.New("transport: Server.MaxWaiting is " + strconv.Itoa(b.MaxWaiting) + "; use a positive number, or 0 to refuse clients instead")
	case b.MaxWaiting > 0 && b.MaxConnections == 0:
		return errors.New("transport: Server.MaxWaiting means nothing without MaxConnections; set both")
	case b.MaxPerAddress < 0:
		return errors.New("transport: Server.MaxPerAddress is " + strconv.Itoa(b.MaxPerAddress) + "; use a positive number, or 0 for no bound")
	}
	return nil
}

// ListenerOptions say how the connections of one listener begin. The fields TrustedProxies and
// ProxyProtocol are described at the fields of [Server] with their names.
type ListenerOptions struct {
	TLSConfig      *tls.Config // nil is no TLS; it is not copied, and its NextProtos should be http/1.1 alone
	TrustedProxies []netip.Prefix
	ProxyProtocol  bool
}

// ServeWith is Serve for a listener with options of its own, in the place of the fields of s with
// the same names. options is called for each connection, in the goroutine that accepts them, so
// that what it returns may change: certificates that are renewed, or proxies that are added. nil
// options is Serve.
func (s *Server) ServeWith(ln net.Listener, options func() ListenerOptions) error {
	if options == nil {
		return s.Serve(ln)
	}
	return s.serve(ln, func() *accept.Front {
		o := options()
		return &accept.Front{TLS: o.TLSConfig, Trusted: o.TrustedProxies, ProxyProtocol: o.ProxyProtocol}
	})
}
