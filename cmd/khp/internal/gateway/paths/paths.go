// Package paths compares paths of URLs, as khp serve is given them and as clients send them.
package paths

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"example.com/khp/cmd/khp/internal/cli"
	"example.com/khp/wire"
)

// Split reads PATH=VALUE, a value of flag; value describes VALUE in errors, and shown is spec
// without secrets.
func Split(flag, spec, shown, value string) (path, rest string, err error) {
	path, rest, ok := strings.Cut(spec, "=")
	if !ok || rest == "" {
		return "", "", cli.Usagef("%s %s: expected PATH=%s, as in %s",
			flag, shown, value, pathExamples[flag])
	}
	return path, rest, nil
}

// Written returns the normal form of a path that is a value of flag, or part of one; errors show
// shown.
func Written(flag, path, shown string) (string, error) {
	normal, why := Check(path)
	switch {
	case why == "":
		return normal, nil
	case !strings.HasPrefix(path, "/"):
		why += ", as in " + pathExamples[flag]
	case !strings.ContainsAny(path, "?#"):
		shown = strconv.Quote(shown)
	}
	return "", cli.Usagef("%s %s: %s", flag, shown, why)
}

// Check returns the normal form of a path, or what is wrong with it.
func Check(path string) (normal, why string) {
	switch {
	case !strings.HasPrefix(path, "/"):
		return "", "the path must start with /"
	case strings.ContainsAny(path, "?#"):
		return "", "a path has no query or fragment"
	}
	if _, err := wire.ParseURL("ws://h"+path, nil); err != nil {
		return "", fmt.Sprintf("no request can have the path %q; write blanks, "+
			"%% and what is not ASCII as escapes, as in /a%%20b", path)
	}
	return Normal(path), ""
}

var pathExamples = map[string]string{"--route": "/echo=echo", "--auth": "/echo=joe:welcome",
	"--htpasswd": "/echo=users.htpasswd", "--no-auth": "/echo", "--plain": "/echo"}

// Normal returns the form in which paths are compared: escapes of characters that need none are
// decoded, dot segments are gone, as where a client compares redirect targets, and of several
// slashes in a row one is left, as Kaazing's gateway does. So all
// spellings of a path lead to the same place.
func Normal(path string) string {
	key := wire.URL{Host: "h", Port: 80, Path: path}.Key()
	path = strings.TrimPrefix(key, "ws://h:80")
	if strings.Contains(path, "//") {
		path = slashes.ReplaceAllLiteralString(path, "/")
	}
	return path
}

var slashes = regexp.MustCompile("//+")

// Of returns the normal path of a request.
func Of(u *url.URL) string {
	path := u.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return Normal(path)
}

// Covers reports whether pattern stands for path: the same, one slash at the end more or less, or
// below a pattern that ends in '/'.
func Covers(pattern, path string) bool {
	if strings.HasSuffix(pattern, "/") {
		return strings.HasPrefix(path, pattern) || path+"/" == pattern
	}
	return path == pattern || path == pattern+"/"
}
