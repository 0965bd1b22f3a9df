package accept

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"example.com/khp/transport/internal/hops"
	"example.com/khp/transport/internal/network"
	"example.com/khp/transport/internal/opening"
	"example.com/khp/transport/internal/web"
)

// frontKey has the Front of the connection that a request of net/http came on.
type frontKey struct{}

// WithFront adds to the context of a connection how it began.
func WithFront(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, frontKey{}, web.About(nc))
}

// FrontOf returns the Front of a request.
func FrontOf(r *http.Request) *Front {
	if f, ok := r.Context().Value(frontKey{}).(*Front); ok {
		return f
	}
	return &Front{}
}

// ClientOf writes the address of the client to a request that net/http has read, and reports
// whether a trusted proxy has passed it on.
func (f *Front) ClientOf(r *http.Request) (proxied bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !f.Trusted.Has(peer.Addr()) {
		return false
	}
	o := opening.Of(r)
	defer o.Release()
	r.RemoteAddr = hops.Way(peer, o.Parsed.Fields, f.Trusted)[0].String()
	return true
}

// ServeUpgrade has h answer an upgrade on a connection that net/http has, if there is a place for
// it. Where a proxy sends requests of many clients on one connection, each counts for itself.
func (g *Gate) ServeUpgrade(h http.Handler, w http.ResponseWriter, r *http.Request, proxied bool) {
	if proxied {
		client, _ := netip.ParseAddrPort(r.RemoteAddr)
		host := network.Of(net.TCPAddrFromAddrPort(client))
		if !g.slots.claim(host, g.bounds.Load().PerAddress) {
			g.tooMany(r.RemoteAddr)
			w.Header().Set("Connection", "close")
			http.Error(w, tooManyText, http.StatusServiceUnavailable)
			return
		}
		defer g.slots.waive(host)
	}
	if !g.places.take() {
		g.full(r.RemoteAddr)
		w.Header().Set("Connection", "close")
		w.Header().Set("Retry-After", seconds(comeAgain))
		http.Error(w, allInUse, http.StatusServiceUnavailable)
		return
	}
	defer g.places.release()
	h.ServeHTTP(w, r)
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }
