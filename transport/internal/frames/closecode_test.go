package frames

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"github.com/stretchr/testify/require"
)

func TestCloseCodeText(t *testing.T) {
	seen := map[string]uint16{}
	for code := uint16(1000); code <= 1015; code++ {
		text := CodeText(code)
		if code == 1004 {
			require.Equal(t, "unknown", text)
			continue
		}
		require.NotEqual(t, "unknown", text, "code %d", code)
		require.NotContains(t, seen, text, "code %d", code)
		seen[text] = code
	}
	require.Equal(t, "registered", CodeText(3000))
	require.Equal(t, "registered", CodeText(3999))
	require.Equal(t, "private use", CodeText(4000))
	require.Equal(t, "private use", CodeText(4999))
	require.Equal(t, "unknown", CodeText(999))
	require.Equal(t, "unknown", CodeText(5000))
	require.Equal(t, "1000 (normal closure)", CodeString(1000))
}

func TestCloseBody(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	for _, code := range []uint16{1, 999, 1004, 1005, 1006, 1015, 2999, 5000} {
		_, err := closeBody(code, "")
		require.Error(t, err, "code %d", code)
	}
	empty, err := closeBody(0, "")
	require.NoError(t, err)
	require.Empty(t, empty)
	_, err = closeBody(0, "why")
	require.Error(t, err, "a reason needs a code")

	for name, c := range map[string]struct{ reason, want string }{
		"short":              {"bye", "bye"},
		"exactly 123":        {strings.Repeat("x", 123), strings.Repeat("x", 123)},
		"124":                {strings.Repeat("x", 124), strings.Repeat("x", 123)},
		"rune ends at 123":   {strings.Repeat("x", 121) + "é!", strings.Repeat("x", 121) + "é"},
		"rune across 123":    {strings.Repeat("x", 122) + "é", strings.Repeat("x", 122)},
		"wide rune across":   {strings.Repeat("x", 120) + "😀", strings.Repeat("x", 120)},
		"not UTF-8 repaired": {"a\xffb", "a\uFFFDb"},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := closeBody(4000, c.reason)
			require.NoError(t, err)
			require.LessOrEqual(t, len(body), maxControl)
			code, reason := ws.ParseCloseFrameData(body)
			require.Equal(t, ws.StatusCode(4000), code)
			require.Equal(t, c.want, reason)
			require.True(t, utf8.ValidString(reason))
		})
	}
}

func TestLost(t *testing.T) {
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.ETIMEDOUT} {
		got := lost(err)
		require.ErrorIs(t, got, io.ErrUnexpectedEOF, "%v", err)
		require.ErrorContains(t, got, "without a Close frame")
		require.Equal(t, err != io.EOF, errors.Is(got, err), "%v", err)
	}
	for _, err := range []error{os.ErrDeadlineExceeded, net.ErrClosed, io.ErrClosedPipe} {
		require.Equal(t, err, lost(err), "no loss")
		err = &net.OpError{Op: "read", Err: fmt.Errorf("tls: %w", err)}
		require.Equal(t, err, lost(err), "nor inside of another error")
	}
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF, fmt.Errorf("tls: %w", io.EOF)} {
		require.Equal(t, errEnded, lost(err), "an end says no more than that")
	}
}
