package cli

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
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

// Cause returns an error of the system, or of a library, in the words that say what is wrong:
// without the call, path and addresses that Go puts before them.
func Cause(err error) error {
	var path *fs.PathError
	var call *os.SyscallError
	var network *net.OpError
	var name *net.DNSError
	var address *net.AddrError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &call):
		return call.Err
	case errors.As(err, &name):
		return errors.New(name.Name + ": " + name.Err)
	case errors.As(err, &address):
		return errors.New(address.Err)
	case errors.As(err, &network):
		return network.Err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	}
	return err
}
