// Package page serves the page of khp serve --demo-page.
package page

import (
	"embed"
	"net/http"
)

//go:embed index.html khp.js
var files embed.FS

// Handler serves a page that speaks KHP with the browser's WebSocket, for --demo-page and for
// trying it by hand.
func Handler() http.Handler {
	serve := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; "+
				"connect-src ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		serve.ServeHTTP(w, r)
	})
}

// Has reports whether a path belongs to the page.
func Has(path string) bool { return path == "/" || path == "/khp.js" }
