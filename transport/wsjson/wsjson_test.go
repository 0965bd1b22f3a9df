package wsjson_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/khp/transport"
	"example.com/khp/transport/wsjson"
	"github.com/stretchr/testify/require"
)

type point struct{ X, Y int }

// dial connects to a server that runs f.
func dial(t testing.TB, f func(ctx context.Context, c *transport.Conn) error) *transport.Conn {
	srv := httptest.NewServer(&transport.Handler{Serve: f})
	t.Cleanup(srv.Close)
	c, err := transport.Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http"), nil)
	require.NoError(t, err)
	return c
}

func TestReadWrite(t *testing.T) {
	c := dial(t, func(ctx context.Context, c *transport.Conn) error {
		var p point
		if err := wsjson.Read(ctx, c, &p); err != nil {
			return err
		}
		p.X, p.Y = p.Y, p.X
		prepared, err := wsjson.Prepare(p)
		if err != nil {
			return err
		}
		return c.WritePrepared(ctx, prepared)
	})
	require.NoError(t, wsjson.Write(t.Context(), c, point{1, 2}))
	var p point
	require.NoError(t, wsjson.Read(t.Context(), c, &p))
	require.Equal(t, point{2, 1}, p)
	require.Equal(t, transport.CloseNormal, transport.CloseCode(wsjson.Read(t.Context(), c, &p)))

	require.ErrorContains(t, wsjson.Write(t.Context(), c, func() {}), "wsjson: json: unsupported type")
	_, err := wsjson.Prepare(func() {})
	require.ErrorContains(t, err, "wsjson: json: unsupported type")
}

// A message that is no JSON leaves the connection open, and leads to an error that says what is
// wrong.
func TestMessages(t *testing.T) {
	for _, end := range []uint16{transport.CloseNormal, transport.CloseGoingAway,
		transport.CloseInternalError} {
		c := dial(t, func(ctx context.Context, c *transport.Conn) error {
			for _, text := range []string{`{"X":1}`, `{"X":"one"}`, `{`, `{"Y":2}`} {
				if err := c.Write(ctx, transport.Text, []byte(text)); err != nil {
					return err
				}
			}
			return c.Close(end, "")
		})
		var got []string
		var last error
		for p, err := range wsjson.Messages[point](t.Context(), c) {
			last = err
			var kind *json.UnmarshalTypeError
			var syntax *json.SyntaxError
			switch {
			case err == nil:
				got = append(got, fmt.Sprint(p))
			case errors.As(err, &kind), errors.As(err, &syntax):
				got = append(got, "wrong")
			}
		}
		require.Equal(t, []string{"{1 0}", "wrong", "wrong", "{0 2}"}, got)
		if end == transport.CloseInternalError {
			require.Equal(t, end, transport.CloseCode(last))
		} else {
			require.NoError(t, last)
		}
	}
}
