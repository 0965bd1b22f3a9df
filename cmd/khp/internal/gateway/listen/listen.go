// Package listen opens listeners, and says in plain words what the system has against it.
package listen

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"example.com/khp/cmd/khp/internal/cli"
)

// Check refuses an address that nothing can listen on.
func Check(flag, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || port == "" {
		return cli.Usagef("%s %s: expected HOST:PORT, as in 127.0.0.1:8080 or :8080", flag, addr)
	}
	return nil
}

// Listen opens a listener at addr; flag names the flag that addr comes from, for errors.
func Listen(flag, addr string) (net.Listener, error) {
	if err := Check(flag, addr); err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(addr)
	network := "tcp"
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() { // 0.0.0.0 is IPv4 only, as it is written
		network = "tcp4"
	}
	ln, err := net.Listen(network, addr)
	if err == nil {
		return ln, nil
	}
	why, try := SystemError(err), "choose another address with "+flag
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		why, try = "something listens there already", fmt.Sprintf("stop it, or choose another port with %s", flag)
	case errors.Is(err, syscall.EACCES):
		why, try = "permission denied", fmt.Sprintf("ports below 1024 may need privileges; choose another with %s", flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		why, try = "this machine does not have that address", fmt.Sprintf("choose another with %s", flag)
	}
	return nil, cli.Failf(cli.ExitFailed, "cannot listen on %s: %s; %s", addr, why, try)
}

// SystemError returns what the system says about a socket, without the names of failed calls.
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

// SameAddress reports whether addr cannot be listened on beside ln: it has the same port, and one
// of both stands for all addresses or they are equal.
func SameAddress(ln net.Addr, addr string) bool {
	a, ok := ln.(*net.TCPAddr)
	b, err := net.ResolveTCPAddr("tcp", addr)
	if !ok || err != nil {
		return false
	}
	all := func(ip net.IP) bool { return len(ip) == 0 || ip.IsUnspecified() }
	return a.Port == b.Port && (all(a.IP) || all(b.IP) || a.IP.Equal(b.IP))
}
