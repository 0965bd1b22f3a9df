package adapter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"example.com/khp/fsm"
	"github.com/stretchr/testify/require"
)

func TestIsLoss(t *testing.T) {
	for _, err := range []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, context.Canceled,
		context.DeadlineExceeded, os.ErrDeadlineExceeded,
		&net.OpError{Op: "read", Err: errors.New("reset")},
	} {
		require.True(t, isLoss(fmt.Errorf("reading: %w", err)), "%v", err)
	}
	require.False(t, isLoss(errors.New("bad opcode 3")))
	require.False(t, isLoss(fsm.FailureFrame))
}
