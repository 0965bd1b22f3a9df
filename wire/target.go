package wire

import "strings"

// KaazingMark is the query parameter by which Kaazing clients ask for the balancer messages
// and the terminator.
const KaazingMark = ".kl=Y"

// AsksKaazing reports whether the query of a request target holds [KaazingMark].
func AsksKaazing(target string) bool {
	_, query, _ := strings.Cut(target, "?")
	return strings.Contains(query, KaazingMark)
}

// OriginForm returns the path and the query of a request target, without the scheme and the
// authority of the absolute form.
func OriginForm(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, _ := strings.Cut(target, "://")
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/"
	case rest[i] == '?':
		return "/" + rest[i:]
	}
	return rest[i:]
}

// TargetPath returns the path of a request target.
func TargetPath(target string) string {
	path, _, _ := strings.Cut(OriginForm(target), "?")
	return path
}
