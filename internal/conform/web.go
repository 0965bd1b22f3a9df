package conform

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"example.com/khp/internal/inlet"
)

//go:embed index.html
var indexPage []byte

// web answers requests that are no opening handshake of a case: the index, the list of cases, the
// results.
type web struct {
	bench *bench
	srv   http.Server
	inlet *inlet.Listener
}

func newWeb(b *bench, addr net.Addr) *web {
	w := &web{bench: b, inlet: inlet.New(addr, net.ErrClosed)}
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
	b.wg.Go(func() { _ = w.srv.Serve(w.inlet) })
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
	whole := &prefixed{nc, io.MultiReader(bytes.NewReader(first), nc)}
	if w.inlet.Hand(context.Background(), whole) != nil {
		_ = nc.Close()
	}
}

func (w *web) close() { _ = w.srv.Close() }
