// Package wsjson sends and receives JSON values as messages of a connection.
package wsjson

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"example.com/khp/transport"
)

// Read reads one message and decodes it into v, as [json.Unmarshal] does. A message of binary type
// is taken as well. An error of decoding, which wraps that of encoding/json, leaves the connection
// open; any other is that of [transport.Conn.Read].
func Read(ctx context.Context, c *transport.Conn, v any) error {
	_, p, err := c.Read(ctx)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(p, v); err != nil {
		return fmt.Errorf("wsjson: the message is not the JSON that is expected: %w", err)
	}
	return nil
}

// Write encodes v, as [json.Marshal] does, and sends it as one text message. An error of encoding
// sends nothing; any other is that of [transport.Conn.Write].
func Write(ctx context.Context, c *transport.Conn, v any) error {
	p, err := encode(v)
	if err != nil {
		return err
	}
	return c.Write(ctx, transport.Text, p)
}

// Prepare encodes v for [transport.Conn.WritePrepared] of many connections.
func Prepare(v any) (*transport.Prepared, error) {
	p, err := encode(v)
	if err != nil {
		return nil, err
	}
	return transport.Prepare(transport.Text, p)
}

// Messages reads messages and decodes each into a new T. It ends with the first error of Read,
// which it yields, except after a Close frame with 1000 or 1001; after an error of decoding the
// caller may go on.
func Messages[T any](ctx context.Context, c *transport.Conn) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			var v T
			_, p, err := c.Read(ctx)
			switch code := transport.CloseCode(err); {
			case code == transport.CloseNormal || code == transport.CloseGoingAway:
				return
			case err != nil:
				yield(v, err)
				return
			}
			if err = json.Unmarshal(p, &v); err != nil {
				err = fmt.Errorf("wsjson: the message is not the JSON that is expected: %w", err)
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

func encode(v any) ([]byte, error) {
	p, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("wsjson: %w", err)
	}
	return p, nil
}
