package transport

import (
	"net/http"
	"strings"
)

// AnswerProbe answers what deployed Kaazing clients ask for by plain HTTP beside the upgrade, as a
// [Handler] does by itself. It reports whether r was such a request. Java clients want 200 from the
// cookie resource below the path before they upgrade; whatever belongs to the emulation of
// WebSocket by HTTP gets 404, which lets clients report the failure of the real attempt.
func AnswerProbe(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodPost || r.Header.Get("Upgrade") != "" {
		return false
	}
	_, emulated, ok := strings.Cut(r.URL.Path, "/;e/")
	switch {
	case ok && emulated == "cookies":
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusOK)
	case ok || strings.HasPrefix(r.URL.RawQuery, ".kr="):
		http.NotFound(w, r)
	default:
		return false
	}
	return true
}
