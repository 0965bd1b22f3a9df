package conform

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

//go:embed index.html
var indexPage []byte

// web answers requests that are no opening handshake of a case: the index, the list of cases, the
// results.
type web struct {
	bench *bench
	srv   http.Server
	addr  net.Addr
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newWeb(b *bench, addr net.Addr) *web {
	w := &web{bench: b, addr: addr, conns: make(chan net.Conn), done: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write(indexPage)
	})
	mux.HandleFunc("GET /cases.txt", w.list)
	mux.HandleFunc("GET /results.json", w.results)
	w.srv.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/;e/cookies") { // Kaazing's Java client asks for them first
			return
		}
		if strings.HasPrefix(r.URL.Path, casePrefix) {
			http.Error(rw, "this case has its result already, or there is none of that name; "+
				"start khp conform again", http.StatusGone)
			return
		}
		mux.ServeHTTP(rw, r)
	})
	b.wg.Go(func() { _ = w.srv.Serve(w) })
	return w
}

// list has the URL of each case on a line.
func (w *web) list(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	for _, s := range w.bench.list {
		_, _ = fmt.Fprintln(rw, CaseURL(w.bench.base, s.Name))
	}
}

func (w *web) results(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(w.bench.outcomes("")) // the client has gone
}

// take serves a connection of which first was read already.
func (w *web) take(nc net.Conn, first []byte) {
	select {
	case w.conns <- &prefixed{nc, io.MultiReader(bytes.NewReader(first), nc)}:
	case <-w.done:
		_ = nc.Close()
	}
}

func (w *web) close() { _ = w.srv.Close() }

// Accept implements net.Listener.
func (w *web) Accept() (net.Conn, error) {
	select {
	case nc := <-w.conns:
		return nc, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (w *web) Close() error {
	w.once.Do(func() { close(w.done) })
	return nil
}

// Addr implements net.Listener.
func (w *web) Addr() net.Addr { return w.addr }
