package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// An error of the system is told without the call that failed and where it did.
func TestCause(t *testing.T) {
	call := os.NewSyscallError("connect", syscall.ECONNREFUSED)
	plain := errors.New("plain")
	for _, c := range []struct {
		err  error
		want string
	}{
		{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}, "no space left on device"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: call}, "connection refused"},
		{fmt.Errorf("outer: %w", &net.OpError{Op: "socks connect", Err: call}), "connection refused"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Name: "h", Err: "no such host"}}, "h: no such host"},
		{&net.OpError{Op: "listen", Err: &net.AddrError{Err: "missing port in address"}},
			"missing port in address"},
		{&net.OpError{Op: "remote error", Err: plain}, "plain"},
		{io.ErrUnexpectedEOF, "it ends too early"},
		{plain, "plain"},
	} {
		require.EqualError(t, Cause(c.err), c.want)
	}
}
