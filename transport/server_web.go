package transport

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/khp/transport/internal/opening"
	"example.com/khp/transport/internal/tracker"
	"example.com/khp/wire"
)

// requestTimeout bounds one HTTP request and its answer, and idleTimeout the wait for the next.
const (
	requestTimeout = 30 * time.Second
	idleTimeout    = 60 * time.Second
)

// newWeb makes the server for requests that are no upgrade to KHP.
func (s *Server) newWeb() *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(s.serveHTTP), ReadHeaderTimeout: defaultOpeningTimeout, ReadTimeout: requestTimeout, WriteTimeout: requestTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: s.now().Limits.OrDefault().Head, // and 4 KiB, which net/http grants
		ErrorLog:       slog.NewLogLogger(s.log().Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), serverKey{}, s)
		},
		ConnContext: withFront,
	}
}

// serveHTTP answers requests that net/http has read: upgrades to KHP as well, if a client sends one
// on a connection that it has used for something else.
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	proxied := frontOf(r).ClientOf(r)
	if s.Load().Full { // such connections are scarce, too
		w.Header().Set("Connection", "close")
	}
	path, _, _ := strings.Cut(wire.TargetPath(r.RequestURI), "/;e/") // clients probe below their path
	h := s.route(r.Host, cmp.Or(path, "/"))
	switch {
	case (h != nil || strings.HasPrefix(r.URL.RawQuery, ".kr=")) && AnswerProbe(w, r):
	case h != nil && (s.Fallback == nil || upgradesTo(h, r)):
		s.gate.ServeUpgrade(h, w, r, proxied)
	case s.Fallback != nil:
		s.Fallback.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

// upgradesTo reports whether a request is for h.
func upgradesTo(h *Handler, r *http.Request) bool {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return false
	}
	o := opening.Of(r)
	defer o.Release()
	return h.Plain || offersKHP(o.Parsed.Fields)
}

type serverKey struct{}

// serverOf returns the Server behind net/http, nil if there is none.
func serverOf(ctx context.Context) *Server {
	s, _ := ctx.Value(serverKey{}).(*Server)
	return s
}

// tracker returns what knows the connections of s; nil if there is no Server.
func (s *Server) tracker() *tracker.Tracker {
	if s == nil {
		return nil
	}
	return &s.live
}
