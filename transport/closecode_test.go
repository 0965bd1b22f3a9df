package transport

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

func TestValidCloseCode(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	for _, r := range []struct {
		from, to int
		valid    bool
	}{
		{0, 999, false}, {1000, 1003, true}, {1004, 1006, false}, {1007, 1014, true},
		{1015, 2999, false}, {3000, 4999, true}, {5000, 65535, false},
	} {
		for code := r.from; code <= r.to; code++ {
			require.Equal(t, r.valid, ValidCloseCode(uint16(code)), "code %d", code)
		}
	}
}

func TestCloseCodeText(t *testing.T) {
	seen := map[string]uint16{}
	for code := CloseNormal; code <= CloseTLSHandshake; code++ {
		text := CloseCodeText(code)
		if code == 1004 {
			require.Equal(t, "unknown", text)
			continue
		}
		require.NotEqual(t, "unknown", text, "code %d", code)
		require.NotContains(t, seen, text, "code %d", code)
		seen[text] = code
	}
	require.Equal(t, "registered", CloseCodeText(3000))
	require.Equal(t, "private use", CloseCodeText(4999))
	require.Equal(t, "unknown", CloseCodeText(999))
	require.Equal(t, "unknown", CloseCodeText(5000))
	require.Equal(t, "1000 (normal closure)", closeCodeString(1000))
}

func TestCloseBody(t *testing.T) {
	t.Attr("req", "WSP-CLOSE-03")
	for _, code := range []uint16{1, 999, 1004, CloseNoStatus, CloseAbnormal, CloseTLSHandshake, 2999, 5000} {
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

func TestCloseCode(t *testing.T) {
	require.Zero(t, CloseCode(nil))
	require.Zero(t, CloseCode(io.EOF))
	require.Zero(t, CloseCode(&ProtocolError{Code: 1002}))
	require.Equal(t, CloseGoingAway, CloseCode(fmt.Errorf("wrapped: %w", &CloseError{Code: CloseGoingAway})))
}

func TestErrorTexts(t *testing.T) {
	require.EqualError(t, &CloseError{Code: 1000}, "transport: peer closed the connection: 1000 (normal closure)")
	require.EqualError(t, &CloseError{Code: 1001, Reason: "a\nb"},
		`transport: peer closed the connection: 1001 (going away): "a\nb"`)
	require.EqualError(t, &ProtocolError{1009, "message exceeds the limit"},
		"transport: failed the connection: message exceeds the limit: closed with 1009 (message too big)")
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
	}
}
