package listen

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path"
	"strings"
	"syscall"

	"example.com/khp/cmd/khp/internal/cli"
)

// unixPrefix begins addresses that are Unix sockets.
const unixPrefix = "unix:"

// mostSocket bounds the path of a Unix socket, as Linux does.
const mostSocket = 107

// socketMode lets the user and the group of khp connect: connecting takes the right to write.
const socketMode = 0o660

// CheckSocket says what is wrong with the path of a Unix socket, "" if nothing is.
func CheckSocket(socket string) (why string) {
	switch {
	case !path.IsAbs(socket) || strings.ContainsAny(socket, "?#\x00"):
		return fmt.Sprintf("%q is no Unix socket; expected the whole path to it, "+
			"as in unix:/run/khp.sock", socket)
	case len(socket) > mostSocket:
		return fmt.Sprintf("the path of the Unix socket has %d bytes; "+
			"%d are the most that the system takes", len(socket), mostSocket)
	case path.Clean(socket) != socket:
		return fmt.Sprintf("%q is no Unix socket; did you mean %s?", socket, path.Clean(socket))
	}
	return ""
}

// Obstacle describes a file in the place of the Unix socket that addr is to listen on, "" if there
// is none or a listener would remove it. It opens nothing.
func Obstacle(addr string) (why string) {
	socket, ok := strings.CutPrefix(addr, unixPrefix)
	if !ok || CheckSocket(socket) != "" {
		return ""
	}
	if dir, err := os.Stat(path.Dir(socket)); err != nil || !dir.IsDir() {
		return "its directory does not exist; make it, or choose another path"
	}
	if file, err := os.Lstat(socket); err == nil && file.Mode().Type() != os.ModeSocket {
		return "something else than a socket has that path; choose another one"
	}
	return ""
}

// listenUnix opens a listener on a Unix socket. It replaces a socket without a listener, as
// a killed process leaves it behind.
func listenUnix(setting, socket string) (net.Listener, error) {
	ln, err := net.Listen("unix", socket)
	if errors.Is(err, syscall.EADDRINUSE) && abandoned(socket) {
		if err = os.Remove(socket); err == nil {
			ln, err = net.Listen("unix", socket)
		}
	}
	if err == nil {
		if err = os.Chmod(socket, socketMode); err == nil {
			return ln, nil
		}
		_ = ln.Close()
	}
	why, try := SystemError(err), "choose another path with "+setting
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		why, try = "something listens there already, or it is no socket",
			"stop it, or choose another path with "+setting
	case errors.Is(err, syscall.ENOENT):
		why, try = "its directory does not exist", "make it, or choose another path with "+setting
	}
	return nil, cli.Failf(cli.ExitFailed, "cannot listen on %s%s: %s; %s",
		unixPrefix, socket, why, try)
}

// abandoned reports whether there is a socket without a listener.
func abandoned(socket string) bool {
	if info, err := os.Lstat(socket); err != nil || info.Mode().Type() != os.ModeSocket {
		return false
	}
	nc, err := net.Dial("unix", socket)
	if err == nil {
		_ = nc.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// URL is where clients find a listener that speaks scheme.
func URL(scheme string, ln net.Listener) string {
	if a, ok := ln.Addr().(*net.UnixAddr); ok {
		return scheme + "+" + unixPrefix + a.Name
	}
	return scheme + "://" + ln.Addr().String()
}
