// Package listen opens listeners, and explains in plain words why the system refuses one.
package listen

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"example.com/khp/cmd/khp/internal/cli"
)

// Check says what is wrong with an address that nothing can listen on, "" if nothing is.
func Check(addr string) (why string) {
	if socket, ok := strings.CutPrefix(addr, unixPrefix); ok {
		return CheckSocket(socket)
	}
	return CheckTCP(addr)
}

// CheckTCP says what is wrong with a HOST:PORT, "" if nothing is.
func CheckTCP(addr string) (why string) {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || port == "" {
		return "expected HOST:PORT, as in 127.0.0.1:8080 or :8080"
	}
	return ""
}

// Listen opens a listener at addr, which [Check] has nothing against; setting names where addr
// comes from, for errors.
func Listen(setting, addr string) (net.Listener, error) {
	if socket, ok := strings.CutPrefix(addr, unixPrefix); ok {
		return listenUnix(setting, socket)
	}
	host, _, _ := net.SplitHostPort(addr)
	network := "tcp"
	// 0.0.0.0 is IPv4 only, as it is written
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		network = "tcp4"
	}
	ln, err := net.Listen(network, addr)
	if err == nil {
		return ln, nil
	}
	why, try := SystemError(err), "choose another address with "+setting
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		why, try = "something listens there already",
			fmt.Sprintf("stop it, or choose another port with %s", setting)
	case errors.Is(err, syscall.EACCES):
		why, try = "permission denied",
			fmt.Sprintf("ports below 1024 may need privileges; choose another with %s", setting)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		why, try = "this machine does not have that address",
			fmt.Sprintf("choose another with %s", setting)
	}
	return nil, cli.Failf(cli.ExitFailed, "cannot listen on %s: %s; %s", addr, why, try)
}

// SystemError returns the system's reason for an error of a socket, without the names of failed
// calls.
func SystemError(err error) string {
	var number syscall.Errno
	var name *net.DNSError
	switch {
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &name):
		return name.Name + ": " + name.Err
	}
	return err.Error()
}

// Collide reports whether a and b cannot both be listened on: they have the same port, which is not
// 0, and one of both stands for all addresses or they are equal. No name is looked up.
func Collide(a, b string) bool {
	if strings.HasPrefix(a, unixPrefix) {
		return a == b
	}
	ahost, aport, aerr := net.SplitHostPort(a)
	bhost, bport, berr := net.SplitHostPort(b)
	an, aperr := net.LookupPort("tcp", aport)
	bn, bperr := net.LookupPort("tcp", bport)
	if errors.Join(aerr, berr, aperr, bperr) != nil || an != bn || an == 0 {
		return false
	}
	x, y := address(ahost), address(bhost)
	return x == "" || y == "" || x == y
}

// address returns the address of a host, "" for all, if that is known without asking.
func address(host string) string {
	a, err := netip.ParseAddr(host)
	switch {
	case err == nil && a.IsUnspecified():
		return ""
	case err == nil:
		return a.Unmap().String()
	case strings.EqualFold(host, "localhost"):
		return "127.0.0.1"
	}
	return strings.ToLower(host)
}
