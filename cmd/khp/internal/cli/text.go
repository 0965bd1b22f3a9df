package cli

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"example.com/khp/internal/visible"
)

// Plural counts: 1 packet, 2 packets.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// OneLine makes one line of the words of a library or peer, in which control characters show as
// escapes.
func OneLine(s string) string { return visible.Line(blanks.Replace(strings.TrimSpace(s))) }

var blanks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

// Cause returns an error of the file system without the path.
func Cause(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
